"""The order of the suite: heavy files first, and what shares a costly thing together."""

from tests.scheduling import group_of, in_order


def test_the_heaviest_file_runs_first_and_an_unknown_one_by_its_number_of_tests() -> None:
    counts = {"light": 90, "heavy": 1, "new": 20}
    groups = {file: file for file in counts}
    assert in_order(counts, groups, {"light": 2.0, "heavy": 60.0}) == ["heavy", "new", "light"]


def test_files_of_one_costly_thing_stay_together_and_count_together() -> None:
    counts = dict.fromkeys(("a", "b", "c", "d"), 1)
    groups = {"a": "stack", "b": "b", "c": "stack", "d": "d"}
    weights = {"a": 6.0, "b": 10.0, "c": 7.0, "d": 1.0}
    assert in_order(counts, groups, weights) == ["c", "a", "b", "d"]


def test_whoever_uses_the_stack_belongs_to_it_and_anybody_else_to_their_file() -> None:
    assert group_of("tests/x.py", {"settings", "stack"}) == "stack"
    assert group_of("tests/x.py", {"settings"}) == "tests/x.py"
