"""My Number and card numbers are found in every spelling, other numbers are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.masking import is_card_number, is_my_number, mask_numbers


def _my_number(eleven: str) -> str:
    return next(eleven + str(d) for d in range(10) if is_my_number(eleven + str(d)))


@pytest.mark.parametrize(
    "text",
    [
        "123456789018",
        "1234-5678-9018",
        "1234 5678 9018",
        "１２３４５６７８９０１８",
        "１２３４－５６７８－９０１８",
        "番号は123456789018です",
    ],
)
def test_a_my_number_is_masked_in_every_spelling(text: str) -> None:
    masked, found = mask_numbers(text)
    assert found
    assert len(masked) == len(text)
    assert not any(c.isdigit() for c in masked)


@pytest.mark.parametrize(
    "text",
    [
        "123456789018 1990年生まれ",
        "123456789018 090-1234-5678",
        "1234 5678 9018 3人家族",
        "1 123456789018",
        "123456789018-1",
        "1234\n5678\n9018",
        "1234  5678  9018",
        "1234・5678・9018",
        "1234 - 5678 - 9018",
        "1234.5678.9018",
    ],
)
def test_a_my_number_beside_other_digits_is_masked(text: str) -> None:
    masked, found = mask_numbers(text)
    assert found
    assert len(masked) == len(text)
    assert "5678" not in masked.replace("090-1234-5678", "")
    assert "9018" not in masked


@pytest.mark.parametrize(
    "text", ["0242-39-1111", "2026-11-23 18:00", "965-8601", "12345678901", "123456789012"]
)
def test_telephone_numbers_dates_and_wrong_check_digits_stay(text: str) -> None:
    assert mask_numbers(text) == (text, False)


def test_a_card_number_is_masked() -> None:
    assert is_card_number("4111111111111111")
    assert mask_numbers("4111 1111 1111 1111") == ("＊＊＊＊ ＊＊＊＊ ＊＊＊＊ ＊＊＊＊", True)


@given(st.text(alphabet="0123456789", min_size=11, max_size=11), st.text("あa、。 \n", max_size=20))
def test_no_valid_my_number_survives(eleven: str, around: str) -> None:
    number = _my_number(eleven)
    masked, found = mask_numbers(around + number + around)
    assert found
    assert number not in masked


@given(st.text())
def test_masking_never_changes_the_length(text: str) -> None:
    assert len(mask_numbers(text)[0]) == len(text)
