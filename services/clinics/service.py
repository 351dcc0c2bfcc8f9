"""Who is on duty, by the city's calendar and clock."""

from datetime import date, datetime, timedelta

from kit.clock import Clock
from kit.db import Database
from kit.settings import Settings
from services.clinics import repository, rules
from services.clinics.contract import DutyAnswer, DutyQuery, OnDuty
from services.clinics.rules import Duty, Part

_AHEAD = timedelta(days=14)
_BEHIND = timedelta(days=1)


class ClinicsService:
    """Answers from one city's calendar, and never from another's."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Nothing is read before the first use."""
        self._database, self._clock, self._zone = database, clock, settings.timezone

    async def on_duty(self, query: DutyQuery) -> DutyAnswer:
        """Return who is on duty; nobody is made up for days that the calendar does not have."""
        now = self._clock().astimezone(self._zone).replace(tzinfo=None)
        day = query.day or now.date()
        async with self._database.transaction() as session:
            calendar = await repository.calendar(session)
            span = (min(day, now.date()) - _BEHIND, max(day, now.date()) + _AHEAD)
            changes = [
                repository.change_of(row) for row in await repository.changes(session, *span)
            ]
            duties = rules.changed(await repository.between(session, *span), changes)
        if calendar is None:
            return DutyAnswer(day=day, part=query.part, is_stale=True)
        told = DutyAnswer(
            day=day,
            part=query.part,
            known_until=calendar.last_day,
            is_stale=day > calendar.last_day,
            demonstration=calendar.demonstration,
            credit=calendar.credit,
        )
        return told if told.is_stale else _answer(told, duties, query, now)


def _answer(told: DutyAnswer, duties: list[Duty], query: DutyQuery, now: datetime) -> DutyAnswer:
    part, department = Part(query.part), query.department
    found = rules.on_duty(duties, told.day, part, now, department)
    later: tuple[Duty, ...] = ()
    if not found or part is Part.now:
        later = rules.next_on_duty(duties, _from(told.day, now), department)
    return told.model_copy(update={"found": _shown(found), "later": _shown(later)})


def _from(day: date, now: datetime) -> datetime:
    """The moment after which the next is looked for."""
    midnight = datetime(day.year, day.month, day.day)
    return max(now, midnight)


def _shown(duties: tuple[Duty, ...]) -> tuple[OnDuty, ...]:
    return tuple(
        OnDuty.model_validate(
            {
                "day": duty.day,
                "kind": duty.kind.value,
                "departments": duty.departments,
                "name": duty.name,
                "address": duty.address,
                "phone": duty.phone,
                "hours": duty.hours,
                "note": duty.note,
            }
        )
        for duty in duties
    )
