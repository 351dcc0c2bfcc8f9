"""Telling followers what became of a report: each change once, whatever is repeated."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.logging import get_logger
from kit.settings import Settings
from kit.wording import load_wording, spoken_in, translated
from messages.languages import Language
from messages.neutral import Message, Text, reworded
from messages.notifications import Notification, NotifyClient
from services.snow import repository, wording
from services.snow.categories import read_categories
from services.snow.changing import CITIZEN, SYSTEM, Step, take_step
from services.snow.geometry import Place
from services.snow.lifecycle import OPEN, Status
from services.snow.models import SnowChange, SnowReport
from services.snow.report_parsing import public_number
from services.snow.roads_known import RoadsKnown

log = get_logger(__name__)

WORTH = timedelta(days=2)
"""Later than this nobody needs to hear of a change."""
_AT_ONCE = 200


class Telling:
    """What a worker does for followers. One instance a process."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        roads: RoadsKnown,
        notify: NotifyClient,
    ) -> None:
        """`notify` reaches the bot over HTTP."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._roads = roads
        self._notify = notify

    async def tell(self, change_id: int) -> None:
        """Tell everybody who follows; raises UnavailableError when it has to be repeated.

        The bot knows each key, so that a repeat tells nobody twice.
        """
        async with self._database.transaction() as session:
            change = await session.get(SnowChange, change_id)
            row = await repository.load(session, change.report_id) if change else None
            if change is None or row is None:
                return
            following = await repository.followers(session, row.id)
            passage = await self._roads.passage_at(session, [(row.id, Place(row.lat, row.lon))])
        told = self._told(row, change, passage.get(row.id))
        for citizen_id in following:
            # Who took it back has just heard so in the talk.
            if change.who == CITIZEN and citizen_id == row.citizen_id:
                continue
            key = f"snow-change:{change_id}:{citizen_id}"
            await self.send(key, citizen_id, partial(wording.change_message, told))

    async def send(self, key: str, citizen_id: str, say: Callable[[], Text]) -> None:
        """Hand one message over in every language. Who is unknown or gone is told nothing."""

        def message(language: Language) -> Message:
            with spoken_in(load_wording(language, self._settings.city_wording)):
                return reworded(say(), translated)

        new = Notification(
            key=key,
            citizen_id=citizen_id,
            messages=(message(Language.ja),),
            in_languages={lang: (message(lang),) for lang in Language if lang is not Language.ja},
            expires_at=self._clock() + WORTH,
        )
        try:
            await self._notify.notify(new)
        except (NotFoundError, InvalidInputError) as error:
            log.warning("snow_follower_not_told", citizen_id=citizen_id, exc_info=error)

    async def look_after(self) -> None:
        """Ask whether it is still so, and end what nobody speaks of any more."""
        await self._ask()
        await self._expire()

    async def _ask(self) -> None:
        now, categories = self._clock(), read_categories(self._settings.city_dir)
        longest = max(kind.ask_before_hours for kind in categories.all)
        async with self._database.transaction() as session:
            rows = await repository.to_ask(session, now + timedelta(hours=longest), _AT_ONCE)
        for row in rows:
            kind = categories.by_code.get(row.category)
            before = timedelta(hours=kind.ask_before_hours if kind else 24)
            if now < row.expires_at - before:
                continue
            told = self._told(row)
            async with self._database.transaction() as session:
                following = await repository.followers(session, row.id)
            for citizen_id in following:
                # A report that was kept open is asked about again before its new end.
                key = f"snow-still:{row.id}:{row.expires_at.timestamp():.0f}:{citizen_id}"
                await self.send(key, citizen_id, partial(wording.still_question, told))
            async with self._database.transaction() as session:
                again = await repository.load(session, row.id, lock=True)
                if again is not None and again.expires_at == row.expires_at:
                    again.asked_at = now

    async def _expire(self) -> None:
        now = self._clock()
        async with self._database.transaction() as session:
            for row in await repository.expiring(session, now, _AT_ONCE):
                locked = await repository.load(session, row.id, lock=True)
                if locked is not None and Status(locked.status) in OPEN:
                    step = Step(Status.WITHDRAWN, SYSTEM, wording.EXPIRED)
                    await take_step(session, locked, step, now)

    def _told(
        self, row: SnowReport, change: SnowChange | None = None, passage: datetime | None = None
    ) -> wording.Told:
        """Return a report as one change left it, even where it has gone on since."""
        kind = read_categories(self._settings.city_dir).by_code.get(row.category)
        zone = self._settings.timezone
        now = change or row
        return wording.Told(
            number=public_number(row.id),
            kind=kind.name if kind else row.category,
            place=row.place_name,
            status=Status(change.after if change else row.status),
            note=now.note,
            handed_to=now.handed_to,
            parent="" if now.parent_id is None else public_number(now.parent_id),
            expected_at=now.expected_at.astimezone(zone) if now.expected_at else None,
            last_passage=passage.astimezone(zone) if passage else None,
        )
