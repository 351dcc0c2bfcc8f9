"""Telegrams as they are kept: cut to what they say about one city, as JSON and back."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from services.disaster.areas import Areas, city_of
from services.disaster.facts import Fact, InfoType, Status, Telegram

_RIVER_SECTION = 12
_TIMES = ("reported_at", "expires_at")


def about_city(telegram: Telegram, city: str, areas: Areas, *, known: bool) -> Telegram | None:
    """The telegram with its facts about a city (five digits) and its river sections; None where it
    cannot change the city's state. A cancellation names no areas, and a full state ends what it
    does not name: both count where their subject is `known`."""
    own = [fact for fact in telegram.facts if _within(fact.area, city, areas)]
    if not own and not known and telegram.info_type is not InfoType.CANCELLED:
        return None
    rivers = [fact for fact in telegram.facts if len(fact.area) == _RIVER_SECTION]
    kept = (*own, *rivers) if own else ()
    return replace(telegram, facts=kept, headline="")


def _within(area: str, city: str, areas: Areas) -> bool:
    return city in (area, city_of(area), areas.whole(area))


def encode(telegram: Telegram) -> dict[str, Any]:
    """The telegram as JSON values."""
    moment, controlled, serial, weight, digest = telegram.revision
    assert isinstance(moment, datetime)  # noqa: S101  `envelope.revision`
    assert isinstance(controlled, datetime)  # noqa: S101
    body = asdict(telegram)
    body["revision"] = [moment.isoformat(), controlled.isoformat(), serial, weight, digest]
    body["covers"] = sorted(telegram.covers)
    body["event_ids"] = sorted(telegram.event_ids)
    for name in _TIMES:
        body[name] = body[name] and body[name].isoformat()
    return body


def decode(body: dict[str, Any]) -> Telegram:
    """The telegram again, equal to the one that was kept."""
    moment, controlled, serial, weight, digest = body["revision"]
    times = {name: _time(body[name]) for name in _TIMES}
    changed = {
        "status": Status(body["status"]),
        "info_type": InfoType(body["info_type"]),
        "revision": (_time(moment), _time(controlled), tuple(serial), weight, digest),
        "facts": tuple(Fact(**fact) for fact in body["facts"]),
        "covers": frozenset((hazard, office) for hazard, office in body["covers"]),
        "event_ids": frozenset(body["event_ids"]),
        # Messages that were kept before alerts could refer to others have none.
        "refers": tuple(body.get("refers", ())),
    }
    return Telegram(**(body | changed | times))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
