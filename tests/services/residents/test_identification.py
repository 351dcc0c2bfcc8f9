"""Who a citizen is: one resident beyond doubt, or a person of the staff decides."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from emulators.residents import RESIDENTS
from kit.errors import IllegalTransitionError, InvalidInputError, NotFoundError
from services.residents import repository
from services.residents.contract import Decision
from services.residents.identification import KEEP_DECISIONS
from services.residents.importer import import_demonstration
from services.residents.models import Case
from services.residents.register import Register
from services.residents.service import ResidentsService
from tests.services.residents.world import OWN_DESK, World, authority, person

HANAKO: dict[str, Any] = {
    "name": "会津 花子",
    "address": "福島県会津若松市中央一丁目99番1号",
    "birthdate": date(1985, 5, 5),
    "sex": "female",
}


async def reasons(world: World) -> list[tuple[str, str]]:
    return [(c.citizen_id, c.reason) for c in (await world.client.open_cases()).cases]


@pytest.mark.parametrize("resident", RESIDENTS, ids=lambda r: r.resident_id)
async def test_every_resident_of_the_stand_ins_is_found_and_the_stranger_is_not(
    world: World, resident: Any
) -> None:
    (await import_demonstration(world.register, world.settings.city_dir)).raise_if_bad()
    outcome = await world.identify(
        "ctz_1",
        name=resident.name,
        address=resident.address,
        birthdate=resident.birth,
        sex=resident.gender,
    )
    if resident.resident_id == "daisuke":
        assert (outcome, await reasons(world)) == ("pending", [("ctz_1", "absent")])
    else:
        assert (outcome, await reasons(world)) == ("matched", [])


async def test_a_match_is_repeated_without_change(world: World) -> None:
    await world.load([person("1", "会津　花子")])
    assert [await world.identify("ctz_1", **HANAKO) for _ in range(3)] == ["matched"] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"name": "会津 春子"},
        {"birthdate": date(1985, 5, 6)},
        {"sex": "male"},
        {"sex": "unknown"},
        {"address": "福島県会津若松市中央一丁目99番2号"},
    ],
)
async def test_one_item_that_differs_is_never_guessed_over(
    world: World, change: dict[str, Any]
) -> None:
    await world.load([person("1", "会津　花子")])
    assert await world.identify("ctz_1", **HANAKO | change) == "pending"
    assert await reasons(world) == [("ctz_1", "absent")]


@pytest.mark.parametrize("item", ["name", "address", "birthdate", "sex"])
async def test_an_item_that_the_card_did_not_give_makes_a_case(world: World, item: str) -> None:
    await world.load([person("1", "会津　花子")])
    assert await world.identify("ctz_1", **HANAKO | {item: None}) == "pending"
    assert await reasons(world) == [("ctz_1", "incomplete")]


async def test_two_of_the_same_name_at_one_address_are_for_staff(world: World) -> None:
    await world.load([person("1", "会津　花子"), person("2", "會津　花子")])
    assert await world.identify("ctz_1", **HANAKO) == "pending"
    assert await reasons(world) == [("ctz_1", "ambiguous")]


async def test_a_character_that_the_card_cannot_write_is_left_open_unless_two_fit(
    world: World,
) -> None:
    await world.load([person("1", "𣘺本 花子")])
    flagged = HANAKO | {"name": "〓本 花子"}
    assert await world.identify("ctz_1", **flagged) == "matched"
    await world.load([person("2", "杉本 花子")])
    assert await world.identify("ctz_2", **flagged) == "pending"
    assert await reasons(world) == [("ctz_2", "ambiguous")]


async def test_a_blank_in_the_register_is_no_better_a_match_than_a_name_that_fits_it(
    world: World,
) -> None:
    await world.load([person("1", "〓本 花子"), person("2", "杉本 花子")])
    assert await world.identify("ctz_1", **HANAKO | {"name": "〓本 花子"}) == "pending"
    assert await world.identify("ctz_2", **HANAKO | {"name": "杉本 花子"}) == "matched"
    assert await reasons(world) == [("ctz_1", "ambiguous")]


async def test_processes_that_first_ask_at_the_same_time_share_one_key(world: World) -> None:
    registers = [Register(world.database, world.clock, world.settings) for _ in range(5)]
    found = await asyncio.gather(*(register.indexes() for register in registers))
    assert len({indexes.number("1") for indexes in found}) == 1


async def test_who_moved_away_is_not_found(world: World) -> None:
    await world.load([person("1", "会津　花子", 異動日="2026-11-29")])
    assert await world.identify("ctz_1", **HANAKO) == "pending"
    world.now -= timedelta(days=1)
    assert await world.identify("ctz_2", **HANAKO) == "matched"


async def test_a_known_citizen_with_another_residents_card_is_for_staff(world: World) -> None:
    await world.load([person("1", "会津　花子"), person("2", "会津　春子")])
    await world.identify("ctz_1", **HANAKO)
    me = await world.me("ctz_1")
    assert await world.identify("ctz_1", **HANAKO | {"name": "会津 春子"}) == "pending"
    assert await reasons(world) == [("ctz_1", "other_resident")]
    assert await world.reached("ctz_1") == [], "a card that does not match suspends the match"
    assert await world.identify("ctz_1", **HANAKO) == "matched"
    assert await world.me("ctz_1") == me


async def test_a_card_of_somebody_unknown_suspends_the_match_however_often_it_is_read(
    world: World,
) -> None:
    await world.load([person("1", "会津　花子")])
    for name in ("会津 冬子", "会津 夏子"):
        assert await world.identify("ctz_1", **HANAKO) == "matched"
        for _ in range(2):
            assert await world.identify("ctz_1", **HANAKO | {"name": name}) == "pending"
            assert await world.reached("ctz_1") == []


async def test_a_resident_whom_another_citizen_stands_for_is_for_staff(world: World) -> None:
    await world.load([person("1", "会津　花子")])
    await world.identify("ctz_1", **HANAKO)
    assert await world.identify("ctz_2", **HANAKO) == "pending"
    assert await reasons(world) == [("ctz_2", "other_citizen")]
    await world.client.forget("ctz_1")
    assert await world.identify("ctz_2", **HANAKO) == "matched"
    assert await reasons(world) == []


async def decide(world: World, number: str | None, citizen_id: str = "ctz_1") -> None:
    grant = await world.grant(citizen_id, "residents:case:decide", staff=OWN_DESK)
    await world.client.decide(grant, Decision(number=number))


async def test_staff_see_what_the_card_said_and_say_who_it_is(world: World) -> None:
    await world.load([person("1", "会津　春子")])
    await world.identify("ctz_1", **HANAKO)
    grant = await world.grant("ctz_1", "residents:case:read", staff=OWN_DESK)
    seen = await world.client.case(grant)
    assert (seen.name, seen.birthdate, seen.reason) == ("会津 花子", date(1985, 5, 5), "absent")
    with pytest.raises(NotFoundError):
        await decide(world, "2")
    await decide(world, "1")
    assert await reasons(world) == []
    assert (await world.me("ctz_1")).startswith("res_")
    async with world.database.transaction() as session:
        case = (await session.scalars(select(Case))).one()
        assert (case.state, case.items, case.decided_by) == ("matched", None, "stf_1")
        with pytest.raises(IllegalTransitionError):
            await repository.close_case(session, case, "declined", "stf_1", world.now)


async def test_what_staff_declined_is_refused_until_the_items_or_the_register_change(
    world: World,
) -> None:
    await world.identify("ctz_1", **HANAKO)
    assert await world.identify("ctz_1", **HANAKO) == "pending"
    await decide(world, None)
    assert await world.identify("ctz_1", **HANAKO) == "refused"
    assert await world.identify("ctz_1", **HANAKO | {"name": "会津 華子"}) == "pending"
    await world.load([person("1", "会津　花子")])
    assert await world.identify("ctz_1", **HANAKO) == "matched"
    assert await reasons(world) == [], "the open case is withdrawn"


async def test_newer_items_replace_the_open_case(world: World) -> None:
    await world.identify("ctz_1", **HANAKO)
    await world.identify("ctz_1", **HANAKO | {"name": "会津 華子"})
    assert len(await reasons(world)) == 1
    grant = await world.grant("ctz_1", "residents:case:read", staff=OWN_DESK)
    assert (await world.client.case(grant)).name == "会津 華子"


async def test_a_my_number_among_the_items_is_refused_and_not_kept(world: World) -> None:
    for item in ("name", "address"):
        with pytest.raises(InvalidInputError):
            await world.identify("ctz_1", **HANAKO | {item: "花子 1234-5678-9018"})
    assert await reasons(world) == []


async def test_decisions_are_forgotten_after_a_year(world: World) -> None:
    await world.identify("ctz_1", **HANAKO)
    await decide(world, None)
    await world.identify("ctz_2", **HANAKO)
    service = ResidentsService(world.database, world.clock, world.settings)
    await service.forget_old_decisions()
    assert await world.identify("ctz_1", **HANAKO) == "refused"
    world.now += KEEP_DECISIONS + timedelta(seconds=1)
    await service.forget_old_decisions()
    assert await reasons(world) == [("ctz_2", "absent")], "what is open stays"
    assert await world.identify("ctz_1", **HANAKO) == "pending"


async def test_other_rooms_may_ask_for_whom_a_citizen_may_act(world: World) -> None:
    await world.load(
        [person("1", "会津　花子"), person("2", "会津 蓮", 生年月日="2008-12-01", 性別="男")],
        [authority("1", "2")],
    )
    await world.identify("ctz_1", **HANAKO)
    grant = await world.grant("ctz_1", "residents:people:read")
    me, child = (p.resident_id for p in (await world.client.people(grant)).people)
    for resident, on, allowed in (
        (me, date(2026, 11, 29), True),
        (child, date(2026, 11, 30), True),
        (child, date(2026, 12, 1), False),
        ("res_" + "0" * 32, date(2026, 11, 29), False),
        ("nobody", date(2026, 11, 29), False),
    ):
        assert await world.client.may_act("ctz_1", resident, on) is allowed
    assert not await world.client.may_act("ctz_2", child, date(2026, 11, 29))
