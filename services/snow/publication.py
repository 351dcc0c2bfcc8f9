"""What the public may see of a report: one home for the privacy rules, for every format. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kit.errors import InvalidInputError
from services.snow.categories import Categories, Category
from services.snow.geometry import Box, Place
from services.snow.lifecycle import OPEN, Status
from services.snow.parsing import LineError, read_time

ROUNDED_DECIMALS = 4
"""About ten metres: a front door is not pointed at."""


@dataclass(frozen=True)
class Report:
    """A report as it is kept, without who reported it: that never comes near this module."""

    id: str
    category: Category
    status: Status
    place: Place
    filed_at: datetime
    updated_at: datetime
    description: str = ""
    description_approved: bool = False
    photo_url: str = ""
    photo_approved: bool = False
    address: str = ""
    """In the city's own words (`a place name`), never what a stranger typed."""
    note: str = ""
    """What staff say about the status."""
    handed_to: str = ""
    parent: str = ""
    expected_at: datetime | None = None
    last_passage: datetime | None = None
    sanded_at: datetime | None = None
    reporters: int = 1


@dataclass(frozen=True)
class Outline:
    """As much of what may be shown as a point on a map needs."""

    id: str
    category: Category
    status: Status
    lat: float
    lon: float
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act."""
        return self.status in OPEN


@dataclass(frozen=True)
class PublicReport(Outline):
    """What may be shown. Texts and photos are empty until staff approved them."""

    filed_at: datetime
    description: str
    photo_url: str
    address: str
    notes: str
    expected_at: datetime | None
    last_passage: datetime | None
    sanded_at: datetime | None
    reporters: int


def outlined(
    number: str, category: Category, status: Status, place: Place, updated_at: datetime
) -> Outline | None:
    """Return the outline that the public may see; None where it may see nothing."""
    if status is Status.HIDDEN:
        return None
    lat, lon = (round(degrees, ROUNDED_DECIMALS) for degrees in (place.lat, place.lon))
    return Outline(number, category, status, lat, lon, updated_at)


def published(report: Report) -> PublicReport | None:
    """Return what the public may see; None where it may see nothing."""
    outline = outlined(report.id, report.category, report.status, report.place, report.updated_at)
    if outline is None:
        return None
    return PublicReport(
        **vars(outline),
        filed_at=report.filed_at,
        description=report.description if report.description_approved else "",
        photo_url=report.photo_url if report.photo_approved else "",
        address=report.address,
        notes=_notes(report),
        expected_at=report.expected_at,
        last_passage=report.last_passage,
        sanded_at=report.sanded_at,
        reporters=report.reporters,
    )


def _notes(report: Report) -> str:
    said = [report.status.value]
    if report.status is Status.NOT_OURS and report.handed_to:
        said.append(f"{report.handed_to}に引き継ぎました")
    if report.status is Status.DUPLICATE and report.parent:
        said.append(f"{report.parent}にまとめました")
    if report.note:
        said.append(report.note)
    return "。".join(said)


@dataclass(frozen=True)
class Filter:
    """Which reports a map or a list asks for; what is None or empty asks for all."""

    box: Box | None = None
    statuses: frozenset[Status] = frozenset()
    codes: frozenset[str] = frozenset()
    since: datetime | None = None

    def takes(self, report: Outline) -> bool:
        """Whether a report was asked for."""
        if self.box is not None and not self.box.holds(Place(report.lat, report.lon)):
            return False
        if self.statuses and report.status not in self.statuses:
            return False
        if self.codes and report.category.code not in self.codes:
            return False
        return self.since is None or report.updated_at >= self.since


def read_filter(asked: Mapping[str, str], categories: Categories) -> Filter:
    """Read `bbox`, `status`, `type` and `since`; lists are separated by commas.

    `status` is open, closed or a Japanese status. Raises InvalidInputError naming the parameter.
    """
    statuses: set[Status] = set()
    for name in _listed(asked.get("status", "")):
        statuses |= _statuses(name)
    codes: set[str] = set()
    for name in _listed(asked.get("type", "")):
        category = categories.named(name)
        if category is None:
            raise InvalidInputError(f"type: there is no {name[:40]}")
        codes.add(category.code)
    box = _box(asked["bbox"]) if asked.get("bbox") else None
    since = _since(asked["since"]) if asked.get("since") else None
    return Filter(box, frozenset(statuses), frozenset(codes), since)


def _statuses(name: str) -> frozenset[Status]:
    if name == "open":
        return OPEN
    if name == "closed":
        return frozenset(Status) - OPEN - {Status.HIDDEN}
    try:
        return frozenset({Status(name)})
    except ValueError:
        raise InvalidInputError(f"status: there is no {name[:40]}") from None


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _box(text: str) -> Box:
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInputError("bbox: write west,south,east,north in degrees") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InvalidInputError("bbox: write west,south,east,north in degrees")
    return Box(south, north, west, east)


def _since(text: str) -> datetime:
    try:
        return read_time(text.replace(" ", "+"))
    except LineError as error:
        raise InvalidInputError(f"since: {error}") from None


def feature_collection(reports: Iterable[PublicReport]) -> dict[str, Any]:
    """Return reports as a GeoJSON FeatureCollection of points."""
    return {"type": "FeatureCollection", "features": [_feature(report) for report in reports]}


def _feature(report: PublicReport) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": report.id,
        "type": report.category.code,
        "type_name": report.category.name,
        "status": report.status.value,
        "open": report.is_open,
        "status_notes": report.notes,
        "description": report.description or None,
        "photo_url": report.photo_url or None,
        "address": report.address or None,
        "reporters": report.reporters,
        "filed_at": report.filed_at.isoformat(timespec="seconds"),
        "updated_at": report.updated_at.isoformat(timespec="seconds"),
        "expected_at": _time(report.expected_at),
        "last_passage": _time(report.last_passage),
        "sanded_at": _time(report.sanded_at),
    }
    return {
        "type": "Feature",
        "id": report.id,
        "geometry": {"type": "Point", "coordinates": [report.lon, report.lat]},
        "properties": properties,
    }


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat(timespec="seconds")
