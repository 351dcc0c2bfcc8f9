"""All SQL of what guardians show to others, and what is sealed in its rows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from kit.vault import PersonKeys, Place
from services.health.contract import About
from services.health.models import HealthShare, HealthShareLook


def seal_about(keys: PersonKeys, code_index: str, about: About) -> bytes:
    """Seal whom it is for and about; the row is known by the index of its code."""
    return keys.seal(_place(code_index), about.model_dump_json())


def open_about(keys: PersonKeys, row: HealthShare) -> About:
    """Return what is sealed in a row."""
    return About.model_validate_json(keys.open(_place(row.code_index), row.about))


def _place(code_index: str) -> Place:
    return Place(HealthShare.__tablename__, code_index, "about")


async def add(session: AsyncSession, values: dict[str, Any]) -> int:
    """Write a sharing and return its number."""
    return (
        await session.execute(insert(HealthShare).values(values).returning(HealthShare.id))
    ).scalar_one()


async def of_code(session: AsyncSession, code_index: str) -> HealthShare | None:
    """Return the sharing of a code."""
    query = select(HealthShare).where(HealthShare.code_index == code_index)
    return (await session.scalars(query)).one_or_none()


async def of_citizen(
    session: AsyncSession, citizen_id: str, person_id: str | None = None
) -> Sequence[HealthShare]:
    """Return what a citizen shows, newest first; of one person, or with None of all."""
    query = select(HealthShare).where(HealthShare.citizen_id == citizen_id)
    if person_id is not None:
        query = query.where(HealthShare.person_id == person_id)
    return (await session.scalars(query.order_by(HealthShare.id.desc()))).all()


async def looks_at(session: AsyncSession, shares: Collection[int]) -> dict[int, list[datetime]]:
    """Return the looks by sharing, the newest first."""
    query = select(HealthShareLook).where(HealthShareLook.share_id.in_(shares))
    found: dict[int, list[datetime]] = {}
    for row in await session.scalars(query.order_by(HealthShareLook.id.desc())):
        found.setdefault(row.share_id, []).append(row.at)
    return found


async def add_look(session: AsyncSession, share_id: int, now: datetime) -> None:
    """Note a look."""
    await session.execute(insert(HealthShareLook).values(share_id=share_id, at=now))


async def revoke(
    session: AsyncSession, citizen_id: str, person_id: str, share_id: int, now: datetime
) -> bool:
    """End a sharing of the citizen's; False when there is none that is open."""
    own = (HealthShare.citizen_id == citizen_id, HealthShare.person_id == person_id)
    change = (
        update(HealthShare)
        .where(HealthShare.id == share_id, *own, HealthShare.revoked_at.is_(None))
        .values(revoked_at=now)
        .returning(HealthShare.id)
    )
    return await session.scalar(change) is not None


async def forget_citizen(session: AsyncSession, citizen_id: str) -> None:
    """Delete what a citizen shows, and the looks at it."""
    ids = select(HealthShare.id).where(HealthShare.citizen_id == citizen_id)
    await session.execute(delete(HealthShareLook).where(HealthShareLook.share_id.in_(ids)))
    await session.execute(delete(HealthShare).where(HealthShare.citizen_id == citizen_id))
