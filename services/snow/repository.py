"""All SQL of snow reports. A search near a place is a box of degrees over a partial index."""

import math
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    and_,
    any_,
    cast,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.snow.geometry import METRES_PER_DEGREE, Box, Place
from services.snow.lifecycle import OPEN, Status
from services.snow.models import (
    STILL_OFFERED,
    SnowChange,
    SnowFollower,
    SnowPhoto,
    SnowReport,
)

_MOVE = text(
    "INSERT INTO snow_follower (report_id, citizen_id, followed_at)"
    " SELECT :parent, citizen_id, :now FROM snow_follower WHERE report_id = :child"
    " ON CONFLICT DO NOTHING"
)
_OPEN = tuple(status.value for status in OPEN)


def box_around(place: Place, metres: float) -> Box:
    """Return a rectangle that holds everything within so many metres."""
    high = metres * 1.01 / METRES_PER_DEGREE
    wide = high / max(0.01, math.cos(math.radians(place.lat)))
    return Box(place.lat - high, place.lat + high, place.lon - wide, place.lon + wide)


def box_along(line: Sequence[Place], metres: float) -> Box:
    """Return a rectangle that holds everything within so many metres of a line."""
    boxes = [box_around(place, metres) for place in line]
    return Box(
        min(box.south for box in boxes),
        max(box.north for box in boxes),
        min(box.west for box in boxes),
        max(box.east for box in boxes),
    )


def any_of(ids: Collection[int]) -> Any:
    """Return "one of these" as one parameter, however many they are."""
    return any_(cast(list(ids), ARRAY(BigInteger)))


def _inside(box: Box) -> ColumnElement[bool]:
    return and_(
        SnowReport.lat.between(box.south, box.north), SnowReport.lon.between(box.west, box.east)
    )


async def offered_in(
    session: AsyncSession, category: str, box: Box, since: datetime
) -> list[SnowReport]:
    """Return the reports of a kind that may still be offered as the same place."""
    query = select(SnowReport).where(
        STILL_OFFERED,
        SnowReport.category == category,
        _inside(box),
        SnowReport.filed_at >= since,
    )
    return list(await session.scalars(query))


async def insert_report(session: AsyncSession, values: dict[str, Any]) -> int | None:
    """Write a new report; None when its draft was filed already."""
    query = insert(SnowReport).on_conflict_do_nothing(index_elements=[SnowReport.draft_key])
    found: int | None = await session.scalar(query.returning(SnowReport.id), values)
    return found


async def load(session: AsyncSession, report_id: int, *, lock: bool = False) -> SnowReport | None:
    """Return a report; with `lock` nobody else changes it until the transaction ends."""
    query = select(SnowReport).where(SnowReport.id == report_id)
    found: SnowReport | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def of_draft(session: AsyncSession, draft_key: str) -> SnowReport | None:
    """Return the report that a draft was filed as."""
    query = select(SnowReport).where(SnowReport.draft_key == draft_key)
    found: SnowReport | None = await session.scalar(query)
    return found


async def latest_followed(session: AsyncSession, citizen_id: str, limit: int) -> list[SnowReport]:
    """Return the reports that a citizen filed or follows, the latest first."""
    query = (
        select(SnowReport)
        .join(SnowFollower, SnowFollower.report_id == SnowReport.id)
        .where(SnowFollower.citizen_id == citizen_id, SnowReport.status != Status.HIDDEN.value)
        .order_by(SnowFollower.followed_at.desc(), SnowReport.id.desc())
    )
    return list(await session.scalars(query.limit(limit)))


async def follow(session: AsyncSession, report_id: int, citizen_id: str, now: datetime) -> bool:
    """Let a citizen hear of a report; False when they did already."""
    row = {"report_id": report_id, "citizen_id": citizen_id, "followed_at": now}
    query = insert(SnowFollower).values(row).on_conflict_do_nothing()
    return (await session.scalar(query.returning(SnowFollower.report_id))) is not None


async def move_followers(session: AsyncSession, child: int, parent: int, now: datetime) -> None:
    """Let everybody who follows one report follow another as well."""
    await session.execute(_MOVE, {"child": child, "parent": parent, "now": now})


async def followers(session: AsyncSession, report_id: int) -> list[str]:
    """Return who hears of a report."""
    query = select(SnowFollower.citizen_id).where(SnowFollower.report_id == report_id)
    return list(await session.scalars(query.order_by(SnowFollower.citizen_id)))


