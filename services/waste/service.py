"""What residents may ask and change about waste."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.day_patterns import Span
from kit.days import read_days
from kit.db import Database
from kit.errors import InvalidInputError, UnavailableError
from kit.settings import Settings
from services.waste import contract, districts, repository, rules, search
from services.waste import parsing as words
from services.waste.calendar import Calendar, matches_of, meant_area, meant_categories
from services.waste.models import WasteSubscription
from services.waste.rules import Area, CityData, Pickup
from services.waste.wishes import changes, next_step, wished_time

_DAY = timedelta(days=1)
SCHEDULE_DAYS = 400
"""Longest stretch of a schedule that is given out at once."""


class WasteService:
    """The use cases. One instance a process; it keeps the calendar in memory while it is current.

    Every method raises UnavailableError before the first import of a calendar.
    """

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first question."""
        self.database = database
        self._clock = clock
        self._settings = settings
        self._calendar: Calendar | None = None

    @property
    def city_wording(self) -> Path:
        """The folder of what the city itself says in other languages."""
        return self._settings.city_wording

    @property
    def zone(self) -> str:
        """The name of the zone in which residents count their days."""
        return self._settings.city_timezone

    def now(self) -> datetime:
        """Return the present instant in the city's zone."""
        return self._clock().astimezone(self._settings.timezone)

    async def calendar(self, session: AsyncSession) -> Calendar:
        """Return the calendar in use; a fresh import is noticed at the next question."""
        known = self._calendar.revision if self._calendar else None
        revision, city = await repository.newest_dataset(session, known)
        if revision is None:
            raise UnavailableError("There is no waste calendar yet. Import the city's files.")
        if self._calendar is None or city is not None:
            if city is None:
                raise UnavailableError
            areas = {area.label: area for area in city.areas}
            self._calendar = Calendar(revision, city, search.ItemIndex(city), areas)
        return self._calendar

    async def areas(self) -> contract.AreaList:
        """Return every district."""
        async with self.database.transaction() as session:
            calendar = await self.calendar(session)
        return contract.AreaList(
            areas=tuple(calendar.areas),
            demonstration=calendar.city.office.demonstration,
            office=_office(calendar.city),
        )

    async def things(self) -> contract.ThingList:
        """Return the whole list of things and their kinds."""
        async with self.database.transaction() as session:
            city = (await self.calendar(session)).city
        return contract.ThingList(
            things=tuple(
                contract.Thing(name=one.name, category=one.category, notice=one.notice)
                for one in city.targets
            ),
            how=dict(city.how),
            office=_office(city),
        )

    async def resolve_area(self, text: str) -> contract.AreaMatch:
        """Find the district that the words mean."""
        async with self.database.transaction() as session:
            calendar = await self.calendar(session)
        area, candidates = districts.resolve_area(calendar.city, text)
        return contract.AreaMatch(
            area=area.label if area else None,
            whole=districts.is_only_area(calendar.city, text),
            named=tuple(a.label for a in districts.named_areas(calendar.city, text)),
            candidates=_labels(candidates),
        )

    async def schedule(self, label: str, first: date, last: date) -> contract.Schedule:
        """Return a district's collections. Raises NotFoundError, or InvalidInputError on dates."""
        if not 0 <= (last - first).days <= SCHEDULE_DAYS:
            raise InvalidInputError(f"Ask for at most {SCHEDULE_DAYS} days, first before last.")
        async with self.database.transaction() as session:
            calendar = await self.calendar(session)
        area = calendar.area(label)
        return contract.Schedule(
            area=label,
            collections=wire(rules.collections(calendar.city, area, first, last)),
            ended=_ended(calendar.city, area, last),
            office=_office(calendar.city),
        )

    async def ask_day(self, question: contract.DayQuestion) -> contract.DayAnswer:
        """Answer a question about collection days."""
        async with self.database.transaction() as session:
            calendar = await self.calendar(session)
            kept = await repository.find_subscription(session, question.citizen_id)
        saved = calendar.areas.get(kept.area) if kept else None
        read = question.text if question.reads_area else ""
        area, candidates = meant_area(calendar, question.area, read, saved)
        today = self.now().date()
        days = read_days(question.text, today)
        spans = days.spans
        span = spans[0] if spans else None
        edge = words.asked_edge(question.text)
        categories = meant_categories(calendar, question)
        answer = contract.DayAnswer(
            area=area.label if area else None,
            area_is_saved=area is not None and area == saved,
            candidates=_labels(candidates),
            today=today,
            first=span.first if span else None,
            last=span.last if span else None,
            categories=categories,
            missing=days.missing,
            office=_office(calendar.city),
        )
        if area is None:
            return answer
        facts = self._facts(calendar.city, area, categories)
        if edge is not None and span is not None:
            found = self._edge(calendar.city, area, edge, spans, categories)
            return answer.model_copy(update={**facts, "edge": edge, "collections": found})
        told = [self._days(calendar.city, area, one, categories) for one in spans or (None,)]
        parts = [
            contract.DayPart(
                first=one.first,
                last=one.last,
                **{name: part[name] for name in ("collections", "upcoming", "too_late")},
            )
            for one, part in zip(spans, told, strict=False)
        ]
        several = {"parts": tuple(parts)} if len(parts) > 1 else {}
        return answer.model_copy(update={**facts, **told[0], **several})

    def _facts(self, city: CityData, area: Area, categories: tuple[str, ...]) -> dict[str, object]:
        """Return what holds for a district whatever day is asked about."""
        today = self.now().date()
        stops = [stop for stop in city.stops if stop.center == area.center]
        coming = [s for s in stops if today <= s.last and s.first <= today + 366 * _DAY]
        cells = zip(city.categories, map(rules.parse_cell, area.cells), strict=True)
        rhythms = [
            contract.Rhythm(category=name, days=rule.days, months=tuple(sorted(rule.months)))
            for name, rule in cells
            if rule.days and (not categories or name in categories)
        ]
        return {
            "rhythms": tuple(rhythms),
            "pauses": tuple((stop.first, stop.last) for stop in coming),
        }

    def _edge(
        self,
        city: CityData,
        area: Area,
        edge: contract.Edge,
        spans: Sequence[Span],
        categories: tuple[str, ...],
    ) -> tuple[contract.Collection, ...]:
        """Return the last collections until the end of the days, or the first from them on."""
        if edge is contract.Edge.first:
            start = max(spans[0].first, self._first_open_day(city))
            return wire(rules.next_days(city, area, start, categories))
        last = spans[-1].last
        start = max(self._first_open_day(city), last - 62 * _DAY)
        newest: dict[str, Pickup] = {}
        for pickup in rules.collections(city, area, start, last):
            if not pickup.stopped and (not categories or pickup.category in categories):
                newest[pickup.category] = pickup
        return wire(sorted(newest.values(), key=lambda pickup: pickup.day))

    def _days(
        self, city: CityData, area: Area, span: Span | None, categories: tuple[str, ...]
    ) -> dict[str, Any]:
        wanted = set(categories or city.categories)
        unplanned = [name for name in categories if name not in rules.with_calendar(city, area)]
        by_request = tuple(city.how[name] for name in unplanned if city.how.get(name))
        start = self._first_open_day(city)
        upcoming: Sequence[Pickup] = ()
        too_late = False
        if span is None:
            found: Sequence[Pickup] = rules.next_days(city, area, start, categories)
        else:
            days = rules.collections(city, area, span.first, span.last)
            found = [pickup for pickup in days if pickup.category in wanted]
            if all(pickup.stopped for pickup in found):
                after = rules.next_day(city, area, span.last + _DAY)
                upcoming = rules.next_days(city, area, start, categories) if categories else after
            today = self.now().date()
            due = [pickup.category for pickup in found if not pickup.stopped]
            too_late = bool(due) and span.first == span.last == today < start
            if too_late:
                upcoming = rules.next_days(city, area, start, due)
            elif any(pickup.stopped for pickup in found) and span.last - span.first > _DAY:
                upcoming = rules.next_days(city, area, span.last + _DAY, categories)
        return {
            "too_late": too_late,
            "collections": wire(found),
            "upcoming": wire(upcoming),
            "by_request": by_request,
            "ended": _ended(city, area, span.last if span else start, categories),
        }

    def _first_open_day(self, city: CityData) -> date:
        """Return today, or tomorrow once today's waste should have been put out."""
        now = self.now()
        closing = words.parse_time(city.office.put_out_by)
        return now.date() + _DAY if closing and now.time() > closing else now.date()

    async def ask_item(self, question: contract.ItemQuestion) -> contract.ItemAnswer:
        """Answer a question about throwing a thing away."""
        async with self.database.transaction() as session:
            calendar = await self.calendar(session)
            kept = await repository.find_subscription(session, question.citizen_id)
        saved = calendar.areas.get(kept.area) if kept else None
        read = question.text if question.reads_area else ""
        area, _ = meant_area(calendar, question.area, read, saved)
        exact = calendar.items.exact(question.item) if question.item else None
        text = question.item or question.text
        matches = [search.Match(exact, 1.0)] if exact else matches_of(calendar, text)
        label = matches[0].target.category if matches else ""
        how = calendar.city.how.get(label, "")
        kinds = search.kinds_in(label, calendar.city.categories)
        open_day = self._first_open_day(calendar.city)
        return contract.ItemAnswer(
            asked=search.spoken_subject(text),
            sure=search.is_sure(matches),
            matches=tuple(self._item(calendar.city, area, match) for match in matches),
            area=area.label if area else None,
            how=how,
            ended=_ended(calendar.city, area, open_day, kinds) if area and kinds else (),
            office=_office(calendar.city),
        )

    def _item(self, city: CityData, area: Area | None, match: search.Match) -> contract.Item:
        target = match.target
        kinds = search.kinds_in(target.category, city.categories)
        days: Sequence[Pickup] = ()
        if area and kinds:
            days = rules.next_days(city, area, self._first_open_day(city), kinds)
        return contract.Item(
            name=target.name,
            category=target.category,
            notice=target.notice,
            score=match.score,
            next_date=days[0].day if days else None,
            collected=bool(kinds),
        )

    async def subscription(self, citizen_id: str) -> contract.Subscription:
        """Return what is kept about a resident."""
        async with self.database.transaction() as session:
            kept = await repository.find_subscription(session, citizen_id)
        return _subscription(kept)

    async def save_area(
        self, citizen_id: str, change: contract.AreaChange
    ) -> contract.Subscription:
        """Remember a resident's district, once for each `key`; NotFoundError if there is none."""
        async with self.database.transaction() as session:
            area = (await self.calendar(session)).area(change.area)
            await repository.save_subscription(
                session, citizen_id, change.key, self._clock(), area=area.label
            )
            kept = await repository.find_subscription(session, citizen_id)
        return _subscription(kept)

    async def remind(self, wish: contract.ReminderRequest) -> contract.ReminderAnswer:
        """Read a wish about reminders and carry it out as far as it goes."""
        async with self.database.transaction() as session:
            calendar = await self.calendar(session)
            kept = await repository.find_subscription(session, wish.citizen_id)
            saved = calendar.areas.get(kept.area) if kept else None
            read = wish.text if wish.reads_area else ""
            area, candidates = meant_area(calendar, wish.area, read, saved)
            at = wished_time(wish)
            need = next_step(wish, kept, area, saved, at)
            if need is contract.Need.saved and at is None and kept:
                at = kept.reminder_time
            repeated = kept is not None and kept.change_key == wish.key
            before = _subscription(None if repeated else kept)
            kept_now = changes(need, area.label if area else None, at, self._clock())
            if kept_now:
                await repository.save_subscription(
                    session, wish.citizen_id, wish.key, self._clock(), **kept_now
                )
            elif need is contract.Need.stopped:
                await repository.stop_reminder(session, wish.citizen_id, wish.key, self._clock())
            kept = await repository.find_subscription(session, wish.citizen_id)
        upcoming: Sequence[Pickup] = ()
        ended: tuple[contract.CalendarEnd, ...] = ()
        if area and need in (contract.Need.saved, contract.Need.shown):
            tomorrow = self.now().date() + _DAY
            upcoming = rules.next_day(calendar.city, area, tomorrow)
            ended = _ended(calendar.city, area, tomorrow)
        return contract.ReminderAnswer(
            need=need,
            area=area.label if area else None,
            candidates=_labels(candidates),
            reminder_time=_subscription(kept).reminder_time,
            before_area=before.area,
            before_time=before.reminder_time,
            next_collections=wire(upcoming),
            ended=ended,
            office=_office(calendar.city),
        )


def _labels(areas: Sequence[Area]) -> tuple[str, ...]:
    return tuple(area.label for area in areas)


def wire(pickups: Sequence[Pickup]) -> tuple[contract.Collection, ...]:
    """Return pickups as the contract writes them."""
    return tuple(
        contract.Collection(date=p.day, category=p.category, remarks=p.remarks, stopped=p.stopped)
        for p in pickups
    )


def _ended(
    city: CityData, area: Area, day: date, categories: Sequence[str] = ()
) -> tuple[contract.CalendarEnd, ...]:
    """Return the calendars that do not reach `day`, as the contract writes them."""
    found = rules.ends(city, area, day, categories)
    return tuple(contract.CalendarEnd(category=end.category, last=end.last) for end in found)


def _office(city: CityData) -> contract.Office:
    office = city.office
    return contract.Office(
        desk=office.desk,
        phone=office.phone,
        put_out_by=office.put_out_by,
        demonstration=office.demonstration,
    )


def _subscription(kept: WasteSubscription | None) -> contract.Subscription:
    if kept is None:
        return contract.Subscription(area=None, reminder_time=None)
    return contract.Subscription(area=kept.area, reminder_time=kept.reminder_time)
