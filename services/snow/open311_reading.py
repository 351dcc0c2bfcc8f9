"""Open311 GeoReport v2: reading what a foreign client sends. Pure.

Nothing is fetched: `media_url` is a text until staff have looked at it.
"""

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.errors import ConciergeError, InvalidInputError, NotFoundError
from services.snow.categories import SEVERITIES, Categories, Category
from services.snow.geometry import Box, Place
from services.snow.open311 import SEVERITY
from services.snow.parsing import LineError, read_time

LONGEST_TEXT = 4000
LONGEST_SPAN = timedelta(days=90)
MOST_REQUESTS = 1000


class KeyRefusedError(ConciergeError):
    """api_key is missing or wrong. Ask the city for a key."""

    status = 403
    code = "key_refused"


class UnknownServiceError(NotFoundError):
    """service_code is not one of /services."""

    code = "unknown_service"


@dataclass(frozen=True)
class NewRequest:
    """A request that can be filed. Without a place, `address` has to be resolved first."""

    category: Category
    place: Place | None
    address: str = ""
    description: str = ""
    severity: str = ""
    media_url: str = ""
    email: str = ""
    phone: str = ""
    first_name: str = ""
    last_name: str = ""
    device_id: str = ""
    account_id: str = ""


@dataclass(frozen=True)
class Query:
    """Which requests a client asks for: those of `ids`, of whatever age and state, or else those
    that the other values describe."""

    ids: tuple[str, ...]
    codes: frozenset[str]
    start: datetime
    end: datetime
    open: bool | None
    """True for open ones, False for closed ones, None for both."""


def check_key(form: Mapping[str, str], keys: Collection[str]) -> str:
    """Return the key of a request. Raises KeyRefusedError."""
    given = form.get("api_key", "")
    for key in keys:
        if key and hmac.compare_digest(given.encode(), key.encode()):
            return key
    raise KeyRefusedError


def read_request(form: Mapping[str, str], categories: Categories, city: Box) -> NewRequest:
    """Read the fields of a POST, as far as they can be judged without a database.

    Raises UnknownServiceError, or InvalidInputError naming the field.
    """
    code = form.get("service_code", "").strip()
    if not code:
        raise InvalidInputError("service_code is required")
    category = categories.by_code.get(code)
    if category is None:
        raise UnknownServiceError
    place, address = _place(form, city), _text(form, "address_string")
    if place is None and not address:
        raise InvalidInputError("lat and long, or address_string, is required")
    names = ("description", "email", "phone", "first_name", "last_name", "device_id", "account_id")
    texts = {name: _text(form, name) for name in names}
    return NewRequest(
        category, place, address, severity=_severity(form), media_url=_media(form), **texts
    )


def _text(form: Mapping[str, str], name: str) -> str:
    text = form.get(name, "").strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInputError(f"{name} has at most {LONGEST_TEXT} characters")
    if "\x00" in text:
        raise InvalidInputError(f"{name} has a character that is no text")
    return text


def _place(form: Mapping[str, str], city: Box) -> Place | None:
    lat, lon = form.get("lat", "").strip(), form.get("long", "").strip()
    if not lat and not lon:
        return None
    try:
        place = Place(float(lat), float(lon))
    except ValueError:
        raise InvalidInputError("lat and long are degrees, like 37.4948 and 139.9298") from None
    if not city.holds(place):
        raise InvalidInputError("lat and long are outside the city")
    return place


def _severity(form: Mapping[str, str]) -> str:
    given = form.get(f"attribute[{SEVERITY}]", "").strip()
    if given and given not in SEVERITIES:
        raise InvalidInputError(f"attribute[{SEVERITY}] is one of {', '.join(SEVERITIES)}")
    return given


def _media(form: Mapping[str, str]) -> str:
    url = _text(form, "media_url")
    if url and not url.lower().startswith(("https://", "http://")):
        raise InvalidInputError("media_url begins with https:// or http://")
    return url


def read_query(asked: Mapping[str, str], categories: Categories, now: datetime) -> Query:
    """Read the parameters of GET requests; the default is the last 90 days.

    `service_request_id` overrides all others. Raises UnknownServiceError or InvalidInputError.
    """
    ids = tuple(_listed(asked.get("service_request_id", "")))[:MOST_REQUESTS]
    if ids:
        return Query(ids, frozenset(), now - LONGEST_SPAN, now, None)
    codes = frozenset(_listed(asked.get("service_code", "")))
    if not codes <= set(categories.by_code):
        raise UnknownServiceError
    start, end = _span(asked, now)
    states = frozenset(_listed(asked.get("status", "")))
    if not states <= {"open", "closed"}:
        raise InvalidInputError("status is open, closed or both")
    return Query((), codes, start, end, "open" in states if len(states) == 1 else None)


def _span(asked: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    start, end = _time(asked, "start_date"), _time(asked, "end_date")
    if end is None:
        end = now if start is None else min(start + LONGEST_SPAN, max(now, start))
    if start is None:
        start = end - LONGEST_SPAN
    if not timedelta(0) <= end - start <= LONGEST_SPAN:
        raise InvalidInputError("start_date comes before end_date, by at most 90 days")
    return start, end


def _time(asked: Mapping[str, str], name: str) -> datetime | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    # Many clients leave the plus of an offset as it is, and it arrives as a blank.
    text = f"{text[:-6]}+{text[-5:]}" if text[-6:-5] == " " else text
    try:
        return read_time(text)
    except LineError as error:
        raise InvalidInputError(f"{name}: {error}") from None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
