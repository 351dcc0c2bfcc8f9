"""CAP 1.2 (Common Alerting Protocol): alerts of others read, our own state written.

The mapping follows the OASIS standard and the advice for public alert hubs: a level says severity
and urgency together; an end is told as an Update whose response type is AllClear; a retraction is
a Cancel; an exercise has its own status. `references` names every unexpired predecessor.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.disaster.entries import Entry
from services.disaster.facts import SPECIAL, WARNING, Status
from services.disaster.lalert import read_circle, read_polygon
from services.disaster.telegrams.envelope import read_time
from services.disaster.wording import hazard_name, kind_name
from services.disaster.xml import Node, UnreadableError, read_xml
from services.disaster.xml_writing import add, document

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
GEOCODE = "JIS5"
_JIS5 = re.compile(r"[0-9]{5}")

_STATUS = {"Actual": Status.ACTUAL, "Exercise": Status.EXERCISE}
_GEO = {"earthquake", "eew", "tsunami", "volcano"}
# Level (or what stands for it) → urgency, severity.
_SCALE = {
    5: ("Immediate", "Extreme"),
    4: ("Immediate", "Severe"),
    3: ("Expected", "Severe"),
    2: ("Future", "Moderate"),
    1: ("Future", "Minor"),
}
_ENTRY_VALID = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class CapArea:
    """`codes`: (valueName, value); `circles`: latitude, longitude, radius in kilometres."""

    name: str
    codes: tuple[tuple[str, str], ...]
    polygons: tuple[tuple[tuple[float, float], ...], ...]
    circles: tuple[tuple[float, float, float], ...]

    @property
    def cities(self) -> tuple[str, ...]:
        found = (value for name, value in self.codes if name == GEOCODE)
        return tuple(code for code in found if _JIS5.fullmatch(code))


@dataclass(frozen=True, slots=True)
class CapInfo:
    language: str
    event: str
    response_types: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    onset: datetime | None
    expires: datetime | None
    headline: str
    description: str
    instruction: str
    areas: tuple[CapArea, ...]
    sender_name: str = ""

    @property
    def level(self) -> int | None:
        """The alert level 1–5 that urgency and severity stand for; None for Unknown."""
        both = (self.urgency, self.severity)
        exact = next((level for level, pair in _SCALE.items() if pair == both), None)
        by_severity = {"Extreme": 5, "Severe": 3, "Moderate": 2, "Minor": 1}
        return exact or by_severity.get(self.severity)

    @property
    def all_clear(self) -> bool:
        return "AllClear" in self.response_types


@dataclass(frozen=True, slots=True)
class CapAlert:
    """`kind`: Alert, Update, Cancel, Ack or Error; `references`: identifiers it replaces."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    kind: str
    scope: str
    references: tuple[str, ...]
    infos: tuple[CapInfo, ...]


def read_cap(data: bytes) -> CapAlert:
    """Read an alert. Raises `UnreadableError` if it is not one."""
    root = read_xml(data)
    sent = read_time(root.text("sent"))
    if root.name != "alert" or not root.text("identifier") or sent is None:
        raise UnreadableError("it is not a CAP alert")
    references = (part.split(",") for part in root.text("references").split())
    return CapAlert(
        identifier=root.text("identifier"),
        sender=root.text("sender"),
        sent=sent,
        status=_STATUS.get(root.text("status"), Status.TEST),
        kind=root.text("msgType"),
        scope=root.text("scope"),
        references=tuple(parts[1] for parts in references if len(parts) == 3),
        infos=tuple(_info(node) for node in root.named("info")),
    )


def _info(node: Node) -> CapInfo:
    return CapInfo(
        language=node.text("language") or "en-US",
        event=node.text("event"),
        response_types=tuple(child.value for child in node.named("responseType")),
        urgency=node.text("urgency"),
        severity=node.text("severity"),
        certainty=node.text("certainty"),
        onset=read_time(node.text("onset")),
        expires=read_time(node.text("expires")),
        headline=node.text("headline"),
        description=node.text("description"),
        instruction=node.text("instruction"),
        areas=tuple(_area(child) for child in node.named("area")),
        sender_name=node.text("senderName"),
    )


def _area(node: Node) -> CapArea:
    polygons = (read_polygon(child.value) for child in node.named("polygon"))
    circles = (read_circle(child.value) for child in node.named("circle"))
    codes = ((code.text("valueName"), code.text("value")) for code in node.named("geocode"))
    return CapArea(
        name=node.text("areaDesc"),
        codes=tuple(codes),
        polygons=tuple(polygon for polygon in polygons if polygon),
        circles=tuple(circle for circle in circles if circle),
    )


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who writes the alert: the city's domain or address as CAP's sender, its name, its page."""

    sender: str
    name: str
    web: str


def write_cap(
    entries: Iterable[Entry],
    issuer: Issuer,
    identifier: str,
    sent: datetime,
    area_name: str,
    references: Sequence[tuple[str, datetime]] = (),
    drill: bool = False,
) -> bytes:
    """One alert that says the state of one area: an info for each entry, ended ones as AllClear.

    `references`: (identifier, sent) of every unexpired alert this one replaces.
    """
    alert = ET.Element("alert", xmlns=NAMESPACE)
    add(alert, "identifier", identifier)
    add(alert, "sender", issuer.sender)
    add(alert, "sent", _stamp(sent))
    add(alert, "status", "Exercise" if drill else "Actual")
    add(alert, "msgType", "Update" if references else "Alert")
    add(alert, "scope", "Public")
    if references:
        named = (f"{issuer.sender},{name},{_stamp(moment)}" for name, moment in references)
        add(alert, "references", " ".join(named))
    for entry in entries:
        _write_info(alert, entry, issuer, area_name)
    return document(alert)


def _write_info(alert: ET.Element, entry: Entry, issuer: Issuer, area_name: str) -> None:
    urgency, severity = _SCALE[_step(entry)] if entry.active else ("Past", "Minor")
    info = ET.SubElement(alert, "info")
    add(info, "language", "ja-JP")
    add(info, "category", "Geo" if entry.hazard in _GEO else "Met")
    add(info, "event", hazard_name(entry.hazard))
    add(info, "responseType", "Monitor" if entry.active else "AllClear")
    add(info, "urgency", urgency)
    add(info, "severity", severity)
    add(info, "certainty", "Observed" if entry.hazard == "earthquake" else "Likely")
    add(info, "effective", _stamp(entry.reported_at))
    add(info, "expires", _stamp(entry.reported_at + _ENTRY_VALID))
    add(info, "senderName", issuer.name)
    add(info, "headline", f"{area_name}：{kind_name(entry)}")
    add(info, "web", issuer.web)
    area = ET.SubElement(info, "area")
    add(area, "areaDesc", area_name)
    code = ET.SubElement(area, "geocode")
    add(code, "valueName", GEOCODE if len(entry.area) == 5 else "JMA")
    add(code, "value", entry.area)


def _step(entry: Entry) -> int:
    """The level, or for hazards without one the step that their grade stands for."""
    if entry.level is not None:
        return entry.level
    if entry.hazard == "earthquake":
        return 5 if entry.kind_code[:1] in ("6", "7") else 4 if entry.kind_code[:1] == "5" else 2
    if entry.hazard in ("eew", "tsunami") and entry.rank >= WARNING:
        return 5
    return 5 if entry.rank >= SPECIAL else 3 if entry.rank >= WARNING else 2


def _stamp(moment: datetime) -> str:
    """CAP wants seconds and a numeric offset, never Z."""
    return moment.replace(microsecond=0).isoformat()
