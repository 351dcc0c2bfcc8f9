"""All SQL of the handbook, and what is sealed in its rows."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.crypto import blind_index
from kit.vault import PersonKeys, Place
from services.health.contract import Body, Source
from services.health.models import HealthEntry

SECRET = "health"  # noqa: S105  the name of the key, not the key
_BODY: TypeAdapter[Body] = TypeAdapter(Body)


@dataclass(frozen=True)
class New:
    """An entry to be written. `key` identifies it at its source."""

    person_id: str
    body: Body
    source: Source
    written_by: str
    key: str
    corrects: str | None = None
    record_id: str | None = None
    """Of the entry that is corrected, or given by another system; None for a new one."""
    key_index: str | None = None
    """Of the entry that is corrected, where its source is to find it again; else of the key."""


class Indexes:
    """Computes the blind indexes under the installation's secret."""

    def __init__(self, secret: bytes) -> None:
        """`secret` comes from `Vault.secret`."""
        self._secret = secret

    def key(self, key: str) -> str:
        """Return the index of what identifies an entry."""
        return blind_index(self._secret, f"key\x1f{key}")

    def content(self, person_id: str, body: Body) -> str:
        """Return the index of what an entry says, and of whom."""
        return blind_index(self._secret, f"content\x1f{person_id}\x1f{body.model_dump_json()}")


def fhir_id(own: str) -> str:
    """Return an id of ours as FHIR allows it: `hen_…` and `res_…` are `hen-…` and `res-…` there."""
    return own.replace("_", "-")


def open_body(keys: PersonKeys, row: HealthEntry) -> Body:
    """Return what an entry says."""
    return _BODY.validate_json(keys.open(_place(row.id), row.body))


def _place(entry_id: str) -> Place:
    return Place(HealthEntry.__tablename__, entry_id, "body")


async def add(
    session: AsyncSession, keys: PersonKeys, indexes: Indexes, new: New, now: datetime
) -> bool:
    """Write an entry; False when one of the same key counts already, or was withdrawn so.

    What somebody has withdrawn does not come back with the next file that still says it.
    """
    key, content = new.key_index or indexes.key(new.key), indexes.content(new.person_id, new.body)
    gone = select(HealthEntry.id).where(
        HealthEntry.key_index == key,
        HealthEntry.content_index == content,
        HealthEntry.end == "withdrawn",
    )
    if await session.scalar(gone.limit(1)) is not None:
        return False
    entry_id = f"hen_{secrets.token_hex(16)}"
    values = {
        "id": entry_id,
        "record_id": new.record_id or fhir_id(entry_id),
        "person_id": new.person_id,
        "kind": new.body.kind,
        "body": keys.seal(_place(entry_id), new.body.model_dump_json()),
        "source": new.source.value,
        "written_by": new.written_by,
        "written_at": now,
        "key_index": key,
        "content_index": content,
        "corrects": new.corrects,
    }
    written = insert(HealthEntry).values(values).on_conflict_do_nothing().returning(HealthEntry.id)
    return await session.scalar(written) is not None


async def end(session: AsyncSession, entry_id: str, how: str, now: datetime) -> bool:
    """End an entry; False when it has ended already."""
    change = (
        update(HealthEntry)
        .where(HealthEntry.id == entry_id, HealthEntry.ended_at.is_(None))
        .values(ended_at=now, end=how)
        .returning(HealthEntry.id)
    )
    return await session.scalar(change) is not None


async def entries_of(
    session: AsyncSession, person_id: str, kinds: Sequence[str] = ()
) -> Sequence[HealthEntry]:
    """Return every version of a person's entries, of some kinds or all, in the order of writing."""
    query = select(HealthEntry).where(HealthEntry.person_id == person_id)
    if kinds:
        query = query.where(HealthEntry.kind.in_(kinds))
    return (await session.scalars(query.order_by(HealthEntry.written_at, HealthEntry.id))).all()


async def has_any(session: AsyncSession, person_id: str, kinds: Sequence[str]) -> bool:
    """Tell whether a person has an entry of one of these kinds."""
    query = select(HealthEntry.id).where(HealthEntry.person_id == person_id)
    return await session.scalar(query.where(HealthEntry.kind.in_(kinds)).limit(1)) is not None


async def entries_of_all(
    session: AsyncSession, person_ids: Collection[str], kinds: Sequence[str]
) -> Sequence[HealthEntry]:
    """Return the entries of these kinds that count, of many people."""
    query = select(HealthEntry).where(
        HealthEntry.person_id.in_(person_ids),
        HealthEntry.kind.in_(kinds),
        HealthEntry.ended_at.is_(None),
    )
    return (await session.scalars(query)).all()


async def entry(session: AsyncSession, person_id: str, entry_id: str) -> HealthEntry | None:
    """Return one entry of a person."""
    query = select(HealthEntry).where(HealthEntry.person_id == person_id)
    return (await session.scalars(query.where(HealthEntry.id == entry_id))).one_or_none()


async def of_records(session: AsyncSession, ids: Collection[str]) -> dict[str, str]:
    """Return whose the records of these ids are, ended ones too."""
    query = select(HealthEntry.record_id, HealthEntry.person_id)
    rows = await session.execute(query.where(HealthEntry.record_id.in_(ids)).distinct())
    return {row.record_id: row.person_id for row in rows}


async def counting(session: AsyncSession, indexes: Collection[str]) -> dict[str, HealthEntry]:
    """Return the entries that count, by the index of their key."""
    query = select(HealthEntry).where(
        HealthEntry.key_index.in_(indexes), HealthEntry.ended_at.is_(None)
    )
    return {row.key_index: row for row in await session.scalars(query)}


async def written_by(session: AsyncSession, citizen_id: str) -> Sequence[HealthEntry]:
    """Return what a citizen wrote, ended entries too."""
    query = select(HealthEntry).where(HealthEntry.written_by == citizen_id)
    return (await session.scalars(query.order_by(HealthEntry.written_at, HealthEntry.id))).all()


async def forget_written_by(session: AsyncSession, citizen_id: str) -> None:
    """Delete what a citizen wrote."""
    own = HealthEntry.written_by == citizen_id
    ids = select(HealthEntry.id).where(own)
    await session.execute(
        update(HealthEntry).where(HealthEntry.corrects.in_(ids)).values(corrects=None)
    )
    await session.execute(delete(HealthEntry).where(own))
