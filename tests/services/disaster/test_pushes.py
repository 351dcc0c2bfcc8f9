"""From the bytes of a telegram to the talks of those affected: once, in order, to nobody else."""

from bot.preferences.contract import Preferences
from messages.hazards import Hazard
from tests.services.disaster.builder import warning
from tests.services.disaster.world import CITY, ENGLISH, Warned

OTHER = "1620100"


def landslide(minutes: float, code: str | None, status: str = "発表", **more: str) -> bytes:
    said = {CITY: None if code is None else (code, status), OTHER: ("29", "発表")}
    return warning("土砂", minutes, said, office="福島地方気象台", **more)


async def test_a_warning_reaches_those_affected_once_and_its_end_those_who_were_warned(
    world: Warned,
) -> None:
    everyone = await world.resident()
    of_landslides = await world.resident(Preferences(hazards=(Hazard.landslide,)))
    of_quakes = await world.resident(Preferences(hazards=(Hazard.earthquake,)))
    grave_only = await world.resident(Preferences(warn_from=4))
    assert (await world.send(landslide(0, "09"))).status_code == 202
    await world.send(landslide(0, "09"))
    world.later(60)
    await world.send(landslide(60, "09", "継続"))
    assert [len(world.heard(u)) for u in (everyone, of_landslides, of_quakes, grave_only)] == [
        *(1, 1, 0, 0)
    ]
    said = world.heard(everyone)[0]
    assert "レベル３土砂災害警報" in said
    assert "会津若松市（7/28 17:00、福島地方気象台発表）" in said
    assert "市の避難指示ではありません" in said
    world.later(70)
    await world.send(landslide(70, "49"))
    assert [len(world.heard(u)) for u in (everyone, of_landslides, of_quakes, grave_only)] == [
        *(2, 2, 1, 1)
    ]
    world.later(80)
    await world.send(landslide(80, None))
    stranger = await world.resident()
    assert [len(world.heard(u)) for u in (everyone, of_landslides, of_quakes, grave_only)] == [
        *(3, 3, 2, 2)
    ]
    assert world.heard(everyone)[-1].startswith("【解除】土砂災害")
    assert world.heard(stranger) == []
    assert await world.decisions() == [
        ("landslide", "started", "announced", 2),
        ("landslide", "raised", "announced", 4),
        ("landslide", "ended", "announced", 4),
    ]


async def test_everybody_reads_it_in_their_language(world: Warned) -> None:
    english = await world.resident(ENGLISH)
    await world.send(landslide(0, "49"))
    [said] = world.heard(english)
    assert "Level 4" in said
    assert "evacuation order" in said
