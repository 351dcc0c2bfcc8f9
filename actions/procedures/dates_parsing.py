"""The days a first sentence names: what has happened lies behind, what is planned ahead."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from actions.procedures.facts import Dated, Happening
from actions.procedures.words_parsing import pattern
from kit.day_patterns import Span
from kit.days import days_in
from kit.text import Folded

_DAY = timedelta(days=1)
# How far back a bare weekday, day of the month, or month is looked for.
_BACK = (timedelta(days=6), timedelta(days=27), timedelta(days=364))
_BARE = pattern(
    r"^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|^\d{1,2}(?:st|nd|rd|th)? "
    r"|\d{1,2}\s*[月/.-]|\d{1,2}日(?![前後])|[月火水木金土日]曜|^(?:\d{1,2})月|正月|お盆|年末"
    r"|年始|年明け"
    r"|今[月週]|^(?:この)?[春夏秋冬]|今年の?\d|連休|クリスマス"
)
_AHEAD_WORD = pattern(
    r"来[月週年]|再来|次|今度|翌|年\s*\d|令和|平成|昭和|^[rhs]\d|\d{4}|先[月週]|この前|こないだ"
)

_PAST = pattern(
    r"(?:し|っ|い|き|り|れ|け|べ|め|え|ち|ま|み|せ|じ|ん|ぎ|に|て|た)(?:た|だ|ちゃった"
    r"|じゃった)(?![いくりけ]|め(?:に|の))"
    r"|亡くなり[、]|死去|逝去|他界|先立たれ|moved\b|\bwas\b|\bhad\b|\bgot\b|died|was born"
    r"|got married|quit\b|lost\b|passed away"
)
_PLANNED = pattern(
    r"予定|つもり|ます(?!か)|(?:する|なる|いく|行く|くる|来る|出る|越す|辞める|やめる|入れる|開く"
    r"|始める|迎える|生まれる|移る|引き払う)"
    r"|よう(?:と|かと)|たい|will\b|going to|moving|出産予定|予定日|期限(?:が|は)"
)
_ENDS = re.compile(r"[。!?\n]")
_JAPANESE = re.compile("[ぁ-ヺ一-鿿]")

_OF: tuple[tuple[Happening, re.Pattern[str]], ...] = (
    (
        Happening.died,
        pattern(
            r"亡くな|亡くし|死亡|死去|死ん|死に|他界|逝去|息を引き取|先立|なくなりました|died"
            r"|passed away"
        ),
    ),
    (
        Happening.born,
        pattern(r"生まれ|産まれ|うまれ|産ん|出産|産み|予定日|誕生|born|due\b|\bsinh\b|出生|nasceu"),
    ),
    (Happening.divorced, pattern(r"離婚|別れ|りこん|divorc")),
    (Happening.married, pattern(r"結婚|入籍|籍を入れ|婚姻|けっこん|再婚|married|marry")),
    (
        Happening.left_work,
        pattern(
            r"退職|辞め|やめ|定年|解雇|クビ|くび|リストラ|失業|倒産|契約満了|雇い止め|quit|retire"
            r"|laid off|lost my job"
        ),
    ),
    (
        Happening.moved,
        pattern(
            r"引っ?越|ひっこ|転入|転出|転居|越し|移り住|移住|入居|移り|mov(?:e|ing)|来(?:ま|た"
            r"|る)|出(?:ます|る|て)|転勤|帰国|戻"
        ),
    ),
)

_OTHER_DAYS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        pattern(r"(?P<n>\d{1,2})[かヶヵ箇]月(?:ほど|くらい|ぐらい)?(?P<side>前|後)(?!から)"),
        "months",
    ),
    (pattern(r"(?:約)?半年(?:ほど|くらい|ぐらい)?(?P<side>前|後)"), "half"),
    (pattern(r"(?P<n>\d{1,2})年(?:ほど|くらい|ぐらい)?(?P<side>前|後)"), "years"),
    (
        pattern(
            r"(?P<ahead>再来年|さ来年|来年|今年|去年|昨年|一昨年"
            r"|おととし)の?(?P<month>\d{1,2})月(?!\s*\d)(?P<part>頭|初め|はじめ|上旬|中旬|半ば"
            r"|下旬|末)?"
        ),
        "month",
    ),
    (
        pattern(
            r"(?:(?P<era>令和)(?P<n>\d{1,2}|元)"
            r"|(?P<year>20\d\d))年(?:の)?(?P<month>\d{1,2})月(?!\s*\d)(?P<part>頭|初め|はじめ"
            r"|上旬|中旬|半ば|下旬|末)?"
        ),
        "month",
    ),
    (
        pattern(
            r"(?<![\d年])(?P<month>\d{1,2})月の?(?P<part>頭|初め|はじめ|上旬|中旬|半ば|なかば"
            r"|下旬|末)"
        ),
        "month",
    ),
    (
        pattern(
            r"(?P<word>先月|今月|来月|再来月)の?(?P<part>頭|初め|はじめ|上旬|中旬|半ば|なかば"
            r"|下旬|末|終わり|おわり)"
        ),
        "month",
    ),
    (
        pattern(
            r"(?P<ahead>再来年|来年|今年|去年|昨年|一昨年|おととし)の?(?P<season>春|夏|秋"
            r"|冬)?(?!度|の?\d)"
        ),
        "year",
    ),
    (
        pattern(
            r"(?<!来年の)(?<!来)(?<!青)(?:この|今度の)?(?P<bare>[春夏秋冬])(?=から|に(?!な)|には|頃"
            r"|、|[中先]に)"
        ),
        ("season"),
    ),
    (pattern(r"(?P<ahead>今年度|来年度|昨年度)?(?:の)?年度末"), "fiscal"),
)
_ENGLISH = r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_ENGLISH_DAYS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(rf"\b(?P<name>{_ENGLISH})[a-z]*\.? (?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b"),
        "english",
    ),
    (
        re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<name>{_ENGLISH})[a-z]*\b"),
        "english",
    ),
    (
        re.compile(
            r"\b(?P<number>\d{1,2}|an?|one|two|three|four|five|six) (?P<unit>day|week|month"
            r"|year)s? ago\b"
        ),
        "ago",
    ),
    (
        re.compile(
            rf"\b(?:the end of |late |early |in |next |this |last )(?P<alone>{_ENGLISH})(?:uary"
            rf"|ruary|ch|il|e|y|ust|tember|ober|ember)?\b(?! \d)"
        ),
        "month_name",
    ),
    (
        re.compile(r"\blast (?P<weekday>monday|tuesday|wednesday|thursday|friday|saturday|sunday)"),
        "last_weekday",
    ),
    # The day stands first in most of the world: 22/11, ngày 5/11.
    (
        re.compile(r"(?<![\d/.-])(?P<day>1[3-9]|2\d|3[01])/(?P<month>0?[1-9]|1[0-2])(?![\d/])"),
        "day_month",
    ),
    (
        re.compile(r"\bng[aà]y (?P<day>\d{1,2})(?:/| th[aá]ng )(?P<month>0?[1-9]|1[0-2])(?![\d/])"),
        "day_month",
    ),
    (re.compile(r"\b(?P<when>yesterday|last week|last month|next month|this month)\b"), "when"),
)
_YEARS_AHEAD = {
    **{"再来年": 2, "さ来年": 2, "来年": 1, "今年": 0, "去年": -1, "昨年": -1, "一昨年": -2},
    **{"おととし": -2},
}
_MONTHS_AHEAD = {"先月": -1, "今月": 0, "来月": 1, "再来月": 2}
_SEASONS = {"春": (3, 5), "夏": (6, 8), "秋": (9, 11), "冬": (12, 14)}
# A day may be the last of something or the first of a paper: 3月31日付, 4月1日から.
_TAIL = pattern(r"(?:付け?(?!近)|いっぱい|の(?:朝|昼|夜|夕方|深夜|未明|午前|午後)|ごろ|頃)")
_NOT_TOLD = pattern(r"(?:今日|本日|今夜|きょう)(?:は|、|伺|お伺|きき|聞き)|いま")


def dates_told(text: Folded, today: date, *, past: bool = False) -> tuple[Dated, ...]:
    """Return the days that were named, in the order of the words; `past`: all lie behind."""
    words = text.words
    hits = sorted(_all(words, today), key=lambda hit: (hit[0], -hit[1]))
    kept: list[tuple[int, int, Span]] = []
    for start, end, span in hits:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end, span))
    told = []
    for number, (start, end, span) in enumerate(kept):
        upto = kept[number + 1][0] if number + 1 < len(kept) else len(words)
        following = _ENDS.split(words[end:upto], 1)[0]
        of = _of(following) or (_of_before(words, start) if _says_when(words, start) else None)
        if _JAPANESE.search(words) is None:
            # The verb stands before the day there.
            following = _ENDS.split(words[:start])[-1] + following
            of = of or _of(following)
        span = _facing(words[start:end], span, following, of, today, past=past)
        tail = _TAIL.match(words, end)
        written = text.as_written(start, tail.end() if tail else end).strip()
        told.append(Dated(written, span.first, span.last, of))
    return tuple(told)


def _all(words: str, today: date) -> Iterator[tuple[int, int, Span]]:
    for one, kind in (*_OTHER_DAYS, *_ENGLISH_DAYS):
        for match in one.finditer(words):
            if (span := _span(match, kind, today)) is not None:
                yield match.start(), match.end(), span
    for start, end, span in days_in(words, today):
        if not _NOT_TOLD.match(words, start):
            yield start, end, span


def _of(words: str) -> Happening | None:
    hits = [(match.start(), of) for of, one in _OF if (match := one.search(words))]
    return min(hits, key=lambda hit: hit[0])[1] if hits else None


def _says_when(words: str, start: int) -> bool:
    """Tell whether the day is what is said of something before it: 亡くなったのは先月です."""
    return re.search(r"(?:のは|日は|日が|、|は|が)\s*$", words[:start]) is not None


def _of_before(words: str, start: int) -> Happening | None:
    return _of(_ENDS.split(words[:start])[-1])


def _facing(
    words: str, span: Span, following: str, of: Happening | None, today: date, *, past: bool
) -> Span:
    """Return the days before today where what happened then is over."""
    if (
        not _BARE.search(words)
        or _AHEAD_WORD.search(words)
        or not (past or _is_over(following, of))
    ):
        return span
    if words[0] == "今" and span.first <= today <= span.last:
        monday = today - today.weekday() * _DAY
        return Span(today.replace(day=1) if "月" in words else monday, today)
    for back in _BACK:
        for start, end, other in _all(words, today - back):
            if start == 0 and end == len(words) and other.first <= today:
                return other if other.last <= today else Span(other.first, today)
    return span


def _is_over(following: str, of: Happening | None) -> bool:
    past, planned = _PAST.search(following), _PLANNED.search(following)
    if past is None:
        return of is Happening.died and planned is None
    return planned is None or past.start() < planned.start()


# --- the kinds of words that kit.days does not read -----------------------------------------------


def _span(match: re.Match[str], kind: str, today: date) -> Span | None:
    found = match.groupdict()
    if kind in ("months", "half", "years"):
        months = {"months": 1, "half": 6, "years": 12}[kind] * int(found.get("n") or 1)
        return _around(today, months if found["side"] == "後" else -months, whole=kind == "years")
    if kind == "year":
        return _season_or_year(today.year + _YEARS_AHEAD[found["ahead"]], found["season"])
    if kind == "english":
        return _english_day(found, today)
    if kind == "day_month":
        return _nearest(int(found["month"]), int(found["day"]), today)
    if kind == "ago":
        return _ago(found, today)
    if kind == "month_name":
        return _month_named(_ENGLISH.split("|").index(found["alone"]) + 1, today)
    if kind == "last_weekday":
        back = (today.weekday() - _WEEKDAYS.index(found["weekday"][:3])) % 7 or 7
        return Span(today - back * _DAY, today - back * _DAY)
    if kind == "when":
        return _WHEN[str(found["when"])](today)
    if kind == "season":
        coming = (_season_or_year(today.year + n, found["bare"]) for n in (-1, 0, 1))
        return next(span for span in coming if span.last >= today)
    if kind == "fiscal":
        year = today.year + (today.month > 3)
        return Span(date(year, 3, 25), date(year, 3, 31))
    return _month_span(found, today)


def _english_day(found: dict[str, str], today: date) -> Span | None:
    number = _ENGLISH.split("|").index(found["name"]) + 1
    days = days_in(f"{number}月{found['day']}日", today)
    return days[0][2] if days else None


def _nearest(month: int, day: int, today: date) -> Span | None:
    """Return the day nearest to today: without tenses nothing else tells the year."""
    years = (today.year - 1, today.year, today.year + 1)
    days = [date(year, month, day) for year in years if day <= _month_end(year, month)]
    nearest = min(days, key=lambda one: abs(one - today), default=None)
    return Span(nearest, nearest) if nearest else None


def _month_end(year: int, month: int) -> int:
    return (_month(year, month + 1) - _DAY).day


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_COUNTS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def _ago(found: dict[str, str], today: date) -> Span:
    number = _COUNTS.get(found["number"]) or int(found["number"])
    if found["unit"] in ("month", "year"):
        months = number * (12 if found["unit"] == "year" else 1)
        return _around(today, -months, whole=found["unit"] == "year")
    day = today - number * (7 if found["unit"] == "week" else 1) * _DAY
    return Span(day, day)


def _month_named(number: int, today: date) -> Span:
    first = date(_year({}, number, today), number, 1)
    return Span(first, _month(first.year, first.month + 1) - _DAY)


def _whole_month(today: date, ahead: int) -> Span:
    first = _month(today.year, today.month + ahead)
    return Span(first, _month(first.year, first.month + 1) - _DAY)


def _last_week(today: date) -> Span:
    monday = today - (today.weekday() + 7) * _DAY
    return Span(monday, monday + 6 * _DAY)


_WHEN: dict[str, Callable[[date], Span]] = {
    "yesterday": lambda today: Span(today - _DAY, today - _DAY),
    "last week": _last_week,
    "last month": lambda today: _whole_month(today, -1),
    "this month": lambda today: _whole_month(today, 0),
    "next month": lambda today: _whole_month(today, 1),
}


def _around(today: date, months: int, *, whole: bool) -> Span:
    """Return the month, or the year, that lies so many months away."""
    first = _month(today.year, today.month + months)
    if whole:
        return Span(date(first.year, 1, 1), date(first.year, 12, 31))
    return Span(first, _month(first.year, first.month + 1) - _DAY)


def _season_or_year(year: int, season: str | None) -> Span:
    first, last = _SEASONS[season] if season else (1, 12)
    return Span(_month(year, first), _month(year, last + 1) - _DAY)


def _month_span(found: dict[str, str | None], today: date) -> Span | None:
    if word := found.get("word"):
        first = _month(today.year, today.month + _MONTHS_AHEAD[word])
    else:
        number = int(found["month"] or 0)
        if not 1 <= number <= 12:
            return None
        first = date(_year(found, number, today), number, 1)
    return _part(first, found.get("part"))


def _year(found: dict[str, str | None], month: int, today: date) -> int:
    if ahead := found.get("ahead"):
        return today.year + _YEARS_AHEAD[ahead]
    if year := found.get("year"):
        return int(year)
    if number := found.get("n"):
        return 2018 + (1 if number == "元" else int(number))
    return today.year + (month < today.month)


def _part(first: date, part: str | None) -> Span:
    last = _month(first.year, first.month + 1) - _DAY
    if part in ("頭", "初め", "はじめ", "上旬"):
        return Span(first, first.replace(day=10))
    if part in ("中旬", "半ば", "なかば"):
        return Span(first.replace(day=11), first.replace(day=20))
    if part == "下旬":
        return Span(first.replace(day=21), last)
    return Span(last, last) if part else Span(first, last)


def _month(year: int, month: int) -> date:
    """Return the first of a month, counted on over the end of a year."""
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
