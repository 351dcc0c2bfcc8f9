"""When a facility is open, read from the line that residents see: `火〜日 9:00〜19:00（…）`."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_WEEK = "月火水木金土日"
_LINE = re.compile(
    r"^(?P<days>毎日|[月火水木金土日](?:[〜・][月火水木金土日])*) ?"
    r"(?:(?P<opens>\d{1,2}:\d\d)〜(?P<closes>\d{1,2}:\d\d)|(?P<always>24時間))?(?:（(?P<remark>.*)）)?$"
)
_WEEKEND_UNTIL = re.compile(r"土日(?P<holidays>・?祝日?)?は(?P<closes>\d{1,2}:\d\d)まで")
_NTH = re.compile(r"第(\d)([月火水木金土日])曜")
_CLOSED = re.compile(r"休|閉館")
# The remark tells of days that no calendar here knows (友引, 催し): the answer says so.
_UNCERTAIN = re.compile(r"友引|催し|大会|冬は|予約")
_ASKS = re.compile(
    r"何時|なんじ|[空開あ]い(?:て|た)|やって(?:る|い|ま)|営業|開館|休館|開庁|閉庁|定休"
    r"|お?休み(?:は|の日|です|かな|\?|？|$)"
    r"|(?:土日|土曜|日曜|祝日|平日|夜|年末|正月|連休|今日|明日)"
    r"[はもに]?.{0,6}(?:使え|行け|入れ|利用|やって|あい|開い|空い)"
    r"|時間(?:は|を|が|$)|\bopen\b|\bclosed?\b|opening|hours"
    r"|what time|几点|開門|开门|营业|关门|mấy giờ"
    r"|mở cửa|đóng cửa|giờ|horário|hora|abert[oa]|abre|fecha"
)
LOOK_AHEAD = 40


@dataclass(frozen=True)
class Opening:
    """The regular hours of a facility."""

    weekdays: frozenset[int]
    """Monday is 0."""
    opens: time | None
    closes: time | None
    """None for both: day and night. 24:00 is read as 23:59."""
    weekend_closes: time | None = None
    closed_holidays: bool = False
    closed_year_end: bool = False
    closed_nth: tuple[tuple[int, int], ...] = ()
    """(1 for the first of a month, weekday)."""
    uncertain: bool = False
    """Other days may be closed as well, as the facility's line says."""


@dataclass(frozen=True)
class Day:
    """One day of a facility: open from `opens` to `closes`, or closed for a reason."""

    day: date
    is_open: bool
    opens: time | None = None
    closes: time | None = None
    reason: str = ""
    """weekday, holiday or year_end."""


def read_opening(line: str) -> Opening | None:
    """Return the hours that a line tells, None where it tells none that can be read."""
    match = _LINE.match(unicodedata.normalize("NFC", line))
    if match is None or not (match["opens"] or match["always"]):
        return None
    remark = match["remark"] or ""
    weekend = _WEEKEND_UNTIL.search(remark)
    closing = [part for part in re.split(r"[。、]", remark) if _CLOSED.search(part)]
    closed = "".join(closing)
    return Opening(
        weekdays=_weekdays(match["days"]),
        opens=_time(match["opens"]),
        closes=_time(match["closes"]),
        weekend_closes=_time(weekend["closes"]) if weekend else None,
        closed_holidays="祝日" in closed,
        closed_year_end="年末年始" in closed,
        closed_nth=tuple((int(n), _WEEK.index(day)) for n, day in _NTH.findall(closed)),
        uncertain=bool(_UNCERTAIN.search(remark)),
    )


def _weekdays(text: str) -> frozenset[int]:
    if text == "毎日":
        return frozenset(range(7))
    if "〜" in text:
        first, last = (_WEEK.index(day) for day in text.split("〜"))
        return frozenset(range(first, last + 1))
    return frozenset(_WEEK.index(day) for day in text.split("・"))


def _time(text: str | None) -> time | None:
    if not text:
        return None
    hour, minute = map(int, text.split(":"))
    return time(23, 59) if hour >= 24 else time(hour, minute)


def on_day(
    opening: Opening,
    day: date,
    is_holiday: Callable[[date], bool],
    is_year_end: Callable[[date], bool],
) -> Day:
    """Return whether and when a facility is open on a day."""
    if opening.closed_year_end and is_year_end(day):
        return Day(day, is_open=False, reason="year_end")
    if opening.closed_holidays and is_holiday(day):
        return Day(day, is_open=False, reason="holiday")
    nth = ((day.day - 1) // 7 + 1, day.weekday())
    if day.weekday() not in opening.weekdays or nth in opening.closed_nth:
        return Day(day, is_open=False, reason="weekday")
    short = opening.weekend_closes and (day.weekday() >= 5 or is_holiday(day))
    return Day(day, True, opening.opens, opening.weekend_closes if short else opening.closes)


def next_open(
    opening: Opening,
    after: date,
    is_holiday: Callable[[date], bool],
    is_year_end: Callable[[date], bool],
) -> Day | None:
    """Return the next open day after a day, None where there is none within forty days."""
    for count in range(1, LOOK_AHEAD):
        found = on_day(opening, after + timedelta(days=count), is_holiday, is_year_end)
        if found.is_open:
            return found
    return None


def state_at(day: Day, now: datetime) -> str:
    """Return `closed`, `before`, `open` or `after` for the day of `now`."""
    if not day.is_open:
        return "closed"
    if day.opens is None or day.closes is None:
        return "open"
    if now.time() < day.opens:
        return "before"
    return "open" if now.time() < day.closes else "after"


_ONLY_A_DAY = re.compile(
    r"(?:じゃあ?|では)?(?:今日|明日|明後日|あさって|土日|週末|平日|祝日|年末年始|[月火水木金土日]曜日?)"
    r"(?:は|も|って|なら|だと)?[?？。]*"
)


def names_only_a_day(text: str) -> bool:
    """Tell whether the words are no more than a day: 「土曜は？」."""
    return bool(_ONLY_A_DAY.fullmatch(unicodedata.normalize("NFKC", text).strip()))


def asks_opening(text: str) -> bool:
    """Tell whether the words ask when something is open."""
    return bool(_ASKS.search(unicodedata.normalize("NFKC", text).casefold()))
