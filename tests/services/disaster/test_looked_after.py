"""A source that fell silent is counted for staff; what comes irregularly is no sign of life."""

from services.disaster import repository, watch
from tests.services.disaster.test_alerts import DANGER, alert
from tests.services.disaster.test_pushes import landslide
from tests.services.disaster.world import Warned


async def test_silence_is_counted_and_an_alert_of_others_does_not_hide_it(world: Warned) -> None:
    await world.send(landslide(0, "09"))
    assert await watch.troubles(world.database, world.now) == 0
    world.later(20)
    assert await watch.troubles(world.database, world.now) == 1
    await world.send(alert(20, event="大雨", weight=DANGER), hook="cap")
    assert await watch.troubles(world.database, world.now) == 1
    async with world.database.transaction() as session:
        heard = await repository.heard_at(session)
    assert heard is not None
    assert (world.now() - heard).total_seconds() == 20 * 60
    world.later(90)
    assert await watch.troubles(world.database, world.now) == 1, "an alert is not missed"
    await world.send(landslide(90, "09"))
    assert await watch.troubles(world.database, world.now) == 0
