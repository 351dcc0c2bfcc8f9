"""Time is injected, so that midnight and 27-day rules can be tested."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Returns the present instant as an aware datetime in UTC."""

    def __call__(self) -> datetime:
        """Return the instant."""


def system_clock() -> datetime:
    """Return the machine's present instant in UTC."""
    return datetime.now(UTC)
