"""Conversations in PostgreSQL, in Rasa's own table `events`: one read and one write a turn.

Rasa's store reads a conversation twice, counts its rows before writing, blocks the event loop,
and its fail-safe wrapper goes on in memory when the database is away, which would lose or double
an answer. This one runs in threads and lets errors through.
"""

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses
from sqlalchemy import insert, text
from sqlalchemy.exc import SQLAlchemyError

Json = dict[str, Any]

_THREADS = 4

# The latest session: what came after its `session_started`, as Rasa itself reads it.
_LOAD = text("""
    SELECT data FROM events
    WHERE sender_id = :sender AND id >= coalesce(
        (SELECT max(id) FROM events WHERE sender_id = :sender AND type_name = 'session_started'),
        0)
    ORDER BY id
""")
_KEPT = text("SELECT data FROM events WHERE sender_id = :sender ORDER BY id")
_FORGET = text("DELETE FROM events WHERE sender_id = :sender")
_APPEND = insert(SQLTrackerStore.SQLEvent.__table__)


class StoreUnavailableError(Exception):
    """The database did not take part; nothing was stored."""


class Conversations:
    """Reads and appends the events of one sender. Callers hold the sender's lock."""

    def __init__(self, store: SQLTrackerStore) -> None:
        """Use the connections, and the table, of Rasa's configured store."""
        self._engine = store.engine
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="conversations")
        self._classes = {kind.type_name: kind for kind in all_subclasses(Event)}

    async def load(self, sender: str) -> list[Event]:
        """Return the events of the sender's latest session. Raises StoreUnavailableError."""
        rows = await self._run(self._load, sender)
        return [self._event(json.loads(data)) for data in rows]

    async def append(self, sender: str, events: list[Event]) -> None:
        """Store events, all or none. Raises StoreUnavailableError."""
        await self._run(self._append, [_row(sender, event) for event in events])

    async def kept(self, sender: str) -> list[Json]:
        """Return everything that is stored of a sender. Raises StoreUnavailableError."""
        return await self._run(self._kept, sender)

    async def forget(self, sender: str) -> None:
        """Delete everything of a sender. Raises StoreUnavailableError."""
        await self._run(self._forget, sender)

    async def _run(self, work: Callable[[Any], Any], argument: Any) -> Any:
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, work, argument)
        except SQLAlchemyError as error:
            raise StoreUnavailableError(type(error).__name__) from error

    def _load(self, sender: str) -> list[str]:
        with self._engine.connect() as connection:
            return list(connection.execute(_LOAD, {"sender": sender}).scalars())

    def _kept(self, sender: str) -> list[Json]:
        with self._engine.connect() as connection:
            rows = connection.execute(_KEPT, {"sender": sender}).scalars()
            return [json.loads(data) for data in rows]

    def _append(self, rows: list[Json]) -> None:
        with self._engine.begin() as connection:
            connection.execute(_APPEND, rows)

    def _forget(self, sender: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(_FORGET, {"sender": sender})

    def _event(self, data: Json) -> Event:
        # Rasa searches all classes for each event; this table is made once.
        event = self._classes[data["event"]]._from_parameters(data)
        if event is None:
            raise ValueError("an event in the store cannot be read")
        return event


def _row(sender: str, event: Event) -> Json:
    data = event.as_dict()
    return {
        "sender_id": sender,
        "type_name": event.type_name,
        "timestamp": event.timestamp,
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }
