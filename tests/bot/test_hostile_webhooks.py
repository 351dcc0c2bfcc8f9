"""Whatever is thrown at the webhook, it answers as promised, and the next citizen is served.

Each case states the status, what is stored, and that a good event works afterwards.
"""

import asyncio
import json
import random
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from bot.line.signature import sign
from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from tests.bot.hostile import (
    BODIES,
    EVENTS,
    MY_NUMBER,
    NOW_MS,
    SIGNATURES,
    Case,
    Signature,
    event,
    said,
)
from tests.bot.world import body_of

WEBHOOK = "/line/webhook"


class Door:
    """The webhook, and what lies behind it."""

    def __init__(self, app: FastAPI, http: httpx2.AsyncClient, database: Database) -> None:
        self.app = app
        self.http = http
        self.database = database
        settings = app.state.container.get(Settings)
        self.secret = settings.line_channel_secret.get_secret_value()

    async def post(
        self, body: bytes, signatures: list[bytes | str] | None = None, **headers: str
    ) -> int:
        given = [sign(body, self.secret)] if signatures is None else signatures
        lines: list[tuple[str, bytes | str]] = [("X-Line-Signature", value) for value in given]
        lines += [(name.replace("_", "-"), value) for name, value in headers.items()]
        return (await self.http.post(WEBHOOK, content=body, headers=lines)).status_code

    async def query(self, sql: str) -> list[Any]:
        async with self.database.transaction() as session:
            return [tuple(row) for row in (await session.execute(text(sql))).all()]

    async def states(self) -> dict[str, int]:
        rows = await self.query("SELECT state, count(*) FROM bot_line_event GROUP BY state")
        return dict(rows)

    async def turns(self) -> int:
        query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'bot.take_turn'"
        return int((await self.query(query))[0][0])

    async def still_serves(self) -> None:
        before = await self.turns()
        assert await self.post(body_of(event(999_999))) == 200
        assert await self.turns() == before + 1


@pytest.fixture
async def door(settings: Settings, database: Database) -> AsyncIterator[Door]:
    app = build_web(settings)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
            yield Door(app, http, database)


@pytest.mark.parametrize("case", [*BODIES, *EVENTS], ids=lambda case: case.name)
async def test_a_signed_body_is_answered_and_what_can_be_served_is(door: Door, case: Case) -> None:
    assert await door.post(case.body) == 200
    wanted = {
        "received": case.turns,
        "recorded": case.recorded,
        "unreadable": case.unreadable,
    }
    assert await door.states() == {state: count for state, count in wanted.items() if count}
    assert await door.turns() == case.turns
    await door.still_serves()


async def test_all_broken_events_at_once_cost_nobody_anything(door: Door) -> None:
    broken = [json.loads(case.body)["events"][1] for case in EVENTS]
    for number, one in enumerate(broken):
        if isinstance(one, dict) and one.get("webhookEventId") == event()["webhookEventId"]:
            one["webhookEventId"] = f"broken-{number}"
    random.Random(1).shuffle(broken)  # noqa: S311
    assert await door.post(body_of(*broken, event(2))) == 200
    assert await door.turns() == 1 + sum(case.turns - 2 for case in EVENTS)


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
async def test_a_wrong_signature_is_401_and_leaves_no_trace(
    door: Door, signature: Signature
) -> None:
    body = body_of(event())
    assert await door.post(body, signature(body, door.secret)) == 401
    assert await door.states() == {}
    assert await door.query("SELECT 1 FROM bot_citizen") == []
    await door.still_serves()


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain"},
        {"Content_Type": "multipart/form-data"},
        {"Content_Type": "application/json; charset=shift_jis"},
        {"Content_Encoding": "gzip"},
        {"X_Forwarded_For": "127.0.0.1", "X_HTTP_Method_Override": "DELETE"},
    ],
    ids=str,
)
async def test_only_the_signature_counts_not_the_other_headers(
    door: Door, headers: dict[str, str]
) -> None:
    assert await door.post(body_of(event()), **headers) == 200
    assert await door.turns() == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
