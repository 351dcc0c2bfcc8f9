"""Versions of events: how they live, and which stand in the stead of the city's files."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from kit.clock import Clock
from kit.db import Database
from kit.lifecycle import Lifecycle
from kit.logging import get_logger
from kit.tables import ImportReport
from services.procedures import version_repository as rows
from services.procedures.events import Event, Guidebook
from services.procedures.reading import load_guidebook, parse_event

log = get_logger(__name__)


class State(StrEnum):
    """Where a version of an event stands."""

    draft = "draft"
    proposed = "proposed"
    published = "published"
    withdrawn = "withdrawn"


VERSION_LIFE: Lifecycle = {
    # Who goes on writing at a proposal has it proposed again.
    State.draft: frozenset({State.draft, State.proposed, State.withdrawn}),
    State.proposed: frozenset({State.draft, State.published, State.withdrawn}),
    State.published: frozenset(),
    State.withdrawn: frozenset(),
}
OPEN = (State.draft, State.proposed)
"""An event has at most one version of these: nobody's change is lost under another's."""

CITY_FILE = 0
"""The number of what the city's own file says."""

FRESH = timedelta(seconds=2)
"""How long a process trusts what it knows of publications."""


class Published:
    """The events of a city as residents have them: its files, and the versions published since."""

    def __init__(self, database: Database, clock: Clock, city_dir: Path) -> None:
        """Nothing is read before the first use."""
        self._database, self._clock, self._city_dir = database, clock, city_dir
        self._checked_at: datetime | None = None
        self._events: Mapping[tuple[str, int], Event | None] = {}
        self._book: Guidebook | None = None

    @property
    def files(self) -> Guidebook:
        """What the city's files say."""
        return load_guidebook(self._city_dir)

    @property
    def book(self) -> Guidebook:
        """The events as the last `refresh` found them."""
        return self._book or self.files

    @property
    def unusable(self) -> frozenset[str]:
        """The events whose published version fits the city's desks and papers no more.

        The city's file stands for them.
        """
        return frozenset(key for (key, _), event in self._events.items() if event is None)

    def file_text(self, key: str) -> str:
        """Return what the city's file of an event says."""
        return (self._city_dir / "procedures" / f"{key}.toml").read_text("utf-8")

    async def refresh(self, *, now: bool = False) -> None:
        """Take up what was published since; asks the database once every `FRESH` at most."""
        instant = self._clock()
        if not now and self._checked_at and abs(instant - self._checked_at) < FRESH:
            return
        self._checked_at = instant
        async with self._database.transaction() as session:
            numbers = await rows.published_numbers(session)
            there = {(key, number) for key, number in numbers.items() if key in self.files.events}
            if there == set(self._events):
                return
            new = there - set(self._events)
            texts = {one: await rows.text_of(session, *one) for one in new}
        kept = {one: event for one, event in self._events.items() if one in there}
        self._events = kept | {one: self._parsed(*one, text) for one, text in texts.items()}
        usable = {key: event for (key, _), event in self._events.items() if event is not None}
        self._book = self.files.model_copy(update={"events": {**self.files.events, **usable}})

    def _parsed(self, key: str, number: int, text: str) -> Event | None:
        report = ImportReport("procedures")
        event = parse_event(f"{key}.toml", text, self.files, report)
        if event is None:
            log.error("procedure_version_unusable", event_key=key, number=number)
        return event
