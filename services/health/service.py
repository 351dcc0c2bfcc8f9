"""Use cases of the handbook: reading it, writing in it, taking an own entry back."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.settings import Settings
from kit.vault import PersonKeys, Vault
from services.health import photo_repository, reminder_repository, repository
from services.health.conflicts import conflicts
from services.health.contract import (
    Body,
    Check,
    Entry,
    Handbook,
    MaternalCheck,
    NewEntry,
    Pregnancy,
    PregnancyEnd,
    Source,
    Vaccination,
)
from services.health.maternity import MATERNAL
from services.health.models import HealthEntry
from services.health.repository import SECRET, Indexes, New
from services.health.rules import RSV
from services.residents.contract import ResidentsClient

_LONGEST_ID = 100
_MATERNAL = tuple(kind.model_fields["kind"].default for kind in MATERNAL)


class Records:
    """The sealed handbook of one city: keys, indexes, day."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first use."""
        self.database = database
        self.clock = clock
        self.vault = Vault(settings.master_keys, clock)
        self._zone = settings.timezone
        self._indexes: Indexes | None = None

    def today(self) -> date:
        """Return the day in the city."""
        return self.clock().astimezone(self._zone).date()

    async def indexes(self) -> Indexes:
        """Return the blind indexes; their key has a transaction of its own, as the register's."""
        if self._indexes is None:
            async with self.database.transaction() as session:
                self._indexes = Indexes(await self.vault.secret(session, SECRET))
        return self._indexes


