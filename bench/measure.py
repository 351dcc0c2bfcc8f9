"""The measurements of the table of figures."""

import asyncio
import json
import signal
import time
from pathlib import Path

import aiohttp
import httpx2
import psycopg

from bench.bare_rasa import BareRasa
from bench.bare_webhook import BareWebhook
from bench.figures import Figure, percentile
from bot.jobs import TAKE_TURN
from bot.line.signature import sign
from concierge.local_stack import LocalStack

# What residents ask every day, a third of them for each skill.
SENTENCES = (
    "城西の燃えるごみはいつですか",
    "スプレー缶の捨て方を教えて",
    "住民票はどこで取れますか",
    "市役所の場所を教えてください",
    "こんにちは",
    "ありがとうございました",
)
LATENCY_PAIRS = 120
THROUGHPUT_CITIZENS = 60
THROUGHPUT_TURNS = 600
PARALLEL = 8
EVENTS_PER_SECOND = 200
EVENT_SECONDS = 60
INGEST_CALLS = 3000
INGEST_PARALLEL = 64
INGEST_ROUNDS = 3


async def latency(stack: LocalStack, bare: BareRasa) -> Figure:
    """Time one message at a time through both, in turn, so that noise strikes both alike."""
    ours, theirs = [], []
    async with _client(stack.line) as line, _client(bare.url) as rest:
        user = await _add_user(line)
        for number in range(LATENCY_PAIRS + 6):
            sentence = SENTENCES[number % len(SENTENCES)]
            pair = (await _ask_house(line, user, sentence), await _ask_bare(rest, "one", sentence))
            # The first round warms both up.
            if number >= len(SENTENCES):
                ours.append(pair[0])
                theirs.append(pair[1])
    ours_p95, bare_p95 = percentile(ours, 0.95), percentile(theirs, 0.95)
    limit = 2.0 * bare_p95 + 0.060
    return Figure(
        "message in → reply accepted by LINE, one at a time, p95",
        f"{ours_p95 * 1000:.0f} ms (bare Rasa {bare_p95 * 1000:.0f} ms)",
        f"< 2.0 × bare Rasa + 60 ms = {limit * 1000:.0f} ms",
        ours_p95 < limit,
    )


async def throughput(stack: LocalStack, bare: BareRasa) -> Figure:
    """Turns per second with many citizens waiting, ours over bare Rasa's; two rounds in turn."""
    ours, theirs = 0.0, 0.0
    for part in range(2):
        theirs += await _bare_rate(bare, part) / 2
        ours += await _house_rate(stack) / 2
    ratio = ours / theirs
    return Figure(
        "sustained turns per second, many citizens",
        f"{ours:.1f}/s ÷ bare Rasa {theirs:.1f}/s = {ratio:.2f}",
        "≥ 0.70",
        ratio >= 0.7,
    )


async def memory(stack: LocalStack) -> Figure:
    """Add up what all processes of the program really use (proportional set size)."""
    kilobytes = await asyncio.to_thread(_memory_of_children)
    gibibytes = kilobytes / 1024**2
    return Figure(
        "memory of everything running", f"{gibibytes:.2f} GiB", "< 2.5 GiB", gibibytes < 2.5
    )


async def acknowledgement(stack: LocalStack) -> Figure:
    """Send signed webhooks at a fixed pace; late starts count as waiting time."""
    total = EVENTS_PER_SECOND * EVENT_SECONDS
    secret = stack.plan.settings.line_channel_secret.get_secret_value()
    before = await asyncio.to_thread(_stored_events, stack)
    # aiohttp, because the generator shares the two cores with what it measures.
    async with aiohttp.ClientSession(stack.web) as web:
        start = time.perf_counter() + 0.5
        tasks = [
            asyncio.create_task(_webhook(web, secret, n, start + n / EVENTS_PER_SECOND))
            for n in range(total)
        ]
        waited = await asyncio.gather(*tasks)
    lost = total - (await asyncio.to_thread(_stored_events, stack) - before)
    await asyncio.to_thread(_drop_waiting_turns, stack)
    p99 = percentile(waited, 0.99)
    return Figure(
        f"webhook acknowledgement, {EVENTS_PER_SECOND}/s for {EVENT_SECONDS} s, p99",
        f"{p99 * 1000:.0f} ms (median {percentile(waited, 0.5) * 1000:.0f} ms), {lost} lost",
        "< 100 ms, 0 lost",
        p99 < 0.1 and lost == 0,
    )


async def ingest(stack: LocalStack) -> Figure:
    """Webhooks a second at full speed, ours over a bare route's; rounds in turn, turns paused."""
    secret = stack.plan.settings.line_channel_secret.get_secret_value()
    stack.signal("worker", signal.SIGSTOP)
    ours, theirs = 0.0, 0.0
    try:
        with BareWebhook() as bare:
            for part in range(INGEST_ROUNDS):
                first = 10**9 * (part + 1)
                theirs += await _ingest_rate(bare.url, secret, first) / INGEST_ROUNDS
                ours += await _ingest_rate(stack.web, secret, first) / INGEST_ROUNDS
    finally:
        await asyncio.to_thread(_drop_waiting_turns, stack)
        stack.signal("worker", signal.SIGCONT)
    ratio = ours / theirs
    return Figure(
        "ingest of webhooks at full speed",
        f"{ours:.0f}/s ÷ bare signature route {theirs:.0f}/s = {ratio:.2f}",
        "≥ 0.35",
        ratio >= 0.35,
    )


