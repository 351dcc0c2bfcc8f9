"""The independent check: against exhaustive search, and on outcomes that were spoilt on purpose."""

from random import Random
from typing import Any

from services.nursery.allocation import allocate
from services.nursery.generator import Shape, generate
from services.nursery.reading import read_instance
from services.nursery.verifier import verify
from tests.services.nursery.markets import two_families
from tests.services.nursery.oracle import Oracle
from tests.services.nursery.tiny import tiny_market

IN_ORDER = {"1": "A", "4": "A", "2": "B", "3": "B"}


def check(document: dict[str, Any], assignment: Any, **more: Any) -> Any:
    return verify(document, {"assignment": assignment} | more)


def test_claims_of_any_feasible_outcome_are_those_of_the_definition() -> None:
    seen = set()
    for seed in range(400):
        document = tiny_market(seed)
        oracle = Oracle(document)
        outcomes = list(oracle._outcomes(0, {}))
        for outcome in Random(seed).sample(outcomes, min(5, len(outcomes))):  # noqa: S311
            verdict = check(document, oracle._assignment(outcome))
            assert not verdict.problems
            counts = [len({name for name, _ in each}) for each in verdict[1:]]
            assert counts[0] == oracle.blockers(outcome, weak=False), seed
            assert counts[1] == oracle.blockers(outcome, weak=True), seed
            seen.add(verdict.level)
    assert seen == {"stable", "weak", "blocked"}


def test_a_child_that_is_missing_unknown_or_in_a_place_that_is_none_is_named() -> None:
    document = two_families()
    missing = {key: place for key, place in IN_ORDER.items() if key != "3"}
    assert "'3' is missing" in check(document, missing).problems[0]
    assert "'9' is unknown" in check(document, IN_ORDER | {"9": None}).problems[0]
    assert "'3' cannot be in 'Z'" in check(document, IN_ORDER | {"3": "Z"}).problems[0]
    assert "no assignment" in check(document, None).problems[0]


def test_more_children_than_seats_a_lost_seat_and_a_choice_nobody_made_are_found() -> None:
    document = two_families()
    crowded = dict.fromkeys(IN_ORDER, "A")
    assert "4 units seated" in check(document, crowded).problems[0]
    alone = check(document, IN_ORDER | {"1": None})
    assert "not among its choices" in alone.problems[0]
    document["children"][0]["current"] = "B"
    assert "loses its seat" in check(document, IN_ORDER | {"1": None, "4": None}).problems[0]


def test_a_result_that_calls_itself_more_than_it_is_does_not_pass() -> None:
    document = two_families()
    nobody = dict.fromkeys(IN_ORDER)
    assert check(document, nobody, level="fewest").problems == []
    assert "stable" in check(document, nobody, level="stable").problems[0]
    assert "weak" in check(document, nobody, level="weak").problems[0]
    assert "splendid" in check(document, nobody, level="splendid").problems[0]


def test_spoiling_a_stable_outcome_is_always_noticed() -> None:
    document = generate(Shape(200, 10), 3)
    result = allocate(read_instance(document))
    assert verify(document, result).level == "stable"
    random = Random(1)  # noqa: S311
    noticed = 0
    for key in random.sample(sorted(result["assignment"]), 60):
        place = result["assignment"][key]
        spoilt = result["assignment"] | {key: None}
        if place is None:
            continue
        assert verify(document, result | {"assignment": spoilt}).level != "stable", key
        noticed += 1
    assert noticed > 20
