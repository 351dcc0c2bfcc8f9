"""What the handbook keeps of a citizen as such: what they wrote themselves.

Erasing takes that away, with its history. What the health centre, clinics and schools recorded is
the person's record: the law keeps it, and the pages behind the card hand it out.
"""

from base64 import b64encode
from typing import Annotated

from fastapi import Depends

from auth.gate import demand
from auth.grants import Grant
from kit.errors import NotFoundError
from kit.personal_data import CitizenId, Json, PersonalDataHolder, personal_data_router
from services.health import (
    photo_repository,
    reminder_repository,
    repository,
    share_repository,
)
from services.health.photos import opened
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
        photos = await self._photos(citizen_id)
        told = [{"person_id": row.person_id, "since": row.since.isoformat()} for row in reminders]
        shares = await self._shown(citizen_id)
        return {"written": entries, "shown": shares, "reminders": told, "photos": photos}

    async def _photos(self, citizen_id: str) -> list[Json]:
        async with self._records.database.transaction() as session:
            rows = await photo_repository.of_citizen(session, citizen_id)
            people = {row.person_id for row in rows}
            keys = await self._records.vault.keys_of_all(session, people)
        return [
            {
                "person_id": row.person_id,
                "record_id": row.record_id,
                "added_at": row.added_at.isoformat(),
                "jpeg": b64encode(opened(keys[row.person_id], row)).decode(),
            }
            for row in rows
        ]

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
            await photo_repository.forget_citizen(session, citizen_id)
            await repository.forget_written_by(session, citizen_id)


async def _own(
    citizen_id: CitizenId, grant: Annotated[Grant, Depends(demand(SCOPES["health:export"]))]
) -> None:
    """Let a grant take out its own citizen's alone."""
    if grant.citizen_id != citizen_id:
        raise NotFoundError


HOLDER = PersonalDataHolder("services/health", HealthPersonalData, scope="health:export")
router = personal_data_router(HOLDER, takes_out=_own)
