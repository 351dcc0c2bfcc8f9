"""Japanese age and interval counting, to the day.

A person turns n on the day *before* the birthday, and both ends of a window count (MHLW memo of
2014-03-11). "n days or more" counts the days between two doses, so the next one may be given on
day n + 1. "n months or more" is over on the same day n months on. There is no grace period.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
OLDEST = date(1900, 1, 1)


def _shifted(start: date, months: int) -> tuple[int, int]:
    years, month = divmod(start.month - 1 + months, 12)
    return start.year + years, month + 1


@lru_cache(maxsize=20_000)
def reach(birth: date, months: int) -> date:
    """The day on which an age of so many months is reached: the day before the same day, or the
    last day of a month that has no such day."""
    year, month = _shifted(birth, months)
    last = monthrange(year, month)[1]
    if birth.day > last:
        return date(year, month, last)
    return date(year, month, birth.day) - timedelta(days=1)


def after_days(previous: date, days: int) -> date:
    """First day with at least so many days in between; also the last day of "up to n days"."""
    return previous + timedelta(days=days + 1)


@lru_cache(maxsize=20_000)
def after_months(previous: date, months: int) -> date:
    """The same day n months on, or the first of the month after one that has no such day."""
    year, month = _shifted(previous, months)
    if previous.day <= monthrange(year, month)[1]:
        return date(year, month, previous.day)
    year, month = _shifted(date(year, month, 1), 1)
    return date(year, month, 1)


def after_months_and_a_half(previous: date, months: int) -> date:
    """n months and half a month, which is 14, 15, 15 or 16 days by the length of that month."""
    whole = after_months(previous, months)
    half = (monthrange(whole.year, whole.month)[1] + 1) // 2
    return whole + timedelta(days=half)


def fiscal_year_start(day: date) -> date:
    return date(day.year if day.month >= 4 else day.year - 1, 4, 1)


def fiscal_year_end(day: date) -> date:
    return date(fiscal_year_start(day).year + 1, 3, 31)


def school_entry(birth: date) -> date:
    """First 1 April on or after the day that follows the sixth-year day (School Education Act
    art. 17). So a child born on 1 April enters a year before one born on 2 April."""
    following = reach(birth, 72) + timedelta(days=1)
    first = date(following.year, 4, 1)
    return first if following <= first else date(following.year + 1, 4, 1)


def parse_day(text: object) -> date | None:
    """A whole date written YYYY-MM-DD, or None for anything else."""
    found = _DAY.fullmatch(text) if isinstance(text, str) else None
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
    return day if day and day >= OLDEST else None


def parse_month(text: object) -> tuple[date, date] | None:
    """First and last day of a month written YYYY-MM, or None."""
    found = _MONTH.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return None
    year, month = map(int, found.groups())
    if not (OLDEST.year <= year and 1 <= month <= 12):
        return None
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])
