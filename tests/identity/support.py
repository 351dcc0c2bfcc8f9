"""Small helpers of the identity package's tests."""

from datetime import datetime, timedelta

from kit.clock import system_clock


class Clock:
    """A clock that stands until it is set forward."""

    def __init__(self) -> None:
        self.now = system_clock()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **duration: float) -> None:
        self.now += timedelta(**duration)
