"""Consent: given per purpose and version of its wording, withdrawn at any time, never assumed."""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from identity.models import Consent


async def give(
    session: AsyncSession, citizen_id: str, purpose: str, version: int, now: datetime
) -> None:
    """Note that a citizen agrees to this version; an earlier version's consent ends."""
    if await current(session, citizen_id, purpose) == version:
        return
    await withdraw(session, citizen_id, purpose, now)
    session.add(Consent(citizen_id=citizen_id, purpose=purpose, version=version, given_at=now))
    await session.flush()


async def withdraw(session: AsyncSession, citizen_id: str, purpose: str, now: datetime) -> bool:
    """End a consent; False when there was none."""
    result = await session.execute(
        update(Consent).where(*_current(citizen_id, purpose)).values(withdrawn_at=now)
    )
    return bool(result.rowcount)  # type: ignore[attr-defined]


async def current(session: AsyncSession, citizen_id: str, purpose: str) -> int | None:
    """Return the version that a citizen agrees to, None for none. An older one may not suffice."""
    version: int | None = await session.scalar(
        select(Consent.version).where(*_current(citizen_id, purpose))
    )
    return version


async def all_of(session: AsyncSession, citizen_id: str) -> list[Consent]:
    """Return every consent that a citizen gave, withdrawn ones too, the oldest first."""
    query = select(Consent).where(Consent.citizen_id == citizen_id)
    return list(await session.scalars(query.order_by(Consent.given_at, Consent.id)))


def _current(citizen_id: str, purpose: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Consent.citizen_id == citizen_id,
        Consent.purpose == purpose,
        Consent.withdrawn_at.is_(None),
    )
