"""Sends through a LINE that fails in every way: each arrives once, and in order.

Ten thousand of them in `make bench`; here as many as it takes for every fault to strike.
"""

import asyncio
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import procrastinate
import pytest
from sqlalchemy import text

from bot.citizens import repository as citizen_rows
from bot.jobs import SEND
from bot.sender import repository as outbound_rows
from concierge.worker import Worker
from kit.db import Database
from kit.jobs import NewJob, enqueue
from kit.settings import DEFAULT_CHANNEL, Settings
from tests.support import Line, line_emulator

REPLIES = 5
"""A citizen's first sends, with the tokens of what they wrote; the others are pushes."""
PARALLEL = 32


@dataclass(frozen=True)
class Size:
    """How long a run is."""

    citizens: int
    sends: int
    """Of each citizen, over all rounds."""
    rounds: int


WHOLE, SHORT = Size(200, 50, 5), Size(40, 20, 2)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Line]:
    with line_emulator() as line:
        # Nobody listens to the webhooks here; only their reply tokens are of use.
        line.post("settings", redelivery=False)
        yield line


def _write_all(line: Line, citizens: int) -> dict[str, list[str]]:
    """Let every citizen write; return their reply tokens in order, by LINE user id."""
    users = [line.add_user(f"市民{number}") for number in range(citizens)]
    for user in users:
        for number in range(REPLIES):
            line.say(user, f"質問{number}")
    tokens: dict[str, list[str]] = {user: [] for user in users}
    after = 0
    while any(len(mine) < REPLIES for mine in tokens.values()):
        page = line.get("journal", after=after, limit=5000)["entries"]
        after = page[-1]["seq"] if page else after
        for event in (e for entry in page if entry["kind"] == "webhook" for e in _events(entry)):
            if event["type"] == "message":
                tokens[event["source"]["userId"]].append(event["replyToken"])
    return tokens


def _events(entry: dict[str, object]) -> list[dict[str, object]]:
    return list(entry["request"]["events"])  # type: ignore[index]


def _make_line_fail(line: Line, seed: int) -> None:
    line.clear_faults()
    line.fault(path="/v2/bot/message/*", error_rate=0.05, seed=seed)
    line.fault(path="/v2/bot/message/*", timeout_after_accept=0.02, hold_ms=4000, seed=seed + 1)
    line.fault(path="/v2/bot/message/*", connection_reset=0.02, seed=seed + 2)
    # A burst: everything is beyond the pace for a while.
    line.fault(path="/v2/bot/message/*", rate_limit=1.0, times=60)


async def _queue(
    database: Database, parts: Worker, tokens: dict[str, list[str]], numbers: Sequence[int]
) -> None:
    now = datetime.now(UTC)
    jobs = []
    async with database.transaction() as session:
        citizens = await citizen_rows.ensure_citizens(session, set(tokens), now)
        for user, citizen in citizens.items():
            for number in numbers:
                token = tokens[user][number] if number < REPLIES else None
                new = outbound_rows.NewOutbound(
                    key=f"{citizen}:{number}",
                    citizen_id=citizen,
                    messages_json=json.dumps([{"type": "text", "text": str(number)}]),
                    reply_token=token,
                    reply_token_received_at=now if token else None,
                )
                row = await outbound_rows.insert_outbound(session, new, user, now, DEFAULT_CHANNEL)
                assert row is not None
                jobs.append(NewJob(SEND, {"outbound_id": row.outbound_id}, lock=citizen))
        await enqueue(session, *jobs)


async def _work_until_done(jobs: procrastinate.App, database: Database) -> None:
    async with asyncio.timeout(600):
        worker = asyncio.create_task(
            jobs.run_worker_async(
                queues=["send"],
                concurrency=PARALLEL,
                fetch_job_polling_interval=0.1,
                delete_jobs="successful",
                install_signal_handlers=False,
            )
        )
        try:
            while await _open(database):  # noqa: ASYNC110  the database is what tells
                await asyncio.sleep(0.2)
        finally:
            worker.cancel()
            await asyncio.gather(worker, return_exceptions=True)


async def _open(database: Database) -> int:
    query = "SELECT count(*) FROM bot_outbound WHERE state NOT IN ('accepted', 'failed', 'dropped')"
    async with database.transaction() as session:
        return int((await session.execute(text(query))).scalar_one())


@pytest.mark.timeout(700)
async def test_each_send_arrives_exactly_once_and_in_order(
    emulator: Line, database: Database, settings: Settings, whole: bool
) -> None:
    size = WHOLE if whole else SHORT
    reachable = settings.model_copy(
        update={
            "line_api_base": emulator.url,
            "line_timeout_seconds": 1.0,
            "database_pool_size": PARALLEL + 4,
        }
    )
    parts = Worker(reachable)
    per_round = size.sends // size.rounds
    async with parts.jobs.open_async():
        tokens = await asyncio.to_thread(_write_all, emulator, size.citizens)
        for number in range(size.rounds):
            await asyncio.to_thread(_make_line_fail, emulator, seed=number * 10)
            numbers = range(number * per_round, (number + 1) * per_round)
            await _queue(database, parts, tokens, numbers)
            await _work_until_done(parts.jobs, database)
    await parts.close()
    emulator.clear_faults()
    arrived = {user: [m["message"]["text"] for m in emulator.from_bot(user)] for user in tokens}
    assert arrived == {user: [str(number) for number in range(size.sends)] for user in tokens}
