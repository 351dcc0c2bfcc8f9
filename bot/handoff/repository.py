"""All SQL that changes handoffs. Whatever changes one names the state and the fence that it saw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.models import Handoff, HandoffNote, Stretch
from bot.handoff.rules import HANDOFF_STATES, OPEN_STATES, TALK
from kit.lifecycle import check_step


@dataclass(frozen=True)
class NewHandoff:
    """A handoff in its first state."""

    citizen_id: str
    state: str
    kind: str
    desk: str
    trigger: str
    asked_at: datetime
    urgent: bool = False
    about_event_id: int | None = None
    queued_at: datetime | None = None


@dataclass(frozen=True)
class Colleague:
    """Somebody who answers at a desk."""

    id: str
    name: str


async def insert_handoff(session: AsyncSession, new: NewHandoff) -> Handoff | None:
    """Begin a handoff; None when the citizen has an open one."""
    query = insert(Handoff).values(fence=0, **vars(new)).on_conflict_do_nothing()
    handoff_id = await session.scalar(query.returning(Handoff.id))
    return None if handoff_id is None else await session.get(Handoff, handoff_id)


async def open_of_citizen(
    session: AsyncSession, citizen_id: str, *, lock: bool = False, share: bool = False
) -> Handoff | None:
    """Return a citizen's open handoff.

    `lock` holds it as it is until the transaction ends, `share` does so beside others who share.
    """
    query = select(Handoff).where(
        Handoff.citizen_id == citizen_id, Handoff.state.in_(sorted(OPEN_STATES))
    )
    if lock or share:
        query = query.with_for_update(read=share).execution_options(populate_existing=True)
    found: Handoff | None = await session.scalar(query)
    return found


async def load_handoff(
    session: AsyncSession,
    handoff_id: int,
    desks: Sequence[str] | None = None,
    *,
    lock: bool = False,
) -> Handoff | None:
    """Return a handoff, of one of these desks unless `desks` is None."""
    query = select(Handoff).where(Handoff.id == handoff_id)
    if desks is not None:
        query = query.where(Handoff.desk.in_(desks))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: Handoff | None = await session.scalar(query)
    return found


async def change(session: AsyncSession, seen: Handoff, after: str, **values: Any) -> Handoff | None:
    """Move a handoff on from what was seen of it; None when somebody else was faster.

    Raises IllegalTransitionError.
    """
    check_step(HANDOFF_STATES, seen.state, after)
    query = (
        update(Handoff)
        .where(Handoff.id == seen.id, Handoff.state == seen.state, Handoff.fence == seen.fence)
        .values(state=after, fence=Handoff.fence + 1, **values)
        .returning(Handoff)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    changed: Handoff | None = await session.scalar(query)
    return changed


async def set_values(session: AsyncSession, handoff_id: int, fence: int, **values: Any) -> bool:
    """Write what changes no state (a lease, a first reply); False when the fence has moved."""
    query = update(Handoff).where(Handoff.id == handoff_id, Handoff.fence == fence).values(values)
    query = query.execution_options(synchronize_session=False)
    return await session.scalar(query.returning(Handoff.id)) is not None


async def rate(session: AsyncSession, handoff_id: int, citizen_id: str, rating: int) -> bool:
    """Keep a citizen's opinion, once."""
    query = (
        update(Handoff)
        .where(
            Handoff.id == handoff_id,
            Handoff.citizen_id == citizen_id,
            Handoff.rating.is_(None),
            Handoff.state == "wrap_up",
        )
        .values(rating=rating, state=check_step(HANDOFF_STATES, "wrap_up", "bot"))
    )
    return await session.scalar(query.returning(Handoff.id)) is not None


async def begin_stretch(session: AsyncSession, handoff: Handoff, at: datetime) -> None:
    """Write down that somebody holds a conversation from now on."""
    session.add(
        Stretch(
            handoff_id=handoff.id,
            staff_id=handoff.holder_id or "",
            staff_name=handoff.holder_name or "",
            desk=handoff.desk,
            began_at=at,
        )
    )
    await session.flush()


