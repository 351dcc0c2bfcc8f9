"""Conditions of event files: what is read, what it gives, and what is refused in words."""

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.procedures.conditions import (
    ConditionError,
    Facts,
    Value,
    holds,
    names_in,
    read_condition,
)

TODAY = date(2026, 11, 30)


def gives(text: str, **facts: Value | None) -> bool:
    return holds(read_condition(text), facts, TODAY)


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("true", {}, True),
        ("not false", {}, True),
        ("alone", {"alone": True}, True),
        ("alone", {"alone": False}, False),
        ("insurance == 'kokuho'", {"insurance": "kokuho"}, True),
        ("insurance != 'kokuho'", {"insurance": "work"}, True),
        ("'dog' in owned", {"owned": frozenset({"dog", "car"})}, True),
        ("'dog' in owned", {"owned": frozenset({"car"})}, False),
        ("rooms >= 3", {"rooms": 3}, True),
        ("some(children)", {"children": (4,)}, True),
        ("some(children, age < 3)", {"children": (4,)}, False),
        ("some(children, age >= 6 and age < 15)", {"children": (3, 16)}, False),
        ("some(children, age >= 6 and age < 15)", {"children": (3, 7)}, True),
        ("count(children, age < 18) >= 3", {"children": (1, 5, 17, 18)}, True),
        ("count(children) == 0", {"children": ()}, True),
        ("days_since(moved_on) > 14", {"moved_on": TODAY - timedelta(days=15)}, True),
        ("days_since(moved_on) > 14", {"moved_on": TODAY - timedelta(days=14)}, False),
        ("days_since(moved_on) < 0", {"moved_on": TODAY + timedelta(days=1)}, True),
        ("alone or insurance == 'work' and not old", {"alone": False, "insurance": "work"}, True),
        ("(alone or insurance == 'work') and old", {"alone": True, "old": False}, False),
    ],
)
def test_a_condition_gives_what_its_words_say(text: str, facts: Facts, expected: bool) -> None:
    assert holds(read_condition(text), facts, TODAY) is expected


@pytest.mark.parametrize(
    "text",
    ["alone", "insurance == 'kokuho'", "'dog' in owned", "rooms < 3", "some(children)",
     "days_since(moved_on) < 5"],
)  # fmt: skip
def test_an_absent_fact_is_nobody_and_nothing(text: str) -> None:
    assert gives(text) is False
    assert gives(f"not ({text})") is True


def test_an_absent_choice_is_none_of_its_options() -> None:
    assert gives("insurance != 'kokuho'") is True


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the end"),
        ("alone and", "the end"),
        ("alone or or old", "“or”"),
        ("insurance = 'x'", "“= 'x'”"),
        ("insurance < 'x'", "a number"),
        ("(alone", "“)”"),
        ("some(children, size < 3)", "“age”"),
        ("count(children)", "comparison"),
        ("days_since moved_on < 3", "“(”"),
        ("__import__('os')", "“__import__" ),
        ("alone old", "the end"),
        ("'dog' owned", "“in”"),
        ("not", "the end"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ConditionError) as refused:
        read_condition(text)
    assert said in str(refused.value)


def test_the_facts_of_a_condition_are_found_in_every_part() -> None:
    condition = read_condition(
        "a and not (b or 'x' in c) or some(d, age < 3) and days_since(e) > 1"
    )
    assert names_in(condition) == {"a", "b", "c", "d", "e"}


_LEAVES = st.sampled_from(["a", "b", "true", "false"])
_TREES = st.recursive(
    _LEAVES,
    lambda part: st.one_of(
        part.map(lambda one: f"not ({one})"),
        st.tuples(part, part).map(lambda two: f"({two[0]}) and ({two[1]})"),
        st.tuples(part, part).map(lambda two: f"({two[0]}) or ({two[1]})"),
    ),
    max_leaves=12,
)


@given(_TREES, st.booleans(), st.booleans())
def test_conditions_agree_with_another_reader_of_the_same_words(
    text: str, a: bool, b: bool
) -> None:
    other = eval(text, {"__builtins__": {}, "a": a, "b": b, "true": True, "false": False})  # noqa: S307
    assert gives(text, a=a, b=b) is other


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(ConditionError):
        read_condition(text)
