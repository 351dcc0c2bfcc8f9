"""That a person writes: seen by the citizen as LINE's loading animation, and by colleagues."""

from auth.staff import StaffMember
from bot.citizens import repository as citizen_rows
from bot.handoff import repository
from bot.handoff.desk import Grip, StaffDesk
from bot.handoff.presence import WRITES_SECONDS, Presence
from bot.sender.line_api import LineApi
from kit.db import Database

# LINE takes multiples of 5, and ends it by itself when a message comes.
LOADING_SECONDS = WRITES_SECONDS + 5


class Typing:
    """Tells whom it concerns, at most once in a while. Nothing depends on it."""

    def __init__(
        self, database: Database, desk: StaffDesk, presence: Presence, api: LineApi
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._desk = desk
        self._presence = presence
        self._api = api

    async def tell(self, member: StaffMember, grip: Grip) -> bool:
        """Tell that somebody writes; False where the conversation is not theirs any more."""
        if not await self._desk.renew(member, grip):
            return False
        async with self._database.statement() as session:
            found = await repository.load_handoff(session, grip.handoff_id, member.desks)
            citizen = await citizen_rows.load_citizen(session, found.citizen_id) if found else None
        is_news = found is not None and await self._presence.write(member, found)
        if is_news and citizen is not None and citizen.is_friend:
            await self._api.show_loading(citizen.channel, citizen.line_user_id, LOADING_SECONDS)
        return True
