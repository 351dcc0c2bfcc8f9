"""Instants as LINE writes and groups them."""

from datetime import date, datetime, timedelta

_JAPAN = timedelta(hours=9)
_KEPT = timedelta(days=14)


def timestamp(at: datetime) -> str:
    """Return an instant as progress answers write it (milliseconds, UTC)."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def japan_day(at: datetime) -> date:
    """Return the calendar day in Japan; `at` is in UTC."""
    return (at + _JAPAN).date()


def japan_month(at: datetime) -> str:
    """Return the month in Japan as YYYY-MM; `at` is in UTC."""
    return japan_day(at).strftime("%Y-%m")


def still_told(at: datetime, now: datetime) -> bool:
    """Say whether LINE still tells about something of that instant: for 14 days."""
    return now - at <= _KEPT
