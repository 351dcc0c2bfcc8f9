"""How each kind of words names days: a pattern, and the days that it means."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import jpholiday

from kit.day_names import (
    DAY_NAMES,
    ERAS,
    FOREIGN,
    FOREIGN_WEEKDAY,
    HOLIDAYS,
    KANA_WEEKDAYS,
    MONTHS,
    RELATIVE,
    SEASONS,
    WEEKDAYS,
    WEEKS,
    YEARS,
)

DAY = timedelta(days=1)
_YEAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Span:
    """The days that were asked about, both included."""

    first: date
    last: date


Reader = Callable[[re.Match[str], date], Span | None]


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


_WEEKDAY_NAME = (
    rf"(?:(?P<sign>[{WEEKDAYS}])(?:曜日?|よう日?|ようび)"
    rf"|(?P<kana>{_any(KANA_WEEKDAYS)})よう(?:び|日)?)"
)
_BEHIND = (
    rf"(?:の|\s|[(（])?(?:[{WEEKDAYS}](?:曜日?|よう日?|ようび)|[(（][{WEEKDAYS}](?:曜日?)?[)）])"
)
# What follows a number and 日 and makes it a stretch or a habit, no day of the calendar.
_NO_DAY = r"(?!間|後|前|以|目|ごと|おき|お|町|市|[0-9０-９]+[時回人]|ほど|くらい|ぐらい|あれば|分)"


def _full_date(match: re.Match[str], today: date) -> Span | None:
    era = match["era"]
    year = ERAS[era] + (1 if match["n"] == "元" else int(match["n"])) if era else int(match["year"])
    return _day(year, int(match["month"]), int(match["day"]))


def _month_day(match: re.Match[str], today: date) -> Span | None:
    month, day = int(match["month"]), int(match["day"])
    if ahead := match.groupdict().get("ahead"):
        return _day(today.year + YEARS[ahead], month, day)
    return _coming(today, month, day)


def _relative(match: re.Match[str], today: date) -> Span:
    return _one(today + RELATIVE[match["word"]] * DAY)


def _foreign_weekday(match: re.Match[str], today: date) -> Span:
    weekday = FOREIGN_WEEKDAY[match["word"]]
    if match["next"]:
        return _one(_monday(today) + (7 + weekday) * DAY)
    return _one(today + (weekday - today.weekday()) % 7 * DAY)


def _foreign_week(match: re.Match[str], today: date) -> Span:
    monday = _monday(today) + 7 * DAY * ("next" in match["word"] or match["word"] == "下周")
    return Span(max(monday, today), monday + 6 * DAY)


def _distance(match: re.Match[str], today: date) -> Span:
    number = int(match["n"]) * (1 if match["side"] == "後" else -1)
    return _one(today + number * (7 if "週" in match["unit"] else 1) * DAY)


def _month_word_day(match: re.Match[str], today: date) -> Span | None:
    month = _month_from(today, MONTHS[match["word"]])
    return _day(month.year, month.month, int(match["day"]))


def _season(match: re.Match[str], today: date) -> Span:
    start, end = SEASONS[match["word"]]
    for year in (today.year - 1, today.year, today.year + 1):
        first = date(year, *divmod(start, 100))
        last = date(year + (end < start), *divmod(end, 100))
        if last >= today:
            break
    return Span(first, last)


@cache
def _holidays(year: int) -> dict[str, date]:
    return {name: day for day, name in jpholiday.year_holidays(year)}


def _holiday(match: re.Match[str], today: date) -> Span | None:
    name = HOLIDAYS[match["word"]]
    days = (_holidays(year).get(name) for year in (today.year, today.year + 1))
    return next((_one(day) for day in days if day and day >= today), None)


def _nth_weekday(match: re.Match[str], today: date) -> Span | None:
    nth, weekday = int(match["nth"]), WEEKDAYS.index(match["sign"])
    word = match.groupdict().get("word")
    for ahead in (MONTHS[word],) if word else range(13):
        month = _month_from(today, ahead)
        day = month + ((weekday - month.weekday()) % 7 + 7 * (nth - 1)) * DAY
        if day.month == month.month and (word or day >= today):
            return _one(day)
    return None


def _weekday(match: re.Match[str], today: date) -> Span:
    kana = match.groupdict().get("kana")
    weekday = KANA_WEEKDAYS.index(kana) if kana else WEEKDAYS.index(match["sign"])
    before = match["before"] or ""
    if before in WEEKS:
        return _one(_monday(today) + (7 * WEEKS[before] + weekday) * DAY)
    days = (weekday - today.weekday()) % 7
    if before in ("この前", "こないだ", "この間", "前", "前回"):
        return _one(today + (days - 7) * DAY)
    # On a Sunday 日曜 may be today, 次の日曜 is not.
    return _one(today + (days or 7 * bool(before)) * DAY)


def _week(match: re.Match[str], today: date) -> Span:
    ahead = WEEKS[match["word"]] if match["word"] else 0
    monday = _monday(today) + 7 * ahead * DAY
    if match["end"] or match["only"]:
        saturday = monday + 5 * DAY
        return Span(saturday if ahead else max(saturday, today), saturday + DAY)
    return Span(monday if ahead else max(monday, today), monday + 6 * DAY)


def _month_end(match: re.Match[str], today: date) -> Span | None:
    if match["n"]:
        number = int(match["n"])
        if not 1 <= number <= 12:
            return None
        month = date(today.year + (number < today.month), number, 1)
    else:
        month = _month_from(today, MONTHS[match["word"]] if match["word"] else 0)
    return _one(month.replace(day=monthrange(month.year, month.month)[1]))


def _year_end(match: re.Match[str], today: date) -> Span:
    return _one(date(today.year, 12, 31))


def _month(match: re.Match[str], today: date) -> Span | None:
    if match["word"]:
        ahead = MONTHS[match["word"]]
        return _whole_month(_month_from(today, ahead), today if ahead >= 0 else date.min)
    number = int(match["n"])
    if not 1 <= number <= 12:
        return None
    return _whole_month(date(today.year + (number < today.month), number, 1), today)


def _day_of_month(match: re.Match[str], today: date) -> Span | None:
    name = match.groupdict().get("name")
    day = DAY_NAMES[name] if name else int(match["day"])
    if not 1 <= day <= 31:
        return None
    for ahead in range(3):
        month = _month_from(today, ahead)
        if exists(month.year, month.month, day) and month.replace(day=day) >= today:
            return _one(month.replace(day=day))
    return None


def _whole_month(month: date, today: date) -> Span:
    last = monthrange(month.year, month.month)[1]
    return Span(max(month.replace(day=1), today), month.replace(day=last))


def _month_from(today: date, ahead: int) -> date:
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _monday(today: date) -> date:
    return today - today.weekday() * DAY


def _one(day: date) -> Span:
    return Span(day, day)


def exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> Span | None:
    return _one(date(year, month, day)) if exists(year, month, day) else None


def _coming(today: date, month: int, day: int) -> Span | None:
    """Return the next such day, where one lies within the coming year."""
    for year in (today.year, today.year + 1):
        if exists(year, month, day) and today <= date(year, month, day) <= today + _YEAR_AHEAD:
            return _one(date(year, month, day))
    return None


_FREE = r"(?<![\d./a-z-])"
_MONTH_SIGN = r"(?P<month>\d{1,2})月\s*(?P<day>\d{1,2})日?"
READERS: tuple[tuple[re.Pattern[str], Reader, bool], ...] = tuple(
    (re.compile(pattern), read, has_month)
    for pattern, read, has_month in (
        (
            rf"(?:(?P<era>令和|平成|昭和)(?P<n>\d{{1,2}}|元)|(?P<year>\d{{4}}))年\s*{_MONTH_SIGN}(?:{_BEHIND})?",
            _full_date,
            True,
        ),
        (
            rf"{_FREE}(?:(?P<era>[rhs])(?P<n>\d{{1,2}})|(?P<year>20\d\d))[./-](?P<month>\d{{1,2}})[./-](?P<day>\d{{1,2}})(?![\d/-])(?:{_BEHIND})?",
            _full_date,
            True,
        ),
        (
            rf"(?:(?P<ahead>{_any(YEARS)})の?\s*)?(?<!\d){_MONTH_SIGN}(?![\d時])(?:{_BEHIND})?",
            _month_day,
            True,
        ),
        (
            rf"(?:(?P<ahead>{_any(YEARS)})の?\s*)?{_FREE}(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?![\d/.])(?:{_BEHIND})?",
            _month_day,
            True,
        ),
        # 12.9 and 12-9 are days only at the beginning and where no unit follows.
        (
            r"^\s*(?P<month>1[0-2]|[1-9])[.-](?P<day>\d{1,2})(?=$|[\s、。?!のはにでどっかも])",
            _month_day,
            True,
        ),
        (
            rf"(?P<word>{_any(MONTHS)})(?:の|\s)*(?:頭|初め|はじめ|あたま|、|\s)*(?P<day>\d{{1,2}})日(?![間後前])(?:{_BEHIND})?",
            _month_word_day,
            True,
        ),
        (rf"(?P<n>\d{{1,3}})(?P<unit>日|週間)(?P<side>後|前)(?:{_BEHIND})?", _distance, False),
        (
            rf"(?:正月明けの|年明けの)?(?P<word>{_any(SEASONS)})(?!明けの\s*\d|飾|かざ|用|料理|みたい)",
            _season,
            True,
        ),
        (rf"(?P<word>{_any(HOLIDAYS)})", _holiday, True),
        (
            rf"(?<![^\W\d_a])(?<![a-z])(?P<word>{_any(FOREIGN)})(?![^\W\d_])|(?P<zh>明天|后天|今天)",
            lambda m, t: _one(t + FOREIGN[m["word"] or m["zh"]] * DAY),
            False,
        ),
        (
            r"(?P<next>next |下|próxima |proxima )?(?<![a-z])"
            rf"(?P<word>{_any(FOREIGN_WEEKDAY)})(?![a-z])",
            _foreign_weekday,
            False,
        ),
        (r"(?P<word>next week|this week|下周(?![一-日])|这周(?![一-日]))", _foreign_week, False),
        (
            r"(?<![一-龠])(?<![かがま])(?P<word>あす)(?=[のはもにがっなで、。?!\s]|燃|もえ|$)",
            _relative,
            False,
        ),
        (r"(?<=きょう)(?P<word>あす)|(?<=今日)(?P<word2>あす)", lambda m, t: _one(t + DAY), False),
        (
            rf"(?P<word>{_any(set(RELATIVE) - {'あす'})})"
            r"(?!だい|(?<=きょう)か(?:い|しょ)|し[またて])",
            _relative,
            False,
        ),
        (
            rf"(?:(?P<word>{_any(MONTHS)})の?)?(?:第|だい)(?P<nth>[1-5])(?:の)?(?P<sign>[{WEEKDAYS}])曜日?",
            _nth_weekday,
            False,
        ),
        (
            rf"(?<!第\d)(?<!毎週)(?<!毎週の)(?:(?P<before>{_any(WEEKS)}|次|今度|こんど|つぎ|この前|こないだ|この間|前回|前)の?\s*)?"
            rf"{_WEEKDAY_NAME}(?!大工)(?:日)?",
            _weekday,
            False,
        ),
        (rf"(?P<before>{_any(WEEKS)})の?(?P<sign>[{WEEKDAYS}])(?![曜一-龠])", _weekday, False),
        (
            rf"(?P<word>{_any(WEEKS)})(?P<end>末|の?週末|の?土日)?|(?P<only>週末|しゅうまつ|土日)",
            _week,
            False,
        ),
        (
            rf"(?:(?P<word>{_any(MONTHS)})の?|(?<!\d)(?P<n>\d{{1,2}})月の?)?(?:月末|(?<=月)(?:の)?(?:末日?|終わり|おわり)|(?<=げつ)(?:の)?まつ)|(?:今月末|来月末)(?P<n2>)",
            _month_end,
            True,
        ),
        (r"今年(?:の|いちばん)?最後の日", _year_end, True),
        (
            rf"(?P<word>{_any(MONTHS)})|(?<![\d年])(?P<n>\d{{1,2}})月(?![{WEEKDAYS}]?曜|[末極])",
            _month,
            True,
        ),
        (
            rf"(?<![\d月週第毎])(?<!毎月)(?P<day>\d{{1,2}})(?:日{_NO_DAY}|(?=[、,・とや]\s*\d{{1,2}}日{_NO_DAY}))(?:{_BEHIND})?",
            _day_of_month,
            False,
        ),
        (
            r"(?<![ぁ-ゖ])(?P<name>" + "|".join(DAY_NAMES) + r")(?=[\sはのにもでが、。?!]|$)",
            _day_of_month,
            False,
        ),
    )
)
