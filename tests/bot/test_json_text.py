"""Bodies are read as far as they can be, whatever lies in one of their values."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.line.json_text import DEEPEST, prune, read_json


def _nested(levels: int, inner: str = "") -> str:
    return "[" * levels + inner + "]" * levels


_shallow = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(_shallow)
def test_what_is_not_deep_is_left_as_it_is(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    assert prune(text) == text


@given(_shallow, st.integers(DEEPEST, 500))
def test_only_the_depth_is_lost_and_not_what_stands_beside_it(value: Any, levels: int) -> None:
    beside = json.dumps(value)
    text = f"[{beside}, {_nested(levels, beside)}, {beside}]"
    first, deep, last = json.loads(prune(text))
    assert first == last == value
    assert str(deep).startswith("[" * (DEEPEST - 1))
    assert "[" * DEEPEST not in str(deep).replace(str(value), "")


def test_brackets_within_texts_are_no_levels() -> None:
    text = json.dumps(["[" * 1000, '\\"[[', "]" * 1000])
    assert prune(text) == text


def test_a_body_deeper_than_python_reads_is_read() -> None:
    assert read_json(f'{{"a": {_nested(100_000)}, "b": 1}}'.encode())["b"] == 1


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"\xef\xbb\xbf[1]", [1]),
        (b'["\xff"]', ["\ufffd"]),
        (b"[NaN, Infinity]", [None, None]),
        (b"[" + b"9" * 5_000 + b"]", [None]),
        (b"[-" + b"9" * 24 + b"]", [-(10**24 - 1)]),
    ],
)
def test_what_cannot_be_a_value_is_none(body: bytes, value: Any) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize("body", [b"", b"[", b"[1", _nested(50_000)[:-1].encode(), b"{]"])
def test_what_is_not_json_is_an_error(body: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        read_json(body)
