"""What a household decided is said again when the level comes, to those who were warned."""

from bot.preferences.contract import Preferences
from messages.hazards import Hazard
from services.disaster.contract import Goal, Timeline
from services.disaster.timelines import TimelineBook
from tests.services.disaster.test_pushes import landslide
from tests.services.disaster.world import ENGLISH, Warned


async def decide(world: Warned, user: str, level: int, goal: Goal) -> None:
    [(citizen,)] = await world.query(
        "SELECT id FROM bot_citizen WHERE line_user_id = :user", user=user
    )
    book = world.parts.containers[world.settings.city].get(TimelineBook)
    await book.put(citizen, Timeline(leaves_at=level, goes_to=goal))


async def test_it_is_said_after_the_warning_to_who_was_warned_and_once(world: Warned) -> None:
    early, late = await world.resident(), await world.resident(ENGLISH)
    none = await world.resident()
    quakes_only = await world.resident(Preferences(hazards=(Hazard.earthquake,)))
    await decide(world, early, 3, Goal.relatives)
    await decide(world, late, 4, Goal.shelter)
    await decide(world, quakes_only, 3, Goal.shelter)
    await world.send(landslide(0, "09"))
    await world.work()
    await world.retry()
    warning, mine = world.heard(early)
    assert "レベル３土砂災害警報" in warning
    assert mine.startswith("【わたしのタイムライン】レベル3\nいま動くときです。")
    assert "親せきや知人の家へ行く" in mine
    assert "At level 4 you decided to: Go to a shelter" in world.heard(late)[1]
    assert len(world.heard(none)) == 1
    assert world.heard(quakes_only) == []
    world.later(10)
    await world.send(landslide(10, "49"))
    await world.retry()
    assert "It is time to act" in world.heard(late)[3]
    world.later(20)
    await world.send(landslide(20, None))
    await world.retry()
    assert len(world.heard(late)) == 5, "an end is no moment of a timeline"