async def _ingest_rate(url: str, secret: str, first: int) -> float:
    numbers = iter(range(first, first + INGEST_CALLS))
    async with aiohttp.ClientSession(url) as web:

        async def call_until_done() -> None:
            for number in numbers:
                if await _webhook(web, secret, number, time.perf_counter()) == float("inf"):
                    raise RuntimeError("a webhook was refused")

        started = time.perf_counter()
        await asyncio.gather(*(call_until_done() for _ in range(INGEST_PARALLEL)))
        return INGEST_CALLS / (time.perf_counter() - started)


def _client(base: str) -> httpx2.AsyncClient:
    limits = httpx2.Limits(max_connections=200, max_keepalive_connections=8)
    return httpx2.AsyncClient(base_url=base, timeout=120, trust_env=False, limits=limits)


async def _add_user(line: httpx2.AsyncClient) -> str:
    response = await line.post("/emulator/users", json={"display_name": "計測"})
    user = str(response.raise_for_status().json()["userId"])
    await _wait_for_answers(line, user, after=0, count=1)
    return user


async def _wait_for_answers(line: httpx2.AsyncClient, user: str, after: int, count: int) -> int:
    """Wait for `count` answers of the bot after position `after`; return the new position."""
    seen = 0
    while seen < count:
        response = await line.get(
            f"/emulator/users/{user}/messages", params={"after": after, "wait": 30}
        )
        page = response.raise_for_status().json()
        calls = {m.get("requestId", m["seq"]) for m in page["messages"] if m["from"] == "bot"}
        seen += len(calls)
        after = page["next"]
    return after


async def _position(line: httpx2.AsyncClient, user: str) -> int:
    page = (await line.get(f"/emulator/users/{user}/messages", params={"after": 0})).json()
    return int(page["next"])


async def _ask_house(line: httpx2.AsyncClient, user: str, sentence: str) -> float:
    position = await _position(line, user)
    started = time.perf_counter()
    await line.post(f"/emulator/users/{user}/messages", json={"type": "text", "text": sentence})
    await _wait_for_answers(line, user, position, 1)
    return time.perf_counter() - started


async def _ask_bare(rest: httpx2.AsyncClient, sender: str, sentence: str) -> float:
    started = time.perf_counter()
    body = {"sender": sender, "message": sentence}
    (await rest.post("/webhooks/rest/webhook", json=body)).raise_for_status()
    return time.perf_counter() - started


async def _bare_rate(bare: BareRasa, part: int) -> float:
    async with _client(bare.url) as rest:
        gate = asyncio.Semaphore(PARALLEL)

        async def turn(number: int) -> None:
            async with gate:
                sender = f"{part}-{number % THROUGHPUT_CITIZENS}"
                await _ask_bare(rest, sender, SENTENCES[number % len(SENTENCES)])

        started = time.perf_counter()
        await asyncio.gather(*(turn(n) for n in range(THROUGHPUT_TURNS)))
        return THROUGHPUT_TURNS / (time.perf_counter() - started)


async def _house_rate(stack: LocalStack) -> float:
    each = THROUGHPUT_TURNS // THROUGHPUT_CITIZENS
    async with _client(stack.line) as line:
        users = [await _add_user(line) for _ in range(THROUGHPUT_CITIZENS)]
        positions = [await _position(line, user) for user in users]
        started = time.perf_counter()
        for number in range(THROUGHPUT_TURNS):
            body = {"type": "text", "text": SENTENCES[number % len(SENTENCES)]}
            await line.post(f"/emulator/users/{users[number % len(users)]}/messages", json=body)
        await asyncio.gather(
            *(
                _wait_for_answers(line, user, position, each)
                for user, position in zip(users, positions, strict=True)
            )
        )
        return THROUGHPUT_TURNS / (time.perf_counter() - started)


async def _webhook(web: aiohttp.ClientSession, secret: str, number: int, due: float) -> float:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": f"U{number % 5000:032x}"},
        "webhookEventId": f"01KB{number:022d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{number:032x}",
        "message": {"type": "text", "id": str(number), "text": "こんにちは", "quoteToken": "q"},
    }
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
    headers = {"X-Line-Signature": sign(body, secret), "Content-Type": "application/json"}
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    async with web.post("/line/webhook", data=body, headers=headers) as response:
        await response.read()
    # A refused webhook is not waited for by anybody: LINE delivers it again. It counts as lost.
    return time.perf_counter() - due if response.ok else float("inf")


def _drop_waiting_turns(stack: LocalStack) -> None:
    """Leave no flood behind: turns that wait would stand before whatever is measured next."""
    with _database(stack) as connection:
        connection.execute(
            "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s",
            (TAKE_TURN.name,),
        )


def _database(stack: LocalStack) -> psycopg.Connection:
    return psycopg.connect(
        stack.plan.settings.database_url, options="-csearch_path=city_aizuwakamatsu,public"
    )


def _stored_events(stack: LocalStack) -> int:
    with _database(stack) as connection:
        row = connection.execute(
            "SELECT count(*) FROM bot_line_event WHERE webhook_event_id LIKE '01KB%'"
        ).fetchone()
    return int(row[0]) if row else 0


def _memory_of_children() -> int:
    """Sum the PSS, in KiB, of all processes whose ancestor is this one, but for bare Rasa's."""
    parents: dict[int, int] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    own = Path("/proc/self").resolve().name
    return sum(_pss(pid) for pid in parents if _descends(pid, int(own), parents))


def _descends(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == ancestor:
            return True
    return False


def _pss(pid: int) -> int:
    try:
        if b"endpoints.bench.yml" in Path(f"/proc/{pid}/cmdline").read_bytes():
            return 0
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
