"""The key of the access log's chain: who writes in the database makes no other chain."""

import asyncio
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import text

from concierge.database import alembic_config
from identity.audit import log
from identity.audit.log import AuditEntry, first_fault, record
from identity.keys import secret_in
from identity.models import Access
from kit.db import Database
from kit.settings import Settings

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
REWRITE = """
ALTER TABLE identity_access DISABLE TRIGGER ALL;
UPDATE identity_access SET previous = '{previous}', hash = '{hash}', reason = '{reason}'
WHERE id = {id}
"""


async def _fill(database: Database, count: int = 3) -> None:
    for number in range(count):
        async with database.transaction() as session:
            await record(session, AuditEntry(f"ctz_{number}", "export"), NOW)


async def _rewrite(database: Database, key: bytes | None, reason: str = "forged") -> None:
    """Make another whole chain over what stands there; without a key, as before there was one."""
    async with database.transaction() as session:
        rows = await log.of_citizen(session, "ctz_0", None)
        rows += await log.of_citizen(session, "ctz_1", None)
        rows += await log.of_citizen(session, "ctz_2", None)
        previous = "0" * 64
        for row in sorted(rows, key=lambda row: row.id):
            forged = Access(
                id=row.id,
                at=row.at,
                citizen_id=row.citizen_id,
                actor_kind=row.actor_kind,
                actor=row.actor,
                action=row.action,
                reason=reason,
                level=row.level,
                previous=previous,
            )
            told = log.told(forged)
            plain = hashlib.sha256(told).hexdigest()
            found = plain if key is None else hmac.digest(key, told, hashlib.sha256).hex()
            values = {"previous": previous, "hash": found, "reason": reason, "id": row.id}
            for statement in REWRITE.format(**values).split(";"):
                await session.execute(text(statement))
            previous = found


async def test_a_chain_without_the_key_is_a_fault_from_its_first_record_on(
    database: Database,
) -> None:
    await _fill(database)
    async with database.transaction() as session:
        assert await first_fault(session, NOW) is None
        assert await log.is_whole(session, await log.of_citizen(session, "ctz_2"), NOW)
    for key in (None, b"k" * 32):
        await _rewrite(database, key)
        async with database.transaction() as session:
            assert await first_fault(session, NOW) == 1
            shown = await log.of_citizen(session, "ctz_2")
            assert not await log.is_whole(session, shown, NOW)


CHANGES = {
    "taken out": ("DELETE FROM identity_access WHERE id = 2", 2),
    "begun later": ("DELETE FROM identity_access WHERE id = 1", 1),
    "told otherwise": ("UPDATE identity_access SET reason = 'x' WHERE id = 3", 3),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_the_first_record_that_is_not_as_it_was_is_named(
    database: Database, change: str
) -> None:
    await _fill(database)
    statement, number = CHANGES[change]
    async with database.transaction() as session:
        await session.execute(text("ALTER TABLE identity_access DISABLE TRIGGER ALL"))
        await session.execute(text(statement))
        assert await first_fault(session, NOW) == number
        assert not await log.is_whole(session, await log.of_citizen(session, "ctz_2"), NOW)


async def test_a_record_that_follows_another_one_is_named_though_it_has_the_key(
    database: Database,
) -> None:
    await _fill(database)
    async with database.transaction() as session:
        key = await secret_in(session, log.SECRET, NOW)
        [row] = await log.of_citizen(session, "ctz_2")
        session.expunge(row)
        row.previous = "f" * 64
        found = hmac.digest(key, log.told(row), hashlib.sha256).hex()
        values = {"previous": row.previous, "hash": found, "reason": "", "id": row.id}
        for statement in REWRITE.format(**values).split(";"):
            await session.execute(text(statement))
        assert await first_fault(session, NOW) == 3
        assert not await log.is_whole(session, [], NOW)


async def test_records_from_before_the_key_are_taken_over_once_and_stay_whole(
    settings: Settings, database: Database
) -> None:
    await _fill(database)
    await _rewrite(database, None, "from before")
    config = alembic_config(settings)
    await asyncio.to_thread(command.stamp, config, "0012")
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM identity_secret"))
    await asyncio.to_thread(command.upgrade, config, "0013")
    await asyncio.to_thread(command.stamp, config, "head")
    await _fill(database, 1)
    async with database.transaction() as session:
        assert await first_fault(session, NOW) is None
        kept = await session.scalar(text("SELECT count(*) FROM identity_access"))
        assert kept == 4
        with pytest.raises(Exception, match="only added to"):
            await session.execute(text("DELETE FROM identity_access"))


async def test_a_chain_that_was_broken_before_gets_no_key(
    settings: Settings, database: Database
) -> None:
    await _fill(database)
    await _rewrite(database, None)
    async with database.transaction() as session:
        await session.execute(text("UPDATE identity_access SET reason = 'x' WHERE id = 2"))
    config = alembic_config(settings)
    await asyncio.to_thread(command.stamp, config, "0012")
    with pytest.raises(RuntimeError, match="record 2 of the access log"):
        await asyncio.to_thread(command.upgrade, config, "0013")
    await asyncio.to_thread(command.stamp, config, "head")
