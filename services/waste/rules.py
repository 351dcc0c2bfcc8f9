"""When waste is collected: the cell grammar of 5374 calendars, and the days that follow from it.

Source: LOCALIZE.md of codeforkanazawa-org/5374, and the files of cities that use it. A cell reads
`月 木` (every week), `水2 水4` (nth occurrence of the weekday in the month), `火2 金4:4 6 8` (only
in those months), `20140301` (that day), `隔水20261202` (every second week from that day on), `*1`
(remark 1), or nothing at all. Cities also write `水1水3` without a blank, `2土` the other way
round, `e2w20261202` for every second week, and full-width signs.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

WEEKDAYS = "月火水木金土日"
"""In the order of `date.weekday()`."""

HORIZON_DAYS = 400
"""How far ahead "the next time" is looked for: a yearly collection is still found."""

_WEEK = timedelta(days=7)
_FORTNIGHT_DAYS = 14
_REMARK = re.compile(r"\*\s*([0-9A-Za-z]+)")
_DAY_FIRST = re.compile(rf"([{WEEKDAYS}])([1-5]?)")
_NUMBER_FIRST = re.compile(rf"([1-5])([{WEEKDAYS}])")
_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{1,2})月?")
_FORTNIGHT = re.compile(rf"(?:隔週?([{WEEKDAYS}])(?:曜日?)?|[eE]2[wW])(\d{{8}})")
_SEPARATORS = re.compile(r"[\s、,・･]+")


class CellError(ValueError):
    """A calendar cell that cannot be read; the message says which part."""


@dataclass(frozen=True)
class CellRule:
    """A cell, understood. `days` are (weekday 0–6 from Monday, nth or None for every week).

    `fortnights` are the first days of collections every second week.
    """

    days: tuple[tuple[int, int | None], ...] = ()
    months: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()
    remarks: tuple[str, ...] = ()
    fortnights: tuple[date, ...] = ()

    @property
    def repeats(self) -> bool:
        """Whether the collections go on without an end."""
        return bool(self.days or self.fortnights)

    @property
    def last_day(self) -> date | None:
        """The last day that is known, where the cell holds single days only."""
        return None if self.repeats else max(self.dates, default=None)


@dataclass(frozen=True)
class Stop:
    """A pause of collection, both days included, for the districts of one centre."""

    center: str
    first: date
    last: date


@dataclass(frozen=True)
class Area:
    """A district. `label` is unique: the name, with the ward before it where two share it."""

    label: str
    name: str
    center: str
    cells: tuple[str, ...]
    """One cell a category, in the order of `CityData.categories`."""


@dataclass(frozen=True)
class Target:
    """A thing and the kind of waste it is."""

    name: str
    category: str
    notice: str
    reading: str


@dataclass(frozen=True)
class Office:
    """The city's own settings of this skill (`manifest.toml` beside its files)."""

    desk: str = "市役所のごみ担当窓口"
    phone: str = ""
    put_out_by: str = "8:30"
    demonstration: bool = False
    shift_week: bool = False
    """Kanazawa's way: what a pause takes from an nth weekday is collected a week later."""


@dataclass(frozen=True)
class CityData:
    """One city's files, validated. Words are everyday names: what is said → what is meant."""

    categories: tuple[str, ...]
    areas: tuple[Area, ...]
    stops: tuple[Stop, ...] = ()
    targets: tuple[Target, ...] = ()
    how: dict[str, str] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    area_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    category_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    item_words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    office: Office = field(default_factory=Office)


@dataclass(frozen=True)
class Pickup:
    """One kind of waste on one day; `stopped` where a pause takes it away."""

    day: date
    category: str
    remarks: tuple[str, ...] = ()
    stopped: bool = False


@dataclass(frozen=True)
class End:
    """A category and the last day for which its calendar in a district speaks."""

    category: str
    last: date


@lru_cache(maxsize=8192)
def parse_cell(cell: str) -> CellRule:
    """Read one calendar cell. Raises CellError naming the part that means nothing."""
    text = unicodedata.normalize("NFKC", cell).replace("※", "*")
    remarks = tuple(_REMARK.findall(text))
    body, colon, months_part = _REMARK.sub(" ", text).partition(":")
    days: list[tuple[int, int | None]] = []
    dates: set[date] = set()
    fortnights: list[date] = []
    for token in _tokens(body):
        if _DATE.fullmatch(token):
            dates.add(_parse_date(token))
        elif fortnight := _FORTNIGHT.fullmatch(token):
            fortnights.append(_parse_fortnight(fortnight))
        else:
            days.extend(_parse_weekdays(token))
    months = frozenset(_parse_month(token) for token in _tokens(months_part))
    if colon and not (months and (days or fortnights)):
        raise CellError(f"「{cell}」 needs weekdays before the colon and months after it")
    return CellRule(tuple(days), months, frozenset(dates), remarks, tuple(fortnights))


def _tokens(text: str) -> list[str]:
    return [token for token in _SEPARATORS.split(text) if token]


def _parse_date(token: str) -> date:
    try:
        return date(int(token[:4]), int(token[4:6]), int(token[6:]))
    except ValueError as error:
        raise CellError(f"there is no day 「{token}」") from error


