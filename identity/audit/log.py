"""The access log: who looked at or changed what of a citizen, when and why. Only added to.

Every record carries the hash of the one before, under a key that `MASTER_KEY` wraps: a changed or
missing record shows, and whoever can write in the database cannot make another whole chain.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from auth.levels import Level
from identity.keys import secret_in
from identity.models import Access
from kit.errors import InvalidInputError
from kit.masking import mask_numbers

_LOCK = text("SELECT pg_advisory_xact_lock(7202812)")
_BEGINNING = "0" * 64
SECRET = "access-log"  # noqa: S105  a name


class Actor(StrEnum):
    """Who did it."""

    citizen = "citizen"
    staff = "staff"
    program = "program"
    shared = "shared"
    """Somebody to whom the citizen showed a page for a time; `reason` is the sharing's number."""
    outside = "outside"
    """A program from outside that the citizen lets see it; `actor` names it."""


@dataclass(frozen=True)
class AuditEntry:
    """One look or change. `action` and `reason` hold no personal data; staff must give a reason."""

    citizen_id: str
    action: str
    actor_kind: Actor = Actor.citizen
    actor: str = ""
    reason: str = ""
    level: Level = Level.L0


async def record(session: AsyncSession, entry: AuditEntry, now: datetime) -> None:
    """Add a audit entry to the log, in the transaction of what was done.

    Raises InvalidInputError when staff give no reason, or a My Number in it: what stands here
    stays.
    """
    if entry.actor_kind is Actor.staff and not (entry.reason.strip() and entry.actor):
        raise InvalidInputError("Staff name themselves and give a reason.")
    if mask_numbers(entry.reason)[1]:
        raise InvalidInputError("Give a reason without a My Number.")
    await session.execute(_LOCK)
    last = (
        await session.execute(select(Access.id, Access.hash).order_by(Access.id.desc()).limit(1))
    ).one_or_none()
    row = Access(
        id=1 if last is None else last.id + 1,
        at=now,
        citizen_id=entry.citizen_id,
        actor_kind=entry.actor_kind.value,
        actor=entry.actor,
        action=entry.action,
        reason=entry.reason,
        level=entry.level.value,
        previous=_BEGINNING if last is None else last.hash,
    )
    row.hash = _hash(row, await secret_in(session, SECRET, now))
    session.add(row)
    await session.flush()


async def of_citizen(
    session: AsyncSession, citizen_id: str, limit: int | None = None, before: int | None = None
) -> list[Access]:
    """Return a citizen's own records, newest first; of older ones than the number `before`."""
    query = select(Access).where(Access.citizen_id == citizen_id)
    if before is not None:
        query = query.where(Access.id < before)
    return list(await session.scalars(query.order_by(Access.id.desc()).limit(limit)))


async def is_whole(session: AsyncSession, shown: Sequence[Access], now: datetime) -> bool:
    """Tell whether no record of the log is missing, and none of those shown was changed.

    `first_fault` looks into every record; here the database looks at the links of the chain only,
    which is quick enough for a page.
    """
    before = func.lag(Access.hash, 1, _BEGINNING).over(order_by=Access.id)
    number = func.row_number().over(order_by=Access.id)
    links = select(Access.id, Access.previous, before.label("before"), number.label("number"))
    chain = links.subquery()
    broken = or_(chain.c.previous != chain.c.before, chain.c.id != chain.c.number)
    if await session.scalar(select(chain.c.id).where(broken).limit(1)) is not None:
        return False
    key = await secret_in(session, SECRET, now)
    return all(row.hash == _hash(row, key) for row in shown)


async def first_fault(session: AsyncSession, now: datetime) -> int | None:
    """Return the number of the first record that was changed or follows a gap, None if none."""
    key = await secret_in(session, SECRET, now)
    previous, expected = _BEGINNING, 1
    rows = await session.stream_scalars(select(Access).order_by(Access.id))
    async for row in rows:
        if row.id != expected or row.previous != previous or row.hash != _hash(row, key):
            return expected
        previous, expected = row.hash, expected + 1
    return None


def _hash(row: Access, key: bytes) -> str:
    return hmac.digest(key, told(row), hashlib.sha256).hex()


def told(row: Access) -> bytes:
    """Return what the hash of a record is made over: all that it says."""
    content = [
        row.id,
        row.at.astimezone(UTC).isoformat(),
        row.citizen_id,
        row.actor_kind,
        row.actor,
        row.action,
        row.reason,
        row.level,
        row.previous,
    ]
    return json.dumps(content, ensure_ascii=False).encode()
