"""What is kept of a citizen here: the life events that they are guided through."""

from kit.personal_data import Json, PersonalDataHolder, personal_data_router
from services.procedures import repository
from services.procedures.guides import Guides


class ProceduresPersonalData:
    """Hands it out and erases it (`kit.personal_data`)."""

    def __init__(self, guides: Guides) -> None:
        """`guides` opens them."""
        self._guides = guides

    async def export(self, citizen_id: str) -> Json:
        """Return a citizen's guides: what they said, and what they have done."""
        found: list[Json] = []
        async with self._guides.database.transaction() as session:
            rows = await repository.all_of_citizen(session, citizen_id)
            ticks = await repository.ticks(session, [row.id for row in rows])
            for row in rows:
                contents = await self._guides.contents(session, row)
                found.append(
                    {
                        "event": row.event,
                        "begun_at": row.begun_at.isoformat(),
                        "answers": contents.answers,
                        "done": sorted(ticks[row.id]),
                    }
                )
        return {"guides": found} if found else {}

    async def erase(self, citizen_id: str) -> None:
        """Delete a citizen's guides."""
        async with self._guides.database.transaction() as session:
            await repository.forget_citizen(session, citizen_id)


HOLDER = PersonalDataHolder("services/procedures", ProceduresPersonalData)
router = personal_data_router(HOLDER)
