"""The primitive types of R4: their spelling, and that a date is one of the calendar."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

_YEAR = r"[12]\d{3}"
_DATE = re.compile(rf"{_YEAR}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", re.ASCII)
_TIME = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d{1,9})?"
_ZONE = r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)"
_INSTANT = re.compile(rf"{_YEAR}-\d\d-\d\dT{_TIME}{_ZONE}", re.ASCII)
_CLOCK = re.compile(_TIME, re.ASCII)
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}", re.ASCII)
_CODE = re.compile(r"[^\s]+( [^\s]+)*")
_URI = re.compile(r"[^\s<>\"]+")
_OID = re.compile(r"urn:oid:[0-2](\.(0|[1-9]\d*))+", re.ASCII)
_UUID = re.compile(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_BASE64 = re.compile(r"[A-Za-z0-9+/\s]*={0,2}\s*", re.ASCII)
_MAX_TEXT = 1_000_000
_MAX_POWER = 40
_MAX_INTEGER = 2_147_483_647
_SCRIPT = re.compile(r"\s*(javascript|data|vbscript)\s*:", re.IGNORECASE)


def _real_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_date(value: object) -> bool:
    """A year, a month or a day that exists."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    return len(value) < 10 or _real_day(value)


def is_instant(value: object) -> bool:
    """A time to the second, with its zone."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return False
    return _real_day(value[:10])


def is_date_time(value: object) -> bool:
    """A date, or a time with its zone."""
    return is_date(value) or is_instant(value)


def _whole(lowest: int) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        plain = isinstance(value, int) and not isinstance(value, bool)
        return plain and lowest <= int(str(value)) <= _MAX_INTEGER

    return check


def _spelt(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        return isinstance(value, str) and pattern.fullmatch(value) is not None

    return check


def _is_text(value: object) -> bool:
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_TEXT:
        return False
    return all(character >= " " or character in "\t\r\n" for character in value)


def _is_decimal(value: object) -> bool:
    """Any number of a size that can be reckoned with."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return False
    return abs(Decimal(value).adjusted()) <= _MAX_POWER


def _is_link(value: object) -> bool:
    return _spelt(_URI)(value) and not _SCRIPT.match(str(value))


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


CHECKS: dict[str, Callable[[object], bool]] = {
    "base64Binary": _spelt(_BASE64),
    "boolean": _is_boolean,
    "canonical": _is_link,
    "code": _spelt(_CODE),
    "date": is_date,
    "dateTime": is_date_time,
    "decimal": _is_decimal,
    "id": _spelt(_ID),
    "instant": is_instant,
    "integer": _whole(-_MAX_INTEGER - 1),
    "markdown": _is_text,
    "oid": _spelt(_OID),
    "positiveInt": _whole(1),
    "string": _is_text,
    "time": _spelt(_CLOCK),
    "unsignedInt": _whole(0),
    "uri": _is_link,
    "url": _is_link,
    "uuid": _spelt(_UUID),
}


def first_day(text: str) -> date:
    """The first day that a date or time, already checked, can mean; a time by its own zone."""
    if "T" in text:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).date()
    return date.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
