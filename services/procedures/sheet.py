"""The list as pages show it: by desk or by day, what is brought once, a calendar. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from kit.wording import translated
from services.procedures.events import Desk, Guidebook, Procedure
from services.procedures.guides import OpenList
from services.procedures.listing import SOON, Row
from services.procedures.wording import (
    BY_DAY,
    CHANNELS,
    due_words,
    needed_words,
    term_words,
    until_words,
)

_CLOSE = timedelta(days=7)


@dataclass(frozen=True)
class Line:
    """One procedure, ready to be shown."""

    procedure: Procedure
    desk: Desk
    due: str
    """Its last day, or its term in words."""
    is_over: bool
    is_close: bool
    is_certain: bool
    done_by: str
    """`citizen`, `family`, the name of staff; empty while it is to be done."""
    bring: tuple[str, ...]
    elsewhere: tuple[tuple[str, str, str], ...]
    """(way, words, address)"""
    after: tuple[str, ...]
    """Titles of what comes before it and is still to be done."""


@dataclass(frozen=True)
class Stop:
    """One desk of the walk."""

    desk: Desk
    lines: tuple[Line, ...]


def stops(opened: OpenList, book: Guidebook, *, certain: bool = True) -> tuple[Stop, ...]:
    """Return the desks in walking order, each with its procedures by term.

    `certain`: what applies; otherwise what may apply.
    """
    rows: dict[str, list[Row]] = {}
    for row in opened.rows:
        if row.certain is not certain and row.procedure.key not in opened.ticks:
            continue
        if not certain and row.procedure.key in opened.ticks:
            continue
        rows.setdefault(row.procedure.desk, []).append(row)
    walk = sorted(rows, key=lambda key: (book.desks[key].other_office, book.desks[key].order))
    return tuple(
        Stop(book.desks[key], tuple(_line(row, opened, book) for row in rows[key])) for key in walk
    )


@dataclass(frozen=True)
class Stretch:
    """What is to be done within a stretch of time."""

    title: str
    until: str
    """Its last day; empty where it has none."""
    lines: tuple[Line, ...]


def stretches(opened: OpenList, book: Guidebook) -> tuple[Stretch, ...]:
    """Return what applies by when it has to be done, the most urgent first, what is done last.

    What comes before something with a term stands with it. Weeks end on Sunday.
    """
    today = opened.today
    sunday = today + timedelta(days=6 - today.weekday())
    ends = {"over": None, "today": None, "week": sunday, "month": today + SOON}
    rows: dict[str, list[Row]] = {name: [] for name in BY_DAY}
    for row in opened.rows:
        if row.procedure.key in opened.ticks:
            rows["done"].append(row)
        elif row.certain:
            rows[_when(row, today, sunday)].append(row)
    return tuple(
        Stretch(
            translated(title),
            until_words(end, today) if (end := ends.get(name)) else "",
            tuple(_line(row, opened, book) for row in rows[name]),
        )
        for name, title in BY_DAY.items()
        if rows[name]
    )


def _when(row: Row, today: date, sunday: date) -> str:
    """Return the stretch of `BY_DAY` to which something belongs."""
    if row.needed_by is None:
        return "soon" if row.procedure.soon or row.procedure.deadline else "undated"
    ends = {"over": today - timedelta(days=1), "today": today, "week": sunday}
    ends["month"] = today + SOON
    return next((name for name, end in ends.items() if row.needed_by <= end), "later")


def _line(row: Row, opened: OpenList, book: Guidebook) -> Line:
    one, tick = row.procedure, opened.ticks.get(row.procedure.key)
    day = due_words(row.due, opened.today) if row.due else term_words(one.deadline, opened.event)
    if not day and row.needed_by:
        day = needed_words(row.needed_by, opened.today)
    is_over = row.due is not None and row.due < opened.today and tick is None
    is_close = row.due is not None and tick is None and row.due - opened.today <= _CLOSE
    left = {other.procedure.key for other in opened.left}
    return Line(
        procedure=one,
        desk=book.desks[one.desk],
        due=day or (translated("早めに") if one.soon else ""),
        is_over=is_over,
        is_close=is_close and not is_over,
        is_certain=row.certain,
        done_by=tick.who if tick else "",
        bring=tuple(book.items[item] for item in one.bring),
        elsewhere=tuple(
            (translated(CHANNELS[way.kind]), way.words, str(way.url) if way.url else "")
            for way in one.elsewhere
        ),
        after=tuple(opened.event.by_key[key].title for key in one.after if key in left),
    )


def bring_all(opened: OpenList, book: Guidebook) -> tuple[str, ...]:
    """Return what is brought for all that is still to be done at the city hall, once each."""
    items = (
        item
        for row in opened.left
        if row.certain and not book.desks[row.procedure.desk].other_office
        for item in row.procedure.bring
    )
    return tuple(book.items[item] for item in dict.fromkeys(items))


def calendar(opened: OpenList, book: Guidebook, now: datetime) -> str:
    """Return the terms of what is to be done as iCalendar (RFC 5545): whole days, with an alarm."""
    rows = [row for row in opened.left if row.due is not None]
    stamp = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//citizen-concierge//procedures//JA"),
        *(line for row in rows for line in _event(row, opened.guide.id, stamp, book)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(row: Row, guide_id: str, stamp: str, book: Guidebook) -> Iterable[str]:
    due = row.due or date.max
    desk = book.desks[row.procedure.desk]
    yield "BEGIN:VEVENT"
    yield f"UID:{guide_id}-{row.procedure.key}@citizen-concierge"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{due:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(row.procedure.title)}（{_escaped(translated('期限'))}）"
    yield f"LOCATION:{_escaped(f'{desk.name} {desk.place}')}"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_escaped(row.procedure.title)}"
    yield "TRIGGER:-P2D"
    yield "END:VALARM"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """Yield a line in pieces of at most 75 octets, each after the first with a leading blank."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > 75:
            yield piece
            piece = " "
        piece += letter
    yield piece
