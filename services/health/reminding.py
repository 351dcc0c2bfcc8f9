"""Reminders of vaccinations: wanted by a guardian for one child, given once a stage.

Whoever may not act for the child that day, because it has moved away or died or the guardianship
has ended, is told nothing, and neither is who no longer agrees to the purpose.
"""

from dataclasses import dataclass
from datetime import timedelta

from auth.citizens import CitizenClient
from kit.errors import InvalidInputError, NotFoundError
from kit.logging import get_logger
from kit.settings import Settings
from messages.notifications import NotifyClient
from services.health import reminder_repository, repository
from services.health.contract import Body, Born
from services.health.forecast import next_lines
from services.health.handbook import SCHEDULED, child_of
from services.health.maternity import MATERNAL, courses, rsv
from services.health.notices import due, notification, of_yourself
from services.health.parsing import FileError
from services.health.reminders import maternal_stages, stages
from services.health.scopes import CONSENT
from services.health.service import HealthService, Records
from services.residents.contract import ResidentsClient

log = get_logger(__name__)

WORTH = timedelta(hours=8)
CHILDS_EARLIEST = timedelta(weeks=20)
"""No child of this pregnancy is born before; one of the register since then has ended it."""


@dataclass(frozen=True)
class New:
    """What was not told yet, of the child's schedule and of one's own pregnancy."""

    of_schedule: frozenset[str] = frozenset()
    of_pregnancy: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.of_schedule | self.of_pregnancy


class Reminders:
    """Who wants to be told of which child."""

    def __init__(self, records: Records, health: HealthService) -> None:
        """`health` knows who may act for whom."""
        self._records, self._health = records, health

    async def begin(self, citizen_id: str, person_id: str, born: Born) -> None:
        """Want it. Raises NotFoundError for everybody for whom the citizen may not act."""
        await self._health.check(citizen_id, person_id)
        async with self._records.database.transaction() as session:
            keys = await self._records.vault.keys_for_writing(session, person_id)
            now = self._records.clock()
            await reminder_repository.put(session, keys, citizen_id, person_id, born, now)

    async def end(self, citizen_id: str, person_id: str) -> None:
        """Want it no more, whether or not one still may act for the child."""
        async with self._records.database.transaction() as session:
            await reminder_repository.forget(session, citizen_id, person_id)


class Reminding:
    """What a worker does once a day."""

    def __init__(
        self,
        records: Records,
        health: HealthService,
        residents: ResidentsClient,
        citizens: CitizenClient,
        notify: NotifyClient,
        settings: Settings,
    ) -> None:
        """`notify` reaches the bot over HTTP."""
        self._records, self._health, self._citizens = records, health, citizens
        self._residents = residents
        self._notify, self._settings = notify, settings

    async def remind(self) -> None:
        """Tell everybody of what is new; one message a citizen, whatever the number of children."""
        async with self._records.database.transaction() as session:
            wanted = await reminder_repository.all_wanted(session)
        people: dict[str, list[str]] = {}
        for citizen_id, person_id in wanted:
            people.setdefault(citizen_id, []).append(person_id)
        for citizen_id, children in people.items():
            new = {child: await self._new(citizen_id, child) for child in children}
            if any(found.all for found in new.values()):
                await self._tell(citizen_id, new)

    async def _new(self, citizen_id: str, person_id: str) -> New:
        """Return what there is to tell of a person that was not told yet, as blind indexes."""
        try:
            is_self = await self._health.check(citizen_id, person_id)
        except NotFoundError:
            return New()
        if not await self._citizens.agrees(citizen_id, CONSENT):
            return New()
        indexes = await self._records.indexes()
        async with self._records.database.transaction() as session:
            row = await reminder_repository.of(session, citizen_id, person_id)
            if row is None:
                return New()
            keys = await self._records.vault.keys(session, person_id)
            born = reminder_repository.open_about(keys, row)
            wanted = (*SCHEDULED, *MATERNAL) if is_self else SCHEDULED
            kinds = [kind.model_fields["kind"].default for kind in wanted]
            rows = await repository.entries_of(session, person_id, kinds)
            bodies = [repository.open_body(keys, row) for row in rows if row.ended_at is None]
            known = await reminder_repository.known(session, citizen_id, person_id)
        today = self._records.today()
        try:
            lines = next_lines(child_of(born.birthdate, born.sex, bodies), today)
        except FileError:
            lines = []
        maternal = await self._maternal(citizen_id, born, bodies) if is_self else set()
        of_schedule, of_pregnancy = (
            frozenset(indexes.key(f"remind\x1f{one}") for one in found) - known
            for found in (stages(lines, today), maternal)
        )
        return New(of_schedule, of_pregnancy)

    async def _maternal(self, citizen_id: str, born: Born, bodies: list[Body]) -> set[str]:
        """Return what there is to tell in a pregnancy, unless the register has its child."""
        found, today = courses(bodies), self._records.today()
        if not found or not found[0].is_open(today):
            return set()
        course = found[0]
        if await self._residents.has_child_born(citizen_id, course.start + CHILDS_EARLIEST):
            return set()
        line = rsv(born.birthdate, born.sex, bodies, course, today)
        return maternal_stages(course, line, today)

    async def _tell(self, citizen_id: str, new: dict[str, New]) -> None:
        """Give it to the bot, then note it; the bot knows the day's key, so a repeat is none."""
        try:
            key = f"health-reminder:{citizen_id}:{self._records.today().isoformat()}"
            until = self._records.clock() + WORTH
            is_own = any(found.of_pregnancy for found in new.values())
            say = of_yourself if is_own else due
            await self._notify.notify(notification(self._settings, key, citizen_id, say, until))
        except (NotFoundError, InvalidInputError) as error:
            log.warning("health_reminder_not_told", exc_info=error)
            return
        async with self._records.database.transaction() as session:
            for person_id, what in new.items():
                if what.all:
                    now = self._records.clock()
                    await reminder_repository.note(session, citizen_id, person_id, what.all, now)
