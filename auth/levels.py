"""How sure we are of who is there: the five levels, and what each is made of. Their one home.

L0 anonymous chat · L1 the LINE account was verified in this browser · L2 My-ID is linked ·
L3 the My Number card was read in this session · L3-fresh it was read at most five minutes ago.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from kit.errors import ConciergeError

IDLE = timedelta(minutes=15)
ABSOLUTE = timedelta(minutes=60)
FRESH = timedelta(minutes=5)


class Level(StrEnum):
    """The levels, as manifests name them."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L3_FRESH = "L3-fresh"

    def suffices(self, needed: "Level") -> bool:
        """Whether this level opens what needs the other."""
        order = list(Level)
        return order.index(self) >= order.index(needed)


class StepUpNeededError(ConciergeError):
    """ご本人の確認が必要です。"""

    status = 403
    code = "step_up_needed"

    def __init__(self, needed: Level) -> None:
        """`needed` is the level to reach."""
        super().__init__(needed=needed)
        self.needed = needed


@dataclass(frozen=True)
class Proofs:
    """When what was proven in one browser session, and when that was begun and last used."""

    created_at: datetime
    seen_at: datetime
    line_at: datetime | None = None
    my_id_at: datetime | None = None
    card_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """A level and the instant from which on it no longer holds."""

    level: Level
    until: datetime


def standing(proofs: Proofs, now: datetime) -> Standing:
    """Return the level that a session's proofs give at this instant."""
    end = min(proofs.seen_at + IDLE, proofs.created_at + ABSOLUTE)
    if now >= end or proofs.line_at is None:
        return Standing(Level.L0, end)
    if proofs.card_at is not None and proofs.card_at <= now:
        fresh_end = min(end, proofs.card_at + FRESH)
        if now < fresh_end:
            return Standing(Level.L3_FRESH, fresh_end)
        return Standing(Level.L3, end)
    return Standing(Level.L1 if proofs.my_id_at is None else Level.L2, end)
