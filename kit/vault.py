"""Personal fields under a key of each person's own: deleting somebody is destroying their key.

Envelope encryption: the person's keys stand in `kit_person_key`, wrapped by the master key, which
is not in the database. A ciphertext is bound to its table, row and column.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import LargeBinary, Text, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from kit.clock import Clock
from kit.crypto import DecryptionError, MasterKeys, Wrapped, new_key, seal, unseal
from kit.db import Base
from kit.errors import NotFoundError

_VERSION_BYTES = 2


class PersonKey(Base):
    """One version of one person's key. New values use the highest version."""

    __tablename__ = "kit_person_key"

    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    master_key_id: Mapped[str] = mapped_column(Text, index=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


@dataclass(frozen=True)
class Place:
    """Where a value stands; elsewhere it cannot be read."""

    table: str
    row: str
    column: str


class ErasedError(NotFoundError):
    """This person's data was deleted."""

    code = "erased"


class PersonKeys:
    """One person's keys, unwrapped. Keep it no longer than one request or job."""

    def __init__(self, person_id: str, keys: Mapping[int, bytes]) -> None:
        """`keys` by version, at least one."""
        self._person_id = person_id
        self._keys = keys

    def seal(self, place: Place, value: str) -> bytes:
        """Encrypt a value for one place: key version (2 bytes), nonce (12), ciphertext."""
        return self.seal_bytes(place, value.encode())

    def seal_bytes(self, place: Place, value: bytes) -> bytes:
        """Encrypt a file for one place, as `seal` does."""
        version = max(self._keys)
        sealed = seal(self._keys[version], value, self._context(place, version))
        return version.to_bytes(_VERSION_BYTES, "big") + sealed

    def open(self, place: Place, sealed: bytes) -> str:
        """Return the value. Raises DecryptionError when it was altered or stood elsewhere."""
        return self.open_bytes(place, sealed).decode()

    def open_bytes(self, place: Place, sealed: bytes) -> bytes:
        """Return the file, as `open` does."""
        version = int.from_bytes(sealed[:_VERSION_BYTES], "big")
        key = self._keys.get(version)
        if key is None:
            raise DecryptionError("The key version of this value does not exist.")
        return unseal(key, sealed[_VERSION_BYTES:], self._context(place, version))

    def _context(self, place: Place, version: int) -> str:
        return "\n".join((place.table, place.row, place.column, self._person_id, str(version)))


class Vault:
    """Gives, renews and destroys people's keys."""

    def __init__(self, master: MasterKeys, clock: Clock) -> None:
        """`master` comes from the settings."""
        self._master = master
        self._clock = clock

    async def keys(self, session: AsyncSession, person_id: str) -> PersonKeys:
        """Return a person's keys. Raises ErasedError when there are none (any more)."""
        rows = await session.scalars(select(PersonKey).where(PersonKey.person_id == person_id))
        keys = {row.version: self._master.unwrap(_wrapped(row), _place(row)) for row in rows}
        if not keys:
            raise ErasedError
        return PersonKeys(person_id, keys)

    async def keys_of_all(
        self, session: AsyncSession, person_ids: Collection[str]
    ) -> dict[str, PersonKeys]:
        """Return the keys of those of many people who have any, with one query."""
        found: dict[str, dict[int, bytes]] = {}
        query = select(PersonKey).where(PersonKey.person_id.in_(person_ids))
        for row in await session.scalars(query):
            key = self._master.unwrap(_wrapped(row), _place(row))
            found.setdefault(row.person_id, {})[row.version] = key
        return {person_id: PersonKeys(person_id, keys) for person_id, keys in found.items()}

    async def keys_for_writing(self, session: AsyncSession, person_id: str) -> PersonKeys:
        """Return a person's keys; the first is made on first use."""
        await self._add(session, person_id, 1)
        return await self.keys(session, person_id)

    async def secret(self, session: AsyncSession, name: str) -> bytes:
        """Return a secret of the installation (32 bytes), always the same for a name.

        For blind indexes: it is wrapped and re-wrapped like a person's key, and never renewed.
        """
        await self._add(session, f"secret:{name}", 1)
        row = (
            await session.scalars(select(PersonKey).where(PersonKey.person_id == f"secret:{name}"))
        ).one()
        return self._master.unwrap(_wrapped(row), _place(row))

    async def renew(self, session: AsyncSession, person_id: str) -> None:
        """Give a person a new key for new values; what the old one sealed stays readable."""
        newest = select(func.max(PersonKey.version)).where(PersonKey.person_id == person_id)
        await self._add(session, person_id, (await session.scalar(newest) or 0) + 1)

    async def destroy(self, session: AsyncSession, person_id: str) -> bool:
        """Make everything of a person's unreadable for ever; False when nothing was there."""
        result = await session.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
        return bool(result.rowcount)  # type: ignore[attr-defined]

    async def rewrap(self, session: AsyncSession) -> int:
        """Wrap every key by the current master key; returns how many were under older ones."""
        outdated = PersonKey.master_key_id != self._master.current_id
        rows = (await session.scalars(select(PersonKey).where(outdated).with_for_update())).all()
        for row in rows:
            new = self._master.rewrap(_wrapped(row), _place(row))
            await session.execute(
                update(PersonKey)
                .where(PersonKey.person_id == row.person_id, PersonKey.version == row.version)
                .values(master_key_id=new.master_key_id, wrapped=new.sealed)
            )
        return len(rows)

    async def _add(self, session: AsyncSession, person_id: str, version: int) -> None:
        row = PersonKey(person_id=person_id, version=version)
        wrapped = self._master.wrap(new_key(), _place(row))
        await session.execute(
            insert(PersonKey)
            .values(
                person_id=person_id,
                version=version,
                master_key_id=wrapped.master_key_id,
                wrapped=wrapped.sealed,
                created_at=self._clock(),
            )
            .on_conflict_do_nothing()
        )


def _wrapped(row: PersonKey) -> Wrapped:
    return Wrapped(row.master_key_id, row.wrapped)


def _place(row: PersonKey) -> str:
    return f"kit_person_key\n{row.person_id}\n{row.version}"
