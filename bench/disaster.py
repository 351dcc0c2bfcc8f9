"""Disasters: from the telegram to a hundred thousand talks, sensors, and the page for everybody.

`python -m bench.disaster [row …]` measures some rows alone. Friends that the emulator does not know
cost it nothing: a million people are measured with those, what each received with a real crowd.
"""

import asyncio
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import httpx2
import psycopg

from bench.figures import Figure, percentile
from concierge.local_stack import LocalStack
from emulators.jma.scenes import read_scenes, telegram_of
from kit.http import internal_client
from kit.settings import ROOT, Settings

DISTRICTS = ("神指", "町北", "高野", "北会津", "門田（北部）")
FRIENDS, MILLION = 100_000, 1_000_000
ROUNDS = 5
CROWD = 20_000
KILLS = 6
PROBES = 60
DEVICES = 5_000
SENSOR_SECONDS = 120
TRAPS = 20
PAGE_SECONDS = 60
PAGE_PER_SECOND = 500
MULTICAST = "/v2/bot/message/multicast"


class Bench:
    """A running house, its database, and a way to plant people."""

    def __init__(self, stack: LocalStack) -> None:
        self.stack = stack
        self.settings = stack.plan.settings
        self.line = httpx2.Client(base_url=stack.line, timeout=300, trust_env=False)

    def sql(self, query: str, *values: Any) -> list[Any]:
        """Do one statement in the city's own schema."""
        path = f"-csearch_path={self.settings.home.schema},public"
        with psycopg.connect(self.settings.database_url, options=path) as connection:
            cursor = connection.execute(query, values)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def plant(self, count: int) -> None:
        """Have exactly so many friends, spread over five districts; LINE does not know them."""
        self.sql("DELETE FROM bot_citizen WHERE id LIKE 'ctz_bench%%'")
        self.sql(
            "INSERT INTO bot_citizen (id, channel, line_user_id, is_friend, created_at)"
            " SELECT 'ctz_bench' || n, 'default', 'U' || md5(n::text), true, now()"
            " FROM generate_series(1, %s) AS n",
            count,
        )
        self._choose("ctz_bench%")

    def plant_crowd(self, users: list[str]) -> None:
        """Have these LINE users as the only friends."""
        self.sql("DELETE FROM bot_citizen WHERE id LIKE 'ctz_bench%%'")
        self.sql(
            "INSERT INTO bot_citizen (id, channel, line_user_id, is_friend, created_at)"
            " SELECT 'ctz_bench' || n, 'default', u, true, now()"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS t (u, n)",
            users,
        )
        self._choose("ctz_bench%")

    def _choose(self, like: str) -> None:
        self.sql(
            "INSERT INTO bot_preferences (citizen_id, areas, topics, hazards, language, updated_at)"
            " SELECT id, ARRAY[(%s::text[])[1 + abs(hashtext(id)) %% 5]], '{disaster}', '{}',"
            " 'ja', now() FROM bot_citizen WHERE id LIKE %s",
            list(DISTRICTS),
            like,
        )
        self.sql("ANALYZE bot_citizen")
        self.sql("ANALYZE bot_preferences")

    def fault(self, **fault: Any) -> None:
        self.line.post("/emulator/faults", json=fault).raise_for_status()

    def clear_faults(self) -> None:
        self.line.delete("/emulator/faults").raise_for_status()

    async def announce(self, key: str, text: str) -> None:
        """Announce to everybody in the five districts."""
        new = {
            "key": key,
            "segment": {"areas": list(DISTRICTS)},
            "messages": [{"type": "text", "text": text}],
            "expires_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
            "urgent": True,
        }
        token = self.settings.internal_token.get_secret_value()
        async with internal_client(self.stack.web, token) as http:
            answer = await http.post("/line/announcements", json=new, timeout=120)
            answer.raise_for_status()

    async def until_sent(self, key: str, seconds: float = 600) -> float:
        """Return how many seconds LINE took from the announcement to its last acceptance."""
        query = (
            "SELECT count(*) FILTER (WHERE c.state IN ('pending', 'sending')),"
            " extract(epoch FROM max(c.finished_at) - min(a.created_at))"
            " FROM bot_announcement_chunk c JOIN bot_announcement a ON a.id = c.announcement_id"
            " WHERE a.key = %s"
        )
        async with asyncio.timeout(seconds):
            while True:
                [(still, took)] = await asyncio.to_thread(self.sql, query, key)
                if not still and took is not None:
                    return float(took)
                await asyncio.sleep(0.25)


