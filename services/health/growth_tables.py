"""The 2023 tables as they are shipped, read once a process."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from services.health.rules import DATA

EDITION = "2023"
CREDIT = "こども家庭庁「令和5年乳幼児身体発育調査」を加工して作成"
PERCENTILES = (3, 10, 25, 50, 75, 90, 97)
# The fit reproduces the rows of months; those of the first days are raw percentiles.
_FIT_HOLDS = 0.0005
_DAYS = {"birth": 0, "day1": 1, "day2": 2, "day3": 3, "day4": 4, "day30": 30}


@dataclass(frozen=True, slots=True)
class Row:
    """`values` are the printed percentiles in kg or cm; `start` and `end` bound a band in months
    and are both zero for a single day. `skew`, `median` and `spread` are the fitted L, M and S."""

    values: tuple[float, ...]
    start: int
    end: int
    skew: float
    median: float
    spread: float
    fitted: bool


@dataclass(frozen=True, slots=True)
class Table:
    by_day: dict[int, Row]
    bands: tuple[Row, ...]


def _read(name: str) -> Iterator[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _key(row: dict[str, str]) -> tuple[str, str, str, str]:
    return row["sex"], row["measure"], row["band_kind"], row["age_months_from_inclusive"]


def _row(printed: dict[str, str], fit: dict[str, str]) -> Row:
    band = printed["band_kind"] == "month_band"
    return Row(
        values=tuple(float(printed[f"p{percent}"]) for percent in PERCENTILES),
        start=int(printed["age_months_from_inclusive"]) if band else 0,
        end=int(printed["age_months_to_exclusive"]) if band else 0,
        skew=float(fit["L"]),
        median=float(fit["M"]),
        spread=float(fit["S"]),
        fitted=float(fit["max_abs_error_vs_table"]) <= _FIT_HOLDS,
    )


@lru_cache(maxsize=1)
def _tables() -> dict[tuple[str, str], Table]:
    fits = {_key(row): row for row in _read("growth_lms_2023.csv")}
    days: dict[tuple[str, str], dict[int, Row]] = {}
    bands: dict[tuple[str, str], list[Row]] = {}
    for printed in _read("growth_percentiles_2023.csv"):
        row = _row(printed, fits[_key(printed)])
        place = printed["sex"], printed["measure"]
        if printed["band_kind"] == "month_band":
            bands.setdefault(place, []).append(row)
        else:
            days.setdefault(place, {})[_DAYS[printed["band_kind"]]] = row
    return {
        place: Table(days.get(place, {}), tuple(sorted(found, key=lambda row: row.start)))
        for place, found in bands.items()
    }


def rows(sex: str, kind: str) -> Table:
    """The rows for `male` or `female` and one of the three measures."""
    return _tables()[sex, kind]
