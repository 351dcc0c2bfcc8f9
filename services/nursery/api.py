"""`/services/nursery`: what is free, for actions; applications behind the gate."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from auth.gate import demand
from auth.grants import Grant
from kit.container import part
from kit.guard import require_internal
from services.nursery import contract, repository, vacancies
from services.nursery.applications import Applications, Files
from services.nursery.scopes import SCOPES

INTERNAL = [Depends(require_internal)]

router = APIRouter(prefix="/services/nursery", tags=["nursery"])

Reads = Annotated[Grant, Depends(demand(SCOPES["nursery:application:read"]))]
Writes = Annotated[Grant, Depends(demand(SCOPES["nursery:application:write"]))]
Submits = Annotated[Grant, Depends(demand(SCOPES["nursery:application:submit"]))]
Withdraws = Annotated[Grant, Depends(demand(SCOPES["nursery:application:withdraw"]))]


class Asked(BaseModel):
    """An age, and the words that may name a place."""

    model_config = ConfigDict(extra="forbid")

    age: int | None = Field(ge=0, le=5)
    words: str = Field(max_length=500)


def get_files(request: Request) -> Files:
    """Return the files that the application was assembled with."""
    files = part(request, Files)
    return files


def get_applications(request: Request) -> Applications:
    """Return the use cases that the application was assembled with."""
    applications = part(request, Applications)
    return applications


TheFiles = Annotated[Files, Depends(get_files)]
TheApplications = Annotated[Applications, Depends(get_applications)]


@router.post("/vacancies", dependencies=INTERNAL)
async def free(asked: Asked, files: TheFiles) -> contract.Vacancies:
    """What is free for an age."""
    async with files.database.transaction() as session:
        return await vacancies.answer(
            session, asked.age, asked.words, demonstration=files.settings.is_demo
        )


@router.get("/rounds", dependencies=INTERNAL)
async def rounds(files: TheFiles) -> contract.Rounds:
    """The rounds there are."""
    async with files.database.transaction() as session:
        found = await repository.rounds(session)
        return contract.Rounds(rounds=tuple(files.round_info(row) for row in found))


@router.get("/applications")
async def mine(grant: Reads, applications: TheApplications) -> contract.Mine:
    """The applications of the grant's citizen."""
    return await applications.mine(grant.citizen_id)


@router.patch("/applications", status_code=204)
async def save(part: contract.DraftPart, grant: Writes, applications: TheApplications) -> None:
    """Save parts of the draft."""
    await applications.save(grant.citizen_id, part)


@router.post("/applications/submissions", status_code=204)
async def submit(handing: contract.Handing, grant: Submits, applications: TheApplications) -> None:
    """Hand the draft in."""
    await applications.submit(grant.citizen_id, handing)


@router.post("/applications/withdrawals", status_code=204)
async def withdraw(meant: contract.Meant, grant: Withdraws, applications: TheApplications) -> None:
    """Take an application back."""
    await applications.withdraw(grant.citizen_id, meant.round_id)
