"""The periodic jobs as the worker finds them."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from messages.notifications import NotifyClient
from services.waste.importer import import_city
from services.waste.jobs import Reminding
from services.waste.models import WasteReminderLog
from services.waste.service import WasteService

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


async def test_before_the_first_import_a_tick_waits_quietly(
    database: Database, settings: Settings
) -> None:
    async with internal_client("http://127.0.0.1:9", "token") as http:
        service = WasteService(database, lambda: NOW, settings)
        await Reminding(service, NotifyClient(http)).remind()


async def test_old_notes_are_forgotten_and_young_ones_kept(
    database: Database, settings: Settings
) -> None:
    (await import_city(database, settings.city_dir, lambda: NOW)).raise_if_bad()
    days = [date(2026, 9, 24), date(2026, 9, 25), date(2026, 11, 24)]
    async with database.transaction() as session:
        for day in days:
            note = WasteReminderLog(
                citizen_id="ctz_1", collection_date=day, outcome="queued", handed_over_at=NOW
            )
            session.add(note)
    async with internal_client("http://127.0.0.1:9", "token") as http:
        service = WasteService(database, lambda: NOW, settings)
        await Reminding(service, NotifyClient(http)).forget()
    async with database.transaction() as session:
        left = await session.scalars(select(WasteReminderLog.collection_date))
        assert sorted(left) == days[1:]