async def test_other_methods_are_405(door: Door, method: str) -> None:
    body = body_of(event())
    headers = {"X-Line-Signature": sign(body, door.secret)}
    response = await door.http.request(method, WEBHOOK, content=body, headers=headers)
    assert response.status_code == 405
    assert await door.states() == {}


@pytest.mark.parametrize(
    "path",
    ["/line/webhook/x", "/line//webhook", "/LINE/webhook", "/line/webhook%00", "/line/webhook;a"],
)
async def test_other_paths_are_404(door: Door, path: str) -> None:
    body = body_of(event())
    headers = {"X-Line-Signature": sign(body, door.secret)}
    response = await door.http.post(path, content=body, headers=headers)
    assert response.status_code == 404
    assert await door.states() == {}


async def test_a_body_beyond_all_measure_is_413(door: Door) -> None:
    assert await door.post(b" " * (33 * 1024 * 1024)) == 413
    assert await door.states() == {}
    await door.still_serves()


async def test_an_oversized_body_leaves_its_head_as_a_trace(door: Door) -> None:
    assert await door.post(body_of(said("あ" * 400_000))) == 200
    [(head, size)] = await door.query("SELECT raw->>'body_head', raw->>'bytes' FROM bot_line_event")
    assert "webhookEventId" in head
    assert len(head) < 30_000
    assert int(size) > 2_000_000


