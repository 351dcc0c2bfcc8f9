"""What is kept of a resident: their notes."""

from sqlalchemy import delete, func, select

from kit.db import Database
from kit.personal_data import Json, PersonalDataHolder, personal_data_router
from tests.concierge.sample.models import Note


class Notes:
    """Hands them out and erases them."""

    def __init__(self, database: Database) -> None:
        """One instance a process."""
        self._database = database

    async def count(self) -> int:
        """Return how many wait to be read."""
        async with self._database.statement() as session:
            return int(await session.scalar(select(func.count()).select_from(Note)) or 0)

    async def export(self, citizen_id: str) -> Json:
        """Return one resident's notes."""
        query = select(Note.words).where(Note.citizen_id == citizen_id).order_by(Note.id)
        async with self._database.statement() as session:
            return {"notes": list(await session.scalars(query))}

    async def erase(self, citizen_id: str) -> None:
        """Delete them."""
        async with self._database.transaction() as session:
            await session.execute(delete(Note).where(Note.citizen_id == citizen_id))


HOLDER = PersonalDataHolder("services/sample", Notes)
router = personal_data_router(HOLDER)