@asynccontextmanager
async def _latency(bench: Bench) -> AsyncIterator[None]:
    """LINE takes 80 ms for a multicast."""
    bench.fault(path=MULTICAST, latency_ms=80)
    try:
        yield
    finally:
        bench.clear_faults()


async def telegrams(bench: Bench) -> list[Figure]:
    """A river's four telegrams in turn: bytes posted → first multicast accepted, and the last."""
    await asyncio.to_thread(bench.plant, FRIENDS)
    [scene] = [one for one in read_scenes(bench.settings.city_dir) if one.id == "river"]
    first: list[float] = []
    last: list[float] = []
    headers = {"Authorization": f"Bearer {bench.settings.known_disaster_token}"}
    async with (
        _latency(bench),
        httpx2.AsyncClient(base_url=bench.stack.web, timeout=60, trust_env=False) as http,
    ):
        for number in range(ROUNDS * len(scene.steps)):
            step = scene.steps[number % len(scene.steps)]
            body = telegram_of(step, datetime.now(UTC), number + 1)
            known = bench.sql("SELECT coalesce(max(id), 0) FROM bot_announcement")[0][0]
            began = datetime.now(UTC)
            answer = await http.post("/hooks/jma", content=body, headers=headers)
            answer.raise_for_status()
            key, accepted = await _first_accepted(bench, known)
            first.append((accepted - began).total_seconds())
            last.append(await bench.until_sent(key))
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


async def _first_accepted(bench: Bench, known: int) -> tuple[str, datetime]:
    query = (
        "SELECT a.key, min(c.finished_at) FROM bot_announcement_chunk c"
        " JOIN bot_announcement a ON a.id = c.announcement_id"
        " WHERE a.id > %s AND c.state = 'accepted' GROUP BY a.key"
    )
    async with asyncio.timeout(60):
        while True:
            found = await asyncio.to_thread(bench.sql, query, known)
            if found:
                key, at = found[0]
                return key, at
            await asyncio.sleep(0.1)


async def million(bench: Bench) -> list[Figure]:
    """A million people are told, and others ask meanwhile."""
    quiet = await _asked(bench, PROBES)
    await asyncio.to_thread(bench.plant, MILLION)
    async with _latency(bench):
        key = f"bench:million:{time.time_ns()}"
        began = time.perf_counter()
        await bench.announce(key, "百万人への知らせ")
        written = time.perf_counter() - began
        sending = asyncio.create_task(bench.until_sent(key))
        busy = await _asked(bench, PROBES, while_=lambda: not sending.done())
        took = await sending
    await asyncio.to_thread(bench.plant, 1)
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
    bench: Bench, count: int, while_: Callable[[], bool] = lambda: True
) -> list[float]:
    """Ask one question after the other; return how long each answer took."""
    times: list[float] = []
    async with httpx2.AsyncClient(base_url=bench.stack.line, timeout=60, trust_env=False) as line:
        new = await line.post("/emulator/users", json={"display_name": "問う人"})
        user = new.json()["userId"]
        after = await _next_answer(line, user, 0)
        for number in range(count + 3):
            if not while_():
                break
            began = time.perf_counter()
            said = {"type": "text", "text": "市役所の場所を教えてください"}
            await line.post(f"/emulator/users/{user}/messages", json=said)
            after = await _next_answer(line, user, after)
            if number >= 3 or count < 3:
                times.append(time.perf_counter() - began)
    return times


async def _next_answer(line: httpx2.AsyncClient, user: str, after: int) -> int:
    while True:
        query = {"after": after, "wait": 20}
        page = (await line.get(f"/emulator/users/{user}/messages", params=query)).json()
        after = page["next"]
        if any(message["via"] == "reply" for message in page["messages"]):
            return int(after)


async def kills(bench: Bench) -> list[Figure]:
    """The worker is killed while LINE fails in every way; what did everybody receive?"""
    users = bench.line.post("/emulator/crowds", json={"count": CROWD}).json()["userIds"]
    await asyncio.to_thread(bench.plant_crowd, users)
    bench.fault(path=MULTICAST, latency_ms=80)
    bench.fault(path=MULTICAST, error_rate=0.05, seed=1)
    bench.fault(path=MULTICAST, timeout_after_accept=0.02, hold_ms=7000, seed=2)
    bench.fault(path=MULTICAST, rate_limit=1.0, times=30)
    dice = random.Random(14)  # noqa: S311  no secret
    key = f"bench:kills:{time.time_ns()}"
    await bench.announce(key, key)
    for _ in range(KILLS):
        await asyncio.sleep(dice.uniform(0.1, 0.8))
        await asyncio.to_thread(_kill_worker, bench)
    took = await bench.until_sent(key)
    bench.clear_faults()
    tally = bench.line.get("/emulator/tallies", params={"via": "multicast", "text": key}).json()
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


