"""Residents' words for days and times of day, read without guessing. Pure functions."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, time, timedelta

from kit.text import fold, kanji_number

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """The days that were asked about, both included."""

    first: date
    last: date


_RELATIVE = (
    # The longer word first: 明後日 holds no 明日, but しあさって holds あさって.
    (re.compile(r"しあさって|明々後日|明明後日"), 3),
    (re.compile(r"あさって|明後日"), 2),
    (re.compile(r"明日|あした|あしだ|明朝|翌日|(?<![かがま])あす(?=[のはもなって、。?!\s]|$)"), 1),
    (re.compile(r"今日|本日|きょう(?!だい|か|し)|今朝|けさ|けふ"), 0),
)
_DAYS_LATER = re.compile(r"(\d{1,2})日後")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:月|/)(\d{1,2})日?")
_YEAR_MONTH_DAY = re.compile(r"(20\d\d)[年/-](\d{1,2})[月/-](\d{1,2})日?(?!\d)")
_MONTH = re.compile(r"(?<!\d)(\d{1,2})月(?!曜)")
_DAY_OF_MONTH = re.compile(r"(?<![\d/第])(\d{1,2})日(?!後|間|前|曜)")
_WEEKDAYS = (
    r"月曜|げつよう|月よう",
    r"火曜|かようび|火よう",
    r"水曜|すいよう|水よう",
    r"木曜|もくよう|木よう",
    r"金曜|きんよう|金よう",
    r"土曜|どよう|土よう",
    r"日曜|にちよう|日よう",
)
_WEEKS = ((r"再来週|さらいしゅう", 2), (r"来週|らいしゅう", 1), (r"今週|こんしゅう", 0))
_WEEKEND = re.compile(r"週末|しゅうまつ|土日")
_NEW_YEAR = re.compile(r"年末|年始|正月|しょうがつ|年越し|年明け")
_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十]+(?=[月日時分])")


def parse_days(text: str, today: date) -> Span | None:
    """Return the days that `text` names, None where it names none (then the next time is meant).

    A weekday is its next occurrence, today included; a day of the year that has passed is the
    one of next year. Weeks begin on Monday.
    """
    words = _arabic(fold(text))
    for part in dict.fromkeys((corrected(words), words)):
        for reader in (_relative, _month_day, _named_day, _weekday, _week, _day_of_month, _month):
            span = reader(part, today)
            if span is not None:
                return span
    return None


DENIED = r"(?:じゃ|では|で)な[いく]"
_NOT_BUT = re.compile(r"(?:じゃ|では|で)なくて?[、。\s]*(?=\S)")


def corrected(text: str) -> str:
    """Return what follows "not this but" (明日じゃなくてあさって), the whole where nothing does."""
    return _NOT_BUT.split(text)[-1]


def _arabic(text: str) -> str:
    return _KANJI_NUMBER.sub(lambda match: str(kanji_number(match.group())), text)


def _relative(words: str, today: date) -> Span | None:
    if match := _DAYS_LATER.search(words):
        return _one(today + int(match[1]) * _DAY)
    for pattern, days in _RELATIVE:
        if pattern.search(words):
            return _one(today + days * _DAY)
    return None


def _month_day(words: str, today: date) -> Span | None:
    if (match := _YEAR_MONTH_DAY.search(words)) and _exists(*map(int, match.groups())):
        return _one(date(*map(int, match.groups())))
    match = _MONTH_DAY.search(words)
    return None if match is None else _coming(today, int(match[1]), int(match[2]))


def _named_day(words: str, today: date) -> Span | None:
    if re.search(r"大晦日|おおみそか|大みそか", words):
        return _coming(today, 12, 31)
    if re.search(r"元日|元旦|がんたん", words):
        return _coming(today, 1, 1)
    if _NEW_YEAR.search(words):
        year = today.year - 1 if (today.month, today.day) <= (1, 6) else today.year
        return Span(max(today, date(year, 12, 27)), date(year + 1, 1, 6))
    return None


def _weekday(words: str, today: date) -> Span | None:
    if re.search(r"第[1-5]|毎週", words):
        return None
    for weekday, pattern in enumerate(_WEEKDAYS):
        if not re.search(pattern, words):
            continue
        for week, ahead in _WEEKS:
            if ahead and re.search(week, words):
                return _one(_monday(today) + (7 * ahead + weekday) * _DAY)
        return _one(today + (weekday - today.weekday()) % 7 * _DAY)
    return None


def _week(words: str, today: date) -> Span | None:
    monday = _monday(today)
    ahead = next((ahead for week, ahead in _WEEKS if re.search(week, words)), None)
    if _WEEKEND.search(words):
        saturday = monday + (7 * (ahead or 0) + 5) * _DAY
        return Span(max(saturday, today), saturday + _DAY)
    if ahead is None:
        return None
    first = monday + 7 * ahead * _DAY
    return Span(max(first, today), first + 6 * _DAY)


def _day_of_month(words: str, today: date) -> Span | None:
    match = _DAY_OF_MONTH.search(words)
    if match is None or not 1 <= int(match[1]) <= 31:
        return None
    day = int(match[1])
    month = today.replace(day=1)
    while not _exists(month.year, month.month, day) or month.replace(day=day) < today:
        month = _month_after(month)
    return _one(month.replace(day=day))


def _month(words: str, today: date) -> Span | None:
    if re.search(r"来月|らいげつ", words):
        return _whole_month(_month_after(today), today)
    if re.search(r"今月|こんげつ", words):
        return _whole_month(today, today)
    match = _MONTH.search(words)
    if match is None or not 1 <= int(match[1]) <= 12:
        return None
    month = int(match[1])
    year = today.year + (month < today.month)
    return _whole_month(date(year, month, 1), today)


def _whole_month(month: date, today: date) -> Span:
    last = monthrange(month.year, month.month)[1]
    return Span(max(month.replace(day=1), today), month.replace(day=last))


def _month_after(day: date) -> date:
    return (day.replace(day=1) + 32 * _DAY).replace(day=1)


def _monday(today: date) -> date:
    return today - today.weekday() * _DAY


def _one(day: date) -> Span:
    return Span(day, day)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _coming(today: date, month: int, day: int) -> Span | None:
    """Return the next such day; up to eight years ahead, as 29 February may skip one."""
    for year in range(today.year, today.year + 9):
        if _exists(year, month, day) and date(year, month, day) >= today:
            return _one(date(year, month, day))
    return None


_CLOCK = re.compile(r"(?<!\d)(\d{1,2})(?::([0-5]\d)|時(?!間)(?:(半)|([0-5]?\d)分?)?)")
_DENIED_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}(?::[0-5]\d|時(?!間)(?:半|[0-5]?\d分?)?)(?:に|で|から)?"
    rf"(?:{DENIED}|[、。…\s]*(?:いや|やっぱり?|訂正)(?=.*\d))"
)
_HALF = re.compile(
    r"(?P<afternoon>午後|ごご|夕方|ゆうがた|pm)|(?P<night>夜|よる|晩|ばん)"
    r"|(?P<morning>午前|ごぜん|朝|あさ|am)|(?P<noon>昼|ひる)"
)
_DAWN = 5
"""Before this hour 夜 and 深夜 mean the hours after midnight; 夜5時 is an evening."""
_HOUR_IN_KANA: tuple[tuple[str, int], ...] = (
    ("じゅうにじ", 12),
    ("じゅういちじ", 11),
    ("じゅうじ", 10),
    ("くじ", 9),
    ("はちじ", 8),
    ("しちじ", 7),
    ("ななじ", 7),
    ("ろくじ", 6),
    ("ごじ", 5),
)


def parse_time(text: str) -> time | None:
    """Return the time of day that `text` names, such as 夜8時, 20時半, 20:30 or 翌朝六時三十分.

    A bare 8時 may be morning or evening and gives None: the caller asks again.
    """
    words = _arabic(fold(text))
    for kana, kana_hour in _HOUR_IN_KANA:
        words = words.replace(kana, f"{kana_hour}時", 1)
    words = _DENIED_CLOCK.sub("", words)
    match = _CLOCK.search(words)
    if match is None:
        return None
    minute = 30 if match[3] else int(match[2] or match[4] or 0)
    half = _half_of_day(words[: match.start()], words[match.end() :])
    hour = _hour(int(match[1]), half, exact=match[2] is not None)
    return None if hour is None else time(hour, minute)


def _half_of_day(before: str, after: str) -> str:
    """Return the part of the day named nearest before the hour, else after it; empty for none."""
    named = list(_HALF.finditer(before))[-1:] or list(_HALF.finditer(after))[:1]
    return str(named[0].lastgroup) if named else ""


def _hour(hour: int, half: str, *, exact: bool) -> int | None:
    """Return the hour on a 24-hour clock; midnight is 0, as 夜12時 and 24時 mean it."""
    if hour > 24:
        return None
    if hour == 12 and half in ("night", "morning"):
        return 0
    if half == "night" and hour < _DAWN:
        return hour
    if hour < 12 and (half in ("night", "afternoon") or (half == "noon" and hour < _DAWN)):
        return hour + 12
    if hour >= 12 or exact or half:
        return hour % 24
    return None


_STOP = re.compile(
    r"やめ|止め|とめて|停止|解除|要ら|いらな|いりません|不要|おふ|off|送らない|来ない|こない|消し|けして"
    r"|きゃんせる|なしに|しなくて"
)


def wants_to_stop(text: str) -> bool:
    """Tell whether a sentence about reminders asks for their end."""
    return _STOP.search(fold(text)) is not None
