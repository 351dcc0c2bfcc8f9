"""What this skill keeps of a resident: their district, their reminder, and when they had one."""

from sqlalchemy import select

from kit.db import Database
from kit.personal_data import Json, PersonalDataHolder, personal_data_router
from services.waste import repository
from services.waste.models import WasteReminderLog


class WastePersonalData:
    """Hands it out and erases it (`kit.personal_data`)."""

    def __init__(self, database: Database) -> None:
        """One instance a process."""
        self._database = database

    async def export(self, citizen_id: str) -> Json:
        """Return a resident's row and the collections that they were reminded of."""
        told = select(WasteReminderLog).where(WasteReminderLog.citizen_id == citizen_id)
        async with self._database.transaction() as session:
            row = await repository.find_subscription(session, citizen_id)
            log = (await session.scalars(told.order_by(WasteReminderLog.collection_date))).all()
        kept: Json = {"reminded_of": [x.collection_date.isoformat() for x in log]}
        if row is not None:
            at = row.reminder_time
            kept |= {
                "area": row.area,
                "reminder_time": None if at is None else at.isoformat("minutes"),
                "since": row.created_at.isoformat(),
            }
        return kept

    async def erase(self, citizen_id: str) -> None:
        """Delete everything about a resident."""
        async with self._database.transaction() as session:
            await repository.forget_citizen(session, citizen_id)


HOLDER = PersonalDataHolder("services/waste", WastePersonalData)
router = personal_data_router(HOLDER)