async def counts(session: AsyncSession, ids: Collection[int]) -> dict[int, int]:
    """Return how many follow each report."""
    query = (
        select(SnowFollower.report_id, func.count())
        .where(SnowFollower.report_id == any_of(ids))
        .group_by(SnowFollower.report_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def add_change(session: AsyncSession, values: dict[str, Any]) -> int:
    """Note a step of a report's life."""
    query = insert(SnowChange).values(values).returning(SnowChange.id)
    return int((await session.execute(query)).scalar_one())


async def changes(session: AsyncSession, report_id: int) -> list[SnowChange]:
    """Return a report's life, oldest first."""
    query = select(SnowChange).where(SnowChange.report_id == report_id)
    return list(await session.scalars(query.order_by(SnowChange.id)))


async def filed_since(session: AsyncSession, source: str, since: datetime) -> int:
    """Count what came in from a source."""
    query = select(func.count()).where(SnowReport.source == source, SnowReport.filed_at >= since)
    return int(await session.scalar(query) or 0)


async def filed_by_since(session: AsyncSession, citizen_id: str, since: datetime) -> int:
    """Count what a citizen filed."""
    of_citizen = (SnowReport.citizen_id == citizen_id, SnowReport.filed_at >= since)
    return int(await session.scalar(select(func.count()).where(*of_citizen)) or 0)


_VERSION = text(
    "SELECT (SELECT max(id) FROM snow_report), (SELECT max(id) FROM snow_change),"
    " (SELECT count(*) FROM snow_follower), (SELECT max(id) FROM snow_passage),"
    " (SELECT count(*) FROM snow_photo WHERE state = 'approved'),"
    " (SELECT count(*) FROM snow_report WHERE description_approved),"
    " (SELECT count(*) FROM snow_report), (SELECT max(id) FROM snow_sanding)"
)


async def version(session: AsyncSession) -> tuple[Any, ...]:
    """Return what changes whenever anything that the public sees changes."""
    return tuple((await session.execute(_VERSION)).one())


async def public(
    session: AsyncSession, since: datetime, box: Box | None, limit: int
) -> list[SnowReport]:
    """Return what the public may see, latest change first."""
    return list(await session.scalars(_public(select(SnowReport), since, box, limit)))


async def outlines(
    session: AsyncSession, since: datetime, box: Box | None, limit: int
) -> Sequence[Any]:
    """Return the same as rows of what a point on a map needs: a tenth of the work."""
    columns = (SnowReport.id, SnowReport.category, SnowReport.status)
    places = (SnowReport.lat, SnowReport.lon, SnowReport.updated_at)
    return (await session.execute(_public(select(*columns, *places), since, box, limit))).all()


def _public(query: Any, since: datetime, box: Box | None, limit: int) -> Any:
    query = query.where(SnowReport.status != Status.HIDDEN.value, SnowReport.updated_at >= since)
    if box is not None:
        query = query.where(_inside(box))
    return query.order_by(SnowReport.updated_at.desc(), SnowReport.id.desc()).limit(limit)


async def of_ids(session: AsyncSession, ids: Collection[int]) -> list[SnowReport]:
    """Return the reports of these ids."""
    query = select(SnowReport).where(SnowReport.id.in_(ids)).order_by(SnowReport.id)
    return list(await session.scalars(query))


async def filed_between(
    session: AsyncSession, start: datetime, end: datetime, limit: int
) -> list[SnowReport]:
    """Return reports by the time of filing, newest first."""
    query = select(SnowReport).where(SnowReport.filed_at.between(start, end))
    newest = query.order_by(SnowReport.filed_at.desc(), SnowReport.id.desc())
    return list(await session.scalars(newest.limit(limit)))


async def open_reports(
    session: AsyncSession, limit: int, districts: Collection[str] | None = None
) -> list[SnowReport]:
    """Return what somebody still has to act on, newest first; of some districts or of all."""
    query = select(SnowReport).where(SnowReport.status.in_(_OPEN))
    if districts is not None:
        query = query.where(SnowReport.districts.overlap(list(districts)))
    return list(await session.scalars(query.order_by(SnowReport.id.desc()).limit(limit)))


async def count_open(session: AsyncSession) -> int:
    """Count what somebody still has to act on."""
    query = select(func.count()).where(SnowReport.status.in_(_OPEN))
    return int(await session.scalar(query) or 0)


async def near(
    session: AsyncSession, categories: Sequence[str], box: Box, since: datetime
) -> list[SnowReport]:
    """Return open reports of some kinds in a box."""
    query = select(SnowReport).where(
        SnowReport.status.in_(_OPEN),
        SnowReport.category.in_(categories),
        _inside(box),
        SnowReport.filed_at >= since,
    )
    return list(await session.scalars(query.order_by(SnowReport.filed_at.desc())))


async def reset_in(
    session: AsyncSession, categories: Collection[str], box: Box, before: datetime
) -> list[SnowReport]:
    """Return what a plough may have cleared: filed before, and not reset."""
    query = select(SnowReport).where(
        STILL_OFFERED,
        SnowReport.category.in_(categories),
        _inside(box),
        SnowReport.filed_at < before,
    )
    return list(await session.scalars(query))


async def set_reset(session: AsyncSession, ids: Collection[int], at: datetime) -> None:
    """Note that a plough has passed these."""
    await session.execute(update(SnowReport).where(SnowReport.id.in_(ids)).values(reset_at=at))


async def expiring(session: AsyncSession, now: datetime, limit: int) -> list[SnowReport]:
    """Return open reports whose time is over."""
    query = select(SnowReport).where(SnowReport.status.in_(_OPEN), SnowReport.expires_at <= now)
    return list(await session.scalars(query.order_by(SnowReport.expires_at).limit(limit)))


async def to_ask(session: AsyncSession, until: datetime, limit: int) -> list[SnowReport]:
    """Return open reports that end before an instant and whose followers were not asked yet."""
    query = select(SnowReport).where(
        SnowReport.status.in_(_OPEN),
        SnowReport.expires_at <= until,
        SnowReport.asked_at.is_(None),
    )
    return list(await session.scalars(query.order_by(SnowReport.expires_at).limit(limit)))


async def photos(session: AsyncSession, report_ids: Collection[int]) -> list[SnowPhoto]:
    """Return photos without their bytes being missed: in order of arrival."""
    query = select(SnowPhoto).where(SnowPhoto.report_id.in_(report_ids))
    return list(await session.scalars(query.order_by(SnowPhoto.id)))


async def approved_photos(session: AsyncSession, ids: Collection[int]) -> dict[int, int]:
    """Return the first approved photo of each report, by the report."""
    query = (
        select(SnowPhoto.report_id, func.min(SnowPhoto.id))
        .where(SnowPhoto.report_id == any_of(ids), SnowPhoto.state == "approved")
        .group_by(SnowPhoto.report_id)
    )
    return {row[0]: row[1] for row in await session.execute(query)}


async def photo(session: AsyncSession, photo_id: int, *, lock: bool = False) -> SnowPhoto | None:
    """Return one photo."""
    query = select(SnowPhoto).where(SnowPhoto.id == photo_id)
    found: SnowPhoto | None = await session.scalar(query.with_for_update() if lock else query)
    return found


async def add_photo(
    session: AsyncSession, report_id: int, turn_id: str, now: datetime
) -> int | None:
    """Note a photo that has to be fetched; None when it was noted before."""
    row = {"report_id": report_id, "turn_id": turn_id, "state": "waiting", "created_at": now}
    query = insert(SnowPhoto).on_conflict_do_nothing(
        index_elements=[SnowPhoto.report_id, SnowPhoto.turn_id]
    )
    found: int | None = await session.scalar(query.returning(SnowPhoto.id), row)
    return found


async def forget_citizen(session: AsyncSession, citizen_id: str) -> None:
    """Delete what tells of a citizen: their words and photos; the matter of the road stays."""
    theirs = select(SnowReport.id).where(SnowReport.citizen_id == citizen_id)
    await session.execute(delete(SnowPhoto).where(SnowPhoto.report_id.in_(theirs)))
    blank = {"place_words": "", "description": "", "description_approved": False}
    await session.execute(
        update(SnowReport)
        .where(SnowReport.citizen_id == citizen_id)
        .values(citizen_id=None, **blank)
    )
    await session.execute(delete(SnowFollower).where(SnowFollower.citizen_id == citizen_id))


async def forget_ended(session: AsyncSession, before: datetime) -> None:
    """Delete reports that ended long ago, with everything that hangs on them."""
    ended = (SnowReport.status.not_in(_OPEN), SnowReport.updated_at < before)
    old = select(SnowReport.id).where(*ended)
    await session.execute(
        update(SnowReport).where(SnowReport.parent_id.in_(old)).values(parent_id=None)
    )
    await session.execute(delete(SnowReport).where(*ended))
