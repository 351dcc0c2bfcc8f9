"""Days as Japanese offices write them in tables."""

import re
import unicodedata
from datetime import date, timedelta

_YMD = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
_ERA = re.compile(
    r"(令和|平成|昭和|[RHS])(\d{1,2}|元)(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?"
)
_MIDNIGHT = re.compile(r"(?:[ T]0{1,2}:00(?::00)?)?$")
_ERA_BEGINS = {"令和": 2019, "R": 2019, "平成": 1989, "H": 1989, "昭和": 1926, "S": 1926}
# A spreadsheet counts days from here (its first two months of 1900 apart) and shows the bare
# number where a cell lost its format. Only numbers of this century are taken for days.
_SERIAL = re.compile(r"\d{5}")
_SERIAL_BEGINS = date(1899, 12, 30)
_SERIALS = range(36_526, 73_051)


def parse_date(text: str) -> date | None:
    """Return the day of `2027-03-31`, `2027/3/31`, `2027年3月31日`, `令和9年3月31日`, `R9.3.31`.

    Full-width figures are read too, and the number of a spreadsheet's day. None for all else.
    """
    words = _MIDNIGHT.sub("", unicodedata.normalize("NFKC", text).strip(), count=1).upper()
    words = re.sub(r"\s+", "", words)
    if _SERIAL.fullmatch(words):
        days = int(words)
        return _SERIAL_BEGINS + timedelta(days=days) if days in _SERIALS else None
    if match := _YMD.fullmatch(words):
        return _day(int(match[1]), int(match[2]), int(match[3]))
    if match := _ERA.fullmatch(words):
        number = 1 if match[2] == "元" else int(match[2])
        return _day(_ERA_BEGINS[match[1]] + number - 1, int(match[3]), int(match[4]))
    return None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
