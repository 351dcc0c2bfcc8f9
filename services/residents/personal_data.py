"""What the register ties to a citizen: whom they stand for, their contact, their open case.

Taking it out needs a grant like every record here. Erasing ends the tie and the contact that the
citizen gave; the register itself is the law's and stays.
"""

import json
from typing import Annotated

from fastapi import Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth.gate import demand
from auth.grants import Grant
from kit.errors import NotFoundError
from kit.personal_data import CitizenId, Json, PersonalDataHolder, personal_data_router
from services.residents import repository
from services.residents.identification import case_place
from services.residents.models import Case
from services.residents.register import Register
from services.residents.scopes import SCOPES
from services.residents.service import ResidentsService


class ResidentsPersonalData:
    """Hands it out and erases it (`kit.personal_data`)."""

    def __init__(self, register: Register, service: ResidentsService) -> None:
        """The service opens records."""
        self._register = register
        self._service = service

    async def export(self, citizen_id: str) -> Json:
        """Return the citizen's own record with its contact, and their cases."""
        async with self._register.database.transaction() as session:
            link = await repository.link_of(session, citizen_id)
            kept: Json = {"cases": await self._cases(session, citizen_id)}
        if link is None:
            return kept
        kept["stands_for"] = {"by": _by(link.matched_by), "since": link.matched_at.isoformat()}
        try:
            record = await self._service.export(citizen_id, link.resident_id)
        except NotFoundError:
            # They have moved away: the register keeps them, and opens them to nobody here.
            return kept
        return kept | {"record": record.model_dump(mode="json")}

    async def erase(self, citizen_id: str) -> None:
        """End what ties a citizen to the register, and delete the contact that they gave."""
        async with self._register.database.transaction() as session:
            await repository.one_at_a_time(session)
            link = await repository.link_of(session, citizen_id)
            if link is not None:
                await repository.delete_contact(session, link.resident_id)
            await repository.forget_citizen(session, citizen_id)

    async def _cases(self, session: AsyncSession, citizen_id: str) -> list[Json]:
        query = select(Case).where(Case.citizen_id == citizen_id).order_by(Case.id)
        cases = []
        for case in (await session.scalars(query)).all():
            shown: Json = {
                "reason": case.reason,
                "state": case.state,
                "opened_at": case.opened_at.isoformat(),
                "decided_at": None if case.decided_at is None else case.decided_at.isoformat(),
            }
            if case.items is not None:
                keys = await self._register.vault.keys(session, citizen_id)
                shown["items"] = json.loads(keys.open(case_place(case), case.items))
            cases.append(shown)
        return cases


def _by(matched_by: str) -> str:
    """Name the desk's part without naming a person."""
    return matched_by if matched_by == "card" else "staff"


async def _own(
    citizen_id: CitizenId, grant: Annotated[Grant, Depends(demand(SCOPES["residents:export"]))]
) -> None:
    """Let a grant take out its own citizen's alone."""
    if grant.citizen_id != citizen_id:
        raise NotFoundError


HOLDER = PersonalDataHolder("services/residents", ResidentsPersonalData, scope="residents:export")
router = personal_data_router(HOLDER, takes_out=_own)
