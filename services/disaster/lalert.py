"""Messages of L-Alert (公共情報コモンズ): the city's own orders and shelters.

A message is an EDXL-DE distribution, bare or in a SOAP envelope, with a report inside. Namespaces
carry versions and intermediaries rewrite prefixes, so everything is found by local names. The same
data appear twice, in the distribution and in the report's head, and either may be empty.

Identity is (documentID, documentRevision); only a higher revision replaces what is held.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from services.disaster.facts import Status
from services.disaster.telegrams.envelope import normal, read_time
from services.disaster.xml import Node, UnreadableError, read_xml

_STATUS = {"Actual": Status.ACTUAL, "Exercise": Status.EXERCISE}

# Words of an order, today's (law of May 2021) and before → level, and today's word.
_ORDERS = (
    ("緊急安全確保", 5, "緊急安全確保"),
    ("災害発生", 5, "緊急安全確保"),
    ("避難準備", 3, "高齢者等避難"),
    ("高齢者等避難", 3, "高齢者等避難"),
    ("避難指示", 4, "避難指示"),
    ("避難勧告", 4, "避難指示"),
    # A legal ban of entry is no step of the alert levels, and at least as grave as an order.
    ("警戒区域", 4, "警戒区域設定"),
)
_SHELTERS = {"開設": "open", "常設": "permanent", "閉鎖": "closed", "未開設": "not_open"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where something holds. `city`: JIS code of five digits; `town`: 12-digit code of the
    大字・町丁目; `circle`: latitude, longitude, radius in kilometres; `polygon`: latitude and
    longitude pairs."""

    name: str = ""
    city: str = ""
    town: str = ""
    circle: tuple[float, float, float] | None = None
    polygon: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class EvacuationOrder:
    """避難情報. `word` is today's, `said` what the message says; `level` None if neither is known.
    A lift repeats the order that it lifts."""

    word: str
    said: str
    level: int | None
    lifted: bool
    place: Place
    at: datetime | None
    households: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class ShelterReport:
    """避難所情報. `state`: open, permanent, closed, not_open or unknown."""

    name: str
    address: str
    place: Place
    state: str
    kind: str
    at: datetime | None
    people: int | None
    households: int | None
    capacity: int | None
    phone: str


@dataclass(frozen=True, slots=True)
class Message:
    document_id: str
    revision: int
    status: Status
    category: str
    withdrawn: bool
    title: str
    headline: str
    office: str
    cities: tuple[str, ...]
    reported_at: datetime | None
    valid_until: datetime | None
    orders: tuple[EvacuationOrder, ...] = ()
    shelters: tuple[ShelterReport, ...] = ()

    def replaces(self, held_revision: int | None) -> bool:
        """Whether it is news: nothing is held of the document, or a lower revision."""
        return held_revision is None or self.revision > held_revision


def read_message(data: bytes) -> Message:
    """Read one message. Raises `UnreadableError` if there is no EDXL distribution in it."""
    root = read_xml(data)
    edxl = root if root.name == "EDXLDistribution" else next(root.walk("EDXLDistribution"), None)
    if edxl is None:
        raise UnreadableError("it is not a message of L-Alert")
    report = next(edxl.walk("Report"), Node("Report"))
    head = report.child("Head") or Node("Head")
    document_id = _first(edxl, "documentID") or edxl.text("distributionID")
    if not document_id:
        raise UnreadableError("it has no documentID")
    kind = edxl.text("distributionType") or head.text("distributionType")
    return Message(
        document_id=document_id,
        revision=_number(_first(edxl, "documentRevision")) or 1,
        # Only what says that it is real may reach the public.
        status=_STATUS.get(edxl.text("distributionStatus"), Status.TEST),
        category=_first(edxl, "category") or report.text("Control", "Title"),
        withdrawn=kind in ("Cancel", "取消"),
        title=head.text("Title"),
        headline=head.text("Headline", "Text"),
        office=_first(edxl, "publishingOfficeName") or _first(report, "OfficeName"),
        cities=_cities(edxl),
        reported_at=_time(head, "ReportDateTime") or _time(edxl, "dateTimeSent"),
        valid_until=_time(head, "ValidDateTime"),
        orders=tuple(_orders(report)),
        shelters=tuple(_shelters(report)),
    )


