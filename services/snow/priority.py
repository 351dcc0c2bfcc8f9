"""Which report comes first: a product of factors, each of which can be seen and set. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from kit.errors import InvalidInputError
from services.snow.categories import SEVERITIES
from services.snow.slipperiness import Level

DEFAULT_WEIGHTS: dict[str, float] = {
    "severity.impassable": 3.0,
    "severity.no-cars": 2.0,
    "severity.caution": 1.0,
    "reporters.each_doubling": 0.5,
    "road.幹線": 1.5,
    "road.補助幹線": 1.2,
    "road.生活道路": 1.0,
    "school_route": 1.5,
    "care_household": 1.5,
    "freshness.half_life_hours": 24.0,
    "freshness.lowest": 0.3,
    "forecast.low": 1.0,
    "forecast.medium": 1.2,
    "forecast.high": 1.5,
}
"""By name; a city changes some of them in its settings. 1 changes nothing."""


@dataclass(frozen=True)
class Factor:
    """One part of the product, and what staff read about it."""

    name: str
    weight: float
    reason: str


@dataclass(frozen=True)
class Priority:
    """How urgent a report is; a report of one, just filed, with no other reason has 1."""

    value: float
    factors: tuple[Factor, ...]

    @property
    def reason(self) -> str:
        """Every factor that changes something, in one line."""
        parts = [f"{part.reason} ×{part.weight:.2g}" for part in self.factors if part.weight != 1]
        return "、".join(parts) or "特別な理由なし"


@dataclass(frozen=True)
class Circumstances:
    """What a priority is computed from."""

    severity: str = "caution"
    reporters: int = 1
    road_class: str = "生活道路"
    school_route: bool = False
    care_household: bool = False
    age: timedelta = timedelta()
    forecast: Level = Level.LOW


@dataclass(frozen=True)
class Weights:
    """The weights of one city. Raises InvalidInputError for one that makes no sense."""

    values: Mapping[str, float] = field(default_factory=lambda: DEFAULT_WEIGHTS)

    def __post_init__(self) -> None:
        """Refuse unknown names, and numbers that are not above zero."""
        for name, value in self.values.items():
            if name not in DEFAULT_WEIGHTS and not name.startswith("road."):
                raise InvalidInputError(f"there is no weight {name}")
            if not math.isfinite(value) or value <= 0:
                raise InvalidInputError(f"the weight {name} is above 0")

    def of(self, name: str) -> float:
        """Return a weight; a class of road that nobody weighed has 1."""
        return self.values.get(name, DEFAULT_WEIGHTS.get(name, 1.0))


_FORECASTS = {Level.LOW: "low", Level.MEDIUM: "medium", Level.HIGH: "high"}


def prioritised(facts: Circumstances, weights: Weights) -> Priority:
    """Return severity × reporters × road class × school × care × freshness × forecast."""
    hours = max(0.0, facts.age / timedelta(hours=1))
    faded = 0.5 ** (hours / weights.of("freshness.half_life_hours"))
    freshness = max(weights.of("freshness.lowest"), faded)
    doublings = math.log2(max(1, facts.reporters))
    factors = (
        Factor(
            "severity",
            weights.of(f"severity.{facts.severity}"),
            SEVERITIES.get(facts.severity, facts.severity),
        ),
        Factor(
            "reporters",
            1 + weights.of("reporters.each_doubling") * doublings,
            f"{facts.reporters}人が報告",
        ),
        Factor("road", weights.of(f"road.{facts.road_class}"), facts.road_class),
        _if(facts.school_route, "school_route", "通学路", weights),
        _if(facts.care_household, "care_household", "要配慮世帯の近く", weights),
        Factor("freshness", freshness, f"{hours:.0f}時間前"),
        Factor(
            "forecast",
            weights.of(f"forecast.{_FORECASTS[facts.forecast]}"),
            f"つるつる予報「{facts.forecast.value}」",
        ),
    )
    return Priority(math.prod(factor.weight for factor in factors), factors)


def _if(holds: bool, name: str, reason: str, weights: Weights) -> Factor:
    return Factor(name, weights.of(name) if holds else 1.0, reason)
