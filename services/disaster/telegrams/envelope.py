"""The envelope that all telegrams of the agency share: Control and Head."""

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from services.disaster.facts import InfoType, Status
from services.disaster.xml import Node, UnreadableError

_JST = timezone(timedelta(hours=9))
_STATUS = {"通常": Status.ACTUAL, "訓練": Status.EXERCISE}
_INFO_TYPES = {
    "発表": InfoType.ISSUED,
    "訂正": InfoType.CORRECTED,
    "遅延": InfoType.DELAYED,
    "取消": InfoType.CANCELLED,
}
# Equal in time and number, a correction stands over what it corrects, a cancellation over both.
_WEIGHT = {InfoType.DELAYED: 0, InfoType.ISSUED: 1, InfoType.CORRECTED: 2, InfoType.CANCELLED: 3}


@dataclass(frozen=True, slots=True)
class Envelope:
    title: str
    status: Status
    office: str
    publishers: str
    head_title: str
    reported_at: datetime
    controlled_at: datetime
    valid_until: datetime | None
    event_id: str
    info_type: InfoType
    serial: str
    headline: str
    head: Node
    body: Node
    digest: str

    @property
    def revision(self) -> tuple[object, ...]:
        """Which of two telegrams on one subject stands: the greater (ReportDateTime, then
        Control/DateTime, then Serial); equal revisions are the same telegram."""
        weight = _WEIGHT[self.info_type]
        return (self.reported_at, self.controlled_at, _serial(self.serial), weight, self.digest)


def normal(text: str) -> str:
    """Full-width digits and letters made plain, so that titles can be compared."""
    return unicodedata.normalize("NFKC", text)


def read_envelope(report: Node, data: bytes) -> Envelope:
    """Control and Head of a telegram. Raises `UnreadableError` if it is not one."""
    control, head = report.child("Control"), report.child("Head")
    if report.name != "Report" or control is None or head is None:
        raise UnreadableError("it is not a telegram of the Meteorological Agency")
    body = report.child("Body") or Node("Body")
    reported_at = read_time(head.text("ReportDateTime"))
    if reported_at is None:
        raise UnreadableError("it has no ReportDateTime")
    return Envelope(
        title=normal(control.text("Title")),
        # What is not plainly marked as real is not: a test must never reach the public.
        status=_STATUS.get(control.text("Status"), Status.TEST),
        office=control.text("EditorialOffice"),
        publishers=control.text("PublishingOffice"),
        head_title=normal(head.text("Title")),
        reported_at=reported_at,
        controlled_at=read_time(control.text("DateTime")) or reported_at,
        valid_until=read_time(head.text("ValidDateTime")),
        event_id=head.text("EventID"),
        info_type=_INFO_TYPES.get(head.text("InfoType"), InfoType.ISSUED),
        serial=normal(head.text("Serial")),
        headline=head.text("Headline", "Text") or _body_text(body),
        head=head,
        body=body,
        digest=hashlib.sha256(data).hexdigest(),
    )


def read_time(text: str) -> datetime | None:
    """A time with its offset; Japanese time where there is none; None if it is not a time."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=_JST)
        # Years at the edge of the calendar cannot be brought to another zone.
        moment.astimezone(UTC)
        moment + timedelta(days=365)
    except (ValueError, OverflowError):
        return None
    return moment


def _body_text(body: Node) -> str:
    """Some bulletins have an empty headline and all their text in the Body."""
    return body.text("Comment", "Text") or body.text("Text")


def _serial(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("-") if part.isascii() and part.isdigit())