async def test_a_caller_who_hangs_up_early_leaves_no_trace(door: Door) -> None:
    body = body_of(event())
    parts = iter(
        [
            {"type": "http.request", "body": body[:50], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    answered: list[Any] = []

    async def receive() -> Any:
        return next(parts)

    async def send(message: Any) -> None:
        answered.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": WEBHOOK,
        "raw_path": WEBHOOK.encode(),
        "query_string": b"",
        "headers": [(b"x-line-signature", sign(body, door.secret).encode())],
    }
    await door.app(scope, receive, send)
    assert answered[0]["status"] == 400
    assert await door.states() == {}
    await door.still_serves()


async def test_ten_people_shuffled_in_one_call_are_each_served_in_their_own_order(
    door: Door,
) -> None:
    events = [
        event(100 * person + step, source={"type": "user", "userId": f"U{person:032x}"})
        for person in range(10)
        for step in range(3)
    ]
    random.Random(7).shuffle(events)  # noqa: S311
    assert await door.post(body_of(*events)) == 200
    rows = await door.query(
        "SELECT lock, count(*) FROM procrastinate_jobs"
        " WHERE task_name = 'bot.take_turn' GROUP BY lock"
    )
    assert [count for _, count in rows] == [3] * 10


async def test_the_first_content_of_an_event_id_counts(door: Door) -> None:
    for words in ("最初", "二番目"):
        assert await door.post(body_of(said(words))) == 200
    assert await door.post(body_of(said("三番目"), said("四番目"))) == 200
    words = "SELECT raw->'message'->>'text' FROM bot_line_event"
    assert await door.query(words) == [("最初",)]
    assert await door.turns() == 1


async def test_a_body_sent_fifty_times_at_once_is_one_event(door: Door) -> None:
    body = body_of(event(1), event(2))
    answers = await asyncio.gather(*(door.post(body) for _ in range(50)))
    assert set(answers) == {200}
    assert await door.turns() == 2


async def test_the_same_message_under_two_event_ids_is_fetched_once(door: Door) -> None:
    image = {"type": "image", "id": "77", "contentProvider": {"type": "line"}}
    for number in (1, 2):
        assert await door.post(body_of(event(number, message=image))) == 200
    assert len(await door.query("SELECT 1 FROM bot_media")) == 1


@pytest.mark.parametrize("message_id", ["../info", "1/../../x", "", "1" * 9_000, "１２３", "a b"])
async def test_no_file_is_fetched_by_an_id_that_could_be_an_address(
    door: Door, message_id: str
) -> None:
    image = {"type": "image", "id": message_id, "contentProvider": {"type": "line"}}
    assert await door.post(body_of(event(message=image))) == 200
    assert await door.query("SELECT 1 FROM bot_media") == []
    assert await door.turns() == 1


SECRETS = [
    MY_NUMBER,
    "１２３４５６７８９０１８",
    "1234-5678-9018",
    "1234\u30005678\u30009018",
    "1234\x005678\x009018",
    "4111 1111 1111 1111",
    int(MY_NUMBER),
]


@pytest.mark.parametrize("place", ["text", "an unknown property", "a broken event", "no event"])
async def test_a_forbidden_number_is_stored_nowhere(door: Door, place: str) -> None:
    for number, secret in enumerate(SECRETS):
        spoken = f"番号は{secret}です" if isinstance(secret, str) else secret
        message = {"type": "text", "id": "1", "text": spoken}
        bodies = {
            "text": body_of(event(number, message=message)),
            "an unknown property": body_of(event(number, next={"year": [spoken]})),
            "a broken event": body_of([number, spoken]),
            "no event": json.dumps({str(number): spoken}).encode(),
        }
        assert await door.post(bodies[place]) == 200
    kept = await door.query("SELECT raw::text FROM bot_line_event WHERE raw::text ~ '＊'")
    assert len(kept) == len(SECRETS)
    for (raw,) in await door.query("SELECT raw::text FROM bot_line_event"):
        assert not re.search("1234.?5678|１２３４|1111 1111", raw)


@pytest.mark.parametrize("timestamp", [-(10**15), 0, 10**24, NOW_MS * 1000, "x", None, 1.5e300])
async def test_an_impossible_timestamp_becomes_the_time_of_receipt(
    door: Door, timestamp: Any
) -> None:
    assert await door.post(body_of(event(timestamp=timestamp))) == 200
    [(occurred_at,)] = await door.query("SELECT occurred_at FROM bot_line_event")
    assert abs(datetime.now(UTC) - occurred_at) < timedelta(minutes=1)


async def test_a_reply_token_that_could_break_out_of_its_quotes_is_dropped(door: Door) -> None:
    for number, token in enumerate(['","to":"all', "a\nb", "あ" * 20, "0" * 201]):
        assert await door.post(body_of(event(number, replyToken=token))) == 200
    assert await door.query("SELECT DISTINCT reply_token FROM bot_line_event") == [(None,)]


async def test_when_the_jobs_cannot_be_written_the_answer_is_503_and_nothing_is_kept(
    door: Door,
) -> None:
    async with door.database.transaction() as session:
        await session.execute(text("ALTER TABLE procrastinate_jobs RENAME TO jobs_away"))
    assert await door.post(body_of(event())) == 503
    assert await door.states() == {}
    async with door.database.transaction() as session:
        await session.execute(text("ALTER TABLE jobs_away RENAME TO procrastinate_jobs"))
    assert await door.post(body_of(event())) == 200
    await door.still_serves()


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "standby"},
        {"replyToken": None},
        {"replyToken": '","to":"'},
        {"source": {"type": "group", "groupId": "C" * 9_000}},
        {"source": {"type": "group", "roomId": "R1"}},
        {"type": "leave"},
    ],
    ids=str,
)
async def test_no_note_is_due_in_a_group_that_must_not_or_cannot_hear_it(
    door: Door, changes: dict[str, Any]
) -> None:
    group = {"source": {"type": "group", "groupId": "C1", "userId": "U1"}}
    assert await door.post(body_of(event(**{**group, **changes}))) == 200
    assert await door.query("SELECT 1 FROM procrastinate_jobs") == []
    assert await door.query("SELECT 1 FROM bot_group") == []
