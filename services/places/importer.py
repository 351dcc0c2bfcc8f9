"""From the tables of `city/<city>/places` to one checked table of places. All or nothing.

`towns.csv` and `parts.csv` come from Japan Post and the national list of positions
(`tools/places.py`); the city's own are `areas.csv` (districts), `boundaries.csv` (which district
a town belongs to), `names.csv` (landmarks), `words.csv` (everyday names, words that are none) and
`elsewhere.csv` (places outside). Where there is no folder, `from_districts` makes a table of a
calendar's districts alone.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kit.spelling import spell, spelling_key
from kit.tables import ImportReport, Row, read_table
from services.places.rules import Belonging, Kind, Part, Place, Position, Table, districts_of
from services.places.tails import number, read_tail

_TOWNS = ("町字", "読み", "ローマ字", "郵便番号", "丁目", "緯度", "経度")
_AREAS = ("地区", "読み", "別名", "緯度", "経度")
_BOUNDARIES = ("町字", "丁目", "小字", "地区")
_PARTS = ("町字", "小字", "緯度", "経度")
_NAMES = ("名称", "読み", "別名", "種類", "所在", "緯度", "経度")
_WORDS = ("語", "扱い", "意味")
_ELSEWHERE = ("名称", "読み", "別名")
_REST = "その他"
_ALIAS, _WEAK, _NONE, _CITY = "別名", "弱", "除外", "市"
_IN_BRACKETS = re.compile(r"(.+?)[(（](.+?)[)）]")
_NUMBER = r"[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3}"
_CHOMES = re.compile(rf"(?P<first>{_NUMBER})(?:[～〜~\-－・](?P<last>{_NUMBER}))?(?:丁目)?")
_DISTRICT_CHOMES = re.compile(
    rf"(?P<town>.+?)(?P<chomes>(?:{_NUMBER})(?:[～〜~\-－・](?:{_NUMBER}))?丁目)"
)
_POSTAL = re.compile(r"\d{3}-\d{4}")


def read_city(city_dir: Path, districts: Iterable[str] | None = None) -> tuple[ImportReport, Table]:
    """Read `city_dir`/places; the table is only good where the report is.

    `districts` are the names that the city's calendar knows, where they are to be compared.
    """
    folder = city_dir / "places"
    report = ImportReport(str(folder))
    builder = _Builder(report)
    builder.areas(_rows(folder, "areas.csv", _AREAS, report))
    builder.towns(_rows(folder, "towns.csv", _TOWNS, report))
    builder.parts(_rows(folder, "parts.csv", _PARTS, report, optional=True))
    builder.boundaries(_rows(folder, "boundaries.csv", _BOUNDARIES, report))
    builder.words(_rows(folder, "words.csv", _WORDS, report, optional=True))
    builder.elsewhere(_rows(folder, "elsewhere.csv", _ELSEWHERE, report, optional=True))
    known = _landmark_positions(city_dir)
    builder.landmarks(_rows(folder, "names.csv", _NAMES, report, optional=True), known)
    for name in districts or ():
        if name not in builder.districts:
            report.reject("areas.csv", 0, "地区", f"the calendar's district “{name}” is missing")
    return report, builder.table(demonstration=_demonstration(folder, report))


def from_districts(names: Iterable[str]) -> Table:
    """Return a table of districts alone, whose names may hold 丁目 (村松原1～2丁目)."""
    lines: dict[str, list[Belonging]] = defaultdict(list)
    for name in names:
        match = _DISTRICT_CHOMES.fullmatch(name)
        base = _IN_BRACKETS.fullmatch(name)
        if match:
            lines[match["town"]].append(Belonging(name, _chomes(match["chomes"])))
        else:
            lines[base[1] if base else name].append(Belonging(name))
    places = [
        Place(Kind.district, base, belongs=tuple(found), numbered=any(x.chomes for x in found))
        for base, found in lines.items()
    ]
    return Table(tuple(names), tuple(places))


def _rows(
    folder: Path,
    file: str,
    columns: tuple[str, ...],
    report: ImportReport,
    *,
    optional: bool = False,
) -> list[tuple[str, Row]]:
    path = folder / file
    if optional and not path.exists():
        return []
    header, rows = read_table(path, report)
    missing = [name for name in columns if header and name not in header]
    for name in missing:
        report.reject(file, 1, name, "the column is missing")
    return [] if missing else [(file, row) for row in rows]


def _demonstration(folder: Path, report: ImportReport) -> bool:
    try:
        values = tomllib.loads((folder / "manifest.toml").read_text("utf-8"))
    except FileNotFoundError:
        return False
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        report.reject("manifest.toml", 0, "", f"not readable as TOML: {error}")
        return False
    return bool(values.get("demonstration", False))


def _landmark_positions(city_dir: Path) -> dict[str, Position]:
    """Positions of landmarks have one home, the list of the places skill."""
    ignored = ImportReport("landmarks")
    _, rows = read_table(city_dir / "facilities" / "landmarks.csv", ignored)
    found = {}
    for row in rows:
        try:
            found[row.get("名称")] = Position(float(row.get("緯度")), float(row.get("経度")))
        except ValueError:
            continue
    return found


class _Builder:
    """Gathers the rows; problems go to the report with file, line and column."""

    def __init__(self, report: ImportReport) -> None:
        self.report = report
        self.districts: dict[str, Place] = {}
        self._places: dict[str, Place] = {}
        self._more: list[Place] = []
        self._lines: dict[str, list[Belonging]] = defaultdict(list)
        self._parts: dict[str, dict[str, Part]] = defaultdict(dict)
        self._aliases: dict[str, list[str]] = defaultdict(list)
        self._weak: set[str] = set()
        self._vague: set[str] = set()

    def areas(self, rows: list[tuple[str, Row]]) -> None:
        for file, row in rows:
            name = row.get("地区")
            if not name or name in self.districts:
                self.report.reject(file, row.line, "地区", f"“{name}” is empty or stands twice")
                continue
            self.districts[name] = Place(
                Kind.district,
                name,
                row.get("読み"),
                belongs=(Belonging(name),),
                position=self._position(file, row),
                other_names=_list(row.get("別名")),
            )

    def towns(self, rows: list[tuple[str, Row]]) -> None:
        for file, row in rows:
            name, code = row.get("町字"), row.get("郵便番号")
            if not name or name in self._places:
                self.report.reject(file, row.line, "町字", f"“{name}” is empty or stands twice")
                continue
            if not _POSTAL.fullmatch(code):
                self.report.reject(file, row.line, "郵便番号", f"“{code}” is no postal code")
            count = row.get("丁目")
            if count not in ("", "?") and not count.isdecimal():
                self.report.reject(file, row.line, "丁目", f"“{count}” is no number")
            self._places[name] = Place(
                Kind.town,
                name,
                row.get("読み"),
                row.get("ローマ字"),
                postal_code=code,
                numbered=bool(count),
                chomes=int(count) if count.isdecimal() else None,
                position=self._position(file, row),
            )
        self._add_parents()

    def _add_parents(self) -> None:
        """一箕町 is the parent of 一箕町松長, 一箕町亀賀, …: two towns and more that begin so."""
        within: dict[str, list[Place]] = defaultdict(list)
        for name, place in self._places.items():
            end = name.find("町", 2) + 1 if name.find("町", 1) == 1 and "町" in name[2:] else 0
            end = end or name.find("町", 1) + 1
            if 1 < end < len(name):
                within[name[:end]].append(place)
        for parent, children in within.items():
            if len(children) < 2:
                continue
            reading = _common_reading([child.reading for child in children])
            if parent not in self._places:
                self._places[parent] = Place(Kind.town, parent, reading)
            for child in children:
                rest = child.reading.removeprefix(reading)
                self._places[child.name] = replace(child, parent=parent, reading_after_parent=rest)

    def parts(self, rows: list[tuple[str, Row]]) -> None:
        for file, row in rows:
            position = self._position(file, row)
            if row.get("町字") not in self._places:
                self.report.reject(file, row.line, "町字", f"no town “{row.get('町字')}”")
            elif position is not None:
                part = Part(row.get("小字"), position)
                self._parts[row.get("町字")][spelling_key(part.name)] = part

    def boundaries(self, rows: list[tuple[str, Row]]) -> None:
        last = rows[-1] if rows else ("boundaries.csv", Row(0, {}))
        for file, row in rows:
            line = self._belonging(file, row)
            if line is not None:
                self._lines[row.get("町字")].append(line)
        for name in self._places:
            if name not in self._lines:
                self.report.reject(last[0], last[1].line, "町字", f"“{name}” has no district")

    def _belonging(self, file: str, row: Row) -> Belonging | None:
        town, district = row.get("町字"), row.get("地区")
        if town not in self._places:
            self.report.reject(file, row.line, "町字", f"no town “{town}”")
            return None
        if district not in self.districts:
            self.report.reject(file, row.line, "地区", f"no district “{district}”")
            return None
        chomes, parts = row.get("丁目"), row.get("小字")
        if _REST in (chomes, parts):
            return Belonging(district, rest=True)
        span = _chomes(chomes) if chomes else None
        if chomes and (span is None or not self._has(town, span)):
            self.report.reject(file, row.line, "丁目", f"“{chomes}” is no 丁目 of {town}")
        keys = frozenset(spelling_key(part) for part in parts.split("|") if part)
        for key in keys - self._parts[town].keys():
            self.report.reject(file, row.line, "小字", f"“{key}” is no 小字 of {town}")
        return Belonging(district, span, keys)

    def _has(self, town: str, span: tuple[int, int]) -> bool:
        place = self._places[town]
        return place.numbered and (place.chomes is None or span[1] <= place.chomes)

    def words(self, rows: list[tuple[str, Row]]) -> None:
        for file, row in rows:
            word, manner, meaning = row.get("語"), row.get("扱い"), row.get("意味")
            if manner == _ALIAS:
                self._alias(file, row, word, meaning)
            elif manner == _WEAK:
                self._weak.add(spelling_key(word))
                if meaning:
                    self._vague.add(spelling_key(word))
                    self._alias(file, row, word, meaning)
            elif manner in (_NONE, _CITY):
                kind = Kind.ignored if manner == _NONE else Kind.city
                self._more.append(Place(kind, word, other_names=_list(meaning)))
            else:
                self.report.reject(
                    file, row.line, "扱い", f"“{manner}” is none of the four manners"
                )

    def _alias(self, file: str, row: Row, word: str, meaning: str) -> None:
        groups = {base[1] for name in self.districts if (base := _IN_BRACKETS.fullmatch(name))}
        if meaning not in self._places and meaning not in self.districts and meaning not in groups:
            self.report.reject(file, row.line, "意味", f"no town or district “{meaning}”")
        self._aliases[meaning].append(word)

    def elsewhere(self, rows: list[tuple[str, Row]]) -> None:
        for file, row in rows:
            if not row.get("名称"):
                self.report.reject(file, row.line, "名称", "the name is missing")
            names = _list(row.get("別名"))
            reading = row.get("読み")
            self._more.append(Place(Kind.elsewhere, row.get("名称"), reading, other_names=names))

    def landmarks(self, rows: list[tuple[str, Row]], known: dict[str, Position]) -> None:
        for file, row in rows:
            name = row.get("名称")
            belongs = self._where(row.get("所在"))
            if not belongs:
                self.report.reject(file, row.line, "所在", f"no town “{row.get('所在')}”")
            own = row.get("緯度") or row.get("経度")
            position = self._position(file, row) if own else known.get(name)
            names = _list(row.get("別名"))
            self._more.append(
                Place(
                    Kind.landmark,
                    name,
                    row.get("読み"),
                    "",
                    belongs,
                    position=position,
                    other_names=names,
                )
            )

    def _where(self, address: str) -> tuple[Belonging, ...]:
        names = [name for name in self._places if address.startswith(name)]
        if not names:
            return ()
        town = self._finished(self._places[max(names, key=len)])
        tail = read_tail(spell(address), len(spelling_key(town.name)), town)
        return tuple(map(Belonging, districts_of(town, tail.chomes, tail.part).districts))

    def _finished(self, place: Place) -> Place:
        return replace(
            place,
            belongs=tuple(self._lines[place.name]),
            parts=self._parts[place.name],
            other_names=(*place.other_names, *self._aliases[place.name]),
        )

    def table(self, *, demonstration: bool) -> Table:
        towns = [self._with_exceptions(self._finished(p)) for p in self._places.values()]
        within = {p.name: p.exceptions for p in towns}
        districts = [
            replace(
                p,
                other_names=(*p.other_names, *self._aliases[p.name]),
                exceptions=within.get(p.name + "町", ()),
            )
            for p in self.districts.values()
        ]
        groups = self._groups()
        everything = (*districts, *groups, *towns, *self._more)
        return Table(
            tuple(self.districts),
            everything,
            frozenset(self._weak),
            frozenset(self._vague),
            demonstration,
        )

    def _with_exceptions(self, parent: Place) -> Place:
        children = [p for p in self._places.values() if p.parent == parent.name]
        others = {x.district for child in children for x in self._lines[child.name]}
        others -= set(parent.districts)
        return replace(parent, exceptions=tuple(d for d in self.districts if d in others))

    def _groups(self) -> list[Place]:
        """門田 stands for 門田（北部） and 門田（南部）."""
        members: dict[str, list[str]] = defaultdict(list)
        for name in self.districts:
            if base := _IN_BRACKETS.fullmatch(name):
                members[base[1]].append(name)
        return [
            Place(
                Kind.district,
                base,
                self._places[base + "町"].reading.removesuffix("マチ")
                if base + "町" in self._places
                else "",
                belongs=tuple(map(Belonging, names)),
                other_names=tuple(self._aliases[base]),
            )
            for base, names in members.items()
        ]

    def _position(self, file: str, row: Row) -> Position | None:
        latitude, longitude = row.get("緯度"), row.get("経度")
        if not latitude and not longitude:
            return None
        try:
            return Position(float(latitude), float(longitude))
        except ValueError:
            self.report.reject(file, row.line, "緯度", f"“{latitude}, {longitude}” is no position")
            return None


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"[,、]", cell) if part.strip())


def _chomes(cell: str) -> tuple[int, int] | None:
    match = _CHOMES.fullmatch(spelling_key(cell))
    if match is None:
        return None
    first = number(match["first"])
    return first, number(match["last"]) if match["last"] else first


def _common_reading(readings: list[str]) -> str:
    shortest = min(readings, key=len)
    end = len(shortest)
    while any(reading[:end] != shortest[:end] for reading in readings):
        end -= 1
    common = shortest[:end]
    cut = max(common.rfind(last) + len(last) for last in ("マチ", "チョウ"))
    return common[:cut] if cut > 2 else common
