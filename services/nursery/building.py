"""From the applications of a frozen round to `nursery-instance/1`. Pure; no name is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from services.nursery.instance import FORMAT
from services.nursery.rules import NEAR_KILOMETRES

_KM_PER_DEGREE = 111.32


@dataclass(frozen=True)
class Place:
    """A nursery; `classes` are (first age, last age, free seats)."""

    id: str
    latitude: float
    longitude: float
    classes: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True)
class Applicant:
    """A child as the allocation sees it."""

    id: str
    age: int
    units: int
    current: str | None
    wishes: tuple[str, ...]


@dataclass(frozen=True)
class Household:
    """One application: children eldest first, points everywhere and on top by nursery."""

    id: str
    children: tuple[Applicant, ...]
    base: int
    extra: Mapping[str, int]
    order: tuple[float, ...]
    """The city's table for equals and the lottery; smaller first."""
    rule: Mapping[str, Any] | None


def build(places: Sequence[Place], households: Sequence[Household]) -> dict[str, Any]:
    """Return the market. Seats of children who ask for a transfer are free for others too."""
    return {
        "format": FORMAT,
        "nurseries": [
            _nursery(place, places[0], _leaving(place.id, households)) for place in places
        ],
        "children": _children(households),
        "families": [_family(household) for household in households],
    }


def _leaving(place: str, households: Sequence[Household]) -> dict[int, int]:
    """Return by age how many seat units applicants hold there now."""
    held: dict[int, int] = {}
    for household in households:
        for child in household.children:
            if child.current == place:
                held[child.age] = held.get(child.age, 0) + child.units
    return held


def _nursery(place: Place, origin: Place, leaving: Mapping[int, int]) -> dict[str, Any]:
    pools = [
        {
            "ages": list(range(first, last + 1)),
            "cap": seats + sum(leaving.get(age, 0) for age in range(first, last + 1)),
        }
        for first, last, seats in place.classes
    ]
    x = (place.longitude - origin.longitude) * _KM_PER_DEGREE * cos(radians(origin.latitude))
    y = (place.latitude - origin.latitude) * _KM_PER_DEGREE
    return {"id": place.id, "xy": [round(x, 3), round(y, 3)], "pools": pools}


def _children(households: Sequence[Household]) -> list[dict[str, Any]]:
    """Return the children with their places in the order of equals, siblings beside each other."""
    ordered = sorted(households, key=lambda household: (household.order, household.id))
    rows: list[dict[str, Any]] = []
    for household in ordered:
        for child in household.children:
            scores = [[w, household.base + household.extra.get(w, 0)] for w in child.wishes]
            rows.append(
                {
                    "id": child.id,
                    "family": household.id,
                    "age": child.age,
                    "units": child.units,
                    "current": child.current,
                    "base": household.base,
                    "tie": len(rows) + 1,
                    "wishes": scores,
                }
            )
    return rows


def _family(household: Household) -> dict[str, Any]:
    row: dict[str, Any] = {"id": household.id, "children": [c.id for c in household.children]}
    if len(household.children) == 1:
        wishes = household.children[0].wishes
        return row | {"rule": None, "choices": [[wish] for wish in wishes]}
    rule = dict(household.rule or {"mode": "any"})
    if rule["mode"] == "near":
        rule["within"] = NEAR_KILOMETRES
    return row | {"rule": rule}
