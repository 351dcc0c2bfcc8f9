"""A guide from its first sentence to its list: asked, corrected, left, found again, erased."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from kit.errors import InvalidInputError, NotFoundError
from services.procedures.contract import Wanted
from tests.services.procedures.world import FAMILY, HANAKO, TARO, World


async def test_what_was_said_is_not_asked_again_and_the_urgent_is_told_at_once(
    world: World,
) -> None:
    guide = await world.begin(moved_on="2026-11-20", children=[2, 5])
    assert {one.name: one.words for one in guide.known} == {
        "moved_on": "11月20日(金)",
        "children": "2歳、5歳",
    }
    assert guide.question is not None
    assert guide.question.name not in ("moved_on", "children")
    assert "転入届" in " ".join(one.title for one in guide.first)
    assert all(one.is_certain for one in guide.first)


async def test_what_cannot_be_and_what_is_not_asked_is_left_out(world: World) -> None:
    guide = await world.begin(
        moved_on="2026-11-35", children=[-1], insurance="no_such", height="tall"
    )
    assert guide.known == ()
    assert guide.question is not None


async def test_who_tells_of_a_dog_has_not_told_that_there_is_no_car(world: World) -> None:
    guide = await world.begin(**{**FAMILY, "situation": []})
    asked = {}
    while guide.question is not None:
        asked[guide.question.name] = guide.question.chosen
        chosen = list(guide.question.chosen)
        guide = await world.answer(guide, **{guide.question.name: chosen})
    assert asked["owned"] == ("dog",)


async def test_a_correction_changes_the_list_and_forgets_nothing_else(world: World) -> None:
    before = await world.settled()
    after = await world.answer(before, children=[])
    assert after.left < before.left
    assert {one.name for one in after.known} == {one.name for one in before.known}
    assert await world.client.latest(HANAKO) == after


async def test_an_impossible_answer_is_refused_and_nothing_is_lost(world: World) -> None:
    guide = await world.begin(moved_on="2026-11-20", children=[3])
    for wrong in ({"moved_on": "2031-01-01"}, {"children": [-2]}, {"moved_on": "2026-11-35"}):
        with pytest.raises(InvalidInputError) as refused:
            await world.answer(guide, **wrong)
        assert refused.value.told_code == "impossible_answer"
    assert await world.client.latest(HANAKO) == guide


async def test_what_is_told_beside_an_answer_is_kept_where_it_can_be(world: World) -> None:
    guide = await world.begin(moved_on="2026-11-20", situation=[])
    assert guide.question is not None
    asked = guide.question.name
    after = await world.answer(
        guide, **{asked: [], "children": [-2], "insurance": "work", "height": "tall"}
    )
    assert {one.name for one in after.known} == {"moved_on", asked, "insurance"}


async def test_who_does_not_know_keeps_both_sides(world: World) -> None:
    guide = await world.settled(insurance="work")
    open_ = await world.answer(guide, insurance="unknown")
    assert open_.question is None
    assert open_.maybe > guide.maybe
    assert open_.left <= guide.left
    [words] = [one.words for one in open_.known if one.name == "insurance"]
    assert words == ""


async def test_a_guide_is_found_again_after_a_week_and_belongs_to_its_citizen(
    world: World,
) -> None:
    guide = await world.begin(**FAMILY)
    world.now += timedelta(days=7)
    assert (await world.client.latest(HANAKO)).id == guide.id
    with pytest.raises(NotFoundError):
        await world.client.latest(TARO)
    with pytest.raises(NotFoundError):
        await world.answer(guide, TARO, children=[])


async def test_an_event_that_the_city_lacks_is_not_found(world: World) -> None:
    with pytest.raises(NotFoundError):
        await world.begin("lottery")


async def test_facts_of_a_household_do_not_stand_open_in_the_tables(world: World) -> None:
    await world.settled(children=[7])
    async with world.database.transaction() as session:
        rows = (await session.execute(text("SELECT * FROM procedure_guide"))).mappings().all()
    [row] = rows
    open_ = {name: value for name, value in row.items() if not isinstance(value, bytes)}
    assert "2026-11-20" not in str(open_)
    assert b"moved_on" not in row["sealed"]


async def test_reminders_come_before_a_term_once_and_stop_with_the_tick(world: World) -> None:
    guide = await world.settled()
    await world.reminding.remind()
    assert world.told == []
    await world.client.want(guide.id, Wanted(citizen_id=HANAKO, reminds=True))
    await world.reminding.remind()
    await world.reminding.remind()
    [told] = world.told
    assert told["citizen_id"] == HANAKO
    assert "転入届" in told["messages"][0]["text"]
    assert "2歳" not in str(told)
    assert set(told["in_languages"]) == {"easy", "en", "zh", "vi", "pt"}
    urls = {
        language: messages[0]["choices"][0]["url"]
        for language, messages in told["in_languages"].items()
    }
    assert urls == {language: f"{guide.url}&lang={language}" for language in urls}
    world.told.clear()
    world.now += timedelta(days=3)
    key = world.key(guide)
    opened = await world.client.latest(HANAKO)
    for one in opened.first:
        await world.press(key, "tick", one.key)
    await world.reminding.remind()
    titles = str([new["messages"][0]["text"] for new in world.told])
    assert not any(one.title in titles for one in opened.first)


async def test_erasing_takes_everything_and_export_hands_it_out(world: World) -> None:
    guide = await world.settled()
    await world.press(world.key(guide), "tick", guide.first[0].key)
    data = (await world.http.get(f"/services/procedures/personal-data/{HANAKO}")).json()
    [found] = data["guides"]
    assert found["answers"]["children"] == [2, 5]
    assert found["done"] == [guide.first[0].key]
    await world.http.delete(f"/services/procedures/personal-data/{HANAKO}")
    with pytest.raises(NotFoundError):
        await world.client.latest(HANAKO)
    assert (await world.page(world.key(guide))).status_code == 410


async def test_what_nobody_looked_at_for_a_year_is_forgotten(world: World) -> None:
    guide = await world.settled()
    world.now += timedelta(days=364)
    await world.reminding.forget_old()
    assert (await world.client.latest(HANAKO)).id == guide.id
    world.now += timedelta(days=2)
    await world.reminding.forget_old()
    with pytest.raises(NotFoundError):
        await world.client.latest(HANAKO)
