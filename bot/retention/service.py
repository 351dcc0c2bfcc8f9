"""Periodic jobs that erase what has been kept long enough."""

from datetime import timedelta

from bot.broadcast import repository as broadcast_rows
from bot.jobs import FORGET_CITIZEN
from bot.media import outgoing
from bot.media import repository as media
from bot.retention import repository
from identity.contract import IdentityClient
from kit.clock import Clock
from kit.db import Database
from kit.jobs import NewJob, enqueue
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

# Rows in one transaction: short enough that nobody waits for it.
BATCH = 1000
# Files may be large.
FILES_BATCH = 20
# A waiting file's job ends by itself after a day.
# Who was told of a warning is needed until it is over, which a volcano's may be after months.
LEDGER_KEPT = timedelta(days=180)
ABANDONED_AFTER = timedelta(days=2)


class Retention:
    """Erases content whose time is over. Rows stay, so that counts and deduplication do."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, identity: IdentityClient
    ) -> None:
        """All parts are made once per process."""
        self.database = database
        self._clock = clock
        self._identity = identity
        self._inbox = timedelta(days=settings.inbox_retention_days)
        self._unfollowed = timedelta(days=settings.unfollow_retention_days)

    async def erase_old(self) -> None:
        """Erase old events, the answers to them, and expired files, batch by batch."""
        before = self._clock() - self._inbox
        for erase in (
            repository.erase_old_events,
            repository.erase_old_outbound,
            repository.erase_old_notes,
            repository.erase_old_words,
        ):
            erased = BATCH
            while erased == BATCH:
                async with self.database.transaction() as session:
                    erased = await erase(session, before, BATCH)
                log.info("old_content_erased", what=erase.__name__, rows=erased)
        async with self.database.transaction() as session:
            before = self._clock() - LEDGER_KEPT
            await broadcast_rows.forget_recipients(session, before)
        await self._erase_files()

    async def forget_lost(self) -> None:
        """Have every citizen forgotten who blocked the account long ago."""
        async with self.database.statement() as session:
            lost = await repository.lost_citizens(session, self._clock() - self._unfollowed)
        for citizen_id in lost:
            # Not the lock of the turns: somebody who comes back is served meanwhile.
            job = NewJob(FORGET_CITIZEN, {"citizen_id": citizen_id}, lock=f"forget:{citizen_id}")
            async with self.database.transaction() as session:
                await enqueue(session, job)

    async def forget_citizen(self, citizen_id: str) -> None:
        """Have everything of a citizen who did not come back erased, in every package.

        Raises UnavailableError while identity is away.
        """
        before = self._clock() - self._unfollowed
        async with self.database.statement() as session:
            is_lost = await repository.is_lost(session, citizen_id, before)
        if is_lost:
            await self._identity.delete(citizen_id, "unfollowed")

    async def _erase_files(self) -> None:
        now = self._clock()
        async with self.database.transaction() as session:
            await media.close_abandoned(session, now - ABANDONED_AFTER, now)
            await outgoing.erase_sent(session, before=now)
        erased = FILES_BATCH
        while erased == FILES_BATCH:
            async with self.database.transaction() as session:
                erased = await media.erase_expired(session, now, FILES_BATCH)
