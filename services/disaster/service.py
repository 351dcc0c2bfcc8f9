"""The city's state: messages are applied to it in one order, whoever works, and can be again.

Each process holds a board and brings it up to date from the kept messages before it applies a new
one, so that any number of workers agree, and one that was killed has lost nothing.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.jobs import NewJob, enqueue
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.settings import Settings
from services.disaster import repository
from services.disaster.areas import areas, city_of
from services.disaster.cityfiles import jis_code
from services.disaster.entries import Change, Entry
from services.disaster.facts import Status
from services.disaster.jobs import PUSH
from services.disaster.models import DisasterMessage
from services.disaster.orders import OrderBook
from services.disaster.rules import ACTUAL, DRILL, MESSAGE_STATES, STATE_DAYS
from services.disaster.state import Board
from services.disaster.stored import about_city, encode
from services.disaster.telegrams.reading import read_telegram
from services.disaster.xml import UnreadableError

log = get_logger(__name__)

_RIVER_SECTION = 12


class _Lane:
    """One board of this process, and how far it has come."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.board = Board(areas())
        self.number = 0


class StateKeeper:
    """Applies messages, one at a time in the whole installation of a city."""

    def __init__(
        self, database: Database, clock: Clock, settings: Settings, orders: OrderBook
    ) -> None:
        """Nothing is read before the first message."""
        self._database = database
        self._clock = clock
        self._city = jis_code(settings.city_dir)
        self._orders = orders
        self._lanes: dict[str, _Lane] = {}

    async def apply(self, message_id: int) -> None:
        """Take one kept message into the state; done before, it changes nothing."""
        try:
            async with self._database.transaction() as session:
                await repository.lock_state(session)
                row = await repository.load_message(session, message_id)
                if row is not None and row.state == "waiting":
                    await self._apply(session, row)
        except Exception:
            # What this process holds in memory may be ahead of what was written.
            self._lanes.clear()
            raise

    async def age(self) -> None:
        """End what ends by itself by now."""
        try:
            async with self._database.transaction() as session:
                await repository.lock_state(session)
                for name in (ACTUAL, DRILL):
                    lane = await self._current(session, name)
                    changes = lane.board.advance(self._clock())
                    if changes:
                        await self._write(session, lane, changes)
        except Exception:
            self._lanes.clear()
            raise

    async def reprocess(self, since: datetime) -> int:
        """Read every kept message since then anew; returns how many. Nothing is told twice."""
        async with self._database.transaction() as session:
            await repository.lock_state(session)
            found = await repository.reopen(session, since)
        self._lanes.clear()
        for message_id in found:
            await self.apply(message_id)
        return len(found)

    async def _apply(self, session: AsyncSession, row: DisasterMessage) -> None:
        try:
            if row.source == "lalert":
                await self._orders.apply(session, row)
            else:
                await self._apply_telegram(session, row)
        except UnreadableError as error:
            self._close(row, "refused", str(error))
            log.warning("disaster_message_refused", message_id=row.id, reason=str(error))

    async def _apply_telegram(self, session: AsyncSession, row: DisasterMessage) -> None:
        telegram = read_telegram(row.body, row.name, areas())
        row.title, row.reported_at = telegram.title, telegram.reported_at
        if telegram.status is not Status.ACTUAL and row.lane == ACTUAL:
            # An exercise or a test of the agency is never mixed with what is real.
            self._close(row, "gated", telegram.status)
            return
        lane = await self._current(session, row.lane)
        known = lane.board.knows(telegram)
        ours = about_city(telegram, self._city, areas(), known=known)
        if ours is None:
            self._close(row, "elsewhere")
            return
        now = self._clock()
        changes = [*lane.board.advance(now), *lane.board.apply(ours)]
        row.understood, row.applied_at = encode(ours), now
        row.applied_no = lane.number = await repository.next_number(session)
        self._close(row, "applied")
        await self._write(session, lane, changes)

    async def _current(self, session: AsyncSession, name: str) -> _Lane:
        """Return a lane that knows everything applied so far, by whomever."""
        lane = self._lanes.get(name) or _Lane(name)
        since = self._clock() - STATE_DAYS
        for number, at, telegram in await repository.applied_since(
            session, name, lane.number, since
        ):
            lane.board.advance(at)
            lane.board.apply(telegram)
            lane.number = number
        self._lanes[name] = lane
        return lane

    async def _write(self, session: AsyncSession, lane: _Lane, changes: Iterable[Change]) -> None:
        now = self._clock()
        entries = [entry for entry in lane.board.entries() if self._is_ours(entry)]
        await repository.replace_entries(session, lane.name, entries)
        await repository.mark_holding(session, lane.name, _resting(entries))
        jobs = []
        for change in changes:
            if change.area != self._city:
                continue
            entry = lane.board.entry(change.area, change.hazard)
            told = {} if entry is None else as_json(entry)
            found = await repository.insert_change(session, lane.name, change, told, now)
            if found is not None:
                log.info("disaster_change", change_id=found, kind=change.kind, lane=lane.name)
                jobs.append(push_job(self._database.city.name, found))
        if jobs:
            await enqueue(session, *jobs)

    def _is_ours(self, entry: Entry) -> bool:
        return self._city == city_of(entry.area) or len(entry.area) == _RIVER_SECTION

    def _close(self, row: DisasterMessage, state: str, note: str = "") -> None:
        row.state = check_step(MESSAGE_STATES, row.state, state)
        row.note = note


def push_job(city: str, change_id: int) -> NewJob:
    """The job that decides on a change; those of a city run in the order of the changes."""
    return NewJob(PUSH, {"change_id": change_id}, lock=f"disaster.push:{city}", priority=20)


def _resting(entries: Iterable[Entry]) -> list[str]:
    found = (
        name for entry in entries if entry.active for name in (entry.source, *entry.sources) if name
    )
    return list(dict.fromkeys(found))


def as_json(entry: Entry) -> dict[str, Any]:
    """What is said of a change needs: the entry as JSON values."""
    body = asdict(entry)
    body["happenings"] = sorted(entry.happenings)
    body["sources"] = list(entry.sources)
    body["reported_at"] = entry.reported_at.isoformat()
    body["since"] = entry.since and entry.since.isoformat()
    return body


def entry_from(body: dict[str, Any]) -> Entry:
    """The entry again."""
    since = body.get("since")
    return Entry(
        **body
        | {
            "happenings": frozenset(body["happenings"]),
            "sources": tuple(body["sources"]),
            "reported_at": datetime.fromisoformat(body["reported_at"]),
            "since": since and datetime.fromisoformat(since),
        }
    )
