"""All SQL of what lies on the road: measurements of vehicles, and sand that was spread."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.snow.models import SnowSanding, SnowSurface
from services.snow.repository import any_of
from services.snow.surface import Measurement


async def add_measurements(session: AsyncSession, found: Iterable[tuple[Measurement, str]]) -> int:
    """Keep measurements of sections; those that are known are passed over. Count the new ones."""
    rows = [
        {
            "vehicle": str(one.vehicle),
            "time": one.time,
            "section": section,
            "state": one.state,
            "surface_c": one.surface_c,
            "roadside_cm": one.roadside_cm,
        }
        for one, section in found
    ]
    if not rows:
        return 0
    query = insert(SnowSurface).on_conflict_do_nothing().returning(SnowSurface.id)
    return len((await session.execute(query, rows)).all())


async def newest_measurements(
    session: AsyncSession, since: datetime, sections: Collection[str] | None = None
) -> list[SnowSurface]:
    """Return the newest measurement of each section since then, the newest first."""
    newest = distinct_on(SnowSurface.section)
    query = select(SnowSurface).ext(newest).where(SnowSurface.time >= since)
    if sections is not None:
        query = query.where(SnowSurface.section.in_(sections))
    query = query.order_by(SnowSurface.section, SnowSurface.time.desc())
    return sorted(await session.scalars(query), key=lambda row: row.time, reverse=True)


async def forget_measurements(session: AsyncSession, before: datetime) -> None:
    """Delete old measurements."""
    await session.execute(delete(SnowSurface).where(SnowSurface.time < before))


async def add_sanding(
    session: AsyncSession,
    report_id: int,
    at: datetime,
    *,
    staff_id: str | None = None,
    citizen_id: str | None = None,
) -> None:
    """Note that sand was spread."""
    session.add(SnowSanding(report_id=report_id, at=at, staff_id=staff_id, citizen_id=citizen_id))
    await session.flush()


async def last_sanded(session: AsyncSession, report_ids: Collection[int]) -> dict[int, datetime]:
    """Return when sand was last spread at each of these reports' places."""
    query = (
        select(SnowSanding.report_id, func.max(SnowSanding.at))
        .where(SnowSanding.report_id == any_of(report_ids))
        .group_by(SnowSanding.report_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def sandings(session: AsyncSession, report_id: int) -> list[SnowSanding]:
    """Return every time that sand was spread there, oldest first."""
    query = select(SnowSanding).where(SnowSanding.report_id == report_id)
    return list(await session.scalars(query.order_by(SnowSanding.id)))


async def sanded_since(
    session: AsyncSession, report_id: int, citizen_id: str, since: datetime
) -> bool:
    """Tell whether a citizen has said so lately: a second tap is no second time."""
    query = select(SnowSanding.id).where(
        SnowSanding.report_id == report_id,
        SnowSanding.citizen_id == citizen_id,
        SnowSanding.at > since,
    )
    return (await session.scalar(query.limit(1))) is not None


async def sanded_by(session: AsyncSession, citizen_id: str) -> list[SnowSanding]:
    """Return every time that a citizen spread sand, oldest first."""
    query = select(SnowSanding).where(SnowSanding.citizen_id == citizen_id)
    return list(await session.scalars(query.order_by(SnowSanding.id)))


async def forget_sander(session: AsyncSession, citizen_id: str) -> None:
    """Forget who spread sand; that it was spread stays."""
    await session.execute(
        update(SnowSanding).where(SnowSanding.citizen_id == citizen_id).values(citizen_id=None)
    )
