"""What the worker does with a note."""

from kit.db import Database
from kit.jobs import Job
from tests.concierge.sample.models import Note

KEEP = Job("sample.keep")


class Keeping:
    """Writes notes down."""

    def __init__(self, database: Database) -> None:
        """One instance a worker."""
        self._database = database

    async def keep(self, citizen_id: str, words: str) -> None:
        """Write one note."""
        async with self._database.transaction() as session:
            session.add(Note(citizen_id=citizen_id, words=words))
