"""All SQL of the diary's photos."""

from collections.abc import Sequence

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from services.health.models import HealthPhoto


async def of_record(
    session: AsyncSession, citizen_id: str, record_id: str
) -> Sequence[HealthPhoto]:
    """Return the photos of one record, without the pictures, and hold them."""
    query = select(HealthPhoto).options(defer(HealthPhoto.jpeg)).with_for_update()
    query = query.where(HealthPhoto.citizen_id == citizen_id, HealthPhoto.record_id == record_id)
    return (await session.scalars(query)).all()


async def count(session: AsyncSession, citizen_id: str) -> int:
    """Return how many photos a citizen has."""
    query = select(func.count()).where(HealthPhoto.citizen_id == citizen_id)
    return await session.scalar(query) or 0


async def listed(session: AsyncSession, citizen_id: str, person_id: str) -> Sequence[HealthPhoto]:
    """Return a citizen's photos of one person, without the pictures, in the order of adding."""
    query = select(HealthPhoto).options(defer(HealthPhoto.jpeg))
    query = query.where(HealthPhoto.citizen_id == citizen_id, HealthPhoto.person_id == person_id)
    return (await session.scalars(query.order_by(HealthPhoto.added_at, HealthPhoto.id))).all()


async def one(
    session: AsyncSession, citizen_id: str, person_id: str, photo_id: str
) -> HealthPhoto | None:
    """Return one photo of a citizen's of a person."""
    query = select(HealthPhoto).where(HealthPhoto.id == photo_id)
    query = query.where(HealthPhoto.citizen_id == citizen_id, HealthPhoto.person_id == person_id)
    return (await session.scalars(query)).one_or_none()


async def of_citizen(session: AsyncSession, citizen_id: str) -> Sequence[HealthPhoto]:
    """Return everything that a citizen has added."""
    query = select(HealthPhoto).where(HealthPhoto.citizen_id == citizen_id)
    return (await session.scalars(query.order_by(HealthPhoto.added_at, HealthPhoto.id))).all()


async def forget_record(session: AsyncSession, record_id: str) -> None:
    """Delete the photos of a record that was taken back."""
    await session.execute(delete(HealthPhoto).where(HealthPhoto.record_id == record_id))


async def forget_citizen(session: AsyncSession, citizen_id: str) -> None:
    """Delete what a citizen has added."""
    await session.execute(delete(HealthPhoto).where(HealthPhoto.citizen_id == citizen_id))
