"""From a broker's notification to what a citizen is told of a river."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import pytest
from pydantic import SecretStr

from actions.sensors.actions import river_message
from concierge.app import build_web
from kit.http import internal_client
from kit.settings import Settings
from messages.neutral import Text
from services.sensors.contract import RiverLevel, SensorsClient
from services.sensors.parsing import UnreadableNotificationError, read_notification
from services.sensors.registry import load_devices
from services.sensors.rules import matters

NOW = datetime(2026, 7, 28, 9, 0, tzinfo=UTC)
ID = "urn:ngsi-ld:FloodMonitoring:demo-yugawa"
TOKEN = "token-of-the-broker"
TOKYO = ZoneInfo("Asia/Tokyo")


class Broker:
    """A context broker, and a citizen's question."""

    def __init__(self, http: httpx2.AsyncClient, client: SensorsClient) -> None:
        self.http, self.client = http, client
        self.now = NOW

    async def notify(self, body: Any, token: str = TOKEN) -> int:
        headers = {"Authorization": f"Bearer {token}", "Ngsiv2-AttrsFormat": "normalized"}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return (await self.http.post("/hooks/ngsi", content=content, headers=headers)).status_code

    async def level(self) -> RiverLevel:
        return (await self.client.rivers()).levels[0]


@pytest.fixture
async def broker(settings: Settings) -> AsyncIterator[Broker]:
    settings = settings.model_copy(update={"sensor_hook_token": SecretStr(TOKEN)})
    app = build_web(settings, lambda: broker.now)
    token = settings.internal_token.get_secret_value()
    async with (
        app.router.lifespan_context(app),
        internal_client("http://internal", token, app=app) as inside,
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://t") as http,
    ):
        broker = Broker(http, SensorsClient(inside))
        yield broker


def entity(value: float, minutes_ago: float = 0, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(minutes=minutes_ago)).isoformat()
    return {"id": ID, "type": "FloodMonitoring", "currentLevel": value, "dateObserved": at, **more}


async def test_a_level_is_told_with_its_time_its_trend_and_the_line_that_matters(
    broker: Broker,
) -> None:
    assert (await broker.level()).value is None
    body = {"subscriptionId": "s", "data": [entity(1.5, 40), entity(2.5, 0), entity(2.0, 20)]}
    assert await broker.notify(body) == 204
    assert await broker.notify(body) == 204
    level = await broker.level()
    assert (level.value, level.trend, level.line, level.reached) == (
        *(2.5, "rising", "避難判断水位", True),
    )
    said = river_message([level], TOKYO)
    assert isinstance(said, Text)
    assert said.text.startswith(
        "湯川（川原町）：2.50m（7/28 18:00）\n　上がっています\n"
        "　避難判断水位（2.40m）を超えています"
    )
    assert said.text.endswith("※デモ用のデータです")
    broker.now = NOW + timedelta(minutes=31)
    old = river_message([await broker.level()], TOKYO)
    assert isinstance(old, Text)
    assert "このあとの水位が届いていません。" in old.text
    assert "上がっています" not in old.text


async def test_what_cannot_be_is_not_told_and_strangers_are_not_kept(broker: Broker) -> None:
    assert await broker.notify({"data": [entity(1.0, 10), entity(99.0, 0)]}) == 204
    assert await broker.notify({"data": [entity(1.1) | {"id": "urn:other"}]}) == 204
    tomorrow = {"dateObserved": (NOW + timedelta(days=1)).isoformat()}
    assert await broker.notify({"data": [entity(1.9) | tomorrow]}) == 204
    assert (await broker.level()).value == 1.0


async def test_the_door(broker: Broker) -> None:
    assert await broker.notify({"data": [entity(1.0)]}, token="wrong") == 401
    assert await broker.notify(b"no json") == 400
    assert await broker.notify(b"[" * 100_000) == 400
    assert await broker.notify([[1.5, "Normal"]]) == 400
    assert await broker.notify(b" " * (1024 * 1024 + 1)) == 413
    assert (await broker.level()).value is None


def test_every_form_of_the_samples_says_the_same(shared: Path) -> None:
    """NGSI-v2 and NGSI-LD, normalized and key-values, alone and in a notification's `data`."""
    for file in sorted((shared / "samples" / "ngsi").glob("FloodMonitoring*.json*")):
        body = json.loads(file.read_text(encoding="utf-8"))
        for wrapped in (body, {"type": "Notification", "id": "urn:n", "data": [body]}, [body]):
            found = {one.attribute: one for one in read_notification(wrapped, NOW)}
            level = found["currentLevel"]
            assert level.value in (1.98, 0.98), file
            assert level.at == datetime(2020, 9, 16, 8, 0, tzinfo=UTC), file
            assert level.entity_id.startswith("urn:ngsi-ld:FloodMonitoring:")


@pytest.mark.parametrize("body", [None, 5, "x", [], {}, {"data": []}, {"data": [5]}, {"id": 3}])
def test_anything_else_is_refused(body: Any) -> None:
    with pytest.raises(UnreadableNotificationError):
        read_notification(body, NOW)


def test_the_line_that_matters_is_the_highest_reached_else_the_next() -> None:
    [device, *_] = load_devices(Settings(environment="test").city_dir)
    lines = [
        (line.name, reached)
        for v in (0.5, 1.2, 2.79, 2.8)
        for line, reached in [matters(device, v)]
        if line
    ]
    assert lines == [
        ("水防団待機水位", False),
        ("水防団待機水位", True),
        ("避難判断水位", True),
        ("氾濫危険水位", True),
    ]