def _kill_worker(bench: Bench) -> None:
    before = bench.stack.pid("worker")
    bench.stack.signal("worker", signal.SIGKILL)
    deadline = time.monotonic() + 60
    while bench.stack.pid("worker") == before and time.monotonic() < deadline:
        time.sleep(0.1)
    # It has to work for a moment, or there is nothing to interrupt.
    time.sleep(4)


async def sensors(bench: Bench) -> list[Figure]:
    """Thousands of devices report once a minute; traps shut meanwhile."""
    user = await _farmer(bench)
    headers = {"Authorization": f"Bearer {bench.settings.known_sensor_token}"}
    began, before = time.perf_counter(), _cpu_seconds(bench)
    total = DEVICES * SENSOR_SECONDS // 60
    waits: list[float] = []
    async with aiohttp.ClientSession(bench.stack.web, headers=headers) as http:
        start = time.perf_counter() + 0.5
        tasks = [
            asyncio.create_task(_report(http, number, start + number * 60 / DEVICES))
            for number in range(total)
        ]
        for trap in range(TRAPS):
            await asyncio.sleep(SENSOR_SECONDS / TRAPS / 1.2)
            waits.append(await _shut(bench, http, trap, user))
        await asyncio.gather(*tasks)
    share = (_cpu_seconds(bench) - before) / (time.perf_counter() - began)
    kept = bench.sql("SELECT count(*) FROM sensors_value WHERE device_id LIKE 'bench:gauge:%%'")
    lost = total - kept[0][0]
    p95 = percentile(waits, 0.95)
    return [
        Figure(
            f"{DEVICES:,} sensors, one value a minute each, for {SENSOR_SECONDS} s",
            f"{lost} lost, {share * 100:.0f} % of one core; {TRAPS} traps: p95 {p95:.2f} s",
            "0 lost, < 20 %; threshold → message p95 < 2 s",
            lost == 0 and share < 0.2 and p95 < 2,
        )
    ]


async def _farmer(bench: Bench) -> str:
    new = bench.line.post("/emulator/users", json={"display_name": "農家"}).json()
    user = str(new["userId"])
    async with httpx2.AsyncClient(base_url=bench.stack.line, timeout=60, trust_env=False) as line:
        await _next_answer(line, user, 0)
    [(citizen,)] = bench.sql("SELECT id FROM bot_citizen WHERE line_user_id = %s", user)
    token = bench.settings.internal_token.get_secret_value()
    async with internal_client(bench.stack.web, token) as http:
        field = {"citizen_id": citizen, "latitude": 37.40, "longitude": 139.93}
        (await http.post("/services/sensors/fields", json=field)).raise_for_status()
    return user


async def _report(http: aiohttp.ClientSession, number: int, at: float) -> None:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    entity = {
        "id": f"bench:gauge:{number % DEVICES}",
        "type": "Gauge",
        "level": {"type": "Number", "value": 1 + number % 7 / 10},
        "dateObserved": {"type": "DateTime", "value": datetime.now(UTC).isoformat()},
    }
    body = {"subscriptionId": "bench", "data": [entity]}
    async with http.post("/hooks/ngsi", json=body) as answer:
        answer.raise_for_status()


async def _shut(bench: Bench, http: aiohttp.ClientSession, trap: int, user: str) -> float:
    """Shut one trap; return the seconds until the farmer has the message."""
    began = time.perf_counter()
    entity = {
        "id": f"bench:trap:{trap}",
        "type": "Trap",
        "status": "sprung",
        "dateObserved": datetime.now(UTC).isoformat(),
    }
    async with http.post("/hooks/ngsi", json={"data": [entity]}) as answer:
        answer.raise_for_status()
    async with httpx2.AsyncClient(base_url=bench.stack.line, timeout=60, trust_env=False) as line:
        while True:
            page = (await line.get(f"/emulator/users/{user}/messages")).json()["messages"]
            if sum(message["via"] == "push" for message in page) > trap:
                return time.perf_counter() - began
            query = {"after": page[-1]["seq"], "wait": 20}
            await line.get(f"/emulator/users/{user}/messages", params=query)


