"""Orders of the city over L-Alert: worded as orders, to the districts they name, and lifted."""

from bot.preferences.contract import Preferences
from tests.services.disaster.test_hooks import order
from tests.services.disaster.test_pushes import landslide
from tests.services.disaster.world import Warned


async def test_an_order_reaches_the_districts_it_names_and_its_end_the_same_people(
    world: Warned,
) -> None:
    there = await world.resident(Preferences(areas=("神指",), topics=()))
    elsewhere = await world.resident(Preferences(areas=("湊",)))
    await world.send(order("避難準備・高齢者等避難開始"), hook="lalert")
    await world.send(order("避難指示", revision=2), hook="lalert")
    await world.send(order("避難準備・高齢者等避難開始"), hook="lalert")
    heard = world.heard(there)
    assert heard[0].startswith(
        "【警戒レベル3 高齢者等避難】\n対象：神指町\n会津若松市 7/28 17:01発令"
    )
    assert heard[1].startswith("【警戒レベル4 避難指示】")
    assert len(heard) == 2
    await world.send(landslide(3, "49"))
    assert "市の避難情報：避難指示（神指町）" in world.heard(elsewhere)[-1]
    await world.send(order("避難指示", revision=4, lift=True), hook="lalert")
    assert world.heard(there)[-1].startswith("【解除】避難指示")
    assert "ほかに出ているもの：レベル４土砂災害危険警報" in world.heard(there)[-1]
    assert len(world.heard(elsewhere)) == 1


async def test_an_unknown_place_is_for_staff_to_decide_and_never_for_everybody(
    world: Warned,
) -> None:
    user = await world.resident()
    await world.send(order("避難指示", place="どこにもない所"), hook="lalert")
    assert world.heard(user) == []
    assert await world.decisions() == [("order", "started", "unmatched", None)]


async def test_an_order_for_the_whole_city_and_a_drill(world: Warned) -> None:
    user = await world.resident(Preferences(areas=("湊",)))
    await world.send(order("緊急安全確保", place="市内全域", kind="Exercise"), hook="lalert")
    assert world.heard(user) == []
    await world.send(order("緊急安全確保", place="会津若松市全域"), hook="lalert")
    assert world.heard(user)[0].startswith("【警戒レベル5 緊急安全確保】\n対象：会津若松市\n")
