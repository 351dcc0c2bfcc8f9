"""Handing due reminders to the bot, every minute, at most once for each resident and day."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from auth.manifests import read_manifest
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.jobs import Job
from kit.logging import get_logger
from kit.wording import load_wording, spoken_in, translated
from messages.languages import Language
from messages.neutral import Message, reworded
from messages.notifications import Notification, NotifyClient
from services.waste import reminders, repository
from services.waste.calendar import Calendar
from services.waste.reminders import DueReminder
from services.waste.service import WasteService

log = get_logger(__name__)

BATCH = 200
AT_ONCE = 8
KEEP_LOG = read_manifest(Path(__file__).parent).kept_for("waste_reminder_log")


REMIND = Job("waste.remind", cron="* * * * *")
"""Two ticks at once hand over the same keys, which the bot takes once."""
FORGET_REMINDERS = Job("waste.forget_reminders", cron="20 18 * * *")
"""Forget which reminders were given; at night, in UTC."""


class Reminding:
    """What a worker does for this skill."""

    def __init__(self, service: WasteService, notify: NotifyClient) -> None:
        """`notify` reaches the bot over HTTP."""
        self._service = service
        self._notify = notify

    async def remind(self) -> None:
        """Hand over what is due."""
        try:
            await send_due_reminders(self._service, self._notify)
        except UnavailableError as error:
            # Nothing is lost: whatever was due is still due in a minute.
            log.warning("waste_reminders_wait", exc_info=error)

    async def forget(self) -> None:
        """Forget which reminders were given long ago."""
        async with self._service.database.transaction() as session:
            before = self._service.now().date() - KEEP_LOG
            await repository.forget_log_before(session, before)


async def send_due_reminders(service: WasteService, notify: NotifyClient) -> int:
    """Hand over every reminder that is due now; return how many the bot took.

    When the bot does not answer, the rest waits for the next minute.
    """
    sent = 0
    while True:
        calendar, due = await _due(service)
        if not due:
            return sent
        for start in range(0, len(due), AT_ONCE):
            some = due[start : start + AT_ONCE]
            taken = await asyncio.gather(
                *(_hand_over(service, notify, calendar, reminder) for reminder in some)
            )
            sent += taken.count(True)
            if None in taken:
                return sent


async def _due(service: WasteService) -> tuple[Calendar, list[DueReminder]]:
    now = service.now()
    async with service.database.transaction() as session:
        calendar = await service.calendar(session)
        windows = [
            replace(window, areas=reminders.areas_told(calendar.city, window.day))
            for window in reminders.windows(now)
        ]
        due = await repository.due_reminders(session, windows, service.zone, BATCH)
    return calendar, due


async def _hand_over(
    service: WasteService, notify: NotifyClient, calendar: Calendar, reminder: DueReminder
) -> bool | None:
    """Give one reminder to the bot, then note it. True: taken; None: the bot does not answer.

    The note comes second: a crash between the two repeats the call, and the bot knows the key.
    """
    now = service.now()
    async with service.database.transaction() as session:
        if not await repository.is_still_due(session, reminder):
            return False
    expires_at = reminders.expiry(calendar.city, reminder, now)
    try:
        outcome = "too_late"
        if expires_at > now:
            outcome = await notify.notify(
                _notification(service, calendar, reminder, now, expires_at)
            )
    except UnavailableError as error:
        log.warning("waste_reminder_postponed", citizen_id=reminder.citizen_id, exc_info=error)
        return None
    except (NotFoundError, InvalidInputError) as error:
        # Asking again every minute would not help; the outcome stays in the log table.
        log.error("waste_reminder_refused", citizen_id=reminder.citizen_id, exc_info=error)
        outcome = "refused"
    async with service.database.transaction() as session:
        await repository.log_reminder(session, reminder, outcome, now)
    return True


def _notification(
    service: WasteService,
    calendar: Calendar,
    reminder: DueReminder,
    now: datetime,
    expires_at: datetime,
) -> Notification:
    area = calendar.areas[reminder.area]

    def message(language: Language) -> Message:
        with spoken_in(load_wording(language, service.city_wording)):
            said = reminders.message(calendar.city, area, reminder.day, now.date())
            return reworded(said, translated)

    return Notification(
        key=f"waste-reminder:{reminder.citizen_id}:{reminder.day.isoformat()}",
        citizen_id=reminder.citizen_id,
        messages=(message(Language.ja),),
        in_languages={lang: (message(lang),) for lang in Language if lang is not Language.ja},
        expires_at=expires_at,
    )
