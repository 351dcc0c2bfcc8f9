import random

from services.snow.following import Follower
from services.snow.network import Network
from services.snow.passages import Passage, of_vehicle
from services.snow.tracks import Fix
from tests.services.snow.ploughing import START, compared, disturbed, town, wander

STREETS = town(8, 8, 150)
NETWORK = Network(street.road for street in STREETS)


def followed(fixes: list[Fix], *, restart: bool = False) -> tuple[list[Passage], int]:
    """Give positions a minute at a time; return the passages and the most positions kept."""
    follower = Follower(NETWORK)
    found: list[Passage] = []
    kept: list[Fix] = []
    most = 0
    for begin in range(0, len(fixes), 12):
        batch = fixes[begin : begin + 12]
        kept += batch
        if restart:
            follower = Follower(NETWORK, kept, found)
        follower.add(batch)
        found += follower.settle()
        most = max(most, len(follower))
    return found + follower.settle(everything=True), most


def rows(passages: list[Passage]) -> list[tuple[str, float, float]]:
    return [
        (
            str(passage.section),
            (passage.entered - START).total_seconds(),
            (passage.left - START).total_seconds(),
        )
        for passage in passages
    ]


def test_following_tells_each_passage_once_and_as_the_whole_track_does() -> None:
    right = missed = extra = most = 0
    for seed in range(12):
        drive, fixes = wander(random.Random(seed), STREETS, "v", 1800)  # noqa: S311
        found, kept = followed(fixes)
        counts = compared(drive, rows(found))
        right, missed, extra = right + counts[0], missed + counts[1], extra + counts[2]
        most = max(most, kept)
        assert abs(len(found) - len(of_vehicle(fixes, NETWORK))) <= 1
    assert right > 150
    assert missed + extra <= 3
    assert most < 200


def test_a_restart_at_every_minute_loses_and_doubles_nothing() -> None:
    for seed in (1, 2, 3):
        _, fixes = wander(random.Random(seed), STREETS, "v", 1200)  # noqa: S311
        assert len(followed(fixes, restart=True)[0]) == len(followed(fixes)[0])


def test_a_passage_is_told_only_when_it_is_final() -> None:
    drive, fixes = wander(random.Random(5), STREETS, "v", 600)  # noqa: S311
    follower = Follower(NETWORK, fixes)
    told = follower.settle()
    assert told
    assert all((fixes[-1].time - passage.left).total_seconds() >= 130 for passage in told)
    assert len(told) < len(drive.passages)


def test_positions_may_come_doubled_and_mixed_up_within_a_minute() -> None:
    rng = random.Random(9)  # noqa: S311
    _, fixes = wander(rng, STREETS, "v", 1200)
    mixed = [
        fix
        for begin in range(0, len(fixes), 12)
        for fix in disturbed(rng, fixes[begin : begin + 12])
    ]
    assert rows(followed(mixed)[0]) == rows(followed(fixes)[0])


def test_a_position_that_comes_far_too_late_is_counted_and_left_out() -> None:
    _, fixes = wander(random.Random(4), STREETS, "v", 1800)  # noqa: S311
    follower = Follower(NETWORK, fixes[1:])
    follower.settle()
    follower.add(fixes[:1])
    assert follower.late == 1
