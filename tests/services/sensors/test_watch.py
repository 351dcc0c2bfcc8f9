"""The desk reads what sensors say in words, and which of them somebody has to look after."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from kit.settings import ROOT
from services.sensors.officers import meaning, situation, warnings
from services.sensors.registry import load_devices
from services.sensors.rules import Value
from services.sensors.service import SensorService
from services.sensors.watch import Health
from tests.services.disaster.builder import at
from tests.services.disaster.world import Warned

DEVICES = {one.kind: one for one in reversed(load_devices(ROOT / "city" / "aizuwakamatsu"))}
YUGAWA, AGAGAWA = (f"urn:ngsi-ld:FloodMonitoring:demo-{name}" for name in ("yugawa", "agagawa"))
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("power", 0.0, "停電しています"),
        ("power", 1.0, "電気は来ています"),
        ("trap", 1.0, "作動しました（閉じています）"),
        ("trap", 0.0, "しかけてあります（動いていません）"),
        ("beast", 0.93, "動物が写った確からしさ 93%"),
        ("river", 1.0, "1m・水防団待機水位（1.2m）まで、あと0.20m"),
        ("river", 2.5, "2.5m・避難判断水位（2.4m）に達しています"),
    ],
)
def test_a_value_is_said_in_words(kind: str, value: float, words: str) -> None:
    assert meaning(DEVICES[kind], value) == words


def test_where_a_level_goes_is_said_as_far_as_it_is_known() -> None:
    river = DEVICES["river"]
    rising = [Value(1.0, at(0)), Value(1.5, at(30)), Value(1.9, at(60))]
    for values, words in (
        (rising, "この1時間で0.90m上がりました"),
        ([Value(1.9, at(0)), Value(1.0, at(60))], "この1時間で0.90m下がりました"),
        ([Value(1.9, at(0)), Value(1.91, at(60))], "この1時間はほぼ同じです"),
        ([Value(1.9, at(0))], "上がり下がりはまだわかりません"),
    ):
        assert situation(Health(river, values, is_stale=False, is_stuck=False)).endswith(words)
    assert situation(Health(river, [], is_stale=True, is_stuck=False)) == "まだ値が届いていません"


async def send(world: Warned, device: str, minutes: float, level: float) -> None:
    told: dict[str, Any] = {"currentLevel": level, "dateObserved": at(minutes).isoformat()}
    await part(world).take({"data": [{"id": device, "type": "T", **told}]})


def part(world: Warned) -> SensorService:
    found: SensorService = world.parts.containers[world.settings.city].get(SensorService)
    return found


async def test_gauges_that_hang_gaps_and_what_cannot_be_true_are_found(world: Warned) -> None:
    for minutes in range(0, 130, 10):
        world.later(minutes)
        await send(world, YUGAWA, minutes, 1.23)
    await send(world, AGAGAWA, 0, 2.2)
    await send(world, AGAGAWA, 60, 99.0)
    await send(world, AGAGAWA, 115, 2.6)
    found = {one.device.id: one for one in await part(world).health()}
    yugawa, agagawa = found[YUGAWA], found[AGAGAWA]
    assert yugawa.is_stuck
    assert not yugawa.is_stale
    assert warnings(yugawa, world.now(), TOKYO) == [
        "ずっと同じ値（1.23m）です。計器が止まっていないか確かめてください。"
    ]
    assert agagawa.values[-1] == Value(2.6, at(115)), "what cannot be true is not the newest"
    assert warnings(agagawa, world.now(), TOKYO) == [
        "この24時間に、ありえない値が1回届きました。案内や判断には使っていません。",
        "7月28日 17:00から7月28日 18:00まで、値が届きませんでした。",
    ]
    world.instant += timedelta(minutes=31)
    [first, *_] = warnings(
        {o.device.id: o for o in await part(world).health()}[YUGAWA], world.now(), TOKYO
    )
    assert first.startswith("31分前から値が届いていません（ふだんは10分ごと）")


async def test_those_that_need_a_look_come_first(world: Warned) -> None:
    await send(world, AGAGAWA, 0, 2.2)
    found = await part(world).health()
    assert [one.needs_a_look for one in found][-1] is False
    assert found[-1].device.id == AGAGAWA
    assert all(one.needs_a_look for one in found[:-1]), "never heard of is worth a look"
