"""Keeping what each citizen wants to hear."""

from bot.preferences import repository as preference_rows
from bot.preferences.contract import Preferences
from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError


class PreferenceService:
    """Reads and writes the choice of one citizen."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock

    async def get(self, citizen_id: str) -> Preferences:
        """Return a citizen's choice, or what applies without one. Raises NotFoundError."""
        async with self._database.transaction() as session:
            if not await preference_rows.citizen_exists(session, citizen_id):
                raise NotFoundError("No citizen of that id.")
            return await preference_rows.load_preferences(session, citizen_id)

    async def put(self, citizen_id: str, preferences: Preferences) -> None:
        """Keep a citizen's whole choice. Raises NotFoundError for an unknown citizen."""
        async with self._database.transaction() as session:
            if not await preference_rows.citizen_exists(session, citizen_id):
                raise NotFoundError("No citizen of that id.")
            await preference_rows.save_preferences(session, citizen_id, preferences, self._clock())
