"""Areas of the warnings: which cities a district, an earthquake region or a coast is made of.

Codes are the agency's: a municipality has seven digits, of which the first five are its JIS code; a
part of one that has its own warnings ends in other digits than 00. The tables under `data/` are of
2024; a part that they do not know still belongs to the city of its first five digits.
"""

import csv
from collections import defaultdict
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).resolve().parent / "data"
_CITY, _PART = 5, 7
_OFFICES: dict[str, tuple[str, ...]] = {"014100": ("014010", "014020")}


def short(code: str) -> str:
    """The area as it is named here: five digits for a city, seven for a part of one."""
    return code[:_CITY] if len(code) == _PART and code.endswith("00") else code


def city_of(area: str) -> str:
    """The city that a part (seven digits) belongs to; any other area is its own."""
    return area[:_CITY] if len(area) == _PART else area


def is_city_code(code: str) -> bool:
    """Whether it can be the agency's code of a municipality: samples fill in zeros and nines."""
    return len(code) == _PART and code.isdigit() and "01" <= code[:2] <= "47"


class Areas:
    """The tables, loaded once (`areas()`)."""

    def __init__(self, folder: Path) -> None:
        self.names: dict[str, str] = {}
        self._wards: dict[str, str] = {}
        self._by_district: dict[str, list[str]] = defaultdict(list)
        self._by_quake: dict[str, list[str]] = defaultdict(list)
        self._by_coast: dict[str, list[str]] = defaultdict(list)
        self._known_within: dict[str, list[str]] = {}
        self._below: dict[str, list[str]] = defaultdict(list)
        self._above: dict[str, str] = {}
        self._load_regions(folder)
        self._load_cities(folder)
        self.rivers = {row["code"]: row["name"] for row in _rows(folder, "rivers.csv")}
        self.coasts = {row["code"]: row["name"] for row in _rows(folder, "coasts.csv")}
        self.quake_regions = {r["code"]: r["name"] for r in _rows(folder, "quake_regions.csv")}

    def _load_regions(self, folder: Path) -> None:
        for row in _rows(folder, "regions.csv"):
            self.names[row["code"]] = row["name"]
            if row["parent"]:
                self._below[row["parent"]].append(row["code"])
                self._above[row["code"]] = row["parent"]

    def _load_cities(self, folder: Path) -> None:
        for row in _rows(folder, "cities.csv"):
            area = short(row["code"])
            self.names[area] = row["name"]
            if row["part_of"]:
                self._wards[area] = row["part_of"]
            if row["district"]:
                self._by_district[row["district"]].append(area)
            if row["quake"] and len(area) == _CITY:
                self._by_quake[row["quake"]].append(area)
            for coast in row["coasts"].split():
                self._by_coast[coast].append(area)

    def is_city(self, area: str) -> bool:
        return len(area) == _CITY and area in self.names

    def name(self, area: str) -> str:
        """The area's name, "" where the tables have none (coasts and rivers have their own)."""
        return self.names.get(area, "")

    def whole(self, area: str) -> str | None:
        """What shows this area's highest state too: a part's city, a ward's designated city."""
        if len(area) == _PART:
            return area[:_CITY]
        return self._wards.get(area)

    def within(self, region: str) -> list[str]:
        """Cities and parts in a forecast district, primary subdivision or prefecture."""
        if region not in self._known_within:
            found = list(self._by_district.get(region, []))
            for below in self._below.get(region, []):
                found += self.within(below)
            found = found or self._within_wider(region)
            if not found:  # of the codes that come from outside only real ones are remembered
                return []
            self._known_within[region] = found
        return self._known_within[region]

    def _within_wider(self, region: str) -> list[str]:
        """What a code that the tables lack stands for: a prefecture, or the part of one that an
        office of Hokkaido is for (017000 is 017010 and 017020)."""
        parts = _OFFICES.get(region, ())
        if not parts and len(region) == 6 and region.endswith("000"):
            prefix = region[:2] if region.endswith("0000") else region[:3]
            tops = (code for code in self._below if code not in self._above)
            parts = tuple(code for code in tops if code.startswith(prefix))
        return [area for part in parts for area in self.within(part)]

    def in_quake_region(self, region: str) -> list[str]:
        """Cities and wards of an earthquake region (細分区域, three digits)."""
        return self._by_quake.get(region, [])

    def on_coast(self, coast: str) -> list[str]:
        """Cities and parts on the coast of a tsunami forecast region (three digits)."""
        return self._by_coast.get(coast, [])


def _rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def areas() -> Areas:
    return Areas(_DATA)
