"""Where a result by hand differs, and why, child by child; and what one change would do."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kit.errors import InvalidInputError, NotFoundError
from services.nursery.allocation import allocate
from services.nursery.by_hand import ByHandError, read_by_hand
from services.nursery.cli import app
from services.nursery.generator import Shape, generate
from services.nursery.parity import compare
from services.nursery.reading import read_instance
from services.nursery.trying import changed, effect, new_class
from tests.services.nursery.markets import child, market, nursery, two_families

OURS = {"1": "A", "4": "A", "2": "B", "3": "B"}
MIRROR = {"1": "B", "4": "B", "2": "A", "3": "A"}


def reasons(document: dict, ours: dict, by_hand: dict) -> dict[str, str]:
    return {one.child: one.reason for one in compare(document, ours, by_hand).differences}


def test_another_stable_result_is_said_to_be_as_good() -> None:
    assert reasons(two_families(), OURS, MIRROR) == dict.fromkeys("1423", "as_good")
    assert compare(two_families(), OURS, OURS) == ([], 4, [])


def test_who_was_passed_over_who_sits_there_and_who_follows_are_told_apart() -> None:
    one = [nursery("A", ([1], 1)), nursery("B", ([1], 1))]
    rows = [child("a", "a", 1, "AB"), child("b", "b", 2, "AB"), child("c", "c", 3, "B")]
    document = market(one, rows)
    ours = allocate(read_instance(document))["assignment"]
    assert ours == {"a": "A", "b": "B", "c": None}
    by_hand = {"a": None, "b": "A", "c": "B"}
    found = reasons(document, ours, by_hand)
    assert found == {"a": "passed_over", "b": "in_their_place", "c": "follows"}
    assert compare(document, ours, by_hand).differences[0].claim == ["A"]


def test_what_is_no_result_at_all_says_why_and_judges_nobody() -> None:
    found = compare(two_families(), OURS, dict.fromkeys("1423", "A"))
    assert "4 units seated" in found.problems[0]
    assert {one.reason for one in found.differences} == {"not_checked"}


def test_the_command_reports_and_says_so_by_its_status(tmp_path: Path) -> None:
    paths = []
    for number, content in enumerate(
        (two_families(), {"assignment": OURS}, {"assignment": MIRROR})
    ):
        paths.append(tmp_path / f"{number}.json")
        paths[-1].write_text(json.dumps(content))
    done = CliRunner().invoke(app, ["compare", *map(str, paths)])
    assert done.exit_code == 1
    assert len(json.loads(done.stdout)["differences"]) == 4
    same = CliRunner().invoke(app, ["compare", str(paths[0]), str(paths[1]), str(paths[1])])
    assert (same.exit_code, json.loads(same.stdout)["same"]) == (0, 4)
    bad = CliRunner().invoke(app, ["compare", str(paths[0]), str(paths[1]), str(paths[0])])
    assert (bad.exit_code, bad.stdout) == (2, "")
    assert "need an assignment" in bad.stderr


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "1行目：列がありません"),
        ("受付番号,お子さん,園ID\nR1,3,A", "2行目：この受付番号とお子さんの申し込みはありません"),
        ("受付番号,お子さん,園ID\nR1,1,A\nR1,1,A", "3行目：同じお子さんが2回"),
        ("受付番号,お子さん,園ID\nR1,1,Z", "2行目：この園IDはありません：Z"),
    ],
)
def test_a_line_by_hand_that_cannot_be_read_is_named(text: str, words: str) -> None:
    with pytest.raises(ByHandError, match=words):
        read_by_hand(text, {("R1", 1): "c1"}, {"A": "A園"})


def test_who_is_not_listed_by_hand_has_no_place() -> None:
    known = {("R1", 1): "c1", ("R1", 2): "c2"}
    told = read_by_hand("\ufeff受付番号,お子さん,園ID\nR1,2,A\n", known, {"A": "A園"})
    assert told == {"c1": None, "c2": "A"}


def test_one_more_class_is_tried_on_a_copy_and_helps_only_single_children() -> None:
    shape = Shape(120, 6, siblings=0.0, transfers=0.0, seats=0.8)
    document = generate(shape, 2)
    before = allocate(read_instance(document))["assignment"]
    kept = json.dumps(document)
    wanted = next(row for row in document["children"] if before[row["id"]] is None)
    trial = new_class(wanted["wishes"][0][0], str(wanted["age"]), "3")
    copy = changed(document, trial)
    assert json.dumps(document) == kept
    after = allocate(read_instance(copy))["assignment"]
    told = effect(copy, before, after)
    assert told.more >= 1
    assert told.better >= told.more
    assert told.worse == 0
    with pytest.raises(NotFoundError):
        changed(document, trial | {"nursery": "none"})


@pytest.mark.parametrize(
    "told", [("", "1", "1"), ("d01", "6", "1"), ("d01", "1", "0"), ("d01", "x", "101")]
)
def test_a_trial_of_no_class_or_no_seat_is_refused(told: tuple[str, str, str]) -> None:
    with pytest.raises(InvalidInputError):
        new_class(*told)
