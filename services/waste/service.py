"""What residents may ask and change about waste."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.settings import Settings
from services.waste import contract, districts, repository, rules, search
from services.waste import parsing as words
from services.waste.models import WasteSubscription
from services.waste.rules import Area, CityData, Pickup

_DAY = timedelta(days=1)
SCHEDULE_DAYS = 400
"""Longest stretch of a schedule that is given out at once."""


@dataclass(frozen=True)
class Calendar:
    """The imported calendar, ready to be asked."""

    revision: int
    city: CityData
    items: search.ItemIndex
    areas: dict[str, Area]


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
            areas=tuple(calendar.areas), demonstration=calendar.city.office.demonstration
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
        area = _area(calendar, label)
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
        area, candidates = _meant_area(calendar, question.area, question.text, saved)
        today = self.now().date()
        span = words.parse_days(question.text, today)
        categories = _meant_categories(calendar, question)
        answer = contract.DayAnswer(
            area=area.label if area else None,
            area_is_saved=area is not None and area == saved,
            candidates=_labels(candidates),
            today=today,
            first=span.first if span else None,
            last=span.last if span else None,
            categories=categories,
            office=_office(calendar.city),
        )
        if area is None:
            return answer
        return answer.model_copy(update=self._days(calendar.city, area, span, categories))

    def _days(
        self, city: CityData, area: Area, span: words.Span | None, categories: tuple[str, ...]
    ) -> dict[str, object]:
        wanted = set(categories or city.categories)
        unplanned = [name for name in categories if name not in rules.with_calendar(city, area)]
        by_request = tuple(city.how[name] for name in unplanned if city.how.get(name))
        start = self._first_open_day(city)
        upcoming: Sequence[Pickup] = ()
        if span is None:
            found: Sequence[Pickup] = rules.next_days(city, area, start, categories)
        else:
            days = rules.collections(city, area, span.first, span.last)
            found = [pickup for pickup in days if pickup.category in wanted]
            if all(pickup.stopped for pickup in found):
                after = rules.next_day(city, area, span.last + _DAY)
                upcoming = rules.next_days(city, area, start, categories) if categories else after
        return {
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
        area, _ = _meant_area(calendar, None, question.text, saved)
        exact = calendar.items.exact(question.item) if question.item else None
        text = question.item or question.text
        matches = [search.Match(exact, 1.0)] if exact else _matches(calendar, text)
        label = matches[0].target.category if matches else ""
        how = calendar.city.how.get(label, "")
        kinds = search.kinds_in(label, calendar.city.categories)
        open_day = self._first_open_day(calendar.city)
        return contract.ItemAnswer(
            asked=search.subject(text),
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
            area = _area(await self.calendar(session), change.area)
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
            area, candidates = _meant_area(calendar, wish.area, wish.text, saved)
            at = _wished_time(wish)
            need = _next_step(wish, kept, area, saved, at)
            if need is contract.Need.saved and at is None and kept:
                at = kept.reminder_time
            changes = _changes(need, area.label if area else None, at, self._clock())
            if changes:
                await repository.save_subscription(
                    session, wish.citizen_id, wish.key, self._clock(), **changes
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
            next_collections=wire(upcoming),
            ended=ended,
            office=_office(calendar.city),
        )


def _changes(
    need: contract.Need, area: str | None, at: time | None, now: datetime
) -> dict[str, object]:
    """Return what is to be kept: the district as soon as it is known, the time once it is."""
    if need is contract.Need.saved:
        return {"area": area, "reminder_time": at, "reminder_set_at": now}
    return {"area": area} if need is contract.Need.time else {}


def _next_step(
    wish: contract.ReminderRequest,
    kept: WasteSubscription | None,
    area: Area | None,
    saved: Area | None,
    at: time | None,
) -> contract.Need:
    """Decide what a wish comes to, from what it says and what is kept already."""
    has_reminder = kept is not None and kept.reminder_time is not None
    if wish.switch == "off" or (at is None and words.wants_to_stop(wish.text)):
        return contract.Need.stopped
    if wish.switch == "show" and has_reminder:
        return contract.Need.shown
    if area is None:
        return contract.Need.area
    if at is not None:
        return contract.Need.saved
    if not has_reminder:
        return contract.Need.time
    if area != saved:
        return contract.Need.saved
    return contract.Need.time if wish.switch == "on" else contract.Need.shown


def _wished_time(wish: contract.ReminderRequest) -> time | None:
    if wish.time is None:
        return words.parse_time(wish.text)
    at = words.parse_time(wish.time)
    if at is None:
        raise InvalidInputError("Give the time of day as HH:MM.")
    return at


def _meant_area(
    calendar: Calendar, named: str | None, text: str, saved: Area | None
) -> tuple[Area | None, list[Area]]:
    """Return (the district meant, or None; else candidates): named, in the words, or kept."""
    if named:
        exact = calendar.areas.get(named)
        return (exact, []) if exact else districts.resolve_area(calendar.city, named)
    spoken = districts.named_areas(calendar.city, text)
    if len(spoken) == 1:
        return spoken[0], []
    if spoken or saved is not None:
        return (None, spoken) if spoken else (saved, [])
    return None, districts.doubtful_areas(calendar.city, text)


def _meant_categories(calendar: Calendar, question: contract.DayQuestion) -> tuple[str, ...]:
    """Return the kinds of waste asked about: named, else in the words, else that of a thing."""
    if question.category:
        return search.find_categories(calendar.city, question.category)
    spoken = search.find_categories(calendar.city, question.text)
    if spoken:
        return spoken
    matches = calendar.items.search(question.text)
    if not search.is_sure(matches):
        return ()
    label = matches[0].target.category
    return search.kinds_in(label, calendar.city.categories) or (label,)


def _matches(calendar: Calendar, text: str) -> list[search.Match]:
    """Return the things meant; where none is, the kind of waste meant stands for itself."""
    matches = calendar.items.search(text)
    if matches:
        return matches
    kinds = search.find_categories(calendar.city, text)
    return [search.Match(rules.Target(kind, kind, "", ""), 1.0) for kind in kinds]


def _area(calendar: Calendar, label: str) -> Area:
    try:
        return calendar.areas[label]
    except KeyError as error:
        raise NotFoundError("There is no district of that name. Ask for the list.") from error


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