def _orders(report: Node) -> Iterator[EvacuationOrder]:
    for body in report.walk("EvacuationOrder"):
        for detail in body.walk("Detail"):
            for area in detail.walk("Area"):
                yield _order(detail, area)


def _order(detail: Node, area: Node) -> EvacuationOrder:
    said = normal(detail.text("Sort"))
    level, word = next(((lv, word) for part, lv, word in _ORDERS if part in said), (None, said))
    counts = area.child("Object") or detail.child("Object") or Node("Object")
    return EvacuationOrder(
        word=word,
        said=said,
        level=level,
        lifted=detail.text("IssueOrLift") == "解除",
        place=_place(area.child("Location") or area),
        at=_time(area, "DateTime") or _time(detail, "DateTime"),
        households=_number(counts.text("Households")),
        people=_number(counts.text("HeadCount")),
    )


def _shelters(report: Node) -> Iterator[ShelterReport]:
    for body in report.walk("Shelter"):
        for item in body.walk("Information"):
            location = item.child("Location") or Node("Location")
            counts = item.child("NumberOf") or Node("NumberOf")
            yield ShelterReport(
                name=location.text("areaName"),
                address=location.text("Address"),
                place=_place(location),
                state=_SHELTERS.get(item.text("Sort"), "unknown"),
                kind=item.text("Type"),
                at=_time(item, "DateTime"),
                people=_number(counts.text("HeadCount")),
                households=_number(counts.text("Households")),
                capacity=_number(item.text("Capacity")),
                phone=_phone(location),
            )


def _phone(location: Node) -> str:
    contacts = location.named("ContactInfo")
    return next((c.value for c in contacts if c.attributes.get("contactType") == "phone"), "")


def _place(location: Node) -> Place:
    return Place(
        name=location.text("areaName"),
        city=_jis5(location.text("jisX0402")),
        town=location.text("ooAzaTyouTyouMokuCode"),
        circle=read_circle(location.text("circle")),
        polygon=read_polygon(location.text("polygon")),
    )


def _cities(edxl: Node) -> tuple[str, ...]:
    codes = (_jis5(node.value) for node in edxl.walk("jisX0402"))
    return tuple(dict.fromkeys(code for code in codes if code))


def _jis5(code: str) -> str:
    """Six digits with their check digit, or five, cut to the five of JIS X 0402."""
    return code[:5] if code.isascii() and code.isdigit() and len(code) in (5, 6) else ""


def read_circle(text: str) -> tuple[float, float, float] | None:
    """「lat,lon radius」 or 「lat,lon,radius」 as CAP and EDXL write a circle."""
    values = _floats(text)
    return (values[0], values[1], values[2]) if len(values) == 3 else None


def read_polygon(text: str) -> tuple[tuple[float, float], ...]:
    """「lat,lon lat,lon …」; empty if it is not one."""
    values = _floats(text)
    pairs = tuple(zip(values[::2], values[1::2], strict=False))
    return pairs if len(values) % 2 == 0 and len(pairs) >= 4 else ()


def _floats(text: str) -> list[float]:
    try:
        return [float(part) for part in text.replace(",", " ").split()]
    except ValueError:
        return []


def _number(text: str) -> int | None:
    plain = normal(text).replace(",", "")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else None


def _time(node: Node, name: str) -> datetime | None:
    return read_time(node.text(name))


def _first(node: Node, name: str) -> str:
    values: Iterable[str] = (found.value for found in node.walk(name))
    return next((value for value in values if value), "")
