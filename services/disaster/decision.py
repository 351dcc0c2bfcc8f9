"""Whether a change is told by itself, to whom and how: the city's matrix, applied. Pure.

The rule is the decision matrix of the field (who is told at which level) as the city's own data. An
end, a step down and a retraction go to exactly those who were told before, whatever the rules say.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from messages.hazards import WARNED, Hazard

ORDER = "order"
"""The hazard of a change that is an order of the city; its area is the place's name."""

HAPPENINGS = frozenset({"earthquake", "recordrain", "bandrain"})
_FOLLOWING = frozenset({"lowered", "ended", "retracted"})
_FOLLOW_WITHIN = timedelta(hours=24)
_URGENT_LEVEL = 4

_HAZARDS: Mapping[str, Hazard] = {
    "rain": Hazard.flood,
    "flood": Hazard.flood,
    "recordrain": Hazard.flood,
    "bandrain": Hazard.flood,
    "landslide": Hazard.landslide,
    "earthquake": Hazard.earthquake,
    "wind": Hazard.storm,
    "blizzard": Hazard.storm,
    "tornado": Hazard.storm,
    "thunder": Hazard.storm,
    "wave": Hazard.storm,
    "snow": Hazard.snow,
    "avalanche": Hazard.snow,
    "snowaccretion": Hazard.snow,
    "icing": Hazard.snow,
    "volcano": Hazard.volcano,
    "attack": Hazard.attack,
}


class To(StrEnum):
    """Whom a change is told."""

    nobody = "nobody"
    everyone = "everyone"
    """In the area, whatever hazards they chose."""
    registered = "registered"
    """In the area, who chose the hazard and this step."""
    told = "told"
    """Exactly those who were told before."""


@dataclass(frozen=True)
class Rule:
    """One line of the matrix; a field that is left out fits anything.

    `codes`: the agency's codes of the hazard; `least_level`: 2–5; `least_rank`: 2 注意報, 3 警報, 4
    危険警報, 5 特別警報. `threshold`: the step that citizens compare with theirs; `hours`: so long
    it is worth being told.
    """

    hazards: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    least_level: int = 0
    least_rank: float = 0.0
    send: bool = True
    urgent: bool = False
    everyone: bool = False
    threshold: int = 3
    hours: int = 6

    def fits(self, said: "Said") -> bool:
        """Whether this line is about such a change."""
        return (
            (not self.hazards or said.hazard in self.hazards)
            and (not self.codes or said.code in self.codes)
            and (said.level or 0) >= self.least_level
            and said.rank >= self.least_rank
        )


@dataclass(frozen=True)
class Matrix:
    """A city's rules."""

    rules: tuple[Rule, ...]
    stale_minutes: int
    cool_down_hours: int
    rivers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Said:
    """A change as far as the decision looks at it."""

    kind: str
    hazard: str
    code: str
    level: int | None
    rank: float
    reported_at: datetime


@dataclass(frozen=True)
class Earlier:
    """An announcement on the same matter since it began: its key, its rank, and when."""

    key: str
    rank: float
    at: datetime


@dataclass(frozen=True)
class Decision:
    """What is done; `reason` says why nothing is."""

    to: To
    reason: str = ""
    urgent: bool = False
    threshold: int | None = None
    hazards: tuple[Hazard, ...] = ()
    expires_at: datetime | None = None
    replaces: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    stale: bool = False


def decide(said: Said, earlier: Iterable[Earlier], matrix: Matrix, now: datetime) -> Decision:
    """Decide on a change. `earlier` are the announcements since the matter began, oldest first."""
    before = tuple(earlier)
    keys = tuple(one.key for one in before)
    if said.kind in _FOLLOWING:
        return _following(said, keys, matrix, now)
    if said.kind == "text":
        return Decision(To.nobody, "only the wording was corrected")
    if now - said.reported_at > timedelta(minutes=matrix.stale_minutes):
        return Decision(To.nobody, "older than what may be sent", stale=True)
    rule = next((rule for rule in matrix.rules if rule.fits(said)), None)
    if rule is None or not rule.send:
        return Decision(To.nobody, "no rule tells of it")
    if _cools_down(said, before, matrix, now):
        return Decision(To.nobody, "told a short while ago")
    hazard = _HAZARDS.get(said.hazard)
    everyone = rule.everyone or hazard not in WARNED
    return Decision(
        To.everyone if everyone else To.registered,
        urgent=rule.urgent,
        threshold=None if rule.everyone else rule.threshold,
        hazards=() if everyone or hazard is None else (hazard,),
        expires_at=said.reported_at + timedelta(hours=rule.hours),
        replaces=keys,
    )


def _following(said: Said, keys: tuple[str, ...], matrix: Matrix, now: datetime) -> Decision:
    if not keys:
        return Decision(To.nobody, "nobody had been told of it")
    if now - said.reported_at > _FOLLOW_WITHIN:
        return Decision(To.nobody, "older than what may be sent", stale=True)
    rule = next((rule for rule in matrix.rules if rule.fits(said)), None)
    goes_on = said.kind == "lowered" and rule is not None and rule.send and rule.threshold >= 3
    return Decision(
        To.told,
        urgent=said.kind == "retracted" or (said.level or 0) >= _URGENT_LEVEL,
        expires_at=now + timedelta(hours=12),
        # Where a warning is still in force, those who wait for the graver one get both, in order.
        replaces=() if goes_on else keys,
        follows=keys,
    )


def _cools_down(said: Said, before: tuple[Earlier, ...], matrix: Matrix, now: datetime) -> bool:
    """A happening may repeat itself without an end in between; only a graver one is told soon."""
    since = now - timedelta(hours=matrix.cool_down_hours)
    return said.hazard in HAPPENINGS and any(
        one.at > since and one.rank >= said.rank for one in before
    )
