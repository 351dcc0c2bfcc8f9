"""Terms as the Civil Code, the Family Register Act and the Local Autonomy Act count them."""

from datetime import date

import pytest

from services.procedures.deadlines import due_date, is_open_day
from services.procedures.events import Deadline


def deadline(**values: object) -> Deadline:
    return Deadline.model_validate({"from": "day", **values})


@pytest.mark.parametrize(
    ("start", "term", "last"),
    [
        # 住民基本台帳法22条: fourteen days from the move, which does not count itself.
        ("2026-11-20", {"days": 14}, "2026-12-04"),
        # 戸籍法43条, 86条: seven days, the day of the news included.
        ("2026-11-20", {"days": 7, "first_day_counts": True}, "2026-11-26"),
        # The fourteenth day of a birth falls on a Saturday: Monday is in time.
        ("2026-11-22", {"days": 14, "first_day_counts": True}, "2026-12-07"),
        # Year-end: until 3 January the city hall is closed, the 4th is a Monday.
        ("2026-12-15", {"days": 14}, "2027-01-04"),
        # 民法915条: three months, to the day of the same number.
        ("2026-11-18", {"months": 3}, "2027-02-18"),
        # No such day in that month: its last one.
        ("2026-11-30", {"months": 3, "fixed": True}, "2027-02-28"),
        # 民法143条2項: from 1 March, to the day before 1 January; then the year-end.
        ("2026-02-28", {"months": 10}, "2027-01-04"),
        ("2027-02-28", {"months": 4}, "2027-06-30"),
        ("2027-01-31", {"months": 1, "fixed": True}, "2027-02-28"),
        ("2026-10-31", {"months": 37, "first_day_counts": True}, "2029-11-30"),
        ("2026-11-28", {"years": 2, "fixed": True}, "2028-11-28"),
        ("2028-02-29", {"years": 1, "fixed": True}, "2029-02-28"),
        # A term that ends on a holiday (勤労感謝の日 on a Monday) is moved.
        ("2026-11-09", {"days": 14}, "2026-11-24"),
        ("2026-11-09", {"days": 14, "fixed": True}, "2026-11-23"),
        ("2026-12-01", {"days": 14, "before": True}, "2026-11-17"),
        # A Sunday: the Friday before is the last open day.
        ("2026-11-29", {"before": True}, "2026-11-27"),
        ("2026-03-31", {"months": 1, "before": True}, "2026-02-27"),
    ],
)
def test_the_last_day_of_a_term(start: str, term: dict[str, object], last: str) -> None:
    assert due_date(deadline(**term), date.fromisoformat(start)) == date.fromisoformat(last)


def test_city_halls_are_closed_on_weekends_holidays_and_at_the_turn_of_the_year() -> None:
    closed = ["2026-11-28", "2026-11-29", "2026-11-23", "2026-12-29", "2027-01-01", "2027-01-03"]
    assert not any(is_open_day(date.fromisoformat(day)) for day in closed)
    assert all(map(is_open_day, (date(2026, 11, 30), date(2026, 12, 28), date(2027, 1, 4))))


def test_a_term_counts_one_thing() -> None:
    with pytest.raises(ValueError, match="only one of them"):
        deadline(days=3, months=1)
