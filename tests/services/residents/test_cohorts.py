"""Lists of a city's residents: born in some days, without names; and who they are for a desk."""

from datetime import date

import pytest

from kit.errors import InvalidInputError
from services.residents.cohorts import Cohorts, town_of
from tests.services.residents.world import World, authority, person

CITY = "会津若松市"


@pytest.fixture
async def cohorts(world: World) -> World:
    world.app.state.container.put(Cohorts, Cohorts(world.register, world.settings))
    await world.load(
        [
            person("1", "会津　花子"),
            person("2", "会津　蓮", 生年月日="2020-02-29", 性別="男"),
            person("3", "会津　湊", 生年月日="2020-03-01", 性別="不明"),
            person("4", "会津　凪", 生年月日="2020-02-10", 異動日="2026-11-01"),
        ],
        [authority("1", "2")],
    )
    return world


async def test_those_born_in_the_days_asked_for_are_told_without_a_name(cohorts: World) -> None:
    found = await cohorts.client.born(date(2020, 2, 1), date(2020, 3, 1))
    assert [(one.birthdate, one.sex, one.town) for one in sorted(found, key=lambda o: o.birthdate)]
    assert {(one.birthdate.isoformat(), one.sex, one.town) for one in found} == {
        ("2020-02-29", "male", "中央"),
        ("2020-03-01", "unknown", "中央"),
    }
    assert await cohorts.client.born(date(2020, 3, 2), date(2020, 3, 31)) == ()
    for last in (date(2020, 1, 31), date(2020, 3, 31)):
        with pytest.raises(InvalidInputError):
            await cohorts.client.born(date(2020, 2, 1), last)


async def test_a_list_names_present_residents_and_who_may_act_for_them(cohorts: World) -> None:
    hanako = {"name": "会津 花子", "address": "会津若松市中央1-99-1"}
    await cohorts.identify("ctz_1", **hanako, birthdate="1985-05-05", sex="female")
    ids = await cohorts.client.ids_of(["1", "2", "4"])
    found = {one.name[3:]: one for one in await cohorts.client.listed([*ids.values(), "res_none"])}
    assert set(found) == {"花子", "蓮"}
    assert found["蓮"].acted_for_by == ("ctz_1",)
    assert found["花子"].acted_for_by == ("ctz_1",)


@pytest.mark.parametrize(("since", "has"), [("2020-02-29", True), ("2020-03-01", False)])
async def test_a_parents_child_is_known_from_the_day_of_its_birth(
    cohorts: World, since: str, has: bool
) -> None:
    hanako = {"name": "会津 花子", "address": "会津若松市中央1-99-1"}
    await cohorts.identify("ctz_1", **hanako, birthdate="1985-05-05", sex="female")
    day = date.fromisoformat(since)
    assert await cohorts.client.has_child_born("ctz_1", day) is has
    assert not await cohorts.client.has_child_born("ctz_2", day)


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("福島県会津若松市中央１丁目９９番１号", "中央"),
        ("会津若松市中央一丁目99-1", "中央"),
        ("福島県会津若松市門田町大字飯寺字村西９９９番地", "門田町"),
        ("会津若松市 七日町 99番", "七日町"),
        ("福島県喜多方市字御清水東1", ""),
        ("会津若松市", ""),
    ],
)
def test_a_town_is_what_stands_before_the_numbers(address: str, town: str) -> None:
    assert town_of(address, CITY) == town
