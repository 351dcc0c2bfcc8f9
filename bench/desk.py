"""The desk under load: a long conversation opened, a million messages searched, 200 staff live."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from sqlalchemy import text

from auth.permissions import Role
from bench.figures import Figure, percentile
from bot.handoff.search import TooCommonError, search
from bot.line.signature import sign
from concierge.local_stack import LocalStack
from identity.staff.accounts import NewAccount, Warrant
from identity.staff.container import make_accounts
from kit.clock import system_clock
from kit.db import Database
from kit.settings import Settings

DESK, LOGIN, PASSWORD = "市民課", "bench", "bench-password-of-one-run"
LONG, OPENED = 2000, 30
MESSAGES, TALKS = 1_000_000, 20_000
STAFF, PER_SECOND, SECONDS = 200, 50, 10

# As browsers mark what a script fetches.
_BY_SCRIPT = {"Sec-Fetch-Dest": "empty"}

Due = tuple[float, str]
"""When a citizen wrote to a conversation, and what."""

_CITIZENS = """
    INSERT INTO bot_citizen (id, channel, line_user_id, is_friend, created_at)
    SELECT :name || n, 'default', 'U' || lpad(to_hex(:first + n), 32, '0'), true, now()
    FROM generate_series(1, :many) AS n
"""
_TALKS = """
    INSERT INTO bot_handoff (citizen_id, state, fence, kind, urgent, desk, trigger, asked_at,
      queued_at, holder_id, holder_name, lease_until, ended_at)
    SELECT :name || n, :state, 1, 'talk', false, :desk, 'request', now() - interval '2 days',
      now() - interval '2 days', :holder, '計測', now() + interval '1 day',
      CASE WHEN :state = 'bot' THEN now() END
    FROM generate_series(1, :many) AS n
"""
_LONG_EVENTS = """
    INSERT INTO bot_line_event (webhook_event_id, kind, citizen_id, state, occurred_at, received_at,
      masked, raw)
    SELECT 'bench-long-' || n, 'message', 'ctz_long_1', 'handed', at, at, false,
      jsonb_build_object('message', jsonb_build_object('type', 'text', 'text', '質問その' || n))
    FROM generate_series(1, :many) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS t
"""
_LONG_ANSWERS = """
    INSERT INTO bot_outbound (key, citizen_id, state, method, messages_json, retry_key,
      reply_attempts, push_attempts, created_at, finished_at, staff_name)
    SELECT 'bench-long-' || n, 'ctz_long_1', 'accepted', 'push',
      '[{"type":"text","text":"お答えその' || n || '"}]', gen_random_uuid(), 0, 1, at, at, '計測'
    FROM generate_series(1, :many) AS n, LATERAL (SELECT now() - n * interval '1 minute' AS at) AS t
"""
# Sentences of a desk's everyday words, each with a number that stands in few others.
_WORDS = """
    INSERT INTO bot_search_words (event_id, citizen_id, at, words, folded, pairs)
    SELECT -n, 'ctz_search_' || 1 + n % :talks, now() - n * interval '0.1 second', s.words,
      bot_folded(s.words), bot_bigrams(s.words)
    FROM generate_series(1, :many) AS n, LATERAL (
      SELECT (ARRAY['住民票','児童手当','転入届','ごみの日','保育園','国保','証明書'])[1 + n % 7]
        || (ARRAY['の手続きについて','は何時から','の場所を','の持ち物','を忘れた'])[1 + n % 5]
        || '教えてください。受付' || (n / 50) || '番' AS words
    ) AS s
