"""Alerts of civil protection (J-Alert), which a city's receiver hands on as CAP 1.2.

Only what the city has fixed sentences for is taken in: `event` is one of `codes.CIVIL`'s words. Its
text is never passed on. An alert without the city's JIS code in it is for another city.
"""

import hashlib
from datetime import datetime, timedelta

from services.disaster.cap import CapAlert, CapInfo, read_cap
from services.disaster.facts import SPECIAL, Fact, InfoType, Telegram
from services.disaster.telegrams import codes
from services.disaster.xml import UnreadableError

ROOT = b"urn:oasis:names:tc:emergency:cap:"
HAZARD = "attack"
PUBLISHER = "国（Jアラート）"
# Without an end of its own an alert is worth no longer than this.
_LASTS = timedelta(hours=3)
_KINDS = {"Alert": InfoType.ISSUED, "Update": InfoType.ISSUED, "Cancel": InfoType.CANCELLED}


def is_cap(data: bytes) -> bool:
    """Whether these bytes name CAP's namespace."""
    return ROOT in data[:4096]


def read_civil(data: bytes, source: str) -> Telegram:
    """What an alert says. Raises UnreadableError for one that there are no fixed sentences for."""
    alert = read_cap(data)
    kind = _KINDS.get(alert.kind)
    if kind is None:
        raise UnreadableError(f"a CAP message of the type {alert.kind!r} says nothing")
    facts = tuple(fact for info in alert.infos for fact in _facts(info))
    if kind is not InfoType.CANCELLED and not facts:
        raise UnreadableError("no fixed sentences for this event")
    digest = hashlib.sha256(data).hexdigest()
    return Telegram(
        family="CIVIL",
        subject=f"CIVIL {alert.references[0] if alert.references else alert.identifier}",
        status=alert.status,
        info_type=kind,
        office=alert.sender,
        reported_at=alert.sent,
        revision=(alert.sent, alert.sent, (len(alert.references),), 0, digest),
        source=source,
        facts=tuple(dict.fromkeys(facts)),
        expires_at=_end(alert, alert.sent),
        publishers=PUBLISHER,
        title="国民保護に関する情報",
    )


def _facts(info: CapInfo) -> list[Fact]:
    code = codes.CIVIL.get(info.event)
    if code is None:
        return []
    active = not info.all_clear
    cities = {city for area in info.areas for city in area.cities}
    return [
        Fact(city, HAZARD, code, active, rank=SPECIAL if active else 0.0) for city in sorted(cities)
    ]


def _end(alert: CapAlert, sent: datetime) -> datetime:
    ends = [info.expires for info in alert.infos if info.expires is not None]
    return max(ends, default=sent + _LASTS)
