"""When a term ends: 民法140条–143条, 戸籍法43条, 地方自治法4条の2. Pure."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

import jpholiday

from services.procedures.events import Deadline

_ONE_DAY = timedelta(days=1)
_CLOSED_FROM, _CLOSED_TO = (12, 29), (1, 3)
"""地方自治法4条の2第2項3号: the year-end, both days included."""


def is_open_day(day: date) -> bool:
    """Return whether city halls are open: no weekend, holiday or year-end."""
    year_end = (day.month, day.day) >= _CLOSED_FROM or (day.month, day.day) <= _CLOSED_TO
    return day.weekday() < 5 and not year_end and not jpholiday.is_holiday(day)


def due_date(
    deadline: Deadline, start: date, is_open: Callable[[date], bool] = is_open_day
) -> date:
    """Return the last day of a term that counts from `start`, or back from it.

    A term that ends on a closed day ends on the next open one; one that counts back, on the one
    before.
    """
    last = _back(deadline, start) if deadline.before else _last(deadline, start)
    step = -_ONE_DAY if deadline.before else _ONE_DAY
    while not deadline.fixed and not is_open(last):
        last += step
    return last


def _last(deadline: Deadline, start: date) -> date:
    """Return the last day: the one before the first counted day's counterpart (民法143条2項)."""
    # The first day does not count (民法140条), unless the law says so (戸籍法43条).
    first = start if deadline.first_day_counts else start + _ONE_DAY
    if deadline.days:
        return first + timedelta(days=deadline.days - 1)
    counterpart = _in_months(first, _months(deadline))
    return counterpart if counterpart.day < first.day else counterpart - _ONE_DAY


def _back(deadline: Deadline, start: date) -> date:
    return _in_months(start, -_months(deadline)) - timedelta(days=deadline.days)


def _months(deadline: Deadline) -> int:
    return deadline.months + 12 * deadline.years


def _in_months(day: date, months: int) -> date:
    """Return the day of the same number so many months later; the month's last without one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