async def end_stretch(session: AsyncSession, handoff_id: int, at: datetime, how: str) -> None:
    """Write down that nobody holds a conversation any more."""
    query = update(Stretch).where(Stretch.handoff_id == handoff_id, Stretch.ended_at.is_(None))
    await session.execute(query.values(ended_at=at, how=how))


async def place_in_queue(session: AsyncSession, handoff: Handoff) -> int:
    """Return how many are served before this one at its desk, plus one."""
    earlier = or_(
        Handoff.queued_at < handoff.queued_at,
        and_(Handoff.queued_at == handoff.queued_at, Handoff.id < handoff.id),
    )
    alike = and_(Handoff.urgent.is_(handoff.urgent), earlier)
    sooner = alike if handoff.urgent else or_(Handoff.urgent, alike)
    query = select(func.count()).where(
        Handoff.state == "queued", Handoff.kind == TALK, Handoff.desk == handoff.desk, sooner
    )
    return 1 + (await session.scalar(query) or 0)


async def held_by(session: AsyncSession, staff_id: str) -> int:
    """Return how many conversations somebody holds."""
    query = select(func.count()).where(Handoff.state == "held", Handoff.holder_id == staff_id)
    return await session.scalar(query) or 0


async def lapsed(session: AsyncSession, now: datetime) -> list[int]:
    """Return the held conversations whose lease has run out."""
    query = select(Handoff.id).where(Handoff.state == "held", Handoff.lease_until <= now)
    return list(await session.scalars(query))


async def stale(session: AsyncSession, states: Sequence[str], before: datetime) -> list[int]:
    """Return what was asked for before then and still stands in one of these states."""
    query = select(Handoff.id).where(Handoff.state.in_(states), Handoff.asked_at < before)
    return list(await session.scalars(query))


async def wrapped_before(session: AsyncSession, before: datetime) -> list[int]:
    """Return what ended before then and was not rated."""
    query = select(Handoff.id).where(Handoff.state == "wrap_up", Handoff.ended_at < before)
    return list(await session.scalars(query))


async def insert_note(
    session: AsyncSession, handoff_id: int, key: str, at: datetime, staff_name: str
) -> int | None:
    """Write a note without its words yet; None when this form's note stands already."""
    row = {"handoff_id": handoff_id, "key": key, "at": at, "staff_name": staff_name, "words": b""}
    query = insert(HandoffNote).values(row).on_conflict_do_nothing(index_elements=["key"])
    note_id: int | None = await session.scalar(query.returning(HandoffNote.id))
    return note_id


async def fill_note(
    session: AsyncSession, note_id: int, words: bytes, mentioned: Colleague | None = None
) -> None:
    """Write a note's sealed words, which are bound to its number, and whom it calls for."""
    values: dict[str, Any] = {"words": words}
    if mentioned is not None:
        values |= {"mentioned_id": mentioned.id, "mentioned_name": mentioned.name}
    await session.execute(update(HandoffNote).where(HandoffNote.id == note_id).values(values))


async def colleagues(
    session: AsyncSession, desk: str, staff_id: str, since: datetime
) -> list[Colleague]:
    """Return who else held a conversation of a desk since then, by name."""
    query = (
        select(Stretch.staff_id, func.max(Stretch.staff_name).label("name"))
        .where(Stretch.desk == desk, Stretch.staff_id != staff_id, Stretch.began_at > since)
        .group_by(Stretch.staff_id)
    )
    found = [Colleague(row.staff_id, row.name) for row in await session.execute(query)]
    return sorted(found, key=lambda one: (one.name, one.id))


async def see_mentions(
    session: AsyncSession, handoff_id: int, staff_id: str, now: datetime
) -> None:
    """Note that somebody has opened a conversation for which notes called for them."""
    await session.execute(
        update(HandoffNote)
        .where(
            HandoffNote.handoff_id == handoff_id,
            HandoffNote.mentioned_id == staff_id,
            HandoffNote.seen_at.is_(None),
        )
        .values(seen_at=now)
    )
