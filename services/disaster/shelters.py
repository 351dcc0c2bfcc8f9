"""Which shelters are open: all SQL of the shelter desk."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError
from services.disaster.lalert import ShelterReport
from services.disaster.models import DisasterShelter

STATES = {"open": "開いています", "full": "いっぱいです", "closed": "閉じています"}
_SAID = {"open": "open", "permanent": "open", "closed": "closed", "not_open": "closed"}


async def put(
    session: AsyncSession,
    name: str,
    state: str,
    source: str,
    at: datetime,
    *,
    capacity: int | None = None,
    people: int | None = None,
    address: str = "",
    note: str = "",
) -> None:
    """Say how a shelter stands, unless something newer was said. Raises InvalidInputError."""
    if state not in STATES or not name:
        raise InvalidInputError("A shelter has a name, and is open, full or closed.")
    values = {
        "state": state,
        "capacity": capacity,
        "people": people,
        "address": address,
        "note": note,
        "source": source,
        "updated_at": at,
    }
    new = insert(DisasterShelter).values(name=name, **values)
    await session.execute(
        new.on_conflict_do_update(
            index_elements=[DisasterShelter.name],
            set_=values,
            where=DisasterShelter.updated_at <= at,
        )
    )


async def take_reports(
    session: AsyncSession, reports: Iterable[ShelterReport], source: str, now: datetime
) -> None:
    """Take what L-Alert says of shelters; what it does not know changes nothing."""
    for report in reports:
        state = _SAID.get(report.state)
        if state is None or not report.name:
            continue
        await put(
            session,
            report.name,
            state,
            source,
            report.at or now,
            capacity=report.capacity,
            people=report.people,
            address=report.address,
        )


async def everything(session: AsyncSession) -> list[DisasterShelter]:
    """Return every shelter of which anything was said, open ones first."""
    query = select(DisasterShelter).order_by(
        DisasterShelter.state == "closed", DisasterShelter.name
    )
    return list(await session.scalars(query))
