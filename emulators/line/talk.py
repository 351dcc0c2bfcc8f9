"""What one person sees in the talk with the account, and who is looking at it right now."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from emulators.line.errors import Json

# A browser that falls this far behind is cut off; it reconnects and reads on from its last number.
_STREAM_BACKLOG = 1000


@dataclass
class Talk:
    """One person's talk: numbered entries, never renumbered, and its live readers."""

    entries: list[Json] = field(default_factory=list)
    _streams: set[asyncio.Queue[tuple[str, Json]]] = field(default_factory=set)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def last(self) -> int:
        """The number of the newest entry; 0 while there is none."""
        return len(self.entries)

    def add(self, sender: str, via: str, at: str, message: Json, **more: Any) -> Json:
        """Append a message and wake every reader. `at` is ISO 8601 in UTC."""
        entry = {
            "seq": self.last + 1,
            "from": sender,
            "via": via,
            "at": at,
            "message": message,
            **more,
        }
        self.entries.append(entry)
        self._news.set()
        self._news = asyncio.Event()
        self.notify("message", entry)
        return entry

    def notify(self, kind: str, data: Json) -> None:
        """Tell live readers something that is not a message (loading, menu, unsend…)."""
        for stream in list(self._streams):
            if stream.qsize() >= _STREAM_BACKLOG:
                self._streams.discard(stream)
                stream.put_nowait(("close", {}))
            else:
                stream.put_nowait((kind, data))

    def release(self) -> None:
        """End every stream and every wait: the emulator is stopping."""
        self._news.set()
        for stream in self._streams:
            stream.put_nowait(("end", {}))

    def after(self, seq: int) -> list[Json]:
        """Return the entries with a higher number than `seq`."""
        return self.entries[max(seq, 0) :]

    async def wait(self, seq: int, seconds: float) -> None:
        """Return as soon as there is an entry after `seq`, or when the time is over."""
        if self.last > seq:
            return
        news = self._news
        try:
            async with asyncio.timeout(seconds):
                await news.wait()
        except TimeoutError:
            return

    def find(self, message_id: str) -> Json | None:
        """Return the entry of that message id, or None."""
        for entry in reversed(self.entries):
            if entry["message"].get("id") == message_id:
                return entry
        return None

    @contextmanager
    def stream(self) -> Iterator[asyncio.Queue[tuple[str, Json]]]:
        """Yield a queue of (kind, data) that receives everything from this moment on."""
        queue: asyncio.Queue[tuple[str, Json]] = asyncio.Queue()
        self._streams.add(queue)
        try:
            yield queue
        finally:
            self._streams.discard(queue)
