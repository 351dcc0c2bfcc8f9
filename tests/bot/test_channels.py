"""Several channels: each has its own secret, its own citizens and its own token."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy import select

from bot.citizens import repository as citizen_rows
from bot.citizens.models import Citizen
from bot.line.signature import sign
from bot.sender import repository as outbound_rows
from bot.sender.line_api import LineApi
from bot.sender.rate_limiter import RateLimiter
from bot.sender.sender import Sender
from concierge.app import build_web
from kit.clock import system_clock
from kit.db import Database
from kit.settings import DEFAULT_CHANNEL, ExtraChannel, Settings
from tests.bot.world import body_of

WATER = ExtraChannel(
    name="water",
    destination="U" + "a" * 32,
    channel_id="1650000002",
    channel_secret=SecretStr("secret-of-the-water-works"),
    channel_secret_previous=SecretStr("former-secret-of-the-water-works"),
)
LIBRARY = ExtraChannel(
    name="library",
    destination="U" + "b" * 32,
    channel_id="1650000003",
    channel_secret=SecretStr("secret-of-the-library"),
)
CITY = "U" + "0" * 32
PERSON = "U" + "7" * 32
SECRETS = {
    "water": "secret-of-the-water-works",
    "water before": "former-secret-of-the-water-works",
    "library": "secret-of-the-library",
    "nobody": "secret-of-nobody",
}


@pytest.fixture
def several(settings: Settings) -> Settings:
    return settings.model_copy(update={"line_channels": (WATER, LIBRARY)})


@pytest.fixture
async def client(several: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    app = build_web(several)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
            yield http


def _event(event_id: str = "01JZ0000000000000000000001") -> dict[str, Any]:
    return {
        "type": "follow",
        "webhookEventId": event_id,
        "source": {"type": "user", "userId": PERSON},
        "replyToken": "0" * 32,
    }


async def _post(http: httpx2.AsyncClient, settings: Settings, signer: str, destination: str) -> int:
    secret = SECRETS.get(signer, settings.line_channel_secret.get_secret_value())
    body = body_of(_event(), destination=destination)
    headers = {"X-Line-Signature": sign(body, secret)}
    return (await http.post("/line/webhook", content=body, headers=headers)).status_code


@pytest.mark.parametrize(
    ("signer", "destination", "channel"),
    [
        ("default", CITY, "default"),
        ("default", "U" + "9" * 32, "default"),
        ("water", WATER.destination, "water"),
        ("water before", WATER.destination, "water"),
        ("library", LIBRARY.destination, "library"),
    ],
)
async def test_a_webhook_belongs_to_the_channel_that_it_is_addressed_to(
    client: httpx2.AsyncClient,
    several: Settings,
    database: Database,
    signer: str,
    destination: str,
    channel: str,
) -> None:
    assert await _post(client, several, signer, destination) == 200
    assert await _channels_of_citizens(database) == [channel]


@pytest.mark.parametrize(
    ("signer", "destination"),
    [
        ("default", WATER.destination),
        ("water", CITY),
        ("water", LIBRARY.destination),
        ("library", WATER.destination),
        ("nobody", CITY),
        ("nobody", WATER.destination),
    ],
)
async def test_the_secret_of_one_channel_opens_no_other(
    client: httpx2.AsyncClient,
    several: Settings,
    database: Database,
    signer: str,
    destination: str,
) -> None:
    assert await _post(client, several, signer, destination) == 401
    assert await _channels_of_citizens(database) == []


async def test_one_person_in_two_channels_is_two_citizens_with_events_of_their_own(
    client: httpx2.AsyncClient, several: Settings, database: Database
) -> None:
    # Even the same event id: one channel cannot take an event away from another.
    assert await _post(client, several, "default", CITY) == 200
    assert await _post(client, several, "water", WATER.destination) == 200
    assert await _channels_of_citizens(database) == ["default", "water"]


async def test_a_citizen_is_answered_through_their_own_channel(
    several: Settings, database: Database
) -> None:
    calls: list[tuple[str, str]] = []
    fetched: list[str] = []

    def wire(request: httpx2.Request) -> httpx2.Response:
        if request.url.path == "/oauth2/v3/token":
            form = dict(pair.split("=") for pair in request.content.decode().split("&"))
            fetched.append(form["client_id"])
            token = f"{form['client_id']}:{form['client_secret']}"
            return httpx2.Response(200, json={"access_token": token})
        to = json.loads(request.content)["to"]
        calls.append((request.headers["Authorization"], to))
        return httpx2.Response(200, json={})

    http = httpx2.AsyncClient(base_url="http://line", transport=httpx2.MockTransport(wire))
    sender = Sender(database, system_clock, several, LineApi(several, http), RateLimiter(several))
    for channel in ("water", DEFAULT_CHANNEL, "water"):
        await sender.send(await _queue(database, channel, f"key-{len(calls)}"))
    water = "Bearer 1650000002:secret-of-the-water-works"
    city = "Bearer 1650000000:demo-channel-secret-0123456789ab"
    assert calls == [(water, PERSON), (city, PERSON), (water, PERSON)]
    assert fetched == ["1650000002", "1650000000"]


async def _queue(database: Database, channel: str, key: str) -> int:
    now = system_clock()
    async with database.transaction() as session:
        [citizen] = (await citizen_rows.ensure_citizens(session, {PERSON}, now, channel)).values()
        new = outbound_rows.NewOutbound(key, citizen, '[{"type":"text","text":"a"}]')
        written = await outbound_rows.insert_outbound(session, new, PERSON, now, channel)
    assert written is not None
    return written.outbound_id


async def _channels_of_citizens(database: Database) -> list[str]:
    async with database.transaction() as session:
        query = select(Citizen.channel).order_by(Citizen.channel)
        return list(await session.scalars(query))


def test_channels_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    given = [
        {
            "name": "water",
            "destination": WATER.destination,
            "channel_id": "1650000002",
            "channel_secret": "secret-of-the-water-works",
        }
    ]
    monkeypatch.setenv("LINE_CHANNELS", json.dumps(given))
    [channel] = Settings().line_channels
    assert channel.channel_secret.get_secret_value() == "secret-of-the-water-works"
    assert "secret-of-the-water-works" not in repr(channel)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "default"},
        {"name": "library"},
        {"name": ""},
        {"destination": LIBRARY.destination},
        {"destination": "somewhere"},
        {"channel_secret": ""},
        {"channel_secret_previous": ""},
        {"token": "unknown property"},
    ],
)
def test_channels_that_could_be_mixed_up_are_refused(change: dict[str, str]) -> None:
    library = {
        "name": "library",
        "destination": LIBRARY.destination,
        "channel_id": "1",
        "channel_secret": "secret-of-the-library",
    }
    water = {**library, "name": "water", "destination": WATER.destination, **change}
    with pytest.raises(ValidationError):
        Settings(line_channels=(library, water))  # type: ignore[arg-type]