class HealthService:
    """What citizens do with handbooks of their own and of those for whom they may act.

    The gate has checked the grant; here it is only asked for whom its citizen may act.
    """

    def __init__(self, records: Records, residents: ResidentsClient) -> None:
        """`residents` knows who may act for whom."""
        self._records, self._residents = records, residents

    async def handbook(
        self, citizen_id: str, person_id: str, kinds: Sequence[str] = ()
    ) -> Handbook:
        """Return a person's entries, of some kinds or all. Raises NotFoundError out of reach."""
        is_self = await self.check(citizen_id, person_id)
        async with self._records.database.transaction() as session:
            rows = await repository.entries_of(session, person_id, kinds)
            hides = not is_self and await repository.has_any(session, person_id, _MATERNAL)
            keys = await self._records.vault.keys(session, person_id) if rows else None
            reminds = await reminder_repository.wanted(session, citizen_id, person_id)
        found = [
            shown(row, keys, citizen_id)
            for row in rows
            if keys is not None and _may_read(row, citizen_id)
        ]
        own = [entry for entry in found if not (hides and is_of_pregnancy(entry.body))]
        return Handbook(entries=tuple(own), reminds=reminds)

    async def write(self, citizen_id: str, person_id: str, new: NewEntry) -> None:
        """Keep what a guardian writes, or correct what they wrote. Raises as `HealthClient`."""
        await self.check(citizen_id, person_id)
        if any(body.date > self._records.today() for body in new.bodies):
            raise InvalidInputError("The day is still to come.")
        if new.corrects is not None and len(new.bodies) > 1:
            raise InvalidInputError("One entry is corrected at a time.")
        indexes = await self._records.indexes()
        async with self._records.database.transaction() as session:
            keys_of = [f"form\x1f{citizen_id}\x1f{new.key}\x1f{n}" for n in range(len(new.bodies))]
            first = indexes.key(keys_of[0])
            if first in await repository.counting(session, (first,)):
                return
            record = None
            if new.corrects is not None:
                kind = new.bodies[0].kind
                record = await self._end_own(session, citizen_id, person_id, new.corrects, kind)
            keys = await self._records.vault.keys_for_writing(session, person_id)
            for key, body in zip(keys_of, new.bodies, strict=True):
                entry = New(person_id, body, Source.guardian, citizen_id, key, new.corrects, record)
                await repository.add(session, keys, indexes, entry, self._records.clock())

    async def of_desk(self, person_id: str) -> Handbook:
        """Return a person's entries for the desk, which has noted the look; no diary."""
        async with self._records.database.transaction() as session:
            rows = await repository.entries_of(session, person_id)
            if not rows:
                return Handbook(entries=())
            keys = await self._records.vault.keys(session, person_id)
        found = [shown(row, keys, "") for row in rows if row.kind != "diary"]
        return Handbook(entries=tuple(found))

    async def enter(
        self,
        person_id: str,
        check: Check | MaternalCheck | Pregnancy | PregnancyEnd,
        staff_id: str,
        key: str,
    ) -> None:
        """Keep what the desk enters; the same key once."""
        if not isinstance(check, Pregnancy) and check.date > self._records.today():
            raise InvalidInputError("The day is still to come.")
        indexes = await self._records.indexes()
        new = New(
            person_id,
            check,
            Source.health_centre,
            f"staff:{staff_id}",
            f"desk\x1f{staff_id}\x1f{key}",
        )
        async with self._records.database.transaction() as session:
            keys = await self._records.vault.keys_for_writing(session, person_id)
            await repository.add(session, keys, indexes, new, self._records.clock())

    async def settle(self, person_id: str, entry_id: str) -> None:
        """End the entry of a conflict that staff found wrong; it stays in the history.

        Raises NotFoundError for an entry that is in no conflict (any more).
        """
        open_pairs = conflicts((await self.of_desk(person_id)).entries)
        if entry_id not in {entry.id for pair in open_pairs for entry in pair}:
            raise NotFoundError
        async with self._records.database.transaction() as session:
            await repository.end(session, entry_id, "withdrawn", self._records.clock())

    async def withdraw(self, citizen_id: str, person_id: str, entry_id: str) -> None:
        """End what a citizen wrote; photos of it go. Raises NotFoundError for everything else."""
        await self.check(citizen_id, person_id)
        async with self._records.database.transaction() as session:
            record_id = await self._end_own(session, citizen_id, person_id, entry_id)
            await photo_repository.forget_record(session, record_id)

    async def _end_own(
        self,
        session: AsyncSession,
        citizen_id: str,
        person_id: str,
        entry_id: str,
        kind: str | None = None,
    ) -> str:
        """End an own entry: corrected by one of the same kind, without `kind` withdrawn.

        Returns the id that its versions share.
        """
        row = await repository.entry(session, person_id, entry_id)
        if row is None or row.written_by != citizen_id or kind not in (None, row.kind):
            raise NotFoundError
        how = "withdrawn" if kind is None else "corrected"
        if not await repository.end(session, entry_id, how, self._records.clock()):
            raise ConflictError
        return row.record_id

    async def check(self, citizen_id: str, person_id: str) -> bool:
        """Raise NotFoundError unless the citizen may act for the person today.

        Returns whether they are that person.
        """
        if len(person_id) > _LONGEST_ID:
            raise NotFoundError
        found = await self._residents.authority(citizen_id, person_id, self._records.today())
        if not found.allowed:
            raise NotFoundError
        return found.is_self


def readable(entries: Sequence[Entry], *, is_self: bool) -> list[Entry]:
    """Leave out of a whole handbook what the pregnant person alone reads, not a minor's parents."""
    if is_self or not any(isinstance(entry.body, MATERNAL) for entry in entries):
        return list(entries)
    return [entry for entry in entries if not is_of_pregnancy(entry.body)]


def is_of_pregnancy(body: Body) -> bool:
    """Tell what belongs to a pregnancy, in the record of who is pregnant."""
    return isinstance(body, MATERNAL) or (isinstance(body, Vaccination) and body.vaccine == RSV)


def _may_read(row: HealthEntry, citizen_id: str) -> bool:
    """What one parent writes in a diary is not the other's to read."""
    return row.kind != "diary" or row.written_by == citizen_id


def shown(row: HealthEntry, keys: PersonKeys, citizen_id: str) -> Entry:
    """Return an entry opened, as its reader may see it."""
    body: Body = repository.open_body(keys, row)
    return Entry.model_validate(
        {
            "id": row.id,
            "body": body,
            "source": row.source,
            "is_own": row.written_by == citizen_id,
            "written_at": row.written_at,
            "corrects": row.corrects,
            "record_id": row.record_id,
            "ended_at": row.ended_at,
            "end": row.end,
        }
    )
