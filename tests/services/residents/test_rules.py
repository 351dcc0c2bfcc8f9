"""Authority begins and ends on the days that the law and the register say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.residents.rules import Authority, Kind, holds, is_resident_id, last_day, of_age_on

LONG_AGO = date(2000, 1, 1)


@pytest.mark.parametrize(
    ("born", "last"),
    [
        (date(2008, 11, 30), date(2026, 11, 29)),
        (date(2008, 3, 1), date(2026, 2, 28)),
        (date(2006, 3, 1), date(2024, 2, 29)),
        (date(2008, 2, 29), date(2026, 2, 28)),
        (date(2009, 1, 1), date(2026, 12, 31)),
    ],
)
@pytest.mark.parametrize("kind", [Kind.parent, Kind.guardian])
def test_az_05_authority_over_a_child_ends_with_the_day_before_the_birthday(
    born: date, last: date, kind: Kind
) -> None:
    authority = Authority(kind, LONG_AGO, None)
    assert last_day(authority, born) == last
    assert holds(authority, born, last)
    assert not holds(authority, born, last + timedelta(days=1))


@given(st.dates(date(1900, 1, 1), date(2080, 12, 31)))
def test_nobody_is_of_age_before_eighteen_years_or_a_day_after(born: date) -> None:
    first = of_age_on(born)
    assert first.year == born.year + 18
    ordinary = (first.month, first.day) == (born.month, born.day)
    assert ordinary or ((born.month, born.day) == (2, 29) and (first.month, first.day) == (3, 1))


def test_entries_have_days_of_their_own() -> None:
    born = date(2015, 5, 5)
    divorced = Authority(Kind.parent, date(2015, 5, 5), date(2026, 3, 31))
    appointed = Authority(Kind.guardian, date(2026, 4, 1), None)
    assert holds(divorced, born, date(2026, 3, 31))
    assert not holds(divorced, born, date(2026, 4, 1))
    assert not holds(appointed, born, date(2026, 3, 31))
    assert holds(appointed, born, date(2026, 4, 1))
    late = Authority(Kind.parent, born, date(2050, 1, 1))
    assert last_day(late, born) == date(2033, 5, 4), "no entry outlasts childhood"


def test_a_mandate_does_not_end_with_childhood_but_with_its_day() -> None:
    mandate = Authority(Kind.proxy, date(2026, 4, 1), date(2027, 3, 31))
    assert holds(mandate, date(1941, 1, 25), date(2027, 3, 31))
    assert not holds(mandate, date(1941, 1, 25), date(2027, 4, 1))


def test_an_id_is_32_hex_digits() -> None:
    assert is_resident_id("res_" + "0" * 32)
    for text in ("", "res_", "res_" + "0" * 31, "res_" + "Z" * 32, "res_" + "0" * 32 + "\n"):
        assert not is_resident_id(text)
