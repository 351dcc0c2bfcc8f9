"""What a sensor notices: told once to those near it, decided by staff where the city wants that."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.citizens import repository as citizen_rows
from kit.errors import IllegalTransitionError
from kit.settings import DEMO_HOOK_TOKEN, Settings
from services.sensors.contract import NewField, SensorsClient
from services.sensors.events import Events
from services.sensors.fields import FieldBook
from services.sensors.registry import BadDevicesError, load_devices, load_rules
from services.sensors.rules import Value, distance_m, is_stuck
from services.sensors.service import SensorService
from tests.services.disaster.world import Warned

TRAP, RIVER = "urn:ngsi-ld:Trap:demo-onya", "urn:ngsi-ld:FloodMonitoring:demo-yugawa"
POWER = "urn:ngsi-ld:Power:demo-josai"
PLACE = (37.4205, 139.9370)


async def report(world: Warned, device: str, minutes_ago: float = 0, **said: Any) -> None:
    at = (world.now() - timedelta(minutes=minutes_ago)).isoformat()
    body = {"data": [{"id": device, "type": "T", "dateObserved": at, **said}]}
    headers = {"Authorization": f"Bearer {DEMO_HOOK_TOKEN}"}
    answer = await world.http.post("/hooks/ngsi", json=body, headers=headers)
    assert answer.status_code == 204
    await world.work()


async def farmer(world: Warned, north_m: float) -> str:
    user = world.line.add_user()
    async with world.database.transaction() as session:
        found = await citizen_rows.ensure_citizens(session, {user}, world.now())
    book = part(world, FieldBook)
    [citizen] = found.values()
    new = NewField(citizen_id=citizen, latitude=PLACE[0] + north_m / 111_195, longitude=PLACE[1])
    assert (await book.add(new)).fields == 1
    assert (await book.add(new)).fields == 1, "the same field once more"
    return user


def part(world: Warned, kind: Any) -> Any:
    return world.parts.containers[world.settings.city].get(kind)


def told(world: Warned, user: str) -> list[str]:
    return [str(m["message"].get("text")) for m in world.line.from_bot(user) if m["via"] == "push"]


async def test_a_sprung_trap_is_told_once_to_those_within_six_hundred_metres(
    world: Warned,
) -> None:
    near, far = await farmer(world, 500), await farmer(world, 700)
    await report(world, TRAP, status="sprung")
    await report(world, TRAP, status="set")
    world.later(20)
    await report(world, TRAP, status="sprung")
    [said] = told(world, near)
    assert said.startswith("【わなが動きました】\n大戸町小谷のわな")
    assert "約500m" in said
    assert told(world, far) == []
    world.later(90)
    await report(world, TRAP, status="sprung")
    assert len(told(world, near)) == 2
    assert await world.query("SELECT state, told FROM sensors_event") == [("told", 1)] * 2


async def test_what_comes_late_out_of_range_or_unknown_is_told_to_nobody(world: Warned) -> None:
    user = await farmer(world, 100)
    await report(world, TRAP, minutes_ago=31, status="sprung")
    await report(world, TRAP, status="broken")
    await report(world, TRAP, minutes_ago=1, status=7)
    assert told(world, user) == []
    assert await world.query("SELECT * FROM sensors_event") == []


async def test_staff_decides_where_the_city_wants_that(world: Warned) -> None:
    user = await farmer(world, 100)
    events = part(world, Events)
    await world.query(
        "INSERT INTO sensors_event"
        " (rule, device_id, value, observed_at, ends_at, state, decided_by)"
        " VALUES ('trap', :trap, 1, now(), now() + interval '1 hour', 'waiting', '')",
        trap=TRAP,
    )
    assert await events.waiting() == 1
    [(event,)] = await world.query("SELECT id FROM sensors_event")
    await events.decide(event, "花子", tell=True)
    await world.work()
    assert len(told(world, user)) == 1
    with pytest.raises(IllegalTransitionError):
        await events.decide(event, "花子", tell=False)


async def test_a_level_is_for_the_desk_after_two_values_in_a_row(world: Warned) -> None:
    await report(world, RIVER, minutes_ago=10, currentLevel=2.5)
    assert await world.query("SELECT * FROM sensors_event") == []
    await report(world, RIVER, currentLevel=2.6)
    assert await world.query("SELECT rule, state FROM sensors_event") == [("level", "noted")]


async def test_the_power_of_a_shelter_is_known(world: Warned) -> None:
    await report(world, POWER, minutes_ago=5, power="on")
    client = SensorsClient(world.http)
    world.http.headers["Authorization"] = (
        f"Bearer {world.settings.internal_token.get_secret_value()}"
    )
    [shelter] = (await client.power()).shelters
    assert (shelter.shelter, shelter.on) == ("城西小学校", True)
    await report(world, POWER, power="off")
    [shelter] = (await client.power()).shelters
    assert not shelter.on


async def test_hours_stay_when_the_values_are_gone(world: Warned) -> None:
    for minutes, level in ((50, 1.0), (40, 3.0), (30, 2.0)):
        await report(world, RIVER, minutes_ago=minutes, currentLevel=level)
    service = part(world, SensorService)
    for _ in range(2):
        await service.sum_up()
    hours = 'SELECT least, mean, most, "values" FROM sensors_hour'
    assert await world.query(hours) == [(1.0, 2.0, 3.0, 3)]
    world.later(61 * 24 * 60)
    await service.forget_old()
    assert await world.query("SELECT * FROM sensors_value") == []
    assert len(await world.query(hours)) == 1


async def test_a_citizen_takes_the_field_out_and_away(world: Warned) -> None:
    await farmer(world, 100)
    book = part(world, FieldBook)
    [(citizen,)] = await world.query("SELECT citizen_id FROM sensors_field")
    [(sealed,)] = await world.query("SELECT place FROM sensors_field")
    assert b"139.9" not in bytes(sealed)
    assert (await book.export(citizen))["fields"][0]["longitude"] == PLACE[1]
    await book.erase(citizen)
    assert await book.export(citizen) == {}


def test_a_gauge_that_hangs_is_seen_and_a_switch_may_stay(settings: Settings) -> None:
    devices = {device.id: device for device in load_devices(settings.city_dir)}
    now = datetime.now(UTC)
    same = [Value(1.0, now)] * 12
    assert is_stuck(devices[RIVER], same)
    assert not is_stuck(devices[RIVER], [*same[1:], Value(1.01, now)])
    assert not is_stuck(devices[TRAP], same)


def test_the_distance_is_the_great_circles() -> None:
    assert distance_m((37.0, 140.0), (37.01, 140.0)) == pytest.approx(1112, abs=1)


def test_rules_that_tell_nobody_known_are_refused(tmp_path: Path) -> None:
    (tmp_path / "sensors").mkdir()
    file = tmp_path / "sensors" / "rules.toml"
    file.write_text('[[rules]]\nid = "x"\nkind = "trap"\ntells = "everyone"\n')
    with pytest.raises(BadDevicesError, match="tells is one of"):
        load_rules(tmp_path)
