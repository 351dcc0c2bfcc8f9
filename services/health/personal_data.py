"""What the handbook keeps of a citizen as such: what they wrote themselves.

Erasing takes that away, with its history. What the health centre, clinics and schools recorded is
the person's record: the law keeps it, and the pages behind the card hand it out.
"""

from typing import Annotated

from fastapi import Depends

from auth.gate import demand
from auth.grants import Grant
from kit.errors import NotFoundError
from kit.personal_data import CitizenId, Json, PersonalDataHolder, personal_data_router
from services.health import reminder_repository, repository, share_repository
from services.health.scopes import SCOPES
from services.health.service import Records, shown


class HealthPersonalData:
    """Hands it out and erases it (`kit.personal_data`)."""

    def __init__(self, records: Records) -> None:
        """`records` has the keys."""
        self._records = records

    async def export(self, citizen_id: str) -> Json:
        """Return what a citizen wrote, corrected and withdrawn entries too."""
        async with self._records.database.transaction() as session:
            rows = await repository.written_by(session, citizen_id)
            people = {row.person_id for row in rows}
            keys = {who: await self._records.vault.keys(session, who) for who in people}
            reminders = await reminder_repository.of_citizen(session, citizen_id)
        entries = [
            {"person_id": row.person_id}
            | shown(row, keys[row.person_id], citizen_id).model_dump(mode="json")
            for row in rows
        ]
        told = [{"person_id": row.person_id, "since": row.since.isoformat()} for row in reminders]
        return {"written": entries, "shown": await self._shown(citizen_id), "reminders": told}

    async def _shown(self, citizen_id: str) -> list[Json]:
        async with self._records.database.transaction() as session:
            rows = await share_repository.of_citizen(session, citizen_id)
            looks = await share_repository.looks_at(session, [row.id for row in rows])
        return [
            {
                "number": row.id,
                "person_id": row.person_id,
                "parts": row.parts,
                "ends_at": row.ends_at.isoformat(),
                "looks": [at.isoformat() for at in looks.get(row.id, [])],
            }
            for row in rows
        ]

    async def erase(self, citizen_id: str) -> None:
        """Delete what a citizen wrote, and end what they show."""
        async with self._records.database.transaction() as session:
            await reminder_repository.forget(session, citizen_id)
            await share_repository.forget_citizen(session, citizen_id)
            await repository.forget_written_by(session, citizen_id)


async def _own(
    citizen_id: CitizenId, grant: Annotated[Grant, Depends(demand(SCOPES["health:export"]))]
) -> None:
    """Let a grant take out its own citizen's alone."""
    if grant.citizen_id != citizen_id:
        raise NotFoundError


HOLDER = PersonalDataHolder("services/health", HealthPersonalData, scope="health:export")
router = personal_data_router(HOLDER, takes_out=_own)
