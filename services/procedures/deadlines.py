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
    """Return the last day of a term that counts from `start`."""
    if deadline.before:
        return _moved(start, deadline, -1)
    # The first day does not count (民法140条), so that a term of months ends on the day of the
    # same number (143条); where it counts, one day sooner.
    last = _moved(start, deadline, 1) - (_ONE_DAY if deadline.first_day_counts else timedelta())
    while not deadline.fixed and not is_open(last):
        last += _ONE_DAY
    return last


def _moved(start: date, deadline: Deadline, sign: int) -> date:
    months = sign * (deadline.months + 12 * deadline.years)
    index = start.year * 12 + start.month - 1 + months
    year, month = divmod(index, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, day) + sign * timedelta(days=deadline.days)
