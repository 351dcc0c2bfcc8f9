"""Notifications of context brokers: NGSI-v2 in its forms with names, and NGSI-LD. Pure.

The form is told by the header `Ngsiv2-AttrsFormat`, but read from the body: brokers differ. The
form `values` holds neither ids nor names, so nobody could tell whose values they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kit.errors import ConciergeError

_ABOUT = ("id", "type", "@context")
_TIMES = ("observationDateTime", "dateObserved", "observedAt", "TimeInstant")


class UnreadableNotificationError(ConciergeError):
    """Send an NGSI-v2 or NGSI-LD notification whose entities carry ids and attribute names."""

    status = 400
    code = "unreadable_notification"


@dataclass(frozen=True)
class Measured:
    """One value of one entity; a switch is 1 or 0, a word (sprung, off) stays one."""

    entity_id: str
    attribute: str
    value: float | str
    at: datetime


def read_notification(body: Any, now: datetime) -> list[Measured]:
    """Return the values of a notification; `now` is when those without a time of theirs came.

    Raises UnreadableNotificationError.
    """
    found = list(_entities(body))
    if not found:
        raise UnreadableNotificationError
    return [one for entity in found for one in _measured(entity, now)]


def _entities(body: Any) -> Iterator[Mapping[str, Any]]:
    holder = body.get("data", body) if isinstance(body, dict) else body
    for entity in holder if isinstance(holder, list) else [holder]:
        if not isinstance(entity, dict) or not isinstance(entity.get("id"), str):
            raise UnreadableNotificationError
        yield entity


def _measured(entity: Mapping[str, Any], now: datetime) -> Iterable[Measured]:
    common = next((at for name in _TIMES if (at := _time(_value(entity.get(name))))), None)
    for name, told in entity.items():
        value = _value(told)
        if name in _ABOUT or not isinstance(value, int | float | str) or value != value:
            continue
        own = told.get("observedAt") if isinstance(told, dict) else None
        metadata = told.get("metadata") if isinstance(told, dict) else None
        if own is None and isinstance(metadata, dict):
            own = _value(metadata.get("TimeInstant"))
        yield Measured(entity["id"], _short(name), _plain(value), _time(own) or common or now)


def _value(told: Any) -> Any:
    """An attribute's value: under `value` where it is normalized, else itself."""
    return told.get("value") if isinstance(told, dict) else told


def _plain(value: float | str) -> float | str:
    return value if isinstance(value, str) else float(value)


def _short(name: str) -> str:
    """The name without the vocabulary's address, which NGSI-LD may write out."""
    return name.rpartition("/")[2]


def _time(text: Any) -> datetime | None:
    if isinstance(text, dict):
        text = text.get("@value")
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
