"""Days are read as offices write them, and nothing else is taken for one."""

from datetime import date

import pytest

from kit.dates import parse_date


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2023/1/3", date(2023, 1, 3)),
        ("2027-03-31", date(2027, 3, 31)),
        ("2027-03-31 00:00:00", date(2027, 3, 31)),
        ("2027. 3. 31", date(2027, 3, 31)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("平成31年4月30日", date(2019, 4, 30)),
        ("h31/4/30", date(2019, 4, 30)),
        ("36526", date(2000, 1, 1)),
        ("46477", date(2027, 3, 31)),
    ],
)
def test_a_day_is_read(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text", ["", "来年", "2027/2/30", "3/31", "12345", "99999", "2027", "27/3/31", "令和9年"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_date(text) is None
