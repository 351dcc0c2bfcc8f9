"""Alerts in CAP 1.2: of civil protection (J-Alert, by a city's receiver), and of other systems.

What they call a hazard is matched with ours, their level is what urgency and severity stand for,
and the sentences are the city's own: the alert's text is never passed on. An alert without a city's
JIS code says nothing about that city. Updates and cancellations name what they replace.
"""

import hashlib
import unicodedata
from collections.abc import Iterator
from datetime import timedelta

from services.disaster.cap import CapAlert, CapInfo, read_cap
from services.disaster.facts import ADVISORY, SPECIAL, WARNING, Fact, InfoType, Telegram
from services.disaster.telegrams import codes
from services.disaster.xml import UnreadableError

ROOT = b"urn:oasis:names:tc:emergency:cap:"
HAZARD = "attack"
CIVIL_PROTECTION = "国（Jアラート）"
# Without an end of its own an alert is worth no longer than this.
_LASTS = timedelta(hours=3)
_KINDS = {"Alert": InfoType.ISSUED, "Update": InfoType.ISSUED, "Cancel": InfoType.CANCELLED}
_RANKS = {"Extreme": SPECIAL, "Severe": WARNING, "Moderate": ADVISORY}
_LONGEST_NAME = 40


def is_cap(data: bytes) -> bool:
    """Whether these bytes name CAP's namespace."""
    return ROOT in data[:4096]


def read_alert(data: bytes, source: str) -> Telegram:
    """What an alert says. Raises UnreadableError for one that there are no fixed sentences for."""
    alert = read_cap(data)
    kind = _KINDS.get(alert.kind)
    if kind is None:
        raise UnreadableError(f"a CAP message of the type {alert.kind!r} says nothing")
    if alert.scope not in ("", "Public"):
        raise UnreadableError("its scope is not Public")
    facts = tuple(fact for info in alert.infos for fact in _facts(info))
    if kind is not InfoType.CANCELLED and not facts:
        raise UnreadableError("no fixed sentences for this event, or no JIS5 code of a city")
    digest = hashlib.sha256(data).hexdigest()
    ends = [info.expires for info in alert.infos if info.expires is not None]
    return Telegram(
        family="CAP",
        subject=_subject(alert.references[0] if alert.references else alert.identifier),
        refers=tuple(map(_subject, (alert.identifier, *alert.references))),
        status=alert.status,
        info_type=kind,
        office=alert.sender,
        reported_at=alert.sent,
        revision=(alert.sent, alert.sent, (len(alert.references),), 0, digest),
        source=source,
        facts=tuple(dict.fromkeys(facts)),
        expires_at=max(ends, default=alert.sent + _LASTS),
        ends_on_time=bool(ends),
        publishers=_publisher(alert, facts),
        title=_title(alert),
    )


def _subject(identifier: str) -> str:
    return f"CAP {identifier}"


def _facts(info: CapInfo) -> Iterator[Fact]:
    found = _understood(info)
    if found is None:
        return
    hazard, code, level, rank = found
    active = not info.all_clear
    for city in sorted({city for area in info.areas for city in area.cities}):
        if active:
            yield Fact(city, hazard, code, True, level, rank)
        else:
            yield Fact(city, hazard, code, False)


def _understood(info: CapInfo) -> tuple[str, str, int | None, float] | None:
    """(hazard, code, level, rank) of an event; None for one that nothing can be said of."""
    event = unicodedata.normalize("NFKC", info.event).strip().casefold()
    if event in codes.CIVIL:
        return HAZARD, codes.CIVIL[event], None, SPECIAL
    hazard = codes.EVENTS.get(event)
    if hazard is None:
        return None
    level = info.level
    if hazard in codes.LEVELLED:
        # Level 1 is no warning: nothing of it is in force.
        if level is None or level < 2:
            return None if not info.all_clear else (hazard, "00", None, 0.0)
        return hazard, codes.code_of(hazard, codes.RANKS[level]), level, codes.RANKS[level]
    rank = _RANKS.get(info.severity, 0.0)
    if not rank and not info.all_clear:
        return None
    return hazard, codes.code_of(hazard, rank), None, rank


def _publisher(alert: CapAlert, facts: tuple[Fact, ...]) -> str:
    if any(fact.hazard == HAZARD for fact in facts):
        return CIVIL_PROTECTION
    name = next((info.sender_name for info in alert.infos if info.sender_name), alert.sender)
    return "".join(mark for mark in name if mark.isprintable())[:_LONGEST_NAME]


def _title(alert: CapAlert) -> str:
    return "、".join(dict.fromkeys(info.event for info in alert.infos))[:100] or alert.kind
