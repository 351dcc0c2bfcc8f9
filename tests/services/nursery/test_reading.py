"""Every fault of an instance gets its own sentence that says where it is."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.nursery import reading
from services.nursery.instance import InstanceError
from services.nursery.reading import load_document, read_instance
from tests.services.nursery.markets import child, family, market, nursery, two_families


def problem(document: Any) -> str:
    with pytest.raises(InstanceError) as caught:
        read_instance(document)
    return caught.value.message


def one_child(**more: Any) -> dict[str, Any]:
    return market([nursery("A", ([1], 1))], [child("c", "F", 1, "A", **more)])


def test_the_example_of_the_format_is_read() -> None:
    instance = read_instance(two_families())
    assert instance.families["X"].choices[0] == ("A", "A")
    assert instance.children["1"].wishes == (("A", 50), ("B", 50))


def test_a_family_that_is_not_listed_is_a_child_with_its_wishes() -> None:
    document = one_child()
    del document["families"]
    assert read_instance(document).families["F"].choices == (("A",),)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"age": 2}, "child 'c' wishes for 'A', which has no class of age 2."),
        ({"age": 7}, "child 'c': age must be a whole number from 0 to 5, not 7."),
        ({"age": True}, "child 'c': age must be a whole number from 0 to 5, not True."),
        ({"units": 0}, "child 'c': units must be a whole number from 1 to 100, not 0."),
        ({"current": "Z"}, "child 'c' has its current seat in 'Z', which is not among"),
        ({"base": "50"}, "child 'c': base must be a number, not '50'."),
        ({"base": float("nan")}, "child 'c': base must be a number, not nan."),
        ({"tie": None}, "child 'c': tie must be a number, not None."),
        ({"wishes": [["Z", 5]]}, "child 'c' wishes for 'Z', which is not among the nurseries."),
        ({"wishes": [["A", 5], ["A", 4]]}, "child 'c': the same nursery is wished for twice."),
        ({"wishes": [["A"]]}, "child 'c': a wish must be [nursery id, score]."),
        ({"wishes": [["A", "5"]]}, "child 'c': the score at 'A' must be a number, not '5'."),
        ({"wishes": None}, "child 'c': wishes must be a list."),
        ({"family": 7}, "child 'c': family must be the id of its family."),
    ],
)
def test_a_fault_of_a_child_is_named(change: dict[str, Any], sentence: str) -> None:
    document = one_child()
    document["children"][0].update(change)
    assert problem(document).startswith(sentence)


def test_equal_tie_numbers_name_both_children() -> None:
    document = two_families(first=(1, 2), second=(2, 3))
    assert problem(document).startswith("children '4' and '2' have the same tie number 2;")


@pytest.mark.parametrize(
    ("pools", "sentence"),
    [
        (
            [{"ages": [1], "cap": -1}],
            "nursery 'A': cap is -1; a pool cannot have fewer than 0 seats.",
        ),
        ([{"ages": [1], "cap": 1.5}], "nursery 'A': cap must be a whole number of seats, not 1.5."),
        ([{"ages": [1, 9], "cap": 1}], "nursery 'A': ages must be whole numbers from 0 to 5."),
        ([{"ages": [], "cap": 1}], "nursery 'A': a pool needs a list of ages and cap."),
        (
            [{"ages": [1], "cap": 1}, {"ages": [1, 2], "cap": 1}],
            "nursery 'A': an age is in more than one pool.",
        ),
        ({}, "nursery 'A': pools must be a list."),
    ],
)
def test_a_fault_of_a_nursery_is_named(pools: Any, sentence: str) -> None:
    document = one_child()
    document["nurseries"][0]["pools"] = pools
    assert problem(document) == sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"children": ["1"]}, "family 'X': lists ['1'], but the children who name it are"),
        ({"children": []}, "family 'X': children must be a list of ids, the eldest first."),
        ({"choices": [["A"]]}, "family 'X': each choice must name a nursery or null for its 2"),
        ({"choices": [["A", "Q"]]}, "family 'X': a choice puts child '4' into 'Q', which is not"),
        ({"choices": None}, "family 'X': siblings need choices, or a rule to derive them from."),
        ({"rule": {"mode": "never"}}, "family 'X': mode must be one of same_only, together,"),
        ({"rule": {"mode": "near"}}, "family 'X': mode near needs a distance of 0 or more"),
        ({"rule": {"mode": "any", "solo": "?"}}, "family 'X': solo must be one of older,"),
        ({"rule": 5}, "family 'X': rule must be an object or null."),
    ],
)
def test_a_fault_of_a_family_is_named(change: dict[str, Any], sentence: str) -> None:
    document = two_families()
    document["families"][0].update(change)
    assert problem(document).startswith(sentence)


def test_siblings_whose_family_is_not_listed_are_not_guessed_at() -> None:
    document = two_families()
    del document["families"]
    assert problem(document) == "family 'X' has 2 children but is not listed."


def test_more_children_with_seats_than_seats_are_found() -> None:
    document = market(
        [nursery("A", ([1], 1)), nursery("B")],
        [child("a", "F", 1, "B", current="A"), child("b", "G", 2, "B", current="A")],
    )
    assert "need 2 or more, but cap is 1" in problem(document)


def test_another_format_or_a_list_is_not_taken_for_a_market() -> None:
    assert problem({"format": "nursery-instance/9"}).startswith("format must be nursery-instance/1")
    assert problem({}) == "nurseries must be a list."
    assert problem(two_families() | {"children": [{"id": 5}]}).startswith("children[0] must be")
    assert problem(two_families() | {"nurseries": [nursery("A"), nursery("A")]}) == (
        "nurseries: the id 'A' is used twice."
    )


def test_a_choice_that_would_take_a_seat_away_is_never_the_outcome() -> None:
    children = [child("a", "F", 1, "A", current="B"), child("b", "F", 2, "A")]
    families = [family("F", ["a", "b"], [(None, "A"), ("A", None)])]
    read_instance(market([nursery("A", ([1], 1)), nursery("B")], children, families))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b'{"a": 1', "is not JSON"),
        (b"[]", "must hold one JSON object"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": "\xff"}', "is not text in UTF-8"),
        (b"[" * 200_000, "nested or long beyond use"),
        (b'{"a": ' + b"9" * 5000 + b"}", "nested or long beyond use"),
    ],
)
def test_a_file_that_holds_no_object_is_refused_with_the_reason(
    tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "market.json"
    path.write_bytes(content)
    with pytest.raises(InstanceError, match=words):
        load_document(path)


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(InstanceError, match=r"1,073,741,824 bytes; at most 314,572,800 are read"):
        load_document(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InstanceError, match="cannot be read: No such file"):
        load_document(tmp_path / "nothing.json")


def test_choices_that_only_a_rule_gives_are_filled_in_for_the_verifier() -> None:
    document = two_families()
    document["families"][0].update(choices=None, rule={"mode": "same_only"})
    filled = reading.complete(document, read_instance(document))
    assert filled["families"][0]["choices"] == [["A", "A"], ["B", "B"]]
    assert json.loads(json.dumps(filled))["families"][1] == document["families"][1]
