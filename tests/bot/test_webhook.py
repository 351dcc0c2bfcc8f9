"""The webhook: what is signed is stored once and answered 200; what is not leaves no trace."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from bot.line.signature import sign
from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings

URL = "http://test"


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    application = build_web(settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as http:
        yield http


async def _post(
    client: httpx2.AsyncClient, settings: Settings, body: bytes, header: str | None = None
) -> int:
    secret = settings.line_channel_secret.get_secret_value()
    headers = {"X-Line-Signature": sign(body, secret) if header is None else header}
    return (await client.post("/line/webhook", content=body, headers=headers)).status_code


async def _count(database: Database, what: str) -> int:
    async with database.transaction() as session:
        query = text(f"SELECT count(*) FROM {what}")  # noqa: S608  only this file's own words
        return int((await session.execute(query)).scalar_one())


def _event(number: int, **changes: Any) -> dict[str, Any]:
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": 1_795_000_000_000 + number,
        "source": {"type": "user", "userId": f"U{number:032x}"},
        "webhookEventId": f"01JZ{number:022d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{number:032x}",
        "message": {"type": "text", "id": str(number), "text": "こんにちは"},
    }
    return {k: v for k, v in {**event, **changes}.items() if v is not None}


def _body(*events: Any) -> bytes:
    return json.dumps({"destination": "U" + "0" * 32, "events": list(events)}).encode()


async def test_a_signed_event_becomes_one_row_and_one_job(
    client: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    assert await _post(client, settings, _body(_event(1))) == 200
    assert await _count(database, "bot_line_event") == 1
    assert await _count(database, "procrastinate_jobs WHERE task_name = 'bot.take_turn'") == 1


@pytest.mark.parametrize("header", ["", "wrong", "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="])
async def test_a_wrong_signature_is_refused_and_nothing_is_stored(
    client: httpx2.AsyncClient, settings: Settings, database: Database, header: str
) -> None:
    assert await _post(client, settings, _body(_event(1)), header) == 401
    assert await _count(database, "bot_line_event") == 0
    assert await _count(database, "bot_citizen") == 0


async def test_a_missing_signature_is_refused(
    client: httpx2.AsyncClient, database: Database
) -> None:
    response = await client.post("/line/webhook", content=_body(_event(1)))
    assert response.status_code == 401
    assert await _count(database, "bot_line_event") == 0


async def test_the_same_webhook_three_times_is_one_event(
    client: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    again = _event(1, deliveryContext={"isRedelivery": True})
    for event in (_event(1), again, again):
        assert await _post(client, settings, _body(event)) == 200
    assert await _count(database, "bot_line_event") == 1
    assert await _count(database, "procrastinate_jobs") == 1


async def test_the_console_check_with_no_events_is_answered(
    client: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    assert await _post(client, settings, _body()) == 200
    assert await _count(database, "bot_line_event") == 0


async def test_a_hundred_people_in_one_call_are_all_served(
    client: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    assert await _post(client, settings, _body(*(_event(n) for n in range(100)))) == 200
    assert await _count(database, "bot_citizen") == 100
    assert await _count(database, "procrastinate_jobs") == 100


async def test_one_broken_event_does_not_cost_the_others(
    client: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    broken = [
        None,
        17,
        "text",
        [],
        {},
        _event(2, type=None),
        _event(3, type="eventOfNextYear"),
        _event(4, source=None),
        _event(5, message=None),
        _event(6, message={"type": "text", "id": "6", "text": "a\x00\ud800b"}),
        _event(7, timestamp=10**40),
    ]
    assert await _post(client, settings, _body(_event(1), *broken, _event(8))) == 200
    served = "bot_line_event WHERE state = 'received'"
    assert await _count(database, served) == 4  # 1, 6, 7, 8
    assert await _count(database, "bot_line_event") == 13


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b"{}",
        b'{"events": {}}',
        b'{"events": "x"}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"events": [' + b"[" * 5_000 + b"]" * 5_000 + b"]}",
        b'{"events": [1e999, NaN]}',
    ],
)
async def test_a_signed_body_that_is_no_webhook_is_kept_and_answered(
    client: httpx2.AsyncClient, settings: Settings, database: Database, body: bytes
) -> None:
    assert await _post(client, settings, body) == 200
    assert await _count(database, "bot_line_event WHERE state = 'unreadable'") >= 1
    assert await _count(database, "procrastinate_jobs") == 0


async def test_a_signed_body_over_the_limit_is_kept_as_a_trace(
    client: httpx2.AsyncClient, settings: Settings, database: Database
) -> None:
    body = _body(_event(1, message={"type": "text", "id": "1", "text": "あ" * 1_000_000}))
    assert len(body) > settings.webhook_max_bytes
    assert await _post(client, settings, body) == 200
    assert await _count(database, "bot_line_event WHERE reason = 'too large'") == 1
    assert await _count(database, "procrastinate_jobs") == 0


async def test_while_the_database_is_down_the_answer_is_503(
    servers: Any, settings: Settings
) -> None:
    dead = settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:9/none"})
    application = build_web(dead)
    transport = httpx2.ASGITransport(app=application)
    async with httpx2.AsyncClient(transport=transport, base_url=URL) as http:
        assert await _post(http, dead, _body(_event(1))) == 503