def _cpu_seconds(bench: Bench) -> float:
    """What the web application and the worker have used; what answers nobody else is asked of."""
    ticks = 0
    for name in ("web", "worker"):
        stat = Path(f"/proc/{bench.stack.pid(name)}/stat").read_text().rpartition(")")[2].split()
        ticks += int(stat[11]) + int(stat[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def page(bench: Bench) -> list[Figure]:
    """The public page while every process of PostgreSQL stands still."""
    async with aiohttp.ClientSession(bench.stack.web) as http:
        async with http.get("/disaster/") as answer:
            answer.raise_for_status()
        total = PAGE_SECONDS * PAGE_PER_SECOND
        with _stopped(bench.stack.pid("postgres")):
            await asyncio.sleep(4)
            start = time.perf_counter() + 0.5
            tasks = [
                asyncio.create_task(_visit(http, start + number / PAGE_PER_SECOND))
                for number in range(total)
            ]
            seen = await asyncio.gather(*tasks)
    served = [seconds for seconds, ok, _ in seen if ok]
    aged = sum(told for _, ok, told in seen if ok)
    p95 = percentile(served, 0.95) if served else float("inf")
    return [
        Figure(
            f"public page, {PAGE_PER_SECOND}/s for {PAGE_SECONDS} s, PostgreSQL stopped",
            f"{len(served):,} of {total:,} served, {aged:,} say their age, p95 {p95 * 1000:.0f} ms",
            "all served, age shown",
            len(served) == total and aged == total,
        )
    ]


async def _visit(http: aiohttp.ClientSession, at: float) -> tuple[float, bool, bool]:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    try:
        async with http.get("/disaster/", timeout=aiohttp.ClientTimeout(30)) as answer:
            text = await answer.text()
            done = time.perf_counter() - at
            return done, answer.status == 200, "新しい情報を読み込めません" in text
    except (aiohttp.ClientError, TimeoutError):
        return 0.0, False, False


@contextmanager
def _stopped(postmaster: int) -> Iterator[None]:
    """Hold PostgreSQL and all its processes."""
    held = [postmaster, *_children(postmaster)]
    for pid in held:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in held:
            os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


ROWS: dict[str, Callable[[Bench], Awaitable[list[Figure]]]] = {
    "sensors": sensors,
    "page": page,
    "telegrams": telegrams,
    "kills": kills,
    "million": million,
}


def bench_disaster(names: tuple[str, ...] = tuple(ROWS)) -> list[Figure]:
    """Measure with a house of its own, whose city has thousands of sensors."""
    with tempfile.TemporaryDirectory(prefix="concierge-bench-") as folder:
        os.environ["CITIES_DIR"] = str(_city(Path(folder) / "city"))
        stack = LocalStack(Settings(environment="test"), Path(folder) / "data")
        try:
            return [figure for name in names for figure in _row(stack, name)]
        finally:
            stack.close()
            del os.environ["CITIES_DIR"]


def _row(stack: LocalStack, name: str) -> list[Figure]:
    figures = list(asyncio.run(_measured(stack, name)))
    for figure in figures:
        sys.stderr.write(f"{figure.name}: {figure.measured} (goal {figure.goal})\n")
    return figures


async def _measured(stack: LocalStack, name: str) -> list[Figure]:
    return await ROWS[name](Bench(stack))


def _city(folder: Path) -> Path:
    """Copy the cities, and give each thousands of gauges and some traps."""
    shutil.copytree(ROOT / "city", folder)
    gauge = (
        'kind = "gauge"\nname = "試験"\nattribute = "level"\nunit = "m"\nlatitude = 37.5\n'
        "longitude = 139.9\ninterval_minutes = 1\nlowest = 0.0\nhighest = 9.0\n"
        'desk = "危機管理課"\ndemonstration = true\n'
    )
    trap = gauge.replace('"gauge"', '"trap"').replace('"level"', '"status"')
    trap = trap.replace("37.5", "37.401").replace("139.9", "139.93")
    devices = [f'\n[[devices]]\nid = "bench:gauge:{n}"\n{gauge}' for n in range(DEVICES)]
    words = "words = { set = 0, sprung = 1 }\n"
    devices += [f'\n[[devices]]\nid = "bench:trap:{n}"\n{trap}{words}' for n in range(TRAPS)]
    for file in folder.glob("*/sensors/devices.toml"):
        with file.open("a", encoding="utf-8") as out:
            out.writelines(devices)
    return folder


if __name__ == "__main__":
    bench_disaster(tuple(sys.argv[1:]) or tuple(ROWS))
