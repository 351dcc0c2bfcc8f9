"""Which days a resident's words name: single days, lists, spans, and days that do not exist.

A bare weekday, day or month is the next one, today included; weeks begin on Monday. A day of a
month without its year is said to be missing when the coming twelve months do not hold it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kit.day_patterns import DAY, READERS, Span, exists
from kit.text import fold


@dataclass(frozen=True)
class Days:
    """What a text says about days: `spans` in order of time, `missing` as they were written."""

    spans: tuple[Span, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Found:
    """A stretch of the text and the days it means; none for a day that does not exist."""

    start: int
    end: int
    span: Span | None
    has_month: bool = False


def read_days(text: str, today: date) -> Days:
    """Return the days that `text` names; nothing where it names none."""
    parts = (_NOT_BUT.split(text)[-1], text)
    found = (_read(part, today) for part in dict.fromkeys(parts))
    return next((days for days in found if days.spans or days.missing), Days())


_NOT_BUT = re.compile(r"(?:じゃ|では|で)なくて?[、。\s]*(?=\S)")


def _read(text: str, today: date) -> Days:
    words = _plain(text)
    spans, missing = [], []
    for one in _joined(words, _apart(_candidates(words, today)), today):
        if one.span is None:
            missing.append(words[one.start : one.end])
        elif one.span not in spans:
            spans.append(one.span)
    return Days(tuple(sorted(spans, key=lambda span: span.first)), tuple(missing))


def days_in(words: str, today: date) -> tuple[tuple[int, int, Span], ...]:
    """Return start, end and days of every stretch of folded words (`arabic`) that names days."""
    found = _joined(words, _apart(_candidates(words, today)), today)
    return tuple((one.start, one.end, one.span) for one in found if one.span is not None)


def without_days(text: str, today: date) -> str:
    """Return the folded text without the words that name days."""
    words = _plain(text)
    for one in sorted(_apart(_candidates(words, today)), key=lambda one: -one.start):
        words = words[: one.start] + " " + words[one.end :]
    return words


_KANJI_DIGITS = {mark: value for value, mark in enumerate("〇一二三四五六七八九")}
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十]+(?=[月日時分年週])(?!日町|日市|月町)")


def arabic(words: str) -> str:
    """Return folded words with Arabic digits before 月, 日, 時 and their like."""
    return _KANJI_NUMBER.sub(lambda match: str(_kanji_value(match.group())), words)


def _kanji_value(number: str) -> int:
    tens, ten, units = number.partition("十")
    if not ten:
        return int("".join(str(_KANJI_DIGITS[mark]) for mark in number))
    unit = _KANJI_DIGITS.get(units[:1], 0)
    return 10 * _KANJI_DIGITS.get(tens[-1:], 1) + unit


def _plain(text: str) -> str:
    """Fold, with Arabic digits; the kana がつ and にち after a digit are 月 and 日."""
    words = arabic(fold(text))
    words = re.sub(r"(?<=\d)\s*がつ\s*(?=\d)", "月", words)
    return re.sub(r"(?<=\d)\s*にち(?!よう)", "日", words)


def _candidates(words: str, today: date) -> Iterator[_Found]:
    for pattern, read, has_month in READERS:
        for match in pattern.finditer(words):
            span = read(match, today)
            yield _Found(match.start(), match.end(), span, has_month)


def _apart(candidates: Iterable[_Found]) -> list[_Found]:
    """Return what overlaps nothing before it (the more exact reading is tried first)."""
    kept: list[_Found] = []
    for one in candidates:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


_TO = re.compile(r"[\s(（]*(?:から|より|~|〜|～|-|−|ー|の夜から|の朝から)\s*")
_FOR_DAYS = re.compile(r"から(?:の)?\s*(\d{1,2})日間")
_UNTIL_DAY = re.compile(r"(?:から|より|~|〜|～|-|−)\s*(\d{1,2})日?(?![\d時月/人分])")


def _joined(words: str, found: list[_Found], today: date) -> Iterator[_Found]:
    """Join "from … to …" into one span."""
    place = 0
    while place < len(found):
        one = found[place]
        place += 1
        if one.span is None:
            yield one
            continue
        if place < len(found) and _TO.fullmatch(words[one.end : found[place].start]):
            last = _moved_on(one.span.first, found[place], words)
            if last is not None:
                yield _Found(one.start, found[place].end, Span(one.span.first, last))
                place += 1
                continue
        yield _extended(words, one, today)


def _moved_on(first: date, other: _Found, words: str) -> date | None:
    """Return the end of a span; a weekday that lies before its beginning is the next one."""
    if other.span is None:
        return None
    last = other.span.last
    while last < first and not other.has_month:
        last += 7 * DAY
    return last if first <= last <= first + 62 * DAY else None


def _extended(words: str, one: _Found, today: date) -> _Found:
    if one.span is None:
        return one
    first = one.span.first
    if match := _FOR_DAYS.match(words, one.end):
        return _Found(one.start, match.end(), Span(first, first + (int(match[1]) - 1) * DAY))
    match = _UNTIL_DAY.match(words, one.end)
    if match and one.has_month and first == one.span.last:
        day = int(match[1])
        if day > first.day and exists(first.year, first.month, day):
            return _Found(one.start, match.end(), Span(first, first.replace(day=day)))
    return one
