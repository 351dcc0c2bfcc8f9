"""All SQL of ploughs and of the weather that the yard entered."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.snow.geometry import Place
from services.snow.models import SnowOutlook, SnowPassage, SnowPosition
from services.snow.passages import Passage
from services.snow.tracks import Fix

_AT_ONCE = 5000


async def add_positions(session: AsyncSession, fixes: Iterable[Fix]) -> int:
    """Keep positions; those that are known are passed over. Return how many are new."""
    rows = [
        {
            "vehicle": str(fix.vehicle),
            "time": fix.time,
            "lat": fix.place.lat,
            "lon": fix.place.lon,
            "plough_down": fix.down,
        }
        for fix in fixes
    ]
    if not rows:
        return 0
    query = insert(SnowPosition).on_conflict_do_nothing().returning(SnowPosition.id)
    return len((await session.execute(query, rows)).all())


async def positions_after(
    session: AsyncSession, after_id: int, since: datetime
) -> tuple[list[Fix], int]:
    """Return positions that came in after one (with the id of the last), in order of arrival."""
    query = (
        select(SnowPosition)
        .where(SnowPosition.id > after_id, SnowPosition.time >= since)
        .order_by(SnowPosition.id)
        .limit(_AT_ONCE)
    )
    rows = list(await session.scalars(query))
    fixes = [Fix(row.vehicle, row.time, Place(row.lat, row.lon), row.plough_down) for row in rows]
    return fixes, rows[-1].id if rows else after_id


async def newest_position(session: AsyncSession) -> datetime | None:
    """Return when a plough was last heard of."""
    found: datetime | None = await session.scalar(select(func.max(SnowPosition.time)))
    return found


async def add_passages(session: AsyncSession, passages: Iterable[Passage]) -> None:
    """Keep passages; one that is known is passed over."""
    rows = [
        {
            "section": str(passage.section),
            "vehicle": str(passage.vehicle),
            "entered": passage.entered,
            "left": passage.left,
        }
        for passage in passages
    ]
    if rows:
        await session.execute(insert(SnowPassage).on_conflict_do_nothing(), rows)


async def passages_since(session: AsyncSession, since: datetime) -> list[Passage]:
    """Return the passages that ended since then."""
    query = select(SnowPassage).where(SnowPassage.left >= since).order_by(SnowPassage.left)
    return [
        Passage(row.section, row.vehicle, row.entered, row.left)
        for row in await session.scalars(query)
    ]


async def last_passages(session: AsyncSession, sections: Collection[str]) -> dict[str, datetime]:
    """Return when each of these sections was last cleared from end to end."""
    query = (
        select(SnowPassage.section, func.max(SnowPassage.left))
        .where(SnowPassage.section.in_(sections))
        .group_by(SnowPassage.section)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def add_outlook(session: AsyncSession, values: dict[str, Any]) -> None:
    """Keep what the yard entered."""
    session.add(SnowOutlook(**values))
    await session.flush()


async def newest_outlook(session: AsyncSession, since: datetime) -> SnowOutlook | None:
    """Return what was entered last, None when that is long ago."""
    query = select(SnowOutlook).where(SnowOutlook.at >= since).order_by(SnowOutlook.id.desc())
    found: SnowOutlook | None = await session.scalar(query.limit(1))
    return found


async def last_snowfall(session: AsyncSession, centimetres: float) -> datetime | None:
    """Return when so much new snow was last entered at once."""
    query = select(func.max(SnowOutlook.at)).where(SnowOutlook.new_snow_cm >= centimetres)
    found: datetime | None = await session.scalar(query)
    return found


async def forget_positions(session: AsyncSession, before: datetime) -> None:
    """Delete old positions."""
    await session.execute(delete(SnowPosition).where(SnowPosition.time < before))


async def forget_passages(session: AsyncSession, before: datetime) -> None:
    """Delete old passages."""
    await session.execute(delete(SnowPassage).where(SnowPassage.left < before))


async def forget_outlooks(session: AsyncSession, before: datetime) -> None:
    """Delete old weather."""
    await session.execute(delete(SnowOutlook).where(SnowOutlook.at < before))
