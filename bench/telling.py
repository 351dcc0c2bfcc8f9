"""Telling many: from the telegram to a hundred thousand talks, to a million, and under faults.

Friends that the emulator does not know cost it nothing: many people are measured with those, what
each received with a real crowd.
"""

import asyncio
import random
import signal
import statistics
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx2

from bench.figures import Figure, percentile
from bench.house import House, next_answer
from emulators.jma.scenes import read_scenes, telegram_of

FRIENDS, MILLION = 100_000, 1_000_000
ROUNDS = 5
CROWD = 20_000
KILLS = 6
PROBES = 60
MULTICAST = "/v2/bot/message/multicast"


@asynccontextmanager
async def _latency(house: House) -> AsyncIterator[None]:
    """LINE takes 80 ms for a multicast."""
    house.fault(path=MULTICAST, latency_ms=80)
    try:
        yield
    finally:
        house.clear_faults()


async def telegrams(house: House) -> list[Figure]:
    """A river's four telegrams in turn: bytes posted → first multicast accepted, and the last."""
    await asyncio.to_thread(house.plant, FRIENDS)
    [scene] = [one for one in read_scenes(house.settings.city_dir) if one.id == "river"]
    first: list[float] = []
    last: list[float] = []
    headers = {"Authorization": f"Bearer {house.settings.known_disaster_token}"}
    async with (
        _latency(house),
        httpx2.AsyncClient(base_url=house.stack.web, timeout=60, trust_env=False) as http,
    ):
        for number in range(ROUNDS * len(scene.steps)):
            step = scene.steps[number % len(scene.steps)]
            body = telegram_of(step, datetime.now(UTC), number + 1)
            known = house.sql("SELECT coalesce(max(id), 0) FROM bot_announcement")[0][0]
            began = datetime.now(UTC)
            answer = await http.post("/hooks/jma", content=body, headers=headers)
            answer.raise_for_status()
            key, accepted = await _first_accepted(house, known)
            first.append((accepted - began).total_seconds())
            last.append(await house.until_sent(key))
            await asyncio.sleep(1)
    p95, p99 = percentile(first, 0.95), percentile(first, 0.99)
    return [
        Figure(
            f"telegram → first multicast accepted, {FRIENDS:,} friends, {len(first)} telegrams",
            f"p95 {p95:.2f} s, p99 {p99:.2f} s (median {statistics.median(first):.2f} s)",
            "p95 ≤ 1 s, p99 ≤ 2 s",
            p95 <= 1 and p99 <= 2,
        ),
        Figure(
            f"{FRIENDS:,} recipients accepted, LINE at 200/s and 80 ms",
            f"{max(last):.1f} s (median {statistics.median(last):.1f} s)",
            "≤ 10 s",
            max(last) <= 10,
        ),
    ]


async def _first_accepted(house: House, known: int) -> tuple[str, datetime]:
    query = (
        "SELECT a.key, min(c.finished_at) FROM bot_announcement_chunk c"
        " JOIN bot_announcement a ON a.id = c.announcement_id"
        " WHERE a.id > %s AND c.state = 'accepted' GROUP BY a.key"
    )
    async with asyncio.timeout(300):
        while True:
            found = await asyncio.to_thread(house.sql, query, known)
            if found:
                key, at = found[0]
                return key, at
            await asyncio.sleep(0.1)


async def million(house: House) -> list[Figure]:
    """A million people are told, and others ask meanwhile."""
    quiet = await _asked(house, PROBES)
    await asyncio.to_thread(house.plant, MILLION)
    async with _latency(house):
        key = f"bench:million:{time.time_ns()}"
        began = time.perf_counter()
        await house.announce(key, "百万人への知らせ")
        written = time.perf_counter() - began
        sending = asyncio.create_task(house.until_sent(key))
        busy = await _asked(house, PROBES, while_=lambda: not sending.done())
        took = await sending
    await asyncio.to_thread(house.plant, 1)
    ratio = percentile(busy, 0.95) / percentile(quiet, 0.95)
    return [
        Figure(
            f"{MILLION:,} recipients accepted, LINE at 200/s and 80 ms",
            f"{took:.1f} s (written down in {written:.1f} s)",
            "≤ 60 s",
            took <= 60,
        ),
        Figure(
            f"replies while {MILLION:,} are being told ({len(busy)} asked), p95 over the quiet p95",
            f"{percentile(busy, 0.95) * 1000:.0f} ms ÷ {percentile(quiet, 0.95) * 1000:.0f} ms"
            f" = {ratio:.2f}",
            "≤ 1.5",
            ratio <= 1.5,
        ),
    ]


async def _asked(
    house: House, count: int, while_: Callable[[], bool] = lambda: True
) -> list[float]:
    """Ask one question after the other; return how long each answer took."""
    times: list[float] = []
    async with httpx2.AsyncClient(base_url=house.stack.line, timeout=60, trust_env=False) as line:
        new = await line.post("/emulator/users", json={"display_name": "問う人"})
        user = new.json()["userId"]
        after = await next_answer(line, user, 0)
        for number in range(count + 3):
            if not while_():
                break
            began = time.perf_counter()
            said = {"type": "text", "text": "市役所の場所を教えてください"}
            await line.post(f"/emulator/users/{user}/messages", json=said)
            after = await next_answer(line, user, after)
            if number >= 3 or count < 3:
                times.append(time.perf_counter() - began)
    return times


async def kills(house: House) -> list[Figure]:
    """The worker is killed while LINE fails in every way; what did everybody receive?"""
    users = house.line.post("/emulator/crowds", json={"count": CROWD}).json()["userIds"]
    await asyncio.to_thread(house.plant_crowd, users)
    house.fault(path=MULTICAST, latency_ms=80)
    house.fault(path=MULTICAST, error_rate=0.05, seed=1)
    house.fault(path=MULTICAST, timeout_after_accept=0.02, hold_ms=7000, seed=2)
    house.fault(path=MULTICAST, rate_limit=1.0, times=30)
    dice = random.Random(14)  # noqa: S311  no secret
    key = f"bench:kills:{time.time_ns()}"
    await house.announce(key, key)
    for _ in range(KILLS):
        await asyncio.sleep(dice.uniform(0.1, 0.8))
        await asyncio.to_thread(_kill_worker, house)
    took = await house.until_sent(key)
    house.clear_faults()
    tally = house.line.get("/emulator/tallies", params={"via": "multicast", "text": key}).json()
    once = tally["people"].get("1", 0)
    twice = sum(people for count, people in tally["people"].items() if int(count) > 1)
    return [
        Figure(
            f"{CROWD:,} people, {KILLS} × kill -9, 5 % 500s, 2 % lost answers, 429s",
            f"{twice} doubled, {CROWD - once - twice} lost ({took:.0f} s)",
            "0 and 0",
            once == CROWD and not twice,
        )
    ]


def _kill_worker(house: House) -> None:
    before = house.stack.pid("worker")
    house.stack.signal("worker", signal.SIGKILL)
    deadline = time.monotonic() + 60
    while house.stack.pid("worker") == before and time.monotonic() < deadline:
        time.sleep(0.1)
    # It has to work for a moment, or there is nothing to interrupt.
    time.sleep(4)
