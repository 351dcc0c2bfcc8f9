"""Reports of known spots: how many of the true duplicates the nearby suggestion offers, and
how many of its offers are true. Pure; used by the suite and, with ten thousand, by `make bench`.
"""

import math
import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from services.snow.categories import read_categories
from services.snow.nearby import OpenReports
from tests.services.snow.ploughing import START, place

CATEGORIES = read_categories(Path("no-city"))


@dataclass(frozen=True)
class Made:
    """One report; those of one `spot` are the same matter."""

    id: int
    code: str
    at: tuple[float, float]
    minute: float
    spot: int


@dataclass(frozen=True)
class Judged:
    """How many offers there were, how many of them right, how many could have been."""

    reports: int
    offered: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        """Right offers among all offers."""
        return self.right / self.offered

    @property
    def recall(self) -> float:
        """Right offers among all true duplicates."""
        return self.right / self.true


def generated(count: int, rng: random.Random, half_width: float) -> list[Made]:
    """Return reports of spots that are far apart in their type; positions are noisy by 7 m."""
    reports: list[Made] = []
    spots: dict[str, list[tuple[float, float]]] = {}
    codes = [category.code for category in CATEGORIES.all]
    while len(reports) < count:
        code = rng.choice(codes)
        x, y = rng.uniform(-half_width, half_width), rng.uniform(-half_width, half_width)
        apart = CATEGORIES.by_code[code].radius_m + 60
        if any(math.dist((x, y), other) < apart for other in spots.get(code, ())):
            continue
        spots.setdefault(code, []).append((x, y))
        begin = rng.uniform(0, 20000)
        spot = len(reports)
        for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 4])):
            at = x + rng.gauss(0, 7), y + rng.gauss(0, 7)
            minute = begin + rng.uniform(0, 2400)
            reports.append(Made(len(reports), code, at, minute, spot))
    return sorted(reports, key=lambda report: report.minute)


def judged(count: int, half_width: float = 9000) -> Judged:
    """File so many reports in order of time, and judge what each is offered."""
    offered = right = true = 0
    reports = OpenReports()
    spot_of: dict[object, int] = {}
    filed_at: dict[int, int] = {}
    for made in generated(count, random.Random(3), half_width):  # noqa: S311
        time = START + made.minute * timedelta(minutes=1)
        category = CATEGORIES.by_code[made.code]
        offers = reports.near(category, place(*made.at), time)
        found = sum(spot_of[offer.id] == made.spot for offer in offers)
        offered += len(offers)
        right += found
        true += min(5, filed_at.get(made.spot, 0))
        reports.file(made.id, category, place(*made.at), time)
        spot_of[made.id] = made.spot
        filed_at[made.spot] = filed_at.get(made.spot, 0) + 1
    return Judged(len(spot_of), offered, right, true)
