import random
from collections.abc import Iterable

import pytest

from services.snow.network import Network
from services.snow.passages import passages
from services.snow.tracks import Fix
from tests.services.snow.ploughing import (
    START,
    Drive,
    Street,
    compared,
    disturbed,
    town,
    wander,
)

A = Street("A", ((0.0, 0.0), (200.0, 0.0)))
B = Street("B", ((200.0, 0.0), (420.0, 30.0)))
C = Street("C", ((420.0, 30.0), (420.0, 250.0)))
SIDE = Street("S", ((200.0, 0.0), (200.0, 200.0)))
NETWORK = Network(street.road for street in (A, B, C, SIDE))


def found(fixes: Iterable[Fix], network: Network = NETWORK) -> list[tuple[str, float, float]]:
    return [
        (
            str(passage.section),
            (passage.entered - START).total_seconds(),
            (passage.left - START).total_seconds(),
        )
        for passage in passages(fixes, network)
    ]


def sections(fixes: Iterable[Fix], network: Network = NETWORK) -> list[str]:
    return [section for section, _, _ in found(fixes, network)]


@pytest.fixture(params=range(6))
def rng(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(request.param)  # noqa: S311


def drive_through(**options: object) -> Drive:
    drive = Drive("v1")
    drive.along(A, 6.0)
    drive.along(B, 6.0, **options)  # type: ignore[arg-type]
    drive.along(C, 6.0)
    drive.finish(C)
    return drive


def test_a_plough_that_goes_through_three_sections_passes_each_within_ten_seconds(
    rng: random.Random,
) -> None:
    drive = drive_through()
    assert compared(drive, found(drive.heard(rng))) == (3, 0, 0)


def test_either_way_counts(rng: random.Random) -> None:
    drive = Drive("v1")
    drive.along(B, 5.0, backwards=True)
    drive.along(A, 5.0, backwards=True)
    drive.finish(A, backwards=True)
    assert compared(drive, found(drive.heard(rng))) == (2, 0, 0)


def test_doubled_lines_in_any_order_change_nothing(rng: random.Random) -> None:
    fixes = drive_through().heard(rng)
    assert found(disturbed(rng, fixes)) == found(fixes)


def test_a_turn_inside_a_section_is_no_passage_of_it(rng: random.Random) -> None:
    drive = Drive("v1")
    drive.along(A, 6.0)
    drive.along(B, 6.0, turn_at=0.5)
    drive.along(A, 6.0, backwards=True)
    drive.finish(A, backwards=True)
    assert sections(drive.heard(rng)) == ["A", "A"]


def test_a_change_of_the_blade_inside_a_section_is_no_passage_of_it(rng: random.Random) -> None:
    lifted = drive_through(lift_at=0.5)
    assert sections(lifted.heard(rng)) == ["A"]
    lowered = Drive("v1", down=False)
    lowered.along(A, 6.0)
    lowered.along(B, 6.0, lift_at=0.5)
    lowered.along(C, 6.0)
    lowered.finish(C)
    assert sections(lowered.heard(rng)) == ["C"]


def test_a_blade_that_is_lowered_at_the_junction_counts_from_there(rng: random.Random) -> None:
    drive = Drive("v1", down=False)
    drive.along(A, 6.0)
    drive.down = True
    drive.along(B, 6.0)
    drive.down = False
    drive.along(C, 6.0)
    drive.finish(C)
    assert compared(drive, found(drive.heard(rng))) == (1, 0, 0)


def test_a_plough_with_its_blade_up_passes_nothing(rng: random.Random) -> None:
    drive = Drive("v1", down=False)
    drive.along(A, 6.0)
    drive.along(B, 6.0)
    assert sections(drive.heard(rng)) == []


def test_standing_still_makes_no_passage_even_at_a_junction(rng: random.Random) -> None:
    drive = Drive("v1")
    drive.way.append((0.0, A.points[1], True))
    drive.stand(1800)
    assert sections(drive.heard(rng, noise=8.0)) == []


def test_a_wait_inside_a_section_belongs_to_its_passage(rng: random.Random) -> None:
    drive = drive_through(wait_at=0.5, wait=300.0)
    assert compared(drive, found(drive.heard(rng))) == (3, 0, 0)


@pytest.mark.parametrize("share", [0.1, 0.9])
def test_who_waits_shortly_before_or_behind_a_junction_passes_it_when_going_on(
    rng: random.Random, share: float
) -> None:
    drive = drive_through(wait_at=share, wait=180.0)
    assert compared(drive, found(drive.heard(rng, noise=3.0))) == (3, 0, 0)


def test_a_plough_that_turns_at_the_end_of_a_section_passes_it_twice(rng: random.Random) -> None:
    drive = Drive("v1")
    for street, backwards in ((A, False), (B, False), (B, True), (A, True)):
        drive.along(street, 6.0, backwards=backwards)
    drive.finish(A, backwards=True)
    assert compared(drive, found(drive.heard(rng, noise=4.0))) == (4, 0, 0)


def test_a_silence_of_a_minute_is_bridged(rng: random.Random) -> None:
    fixes = drive_through().heard(rng, every=1.0, silences=[(35.0, 92.0)])
    assert sections(fixes) == ["A", "B", "C"]


def test_nothing_is_claimed_over_a_longer_silence(rng: random.Random) -> None:
    drive = Drive("v1")
    drive.along(A, 6.0)
    drive.along(B, 3.0)
    drive.along(C, 6.0)
    drive.finish(C)
    fixes = drive.heard(rng, every=1.0, silences=[(36.0, 98.0)])
    assert sections(fixes) == ["A", "C"]


def test_a_silence_that_begins_before_the_end_of_a_section_takes_its_passage(
    rng: random.Random,
) -> None:
    drive = Drive("v1")
    drive.along(A, 4.0)
    drive.along(B, 3.0)
    drive.finish(B)
    fixes = drive.heard(rng, every=1.0, noise=2.0, silences=[(46.0, 108.0)])
    assert sections(fixes) == []


def test_a_bridged_silence_follows_the_roads_around_a_corner(rng: random.Random) -> None:
    drive = drive_through()
    first, last = drive.passages[1][2] - 20, drive.passages[1][2] + 20
    fixes = drive.heard(rng, silences=[(first, last)])
    assert compared(drive, found(fixes)) == (3, 0, 0)


def test_two_ploughs_are_kept_apart(rng: random.Random) -> None:
    first, second = Drive("v1"), Drive("v2", clock=100.0)
    first.along(A, 6.0, turn_at=0.5)
    second.along(A, 6.0, backwards=True, turn_at=0.5)
    assert sections(disturbed(rng, first.heard(rng) + second.heard(rng))) == []


def test_only_the_driven_one_of_two_parallel_roads_is_passed(rng: random.Random) -> None:
    other = Street("P", ((0.0, 16.0), (200.0, 16.0)))
    network = Network(street.road for street in (A, other, B))
    drive = Drive("v1")
    drive.along(A, 6.0)
    drive.along(B, 6.0)
    drive.finish(B)
    assert sections(drive.heard(rng), network) == ["A", "B"]


def test_a_crescent_is_not_passed_from_the_road_that_it_leaves(rng: random.Random) -> None:
    crescent = Street("K", ((60.0, 0.0), (60.0, 90.0), (100.0, 90.0), (100.0, 0.0)))
    pieces = [
        Street("A1", ((0.0, 0.0), (60.0, 0.0))),
        Street("A2", ((60.0, 0.0), (100.0, 0.0))),
        Street("A3", ((100.0, 0.0), (200.0, 0.0))),
    ]
    network = Network(street.road for street in (*pieces, crescent))
    straight = Drive("v1")
    for piece in pieces:
        straight.along(piece, 4.0)
    straight.finish(pieces[-1])
    assert "K" not in sections(straight.heard(rng), network)
    around = Drive("v1")
    around.along(pieces[0], 4.0)
    around.along(crescent, 4.0)
    around.along(pieces[2], 4.0)
    around.finish(pieces[2])
    assert sections(around.heard(rng), network) == ["A1", "K", "A3"]


def test_a_loop_is_passed_by_going_around_and_not_by_turning_in_it(rng: random.Random) -> None:
    loop = Street("L", ((0.0, 0.0), (0.0, 120.0), (120.0, 120.0), (120.0, 0.0), (0.0, 0.0)))
    lead = Street("W", ((-150.0, 0.0), (0.0, 0.0)))
    network = Network(street.road for street in (loop, lead))
    around = Drive("v1")
    around.along(lead, 5.0)
    around.along(loop, 5.0)
    around.along(lead, 5.0, backwards=True)
    around.finish(lead, backwards=True)
    assert sections(around.heard(rng), network) == ["W", "L", "W"]
    turned = Drive("v1")
    turned.along(lead, 5.0)
    turned.along(loop, 5.0, turn_at=0.4)
    turned.along(lead, 5.0, backwards=True)
    turned.finish(lead, backwards=True)
    assert sections(turned.heard(rng), network) == ["W", "W"]


def test_one_wild_position_changes_nothing(rng: random.Random) -> None:
    fixes = drive_through().heard(rng)
    wild = Fix("v1", fixes[9].time, fixes[9].place, down=True)
    far = Fix("v1", wild.time, type(wild.place)(wild.place.lat + 0.004, wild.place.lon), down=True)
    fixes[9] = far
    assert sections(fixes) == ["A", "B", "C"]


def test_a_road_alone_is_passed_from_its_first_to_its_last_position(rng: random.Random) -> None:
    drive = Drive("v1")
    drive.along(A, 5.0)
    drive.finish(A)
    network = Network([A.road])
    assert compared(drive, found(drive.heard(rng, noise=3.0), network)) == (1, 0, 0)


def test_ploughs_that_wander_through_a_town_are_told_right() -> None:
    streets = town(8, 8, 150)
    network = Network(street.road for street in streets)
    right = missed = extra = 0
    for seed in range(25):
        rng = random.Random(seed)  # noqa: S311
        drive, fixes = wander(rng, streets, f"v{seed}", 1800)
        counts = compared(drive, found(disturbed(rng, fixes), network))
        right, missed, extra = right + counts[0], missed + counts[1], extra + counts[2]
    assert right > 400
    assert missed <= right * 0.01
    assert extra <= right * 0.01
