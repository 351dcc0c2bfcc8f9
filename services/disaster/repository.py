"""SQL of what arrives and of the city's state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.disaster.entries import Change, Entry
from services.disaster.facts import Telegram
from services.disaster.models import (
    DisasterChange,
    DisasterEntry,
    DisasterFeed,
    DisasterMessage,
)
from services.disaster.rules import IRREGULAR, change_key
from services.disaster.stored import decode


async def insert_message(
    session: AsyncSession, source: str, name: str, digest: str, body: bytes, now: datetime
) -> int | None:
    """Keep a message as it came; None where the same bytes of this source are kept already."""
    values = {
        "source": source,
        "name": name,
        "digest": digest,
        "body": body,
        "received_at": now,
        "state": "waiting",
        "note": "",
        "title": "",
        "lane": "drill" if source == "drill" else "actual",
        "holds": False,
    }
    query = insert(DisasterMessage).values(values).on_conflict_do_nothing()
    return await session.scalar(query.returning(DisasterMessage.id))


async def lock_state(session: AsyncSession) -> None:
    """Let nobody else apply a message to this city's state until the transaction ends."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext(current_schema()), hashtext('disaster'))")
    )


async def load_message(session: AsyncSession, message_id: int) -> DisasterMessage | None:
    """Return a message."""
    return await session.get(DisasterMessage, message_id)


async def known_names(session: AsyncSession, names: Iterable[str]) -> set[str]:
    """Return which of these names are kept already."""
    query = select(DisasterMessage.name).where(DisasterMessage.name.in_(list(names)))
    return set(await session.scalars(query))


async def applied_since(
    session: AsyncSession, lane: str, number: int, since: datetime
) -> list[tuple[int, datetime, Telegram]]:
    """Return (number, instant, telegram) of what was applied after a number, in order.

    Of before `since` only what something in force rests on.
    """
    query = (
        select(DisasterMessage.applied_no, DisasterMessage.applied_at, DisasterMessage.understood)
        .where(
            DisasterMessage.lane == lane,
            DisasterMessage.applied_no > number,
            DisasterMessage.understood.is_not(None),
            or_(DisasterMessage.applied_at >= since, DisasterMessage.holds),
        )
        .order_by(DisasterMessage.applied_no)
    )
    rows = (await session.execute(query)).all()
    return [(no, at, decode(body)) for no, at, body in rows if body and at and "revision" in body]


async def next_number(session: AsyncSession) -> int:
    """Return the number of the next message that is applied; call it under `lock_state`."""
    newest = await session.scalar(select(func.max(DisasterMessage.applied_no)))
    return (newest or 0) + 1


async def mark_holding(session: AsyncSession, lane: str, names: Sequence[str]) -> None:
    """Note which messages the state rests on."""
    rests = DisasterMessage.name.in_(names)
    await session.execute(
        update(DisasterMessage)
        .where(DisasterMessage.lane == lane, DisasterMessage.holds != rests)
        .where(or_(DisasterMessage.holds, rests))
        .values(holds=rests)
    )


async def replace_entries(session: AsyncSession, lane: str, entries: Iterable[Entry]) -> None:
    """Put this state in the place of the one before."""
    await session.execute(delete(DisasterEntry).where(DisasterEntry.lane == lane))
    rows = [
        {
            "lane": lane,
            **{
                name: value
                for name, value in asdict(entry).items()
                if name not in ("sources", "happenings")
            },
        }
        for entry in entries
    ]
    if rows:
        await session.execute(insert(DisasterEntry), rows)


async def insert_change(
    session: AsyncSession,
    lane: str,
    change: Change,
    entry: dict[str, Any],
    now: datetime,
    *,
    districts: Sequence[str] = (),
) -> int | None:
    """Write a change down; None where it was written before."""
    values = {
        "key": change_key(change, lane),
        "lane": lane,
        "area": change.area,
        "hazard": change.hazard,
        "kind": change.kind,
        "entry": entry,
        "before": None if change.before is None else str(change.before),
        "after": None if change.after is None else str(change.after),
        "sources": list(change.sources),
        "districts": list(districts),
        "reported_at": change.reported_at,
        "made_at": now,
        "decision": "pending",
        "reason": "",
    }
    query = insert(DisasterChange).values(values).on_conflict_do_nothing()
    return await session.scalar(query.returning(DisasterChange.id))


async def entries(session: AsyncSession, lane: str) -> list[Entry]:
    """Return the present state by area and hazard."""
    query = select(DisasterEntry).where(DisasterEntry.lane == lane)
    rows = await session.scalars(query.order_by(DisasterEntry.area, DisasterEntry.hazard))
    return [entry_of(row) for row in rows]


def entry_of(row: DisasterEntry) -> Entry:
    """Read a row."""
    return Entry(
        area=row.area,
        hazard=row.hazard,
        level=row.level,
        kind_code=row.kind_code,
        active=row.active,
        source=row.source,
        reported_at=row.reported_at,
        rank=row.rank,
        publishers=row.publishers,
        since=row.since,
        retracted=row.retracted,
    )


async def note_heard(
    session: AsyncSession,
    name: str,
    now: datetime,
    *,
    trouble: str = "",
    kept: Mapping[str, str | None] | None = None,
) -> None:
    """Note that a way was tried; without trouble, that it was heard. `kept`: etag and the like."""
    values: dict[str, Any] = {"tried_at": now, "trouble": trouble, **(kept or {})}
    if not trouble:
        values["heard_at"] = now
    new = insert(DisasterFeed).values(name=name, **values)
    await session.execute(
        new.on_conflict_do_update(index_elements=[DisasterFeed.name], set_=values)
    )


async def feeds(session: AsyncSession) -> list[DisasterFeed]:
    """Return every way that was ever tried."""
    return list(await session.scalars(select(DisasterFeed).order_by(DisasterFeed.name)))


async def heard_at(session: AsyncSession) -> datetime | None:
    """Return when anything was last heard of the agency; what comes irregularly does not count."""
    query = select(func.max(DisasterFeed.heard_at)).where(DisasterFeed.name.not_in(IRREGULAR))
    instant: datetime | None = await session.scalar(query)
    return instant


async def recent_changes(
    session: AsyncSession, limit: int, decision: str | None = None
) -> list[DisasterChange]:
    """Return the newest changes first."""
    query = select(DisasterChange).order_by(DisasterChange.id.desc()).limit(limit)
    if decision is not None:
        query = query.where(DisasterChange.decision == decision)
    return list(await session.scalars(query))


async def recent_messages(session: AsyncSession, limit: int) -> list[DisasterMessage]:
    """Return the newest messages that say something here, or that could not be read."""
    query = (
        select(DisasterMessage)
        .where(DisasterMessage.state != "elsewhere")
        .order_by(DisasterMessage.id.desc())
        .limit(limit)
    )
    return list(await session.scalars(query))


async def forget_before(session: AsyncSession, before: datetime) -> None:
    """Erase messages and changes of before then on which nothing rests."""
    await session.execute(
        delete(DisasterMessage).where(
            DisasterMessage.received_at < before, DisasterMessage.holds.is_(False)
        )
    )
    await session.execute(delete(DisasterChange).where(DisasterChange.made_at < before))


async def reopen(session: AsyncSession, since: datetime) -> list[int]:
    """Let every message received since then be read anew, in the order in which they came."""
    query = (
        update(DisasterMessage)
        .where(DisasterMessage.received_at >= since)
        .values(state="waiting", note="", understood=None, applied_no=None, holds=False)
    )
    return sorted(await session.scalars(query.returning(DisasterMessage.id)))
