"""Deleting a citizen: everything of theirs in every package, at once, and again until it is done.

What is written first is the tombstone with its job, so that nothing is forgotten half way. The job
comes after the longest turn and repeats everything: what was under way may have written meanwhile.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.grants import LIFE, revoke_all
from auth.levels import Level
from identity.audit.log import Actor, AuditEntry, record
from identity.container import IdentityContainer
from identity.jobs import FINISH_DELETION
from identity.models import Consent, Deletion, Link, OneTimeLink
from kit.errors import ConciergeError, UnavailableError
from kit.jobs import NewJob, enqueue
from kit.logging import get_logger
from kit.vault import Vault

log = get_logger(__name__)

# A turn is served or given up within two minutes (bot.turns.turn).
SWEEP_AFTER = timedelta(minutes=3)


class Cause(StrEnum):
    """Why somebody is deleted."""

    citizen = "citizen"
    unfollowed = "unfollowed"
    restored = "restored"
    """A backup from before the deletion was restored."""


@dataclass(frozen=True)
class Tombstone:
    """A deletion, as it is kept apart from the backups."""

    citizen_id: str
    requested_at: datetime


class Deletions:
    """Takes wishes to be deleted, carries them out, and knows them afterwards."""

    def __init__(self, container: IdentityContainer) -> None:
        """All parts are made once per process."""
        self._container = container
        self._vault = Vault(container.settings.master_keys, container.clock)

    async def request(self, citizen_id: str, cause: Cause, level: Level = Level.L0) -> bool:
        """Delete a citizen; False while a package is away, whose part a job repeats.

        Asked again, it does all of it again, which is harmless.
        """
        container = self._container
        async with container.database.transaction() as session:
            if await self._bury(session, citizen_id, cause):
                await record(session, _entry(citizen_id, cause, level), container.clock())
            job = NewJob(
                FINISH_DELETION,
                {"citizen_id": citizen_id},
                lock=f"delete:{citizen_id}",
                schedule_at=container.clock() + SWEEP_AFTER,
            )
            await enqueue(session, job)
        return await self._carry_out(citizen_id)

    async def finish(self, citizen_id: str) -> None:
        """Repeat a deletion and close it. Raises UnavailableError when it has to be repeated."""
        container = self._container
        if not await self._carry_out(citizen_id):
            raise UnavailableError("A room has not erased its part yet.")
        open_one = (Deletion.citizen_id == citizen_id, Deletion.finished_at.is_(None))
        async with container.database.transaction() as session:
            done = await session.execute(
                update(Deletion)
                .where(*open_one)
                .values(finished_at=container.clock())
                .returning(Deletion.citizen_id)
            )
            if done.all():
                entry = AuditEntry(
                    citizen_id, "deletion.finished", Actor.program, reason="as asked"
                )
                await record(session, entry, container.clock())

    async def all(self) -> Sequence[Tombstone]:
        """Return every deletion, the oldest first."""
        query = select(Deletion.citizen_id, Deletion.requested_at).order_by(Deletion.requested_at)
        async with self._container.database.statement() as session:
            return [Tombstone(*row) for row in await session.execute(query)]

    async def _bury(self, session: AsyncSession, citizen_id: str, cause: Cause) -> bool:
        """Write the tombstone, or open it again; False when it was there."""
        new = insert(Deletion).values(
            citizen_id=citizen_id, cause=cause.value, requested_at=self._container.clock()
        )
        written = await session.execute(new.on_conflict_do_nothing().returning(Deletion.citizen_id))
        if written.all():
            return True
        again = update(Deletion).where(Deletion.citizen_id == citizen_id)
        await session.execute(again.values(finished_at=None))
        return False

    async def _carry_out(self, citizen_id: str) -> bool:
        """Erase what identity keeps, then what others do; one that is away stops no other."""
        internal = self._container.internal
        parts = [("identity", self._erase_own(citizen_id))]
        parts += [(kept.name, kept.erase(internal, citizen_id)) for kept in self._container.holders]
        done = True
        for name, part in parts:
            try:
                await part
            except ConciergeError as error:
                log.warning("not_erased_yet", citizen_id=citizen_id, container=name, why=error.code)
                done = False
        return done

    async def _erase_own(self, citizen_id: str) -> None:
        container = self._container
        # Grants before sessions: whatever is minted until the sessions are over counts for nothing.
        await revoke_all(container.store, citizen_id, container.clock() + LIFE)
        await container.sessions.end_all(citizen_id)
        await container.pending.drop_all(citizen_id)
        async with container.database.transaction() as session:
            # Who is making a link at this moment is waited for, and finds nothing afterwards.
            await container.links.lock(session, citizen_id)
            for table in (Link, Consent, OneTimeLink):
                await session.execute(delete(table).where(table.citizen_id == citizen_id))
            await self._vault.destroy(session, citizen_id)


def _entry(citizen_id: str, cause: Cause, level: Level) -> AuditEntry:
    if cause is Cause.citizen:
        return AuditEntry(citizen_id, "deletion.requested", level=level)
    return AuditEntry(citizen_id, "deletion.requested", Actor.program, reason=cause.value)
