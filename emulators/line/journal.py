"""The last webhooks and API calls, and the figures made from them."""

import json
from collections import Counter, deque
from typing import Any

from emulators.json_text import to_bytes
from emulators.line.errors import Json

_KEPT_ENTRIES = 5000
_KEPT_BYTES = 100_000
_KEPT_BYTES_IN_ALL = 64_000_000
_KEPT_LATENCIES = 100_000
_KEPT_REASONS = 200
_BODIES = ("request", "response")


class Journal:
    """A numbered list of the newest traffic. Bodies stay bytes until somebody reads them."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque()
        self._last = 0
        self._bytes = 0

    def add(self, kind: str, at: str, users: tuple[str, ...], **more: Any) -> None:
        """Note one exchange; `request` and `response` are bytes, cut at 100 kB."""
        self._last += 1
        for name in _BODIES:
            more[name] = more.get(name, b"")[:_KEPT_BYTES]
        entry = {"seq": self._last, "at": at, "kind": kind, "users": users, **more}
        self._entries.append(entry)
        self._bytes += _weight(entry)
        while len(self._entries) > _KEPT_ENTRIES or self._bytes > _KEPT_BYTES_IN_ALL:
            self._bytes -= _weight(self._entries.popleft())

    def after(self, seq: int, user_id: str | None = None, limit: int = 500) -> Json:
        """Return up to `limit` entries after `seq` as `{"entries", "next"}`, oldest first."""
        found: list[Json] = []
        for entry in reversed(self._entries):
            if entry["seq"] <= seq:
                break
            if user_id is None or user_id in entry["users"]:
                found.append(entry)
        page = found[::-1][:limit]
        last = page[-1]["seq"] if len(found) > limit else self._last
        return {"entries": [_readable(entry) for entry in page], "next": last}

    def find(self, mark: str, limit: int = 50) -> Json:
        """Return the entries whose request id is `mark` or whose request mentions it."""
        raw = mark.encode()
        found = [
            entry
            for entry in self._entries
            if entry.get("request_id") == mark or raw in entry["request"]
        ]
        return {"entries": [_readable(entry) for entry in found[-limit:]], "next": self._last}

    def clear(self) -> None:
        """Forget the entries; numbers go on, so that nobody reads one twice."""
        self._entries.clear()
        self._bytes = 0


class Stats:
    """Counts since the start or the last reset."""

    def __init__(self) -> None:
        self.webhooks: Counter[str] = Counter()
        self.calls: Counter[tuple[str, int]] = Counter()
        self.messages: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.refusals: deque[Json] = deque(maxlen=_KEPT_REASONS)
        self._latencies: deque[float] = deque(maxlen=_KEPT_LATENCIES)

    def acknowledged(self, milliseconds: float) -> None:
        """Count a webhook that the bot took, and how long it needed."""
        self.webhooks["acked"] += 1
        self._latencies.append(milliseconds)

    def refused(self, at: str, path: str, status: int, reason: str) -> None:
        """Keep why a request was refused."""
        self.refusals.append({"at": at, "path": path, "status": status, "reason": reason})

    def as_dict(self) -> Json:
        """Return the figures; latencies in milliseconds, None while there are none."""
        calls: dict[str, dict[str, int]] = {}
        for (path, status), count in sorted(self.calls.items()):
            calls.setdefault(path, {})[str(status)] = count
        return {
            "webhooks": {**_webhook_zeros(), **self.webhooks, "latency_ms": self._percentiles()},
            "api": calls,
            "messages": dict(self.messages),
            "faults": dict(self.faults),
            "refusals": list(self.refusals),
        }

    def _percentiles(self) -> dict[str, float | None]:
        ordered = sorted(self._latencies)
        marks = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
        if not ordered:
            return dict.fromkeys(marks)
        last = len(ordered) - 1
        return {name: round(ordered[round(last * share)], 2) for name, share in marks.items()}


def _webhook_zeros() -> dict[str, int]:
    return dict.fromkeys(("events", "sent", "acked", "failed", "redelivered", "given_up"), 0)


def _weight(entry: Json) -> int:
    return sum(len(entry[name]) for name in _BODIES)


def _readable(entry: Json) -> Json:
    shown = dict(entry)
    for name in _BODIES:
        shown[name] = _decoded(shown[name])
    return shown


def _decoded(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(to_bytes(json.loads(body)))
    except ValueError:
        return body[:2000].decode("utf-8", "replace")
