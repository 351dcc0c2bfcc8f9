"""The agency's real entry log through the running program: how often one citizen is told.

The log holds six days. Each entry comes when it came, for one prefecture, some out of order, some
twice, and the program is started anew on the way. A part of it here, all of it in `make bench`.
"""

import random
from datetime import datetime

import pytest

from bot.preferences.contract import Preferences
from concierge.worker import Worker
from services.disaster.facts import Telegram
from tests.services.disaster.builder import at
from tests.services.disaster.test_entry_log import log_of_prefecture
from tests.services.disaster.world import Warned

SHORT = 24


def shuffled(files: list[bytes], chance: random.Random) -> list[bytes]:
    """Some in another order, some twice: a tenth of each."""
    for place in range(len(files)):
        if chance.random() < 0.1:
            other = min(len(files) - 1, place + chance.randint(1, 5))
            files[place], files[other] = files[other], files[place]
    twice = [body + b"\n" for body in files if chance.random() < 0.1]
    for body in twice:
        files.insert(chance.randint(0, len(files)), body)
    return files


@pytest.mark.timeout(900)
async def test_each_change_is_told_once_however_the_telegrams_come(
    world: Warned, whole: bool
) -> None:
    log = log_of_prefecture()
    kept = log if whole else log[:SHORT]
    moments: dict[bytes, datetime] = {body: told.reported_at for told, body in kept}
    user = await world.resident(Preferences(warn_from=2, quiet=None))
    changes = _real_changes([told for told, _ in kept])
    bodies = shuffled([body for _, body in kept], random.Random(14))  # noqa: S311
    restarts = {len(bodies) // 3, 2 * len(bodies) // 3}
    latest = at(0)
    for number, body in enumerate(bodies):
        latest = max(latest, moments[body.removesuffix(b"\n")])
        world.instant = latest
        await world.send(body)
        if number in restarts:
            await world.parts.close()
            world.parts = Worker(world.settings, world.now)
            await world.parts.jobs.open_async().__aenter__()
    assert 0 < len(world.heard(user)) <= changes
    told = await world.query(
        "SELECT hazard, kind, reported_at, count(*) FROM disaster_change"
        " WHERE announcement IS NOT NULL GROUP BY 1, 2, 3 HAVING count(*) > 1"
    )
    assert told == []


def _real_changes(week: list[Telegram]) -> int:
    """How often the grade of a new telegram differs from the one before, for every hazard."""
    before: dict[str, tuple[bool, float]] = {}
    changes = 0
    for telegram in sorted(week, key=lambda t: t.revision):
        fact = telegram.facts[0]
        now = (fact.active, fact.rank if fact.active else 0.0)
        if not telegram.legacy:
            changes += now != before.get(fact.hazard, (False, 0.0))
            before[fact.hazard] = now
    return changes