def _parse_fortnight(match: re.Match[str]) -> date:
    first = _parse_date(match[2])
    if match[1] and WEEKDAYS[first.weekday()] != match[1]:
        raise CellError(f"「{match[0]}」: {first} is no {match[1]}曜日")
    return first


def _parse_weekdays(token: str) -> Iterator[tuple[int, int | None]]:
    if re.fullmatch(f"(?:{_DAY_FIRST.pattern})+", token):
        for day, nth in _DAY_FIRST.findall(token):
            yield WEEKDAYS.index(day), int(nth) if nth else None
    elif re.fullmatch(f"(?:{_NUMBER_FIRST.pattern})+", token):
        for nth, day in _NUMBER_FIRST.findall(token):
            yield WEEKDAYS.index(day), int(nth)
    else:
        raise CellError(f"「{token}」 is neither a weekday, an nth weekday nor a day YYYYMMDD")


def _parse_month(token: str) -> int:
    match = _MONTH.fullmatch(token)
    if match is None or not 1 <= int(match[1]) <= 12:
        raise CellError(f"「{token}」 is not a month")
    return int(match[1])


def collections(city: CityData, area: Area, first: date, last: date) -> list[Pickup]:
    """Return what is collected in `area` from `first` to `last`, in order of days.

    "Nth" counts the occurrences of the weekday in the month, so nothing is due in a fifth week
    unless a cell says 5. A day written out in full is collected even within a pause.
    """
    rules = [parse_cell(cell) for cell in area.cells]
    stops = [stop for stop in city.stops if stop.center == area.center]
    found = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for category, rule in zip(city.categories, rules, strict=True):
            due, stopped = _due(rule, day, stops, city.office.shift_week)
            if due:
                remarks = tuple(city.remarks[mark] for mark in rule.remarks)
                found.append(Pickup(day, category, remarks, stopped))
    return found


def _due(rule: CellRule, day: date, stops: Sequence[Stop], shift_week: bool) -> tuple[bool, bool]:
    """Return (by the calendar, or put off to here; but taken away by a pause)."""
    if day in rule.dates:
        return True, False
    if shift_week and any(_put_off(rule, day - _WEEK, entry, stops) for entry in rule.days):
        return True, _paused(day, stops)
    if _in_its_fortnight(rule, day):
        return True, _paused(day, stops)
    entries = [entry for entry in rule.days if _nominal(rule, day, entry)]
    if not entries:
        return False, False
    if shift_week and all(_put_off(rule, day, entry, stops) for entry in entries):
        return True, True
    return True, _paused(day, stops)


def _nominal(rule: CellRule, day: date, entry: tuple[int, int | None]) -> bool:
    weekday, nth = entry
    if day.weekday() != weekday or (rule.months and day.month not in rule.months):
        return False
    return nth is None or (day.day - 1) // 7 + 1 == nth


def _in_its_fortnight(rule: CellRule, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    since = [(day - first).days for first in rule.fortnights]
    return any(days >= 0 and days % _FORTNIGHT_DAYS == 0 for days in since)


def _put_off(
    rule: CellRule, day: date, entry: tuple[int, int | None], stops: Sequence[Stop]
) -> bool:
    """Tell whether an nth weekday moves on a week: a pause took one of the month's up to it."""
    if entry[1] is None or not _nominal(rule, day, entry):
        return False
    return any(_paused(day - _WEEK * back, stops) for back in range((day.day - 1) // 7 + 1))


def _paused(day: date, stops: Sequence[Stop]) -> bool:
    return any(stop.first <= day <= stop.last for stop in stops)


def next_days(
    city: CityData, area: Area, start: date, categories: Sequence[str] = ()
) -> list[Pickup]:
    """Return the next real collection of each category (all, where none is named)."""
    wanted = set(categories or city.categories) & with_calendar(city, area)
    found: dict[str, Pickup] = {}
    for offset in range(HORIZON_DAYS):
        day = start + timedelta(days=offset)
        for pickup in collections(city, area, day, day):
            if pickup.category in wanted and not pickup.stopped:
                found.setdefault(pickup.category, pickup)
        if len(found) == len(wanted):
            break
    return sorted(found.values(), key=lambda pickup: pickup.day)


def with_calendar(city: CityData, area: Area) -> set[str]:
    """Return the categories that have any days in `area`; the others are taken on request."""
    cells = zip(city.categories, map(parse_cell, area.cells), strict=True)
    return {category for category, rule in cells if rule.repeats or rule.dates}


def next_day(city: CityData, area: Area, start: date) -> list[Pickup]:
    """Return everything that is collected on the next day of any collection."""
    upcoming = next_days(city, area, start)
    return [pickup for pickup in upcoming if pickup.day == upcoming[0].day]


def ends(city: CityData, area: Area, after: date, categories: Sequence[str] = ()) -> list[End]:
    """Return which calendars (all, where none is named) reach no further than a day before `after`.

    Only single days come to an end. What follows the last of them is not known: it is no day
    without a collection.
    """
    wanted = set(categories or city.categories)
    cells = zip(city.categories, map(parse_cell, area.cells), strict=True)
    last = {name: rule.last_day for name, rule in cells if name in wanted}
    return [End(name, day) for name, day in last.items() if day is not None and day < after]
