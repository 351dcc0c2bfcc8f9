"""Files that people sent: being prepared, ready, or gone after an unsend."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emulators.line.errors import LineError

# What browsers may be shown as itself; anything else goes out as plain bytes.
_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF", "application/pdf"),
)


@dataclass
class Stored:
    """One file; `data` is None once its message was unsent."""

    kind: str
    data: bytes | None
    ready: datetime
    end: datetime

    @property
    def media_type(self) -> str:
        """The type by the first bytes, never by what the sender claims."""
        return sniff(self.data or b"", self.kind)


def sniff(data: bytes, kind: str = "") -> str:
    """Return the media type that the first bytes show."""
    for start, media_type in _SIGNATURES:
        if data.startswith(start):
            return media_type
    if data[4:8] == b"ftyp":
        return "audio/x-m4a" if kind == "audio" else "video/mp4"
    return "application/octet-stream"


class ContentStore:
    """Every file by its message id."""

    def __init__(self) -> None:
        self._files: dict[str, Stored] = {}

    def put(self, message_id: str, kind: str, data: bytes, ready: datetime, end: datetime) -> None:
        """Keep a file that becomes available at `ready` and is thrown away at `end`."""
        self._files[message_id] = Stored(kind, data, ready, end)

    def get(self, message_id: str, now: datetime) -> Stored:
        """Return the file. Raises LineError 404 (never there, too old) or 410 (unsent)."""
        found = self._files.get(message_id)
        if found is None:
            raise LineError(404, "not found", reason="no file was sent with this message id")
        if found.data is None:
            raise LineError(410, "The content is gone", reason="the message was unsent")
        if now >= found.end:
            raise LineError(404, "not found", reason="the file was kept for a while and is deleted")
        return found

    def erase(self, message_id: str) -> None:
        """Forget the bytes of an unsent message."""
        found = self._files.get(message_id)
        if found:
            found.data = None

    def clear(self) -> None:
        """Forget every file."""
        self._files.clear()


def ready_at(kind: str, now: datetime, preparing_seconds: float) -> datetime:
    """Return when a file of this kind can be fetched: video and audio take a while."""
    slow = kind in ("video", "audio")
    return now + timedelta(seconds=preparing_seconds if slow else 0)
