"""Which days a resident's words name: single days, lists, spans, and days that do not exist.

A bare weekday, day or month is the next one, today included; weeks begin on Monday. A day of a
month without its year is said to be missing when the coming twelve months do not hold it.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import jpholiday

from kit.text import fold

_DAY = timedelta(days=1)
_WEEKDAYS = "月火水木金土日"
_KANA_WEEKDAYS = ("げつ", "か", "すい", "もく", "きん", "ど", "にち")
_YEAR_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Span:
    """The days that were asked about, both included."""

    first: date
    last: date


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


Reader = Callable[[re.Match[str], date], Span | None]

_RELATIVE = {
    **dict.fromkeys(("しあさって", "明々後日", "明明後日"), 3),
    **dict.fromkeys(("あさって", "明後日"), 2),
    **dict.fromkeys(("明日", "あした", "あしだ", "明朝", "翌日", "あす", "明けの日"), 1),
    **dict.fromkeys(("今日", "本日", "きょう", "今朝", "けさ", "けふ", "今夜", "今晩"), 0),
    **dict.fromkeys(("昨日", "きのう", "昨晩", "ゆうべ"), -1),
    **dict.fromkeys(("一昨日", "おととい", "おとつい"), -2),
}
_FOREIGN = {
    **dict.fromkeys(("day after tomorrow", "后天", "ngày kia", "depois de amanhã"), 2),
    **dict.fromkeys(("tomorrow", "ashita", "明天", "ngày mai", "mai", "amanhã", "amanha"), 1),
    **dict.fromkeys(("today", "tonight", "kyou", "今天", "hôm nay", "hom nay", "hoje"), 0),
}
_FOREIGN_WEEKDAYS = (
    ("monday", "getsuyoubi", "周一", "星期一", "thứ hai", "segunda"),
    ("tuesday", "kayoubi", "周二", "星期二", "thứ ba", "terça", "terca"),
    ("wednesday", "suiyoubi", "周三", "星期三", "thứ tư", "quarta"),
    ("thursday", "mokuyoubi", "周四", "星期四", "thứ năm", "quinta"),
    ("friday", "kinyoubi", "周五", "星期五", "thứ sáu", "sexta"),
    ("saturday", "doyoubi", "周六", "星期六", "thứ bảy", "sábado", "sabado"),
    ("sunday", "nichiyoubi", "周日", "星期日", "星期天", "chủ nhật", "domingo"),
)
_FOREIGN_WEEKDAY = {name: day for day, names in enumerate(_FOREIGN_WEEKDAYS) for name in names}
_WEEKS = {
    **dict.fromkeys(("再来週", "さ来週", "さらいしゅう", "再らい週"), 2),
    **dict.fromkeys(("来週", "らいしゅう", "翌週"), 1),
    **dict.fromkeys(("今週", "こんしゅう"), 0),
    **dict.fromkeys(("先週", "せんしゅう"), -1),
}
_MONTHS = {
    **dict.fromkeys(("再来月", "さ来月", "さらいげつ"), 2),
    **dict.fromkeys(("来月", "らいげつ", "翌月"), 1),
    **dict.fromkeys(("今月", "こんげつ"), 0),
    **dict.fromkeys(("先月", "せんげつ"), -1),
}
_YEARS = {"再来年": 2, "来年": 1, "らいねん": 1, "翌年": 1, "今年": 0, "ことし": 0}
_ERAS = {"令和": 2018, "平成": 1988, "昭和": 1925, "r": 2018, "h": 1988, "s": 1925}
# First and last day of every year, month before day; the last may lie in the next year.
_SEASONS = {
    **dict.fromkeys(("三が日", "三箇日", "三ケ日", "さんがにち", "お正月", "正月"), (101, 103)),
    **dict.fromkeys(("元日", "元旦", "がんたん", "がんじつ"), (101, 101)),
    **dict.fromkeys(("大晦日", "おおみそか", "大みそか", "大つごもり"), (1231, 1231)),
    **dict.fromkeys(("年末年始", "ねんまつねんし", "年越し", "年の瀬から正月"), (1229, 103)),
    **dict.fromkeys(("年末", "ねんまつ", "年の瀬", "年の暮れ"), (1229, 1231)),
    **dict.fromkeys(("年始", "ねんし", "新年", "年明け", "年が明け"), (101, 103)),
    **dict.fromkeys(("くりすますいぶ", "いぶの日"), (1224, 1224)),
    "くりすます": (1225, 1225),
    **dict.fromkeys(("お盆", "おぼん", "盆休み"), (813, 816)),
    **dict.fromkeys(("ごーるでんうぃーく", "ごーるでんういーく"), (429, 505)),
}
_HOLIDAYS = {
    **{name: name for name in ("成人の日", "建国記念の日", "天皇誕生日", "春分の日", "昭和の日")},
    **{name: name for name in ("憲法記念日", "みどりの日", "こどもの日", "海の日", "山の日")},
    **{name: name for name in ("敬老の日", "秋分の日", "文化の日", "勤労感謝の日")},
    "すぽーつの日": "スポーツの日",
    "子供の日": "こどもの日",
    "子どもの日": "こどもの日",
    "緑の日": "みどりの日",
}
_DAY_NAMES = {
    **{"ついたち": 1, "ふつか": 2, "みっか": 3, "よっか": 4, "むいか": 6, "ようか": 8},
    **{"ここのか": 9, "とおか": 10, "はつか": 20},
}


def _any(words: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(map(re.escape, words), key=len, reverse=True)) + ")"


_WEEKDAY_NAME = (
    rf"(?:(?P<sign>[{_WEEKDAYS}])(?:曜日?|よう日?|ようび)"
    rf"|(?P<kana>{_any(_KANA_WEEKDAYS)})よう(?:び|日)?)"
)
_BEHIND = (
    rf"(?:の|\s|[(（])?(?:[{_WEEKDAYS}](?:曜日?|よう日?|ようび)|[(（][{_WEEKDAYS}](?:曜日?)?[)）])"
)
# What follows a number and 日 and makes it a stretch or a habit, no day of the calendar.
_NO_DAY = r"(?!間|後|前|以|目|ごと|おき|お|町|市|[0-9０-９]+[時回人]|ほど|くらい|ぐらい|あれば|分)"


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
    for pattern, read, has_month in _READERS:
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
        last += 7 * _DAY
    return last if first <= last <= first + 62 * _DAY else None


def _extended(words: str, one: _Found, today: date) -> _Found:
    if one.span is None:
        return one
    first = one.span.first
    if match := _FOR_DAYS.match(words, one.end):
        return _Found(one.start, match.end(), Span(first, first + (int(match[1]) - 1) * _DAY))
    match = _UNTIL_DAY.match(words, one.end)
    if match and one.has_month and first == one.span.last:
        day = int(match[1])
        if day > first.day and _exists(first.year, first.month, day):
            return _Found(one.start, match.end(), Span(first, first.replace(day=day)))
    return one


# --- one kind of words each -----------------------------------------------------------------------


def _full_date(match: re.Match[str], today: date) -> Span | None:
    era = match["era"]
    year = (
        _ERAS[era] + (1 if match["n"] == "元" else int(match["n"])) if era else int(match["year"])
    )
    return _day(year, int(match["month"]), int(match["day"]))


def _month_day(match: re.Match[str], today: date) -> Span | None:
    month, day = int(match["month"]), int(match["day"])
    if ahead := match.groupdict().get("ahead"):
        return _day(today.year + _YEARS[ahead], month, day)
    return _coming(today, month, day)


def _relative(match: re.Match[str], today: date) -> Span:
    return _one(today + _RELATIVE[match["word"]] * _DAY)


def _foreign_weekday(match: re.Match[str], today: date) -> Span:
    weekday = _FOREIGN_WEEKDAY[match["word"]]
    if match["next"]:
        return _one(_monday(today) + (7 + weekday) * _DAY)
    return _one(today + (weekday - today.weekday()) % 7 * _DAY)


def _foreign_week(match: re.Match[str], today: date) -> Span:
    monday = _monday(today) + 7 * _DAY * ("next" in match["word"] or match["word"] == "下周")
    return Span(max(monday, today), monday + 6 * _DAY)


def _distance(match: re.Match[str], today: date) -> Span:
    number = int(match["n"]) * (1 if match["side"] == "後" else -1)
    return _one(today + number * (7 if "週" in match["unit"] else 1) * _DAY)


def _month_word_day(match: re.Match[str], today: date) -> Span | None:
    month = _month_from(today, _MONTHS[match["word"]])
    return _day(month.year, month.month, int(match["day"]))


def _season(match: re.Match[str], today: date) -> Span:
    start, end = _SEASONS[match["word"]]
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
    name = _HOLIDAYS[match["word"]]
    days = (_holidays(year).get(name) for year in (today.year, today.year + 1))
    return next((_one(day) for day in days if day and day >= today), None)


def _nth_weekday(match: re.Match[str], today: date) -> Span | None:
    nth, weekday = int(match["nth"]), _WEEKDAYS.index(match["sign"])
    word = match.groupdict().get("word")
    for ahead in (_MONTHS[word],) if word else range(13):
        month = _month_from(today, ahead)
        day = month + ((weekday - month.weekday()) % 7 + 7 * (nth - 1)) * _DAY
        if day.month == month.month and (word or day >= today):
            return _one(day)
    return None


def _weekday(match: re.Match[str], today: date) -> Span:
    kana = match.groupdict().get("kana")
    weekday = _KANA_WEEKDAYS.index(kana) if kana else _WEEKDAYS.index(match["sign"])
    before = match["before"] or ""
    if before in _WEEKS:
        return _one(_monday(today) + (7 * _WEEKS[before] + weekday) * _DAY)
    days = (weekday - today.weekday()) % 7
    if before in ("この前", "こないだ", "この間", "前", "前回"):
        return _one(today + (days - 7) * _DAY)
    # On a Sunday 日曜 may be today, 次の日曜 is not.
    return _one(today + (days or 7 * bool(before)) * _DAY)


def _week(match: re.Match[str], today: date) -> Span:
    ahead = _WEEKS[match["word"]] if match["word"] else 0
    monday = _monday(today) + 7 * ahead * _DAY
    if match["end"] or match["only"]:
        saturday = monday + 5 * _DAY
        return Span(saturday if ahead else max(saturday, today), saturday + _DAY)
    return Span(monday if ahead else max(monday, today), monday + 6 * _DAY)


def _month_end(match: re.Match[str], today: date) -> Span | None:
    if match["n"]:
        number = int(match["n"])
        if not 1 <= number <= 12:
            return None
        month = date(today.year + (number < today.month), number, 1)
    else:
        month = _month_from(today, _MONTHS[match["word"]] if match["word"] else 0)
    return _one(month.replace(day=monthrange(month.year, month.month)[1]))


def _year_end(match: re.Match[str], today: date) -> Span:
    return _one(date(today.year, 12, 31))


def _month(match: re.Match[str], today: date) -> Span | None:
    if match["word"]:
        ahead = _MONTHS[match["word"]]
        return _whole_month(_month_from(today, ahead), today if ahead >= 0 else date.min)
    number = int(match["n"])
    if not 1 <= number <= 12:
        return None
    return _whole_month(date(today.year + (number < today.month), number, 1), today)


def _day_of_month(match: re.Match[str], today: date) -> Span | None:
    name = match.groupdict().get("name")
    day = _DAY_NAMES[name] if name else int(match["day"])
    if not 1 <= day <= 31:
        return None
    for ahead in range(3):
        month = _month_from(today, ahead)
        if _exists(month.year, month.month, day) and month.replace(day=day) >= today:
            return _one(month.replace(day=day))
    return None


def _whole_month(month: date, today: date) -> Span:
    last = monthrange(month.year, month.month)[1]
    return Span(max(month.replace(day=1), today), month.replace(day=last))


def _month_from(today: date, ahead: int) -> date:
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


def _monday(today: date) -> date:
    return today - today.weekday() * _DAY


def _one(day: date) -> Span:
    return Span(day, day)


def _exists(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _day(year: int, month: int, day: int) -> Span | None:
    return _one(date(year, month, day)) if _exists(year, month, day) else None


def _coming(today: date, month: int, day: int) -> Span | None:
    """Return the next such day, where one lies within the coming year."""
    for year in (today.year, today.year + 1):
        if _exists(year, month, day) and today <= date(year, month, day) <= today + _YEAR_AHEAD:
            return _one(date(year, month, day))
    return None


_FREE = r"(?<![\d./a-z-])"
_MONTH_SIGN = r"(?P<month>\d{1,2})月\s*(?P<day>\d{1,2})日?"
_READERS: tuple[tuple[re.Pattern[str], Reader, bool], ...] = tuple(
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
            rf"(?:(?P<ahead>{_any(_YEARS)})の?\s*)?(?<!\d){_MONTH_SIGN}(?![\d時])(?:{_BEHIND})?",
            _month_day,
            True,
        ),
        (
            rf"(?:(?P<ahead>{_any(_YEARS)})の?\s*)?{_FREE}(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}})(?![\d/.])(?:{_BEHIND})?",
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
            rf"(?P<word>{_any(_MONTHS)})(?:の|\s)*(?:頭|初め|はじめ|あたま|、|\s)*(?P<day>\d{{1,2}})日(?![間後前])(?:{_BEHIND})?",
            _month_word_day,
            True,
        ),
        (rf"(?P<n>\d{{1,3}})(?P<unit>日|週間)(?P<side>後|前)(?:{_BEHIND})?", _distance, False),
        (
            rf"(?:正月明けの|年明けの)?(?P<word>{_any(_SEASONS)})(?!明けの\s*\d|飾|かざ|用|料理|みたい)",
            _season,
            True,
        ),
        (rf"(?P<word>{_any(_HOLIDAYS)})", _holiday, True),
        (
            rf"(?<![^\W\d_a])(?<![a-z])(?P<word>{_any(_FOREIGN)})(?![^\W\d_])|(?P<zh>明天|后天|今天)",
            lambda m, t: _one(t + _FOREIGN[m["word"] or m["zh"]] * _DAY),
            False,
        ),
        (
            r"(?P<next>next |下|próxima |proxima )?(?<![a-z])"
            rf"(?P<word>{_any(_FOREIGN_WEEKDAY)})(?![a-z])",
            _foreign_weekday,
            False,
        ),
        (r"(?P<word>next week|this week|下周(?![一-日])|这周(?![一-日]))", _foreign_week, False),
        (
            r"(?<![一-龠])(?<![かがま])(?P<word>あす)(?=[のはもにがっなで、。?!\s]|燃|もえ|$)",
            _relative,
            False,
        ),
        (r"(?<=きょう)(?P<word>あす)|(?<=今日)(?P<word2>あす)", lambda m, t: _one(t + _DAY), False),
        (
            rf"(?P<word>{_any(set(_RELATIVE) - {'あす'})})"
            r"(?!だい|(?<=きょう)か(?:い|しょ)|し[またて])",
            _relative,
            False,
        ),
        (
            rf"(?:(?P<word>{_any(_MONTHS)})の?)?(?:第|だい)(?P<nth>[1-5])(?:の)?(?P<sign>[{_WEEKDAYS}])曜日?",
            _nth_weekday,
            False,
        ),
        (
            rf"(?<!第\d)(?<!毎週)(?<!毎週の)(?:(?P<before>{_any(_WEEKS)}|次|今度|こんど|つぎ|この前|こないだ|この間|前回|前)の?\s*)?"
            rf"{_WEEKDAY_NAME}(?!大工)(?:日)?",
            _weekday,
            False,
        ),
        (rf"(?P<before>{_any(_WEEKS)})の?(?P<sign>[{_WEEKDAYS}])(?![曜一-龠])", _weekday, False),
        (
            rf"(?P<word>{_any(_WEEKS)})(?P<end>末|の?週末|の?土日)?|(?P<only>週末|しゅうまつ|土日)",
            _week,
            False,
        ),
        (
            rf"(?:(?P<word>{_any(_MONTHS)})の?|(?<!\d)(?P<n>\d{{1,2}})月の?)?(?:月末|(?<=月)(?:の)?(?:末日?|終わり|おわり)|(?<=げつ)(?:の)?まつ)|(?:今月末|来月末)(?P<n2>)",
            _month_end,
            True,
        ),
        (r"今年(?:の|いちばん)?最後の日", _year_end, True),
        (
            rf"(?P<word>{_any(_MONTHS)})|(?<![\d年])(?P<n>\d{{1,2}})月(?![{_WEEKDAYS}]?曜|[末極])",
            _month,
            True,
        ),
        (
            rf"(?<![\d月週第毎])(?<!毎月)(?P<day>\d{{1,2}})(?:日{_NO_DAY}|(?=[、,・とや]\s*\d{{1,2}}日{_NO_DAY}))(?:{_BEHIND})?",
            _day_of_month,
            False,
        ),
        (
            r"(?<![ぁ-ゖ])(?P<name>" + "|".join(_DAY_NAMES) + r")(?=[\sはのにもでが、。?!]|$)",
            _day_of_month,
            False,
        ),
    )
)
