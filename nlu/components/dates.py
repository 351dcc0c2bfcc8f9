"""Days and times of day in folded text, as ISO 8601: 2026-03-01, 2026-03, or first/last.

A weekday, or a day without a year, is the next one, today included; weeks begin on Monday.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from components.folded_text import Found, apart
from components.numerals import NUMBER, value

_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "r": 2018, "h": 1988, "s": 1925}
_RELATIVE = {
    "しあさって": 3,
    "明々後日": 3,
    "明明後日": 3,
    "明後日": 2,
    "あさって": 2,
    "明日": 1,
    "あした": 1,
    "明朝": 1,
    "翌日": 1,
    "今日": 0,
    "本日": 0,
    "きょう": 0,
    "今夜": 0,
    "今晩": 0,
    "今朝": 0,
    "昨日": -1,
    "きのう": -1,
    "一昨日": -2,
    "おととい": -2,
}
_WEEKS = {"再来週": 2, "来週": 1, "今週": 0, "先週": -1, "さらいしゅう": 2, "らいしゅう": 1}
_NOT_TODAY = ("次", "今度", "こんど")
_MONTHS = {"再来月": 2, "来月": 1, "今月": 0, "先月": -1, "らいげつ": 1, "こんげつ": 0}
_YEARS = {"再来年": 2, "来年": 1, "今年": 0, "去年": -1, "昨年": -1}
_WEEKDAYS = "月火水木金土日"
_KANA_WEEKDAYS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")
# First and last day, month before day; the last may lie in the next year.
_SEASONS = {
    "三が日": ((1, 1), (1, 3)),
    "三箇日": ((1, 1), (1, 3)),
    "さんがにち": ((1, 1), (1, 3)),
    "お正月": ((1, 1), (1, 3)),
    "正月": ((1, 1), (1, 3)),
    "元日": ((1, 1), (1, 1)),
    "元旦": ((1, 1), (1, 1)),
    "大晦日": ((12, 31), (12, 31)),
    "おおみそか": ((12, 31), (12, 31)),
    "年末年始": ((12, 29), (1, 3)),
    "年末": ((12, 29), (12, 31)),
    "年始": ((1, 1), (1, 3)),
    "お盆": ((8, 13), (8, 16)),
    "ごーるでんうぃーく": ((4, 29), (5, 5)),
}


def _any(words: dict[str, object] | tuple[str, ...]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


_YEAR = rf"(?:(?P<era>令和|平成|昭和)(?P<era_year>{NUMBER}|元)|(?P<year>\d{{4}}))年"
_WITH_YEAR = re.compile(
    rf"{_YEAR}(?P<fiscal>度)?(?:(?P<month>{NUMBER})月(?:(?P<day>{NUMBER})日)?)?"
)
_SHORT_YEAR = re.compile(
    r"(?<![a-z\d.])(?:(?P<era>[rhs])(?P<era_year>\d{1,2})|(?P<year>20\d\d))"
    r"[./-](?P<month>\d{1,2})[./-](?P<day>\d{1,2})(?![\d/-])"
)
_MONTH_DAY = re.compile(
    rf"(?:(?P<ahead>{_any(_YEARS)})の?)?"
    rf"(?:(?P<month>{NUMBER})月(?P<day>{NUMBER})日|(?<![\d./])(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})(?![\d/]))"
)
_DAY_WORD = re.compile(_any(_RELATIVE) + r"(?!だい|か|し[またて])")
_DISTANCE = re.compile(
    rf"(?P<n>{NUMBER})(?P<unit>日|週間|(?:か|ヶ|カ|ヵ|ゕ|ゖ|箇)月)(?P<side>後|前)"
)
_WEEKDAY = re.compile(
    rf"(?<!第\d)(?<!毎週)(?:(?P<week>{_any(_WEEKS)}|{_any(_NOT_TODAY)})の?)?(?:(?P<day>[{_WEEKDAYS}])(?P<full>曜日?|よう日?)"
    rf"|(?P<kana>{_any(_KANA_WEEKDAYS)})ようび?)"
)
# 来週の火: the short form needs its week, else 火 is fire.
_SHORT_WEEKDAY = re.compile(rf"(?P<week>{_any(_WEEKS)})の?(?P<day>[{_WEEKDAYS}])(?![曜一-龥])")
_WEEK = re.compile(rf"(?P<week>{_any(_WEEKS)})(?P<end>末|の?週末|の?土日)?|(?P<only>週末|土日)")
_SEASON = re.compile(_any(_SEASONS))
_MONTH_END = re.compile(rf"(?P<month>{_any(_MONTHS)})(?:の)?(?:末|終わり|おわり)|月末")
_MONTH_WORD = re.compile(rf"{_any(_MONTHS)}|(?<![\d年]){NUMBER}月(?![曜{_WEEKDAYS}一二三])")
# 毎月10日 and 1日3回 name no day.
_DAY_ONLY = re.compile(rf"(?<![\d月]){NUMBER}日(?![\d後間前目以おご曜常中町市]|まえ)")

Reader = Callable[[re.Match[str], date], str | None]


def read_dates(words: str, today: date) -> list[Found]:
    """Return the days that are named, the more exact reading where several fit."""
    return apart(_candidates(words, today))


def _candidates(words: str, today: date) -> Iterator[Found]:
    for pattern, read in _READERS:
        for match in pattern.finditer(words):
            day = read(match, today) if match.group() else None
            if day is not None:
                yield Found("date", match.start(), match.end(), day)


def _with_year(match: re.Match[str], today: date) -> str | None:
    era = match["era"]
    year = _ERAS[era] + value(match["era_year"]) if era else int(match["year"])
    if match.groupdict().get("fiscal"):
        return f"{year}-04-01/{year + 1}-03-31"
    if not match["month"]:
        return f"{year}-01-01/{year}-12-31"
    month = value(match["month"])
    if not match["day"]:
        return f"{year}-{month:02}" if 1 <= month <= 12 else None
    return _day(year, month, value(match["day"]))


def _month_day(match: re.Match[str], today: date) -> str | None:
    month, day = value(match["month"] or match["m"]), value(match["day"] or match["d"])
    if match["ahead"]:
        return _day(today.year + _YEARS[match["ahead"]], month, day)
    return _next_day(today, month, day)


def _day_word(match: re.Match[str], today: date) -> str:
    return (today + timedelta(days=_RELATIVE[match.group()])).isoformat()


def _distance(match: re.Match[str], today: date) -> str | None:
    number = value(match["n"]) * (1 if match["side"] == "後" else -1)
    if abs(number) > 1_000:
        return None
    if "月" in match["unit"]:
        month = _month_from(today, number)
        last = monthrange(month.year, month.month)[1]
        return month.replace(day=min(today.day, last)).isoformat()
    days = number * (7 if match["unit"] == "週間" else 1)
    return (today + timedelta(days=days)).isoformat()


def _weekday(match: re.Match[str], today: date) -> str:
    kana = match.groupdict().get("kana")
    weekday = _KANA_WEEKDAYS.index(kana) if kana else _WEEKDAYS.index(match["day"])
    week = match["week"]
    if week in _WEEKS and _WEEKS[week]:
        return (_monday(today, _WEEKS[week]) + timedelta(days=weekday)).isoformat()
    days = (weekday - today.weekday()) % 7
    # On a Sunday 日曜 may be today, 次の日曜 is not.
    return (today + timedelta(days=days or 7 * (week in _NOT_TODAY))).isoformat()


def _week(match: re.Match[str], today: date) -> str:
    monday = _monday(today, _WEEKS[match["week"]] if match["week"] else 0)
    first = monday + timedelta(days=5 if match["end"] or match["only"] else 0)
    return f"{first}/{monday + timedelta(days=6)}"


def _season(match: re.Match[str], today: date) -> str:
    start, end = _SEASONS[match.group()]
    for year in (today.year - 1, today.year, today.year + 1):
        first = date(year, *start)
        last = date(year + (end < start), *end)
        if last >= today:
            break
    return first.isoformat() if first == last else f"{first}/{last}"


def _month_end(match: re.Match[str], today: date) -> str:
    month = _month_from(today, _MONTHS[match["month"]] if match["month"] else 0)
    return month.replace(day=monthrange(month.year, month.month)[1]).isoformat()


def _month(match: re.Match[str], today: date) -> str | None:
    word = match.group()
    if word in _MONTHS:
        return _month_from(today, _MONTHS[word]).isoformat()[:7]
    month = value(word.removesuffix("月"))
    if not 1 <= month <= 12:
        return None
    return f"{today.year + (month < today.month)}-{month:02}"


def _day_only(match: re.Match[str], today: date) -> str | None:
    day = value(match.group().removesuffix("日"))
    for ahead in range(3):
        month = _month_from(today, ahead)
        if 1 <= day <= monthrange(month.year, month.month)[1] and month.replace(day=day) >= today:
            return month.replace(day=day).isoformat()
    return None


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _next_day(today: date, month: int, day: int) -> str | None:
    """Return the next such day; up to eight years ahead, as 29 February may skip one."""
    days = (_day(year, month, day) for year in range(today.year, today.year + 9))
    return next((one for one in days if one and one >= today.isoformat()), None)


def _month_from(today: date, ahead: int) -> date:
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _monday(today: date, weeks: int) -> date:
    return today + timedelta(days=7 * weeks - today.weekday())


# The more exact reading first: what it takes is closed to those after it.
_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (_WITH_YEAR, _with_year),
    (_SHORT_YEAR, _with_year),
    (_MONTH_DAY, _month_day),
    (_DISTANCE, _distance),
    (_SEASON, _season),
    (_DAY_WORD, _day_word),
    (_WEEKDAY, _weekday),
    (_SHORT_WEEKDAY, _weekday),
    (_WEEK, _week),
    (_MONTH_END, _month_end),
    (_MONTH_WORD, _month),
    (_DAY_ONLY, _day_only),
)
