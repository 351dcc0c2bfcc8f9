"""Events: found as values come in, each once, and told to those who have a field near."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from kit.clock import Clock
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.jobs import NewJob, enqueue
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.settings import Settings
from kit.wording import load_wording, spoken_in
from messages.languages import Language
from messages.neutral import Message
from messages.notifications import Notification, NotifyClient, Outcome
from services.sensors.fields import FieldBook
from services.sensors.jobs import TELL
from services.sensors.models import SensorEvent, SensorValue
from services.sensors.registry import load_devices, load_rules
from services.sensors.rules import EVENT_STATES, Device, Rule
from services.sensors.wording import beast_message

log = get_logger(__name__)

_TOLD_WITHIN = timedelta(minutes=30)
_LISTED = 50


class Events:
    """Finds events and tells of them. All may be repeated: the keys are the events'."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        fields: FieldBook,
        notify: NotifyClient,
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._fields = fields
        self._notify = notify
        self.devices = {device.id: device for device in load_devices(settings.city_dir)}
        self.rules = load_rules(settings.city_dir)

    async def look(self, session: AsyncSession, device: Device, value: float, at: datetime) -> None:
        """Write an event down where a new value is one; what came late is kept and not told."""
        if self._clock() - at > _TOLD_WITHIN:
            return
        for rule in self.rules:
            if rule.is_met(device, value) and await self._is_new(session, rule, device, at):
                await self._write(session, rule, device, value, at)

    async def _is_new(
        self, session: AsyncSession, rule: Rule, device: Device, at: datetime
    ) -> bool:
        """Whether enough values in a row say so, and nobody was told a short while ago."""
        last = (
            select(SensorValue.value)
            .where(
                SensorValue.device_id == device.id,
                SensorValue.doubt == "",
                SensorValue.observed_at <= at,
            )
            .order_by(SensorValue.observed_at.desc())
            .limit(rule.samples)
        )
        values = list(await session.scalars(last))
        if len(values) < rule.samples or not all(rule.is_met(device, one) for one in values):
            return False
        before = select(SensorEvent.id).where(
            SensorEvent.device_id == device.id,
            SensorEvent.rule == rule.id,
            SensorEvent.observed_at > at - timedelta(minutes=rule.quiet_minutes),
        )
        return await session.scalar(before.limit(1)) is None

    async def _write(
        self, session: AsyncSession, rule: Rule, device: Device, value: float, at: datetime
    ) -> None:
        values = {
            "rule": rule.id,
            "device_id": device.id,
            "value": value,
            "observed_at": at,
            "ends_at": at + timedelta(hours=rule.lasts_hours),
            "state": rule.first_state(),
            "decided_by": "",
        }
        new = insert(SensorEvent).values(values).on_conflict_do_nothing()
        event_id = await session.scalar(new.returning(SensorEvent.id))
        if event_id is None:
            return
        log.info("sensor_event", event_id=event_id, rule=rule.id, state=values["state"])
        if values["state"] == "telling":
            await enqueue(session, tell_job(event_id))

    async def tell(self, event_id: int) -> None:
        """Tell those who have a field near. Raises UnavailableError while the bot is away."""
        async with self._database.transaction() as session:
            row = await session.get(SensorEvent, event_id)
        device = self.devices.get(row.device_id) if row else None
        rule = next((rule for rule in self.rules if row and rule.id == row.rule), None)
        if row is None or device is None or rule is None or row.state != "telling":
            return
        near = await self._fields.near((device.latitude, device.longitude), rule.metres)
        told = 0
        for citizen_id, metres in near.items():
            told += await self._send(row, device, citizen_id, metres)
        async with self._database.transaction() as session:
            row = await session.get_one(SensorEvent, event_id)
            row.state = check_step(EVENT_STATES, row.state, "told")
            row.told = told
        log.info("sensor_event_told", event_id=event_id, people=told)

    async def _send(self, row: SensorEvent, device: Device, citizen_id: str, metres: float) -> bool:
        say = partial(beast_message, device, row, metres, self._settings.timezone)

        def message(language: Language) -> Message:
            with spoken_in(load_wording(language, self._settings.city_wording)):
                return say()

        new = Notification(
            key=f"sensor:{row.id}:{citizen_id}",
            citizen_id=citizen_id,
            messages=(message(Language.ja),),
            in_languages={lang: (message(lang),) for lang in Language if lang is not Language.ja},
            expires_at=row.ends_at,
        )
        try:
            return await self._notify.notify(new) is not Outcome.not_a_friend
        except (NotFoundError, InvalidInputError) as error:
            log.warning("sensor_event_not_told", citizen_id=citizen_id, exc_info=error)
            return False

    async def decide(self, event_id: int, who: str, *, tell: bool) -> None:
        """Let an event that waits be told, or put it away. Raises NotFoundError."""
        async with self._database.transaction() as session:
            row = await session.get(SensorEvent, event_id, with_for_update=True)
            if row is None:
                raise NotFoundError
            row.state = check_step(EVENT_STATES, row.state, "telling" if tell else "refused")
            row.decided_by = who
            if tell:
                await enqueue(session, tell_job(event_id))

    async def waiting(self) -> int:
        """Return how many events wait for staff."""
        query = select(func.count()).where(SensorEvent.state == "waiting")
        async with self._database.transaction() as session:
            return int(await session.scalar(query) or 0)

    async def forget_before(self, kept: timedelta) -> None:
        """Erase events that are older than what is kept."""
        async with self._database.transaction() as session:
            before = self._clock() - kept
            await session.execute(delete(SensorEvent).where(SensorEvent.observed_at < before))

    async def listed(self) -> Sequence[SensorEvent]:
        """Return the events, those that wait for staff first, then the newest."""
        async with self._database.transaction() as session:
            query = (
                select(SensorEvent)
                .order_by((SensorEvent.state == "waiting").desc(), SensorEvent.id.desc())
                .limit(_LISTED)
            )
            return list(await session.scalars(query))


def tell_job(event_id: int) -> NewJob:
    """The job that tells of an event, before what can wait."""
    return NewJob(TELL, {"event_id": event_id}, priority=10)