"""
ASKED = ("受付12345番", "児童手当 受付777番", "マイナンバー", "転入届の持ち物", "住民票")


async def opening(stack: LocalStack) -> Figure:
    """Open a conversation of 2,000 messages again and again."""
    async with _at_the_desk(stack) as (database, http, holder):
        await _talks(database, "ctz_long_", 0xB000, 1, "held", holder)
        await _run(database, _LONG_EVENTS, many=LONG // 2)
        await _run(database, _LONG_ANSWERS, many=LONG // 2)
        [number] = await _numbers(database, "ctz_long_")
        path = f"/console/conversations/{number}"
        waited = [await _timed(http, path, "お答えその1") for _ in range(OPENED)]
    p95 = percentile(waited, 0.95)
    return Figure(
        f"opening a conversation of {LONG:,} messages, p95",
        f"{p95 * 1000:.0f} ms (median {percentile(waited, 0.5) * 1000:.0f} ms)",
        "< 300 ms",
        p95 < 0.3,
    )


async def searching(stack: LocalStack) -> Figure:
    """Search a million messages for rare and for common words."""
    return await search_figure(stack.plan.settings, MESSAGES)


async def search_figure(settings: Settings, messages: int) -> Figure:
    """Measure with so many messages; words that stand everywhere are refused in good time."""
    database, waited, refused = Database(settings), [], 0
    try:
        await _talks(database, "ctz_search_", 0xC0000, TALKS, "bot", "nobody")
        await _run(database, "DROP INDEX ix_bot_search_words_pairs")
        await _run(database, _WORDS, many=messages, talks=TALKS)
        made = "CREATE INDEX ix_bot_search_words_pairs ON bot_search_words USING gin (pairs)"
        await _run(database, made)
        await _run(database, "ANALYZE bot_search_words")
        for asked in ASKED * 8:
            started = time.perf_counter()
            try:
                async with database.transaction() as session:
                    await search(session, [DESK], asked)
            except TooCommonError:
                refused += 1
            waited.append(time.perf_counter() - started)
    finally:
        await database.close()
    p95 = percentile(waited, 0.95)
    return Figure(
        f"search over {messages:,} messages, p95",
        f"{p95 * 1000:.0f} ms (median {percentile(waited, 0.5) * 1000:.0f} ms), {refused} refused",
        "< 500 ms",
        p95 < 0.5 and not refused,
    )


async def live(
    stack: LocalStack, staff: int = STAFF, per_second: int = PER_SECOND, seconds: int = SECONDS
) -> Figure:
    """From a webhook to the message on the page, while so many staff have live pages open."""
    total = per_second * seconds
    async with _at_the_desk(stack) as (database, http, holder):
        await _talks(database, "ctz_live_", 0xA000, staff, "held", holder)
        numbers = await _numbers(database, "ctz_live_")
        due: dict[int, Due] = {}
        waited: list[float] = []
        pages = [asyncio.create_task(_page(http, n, due, waited)) for n in numbers]
        await asyncio.sleep(5)
        secret = stack.plan.settings.line_channel_secret.get_secret_value()
        start = time.perf_counter()
        sends = []
        for n in range(total):
            at, place = start + n / per_second, n % staff
            due_of = (due, numbers[place])
            sends.append(_citizen_writes(stack.web, secret, n, at, 0xA001 + place, due_of))
        await asyncio.gather(*sends)
        await asyncio.sleep(5)
        for page in pages:
            page.cancel()
        for ended in await asyncio.gather(*pages, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
    p95 = percentile(waited, 0.95) if waited else float("inf")
    return Figure(
        f"{staff} staff live, {per_second} citizen messages/s: message on the page, p95",
        f"{p95 * 1000:.0f} ms, {len(waited)} of {total} seen",
        "< 1 s",
        p95 < 1 and len(waited) >= 0.99 * total,
    )


async def _page(
    http: aiohttp.ClientSession, number: int, due: dict[int, Due], waited: list[float]
) -> None:
    """Behave as an open page does: hear of a change, and fetch what it shows."""
    shown = f"/console/conversations/{number}"
    async with http.get(f"/console/events?id={number}") as stream:
        async for line in stream.content:
            if not line.startswith(b"data:") or number not in due:
                continue
            sent_at, words = due[number]
            async with http.get(shown, headers=_BY_SCRIPT) as answer:
                page = await answer.text()
            if words in page and number in due:
                del due[number]
                waited.append(time.perf_counter() - sent_at)


async def _citizen_writes(
    web: str, secret: str, n: int, at: float, user: int, due_of: tuple[dict[int, Due], int]
) -> None:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    words = f"知らせ{n}です"
    due, number = due_of
    due[number] = (time.perf_counter(), words)
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(time.time() * 1000),
        "source": {"type": "user", "userId": f"U{user:032x}"},
        "webhookEventId": f"01LV{n:022d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{n:032x}",
        "message": {
            "type": "text",
            "id": f"8{n}",
            "text": words,
            "quoteToken": "q",
        },
    }
    body = json.dumps({"destination": "U" + "0" * 32, "events": [event]}).encode()
    headers = {"X-Line-Signature": sign(body, secret), "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession(web) as line,
        line.post("/line/webhook", data=body, headers=headers) as answer,
    ):
        answer.raise_for_status()


@asynccontextmanager
async def _at_the_desk(
    stack: LocalStack,
) -> AsyncIterator[tuple[Database, aiohttp.ClientSession, str]]:
    """Yield the database, a logged-in member of staff, and their id."""
    settings = stack.plan.settings
    database = Database(settings)
    accounts = make_accounts(settings, database, system_clock)
    login = f"{LOGIN}{time.monotonic_ns()}"
    new = NewAccount(login, "計測 太郎", (Role.supervisor,), (DESK,))
    warrant = Warrant("bench", "bench")
    account, _ = await accounts.add(new, warrant, demonstration_password=PASSWORD)
    # The cookie is for https alone in production; here the address is this machine's.
    jar = aiohttp.CookieJar(unsafe=True)
    # A connection each: one that is kept may be closed by the server while it is taken up again.
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(stack.web, cookie_jar=jar, connector=connector) as http:
        async with http.get("/console/login") as page:
            found = re.search(r'name="form_token" value="([^"]+)"', await page.text())
        form = {"form_token": found[1] if found else "", "login": login, "password": PASSWORD}
        async with http.post("/console/login", data=form) as answer:
            answer.raise_for_status()
        yield database, http, account.id
    await database.close()


async def _talks(
    database: Database, name: str, first: int, many: int, state: str, holder: str
) -> None:
    await _run(database, _CITIZENS, name=name, first=first, many=many)
    values = {"name": name, "many": many, "state": state, "holder": holder, "desk": DESK}
    await _run(database, _TALKS, **values)


async def _numbers(database: Database, name: str) -> list[int]:
    query = text("SELECT id FROM bot_handoff WHERE citizen_id LIKE :name ORDER BY id")
    async with database.transaction() as session:
        return [row[0] for row in await session.execute(query, {"name": f"{name}%"})]


async def _run(database: Database, sql: str, **values: Any) -> None:
    async with database.transaction() as session:
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(text(sql), values)


async def _timed(http: aiohttp.ClientSession, path: str, words: str) -> float:
    started = time.perf_counter()
    async with http.get(path) as answer:
        page = await answer.text()
    waited = time.perf_counter() - started
    if words not in page:
        raise RuntimeError(f"{path} answered {answer.status} without what it should show")
    return waited
