"""Reminders reach the bot at most once, and none is lost; the bot is a fake at the wire."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI, Response
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from messages.languages import Language
from messages.neutral import Text
from messages.notifications import Notification, NotifyClient
from services.waste.contract import ReminderRequest
from services.waste.importer import import_city
from services.waste.jobs import send_due_reminders
from services.waste.models import WasteReminderLog
from services.waste.reminders import LATEST, windows
from services.waste.service import WasteService

JST = timedelta(hours=9)


def jst(text: str) -> datetime:
    """An instant from the city's wall clock: `2026-11-25 20:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC) - JST


class FakeBot:
    """The bot as its contract describes it: a key is delivered once."""

    def __init__(self) -> None:
        self.delivered: dict[str, Notification] = {}
        self.calls = 0
        self.failures: list[int] = []
        self.strangers: set[str] = set()
        self.lost_answers = 0

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/line/notifications")
        async def take(notification: Notification) -> Response:
            self.calls += 1
            if self.failures:
                return Response(status_code=self.failures.pop(0))
            if notification.citizen_id in self.strangers:
                return _outcome("not_a_friend")
            known = notification.key in self.delivered
            self.delivered.setdefault(notification.key, notification)
            if self.lost_answers:
                self.lost_answers -= 1
                return Response(status_code=504)
            return _outcome("already_queued" if known else "queued")

        return app

    def texts(self) -> list[str]:
        messages = [n.messages[0] for n in self.delivered.values()]
        return [m.text for m in messages if isinstance(m, Text)]


def _outcome(outcome: str) -> Response:
    return Response(f'{{"outcome": "{outcome}"}}', media_type="application/json")


class World:
    """The service, its database, the fake bot and a clock."""

    def __init__(self, database: Database, settings: Settings, bot: FakeBot) -> None:
        self.now = jst("2026-11-24 12:00")
        self.database, self.bot = database, bot
        self.service = WasteService(database, lambda: self.now, settings)
        self.http = internal_client("http://bot", "token", app=bot.app())
        self.notify = NotifyClient(self.http)

    async def subscribe(
        self, at: str = "20:00", citizen: str = "ctz_1", area: str = "城西"
    ) -> None:
        wish = ReminderRequest(
            citizen_id=citizen, area=area, time=at, key=f"{citizen}:{at}:{self.now}"
        )
        await self.service.remind(wish)

    async def tick(self, clock: str) -> int:
        self.now = jst(clock)
        return await send_due_reminders(self.service, self.notify)

    async def log(self) -> list[tuple[str, str, str]]:
        table = WasteReminderLog
        columns = (table.citizen_id, table.collection_date, table.outcome)
        async with self.database.transaction() as session:
            rows = await session.execute(select(*columns).order_by(*columns))
            return [(citizen, day.isoformat(), outcome) for citizen, day, outcome in rows]


@pytest.fixture
async def world(database: Database, settings: Settings) -> AsyncIterator[World]:
    report = await import_city(database, settings.city_dir, lambda: jst("2026-11-24 12:00"))
    report.raise_if_bad()
    world = World(database, settings, FakeBot())
    yield world
    await world.http.aclose()


async def test_the_evening_before_the_reminder_goes_out_once(world: World) -> None:
    await world.subscribe("20:00")
    assert await world.tick("2026-11-24 19:59") == 0
    assert await world.tick("2026-11-24 20:00") == 1
    assert [await world.tick(f"2026-11-24 20:0{n}") for n in (1, 2, 3)] == [0, 0, 0]
    assert list(world.bot.delivered) == ["waste-reminder:ctz_1:2026-11-25"]
    assert world.bot.calls == 1
    assert await world.log() == [("ctz_1", "2026-11-25", "queued")]


async def test_the_message_names_day_kind_manner_hour_and_how_to_stop(world: World) -> None:
    await world.subscribe("20:00")
    await world.tick("2026-11-24 20:00")
    assert world.bot.texts() == [
        "【ごみの日のお知らせ】\n"
        "明日 11月25日(水)は「びん類」の収集日です（城西）。\n"
        "・びん類：キャップを外して中をすすぎ、回収かごに入れてください。\n"
        "朝8時30分までに出してください。\n"
        "※デモ用のデータです"
    ]
    message = world.bot.delivered["waste-reminder:ctz_1:2026-11-25"].messages[0]
    payloads = [getattr(choice, "payload", "") for choice in message.choices]
    assert '/set_waste_reminder{"reminder_switch": "off"}' in payloads


async def test_the_message_is_handed_over_in_every_language(world: World) -> None:
    await world.subscribe("20:00")
    await world.tick("2026-11-24 20:00")
    [told] = world.bot.delivered.values()
    assert set(told.in_languages) == set(Language) - {Language.ja}
    [english] = told.in_languages[Language.en]
    assert english == Text(
        text="[Garbage reminder]\n"
        "城西: “Glass bottles (びん類)” is collected tomorrow, Wed, Nov 25.\n"
        "Please put it out by 8:30 AM.\n"
        "* Demonstration data",
        choices=english.choices,
    )
    assert [c.label for c in english.choices] == ["Change time", "Stop reminders", "How to sort"]


async def test_a_morning_reminder_comes_on_the_day_itself(world: World) -> None:
    await world.subscribe("06:30")
    assert await world.tick("2026-11-25 06:30") == 1
    assert "今日 11月25日(水)" in world.bot.texts()[0]
    notification = world.bot.delivered["waste-reminder:ctz_1:2026-11-25"]
    # After half past eight the lorry has been there.
    assert notification.expires_at == jst("2026-11-25 08:30")


async def test_an_evening_reminder_is_worth_nothing_after_three_hours(world: World) -> None:
    await world.subscribe("20:00")
    await world.tick("2026-11-24 20:00")
    assert world.bot.delivered["waste-reminder:ctz_1:2026-11-25"].expires_at == jst(
        "2026-11-24 23:00"
    )


async def test_a_day_without_collection_stays_silent(world: World) -> None:
    await world.subscribe("20:00")
    assert await world.tick("2026-11-28 20:00") == 0
    assert world.bot.calls == 0


async def test_a_late_worker_still_reminds_within_three_hours_even_past_midnight(
    world: World,
) -> None:
    await world.subscribe("23:00")
    assert await world.tick("2026-11-25 00:30") == 1
    assert "今日 11月25日(水)" in world.bot.texts()[0]


async def test_after_more_than_three_hours_it_is_too_late(world: World) -> None:
    await world.subscribe("20:00")
    assert await world.tick("2026-11-24 23:01") == 0
    assert world.bot.calls == 0


async def test_a_reminder_set_after_its_hour_begins_with_the_next_collection(
    world: World,
) -> None:
    world.now = jst("2026-11-24 20:30")
    await world.subscribe("20:00")
    assert await world.tick("2026-11-24 20:31") == 0
    assert await world.tick("2026-11-25 20:00") == 1
    assert list(world.bot.delivered) == ["waste-reminder:ctz_1:2026-11-26"]


async def test_a_moved_reminder_does_not_come_twice(world: World) -> None:
    await world.subscribe("20:00")
    await world.tick("2026-11-24 20:00")
    await world.subscribe("21:00")
    assert await world.tick("2026-11-24 21:00") == 0
    assert len(world.bot.delivered) == 1


async def test_a_stopped_reminder_does_not_come(world: World) -> None:
    await world.subscribe("20:00")
    off = ReminderRequest(citizen_id="ctz_1", switch="off", key="off")
    await world.service.remind(off)
    assert await world.tick("2026-11-24 20:00") == 0


async def test_a_crash_after_the_handing_over_neither_loses_nor_doubles(world: World) -> None:
    await world.subscribe("20:00")
    # The bot took it, but its answer never came: no note was written.
    world.bot.lost_answers = 1
    assert await world.tick("2026-11-24 20:00") == 0
    assert await world.log() == []
    assert await world.tick("2026-11-24 20:01") == 1
    assert len(world.bot.delivered) == 1
    assert await world.log() == [("ctz_1", "2026-11-25", "already_queued")]


async def test_a_silent_bot_is_asked_again_the_next_minute(world: World) -> None:
    await world.subscribe("20:00")
    world.bot.failures = [503, 503]
    assert [await world.tick(f"2026-11-24 20:0{n}") for n in range(3)] == [0, 0, 1]
    assert len(world.bot.delivered) == 1


async def test_a_refused_reminder_is_noted_and_not_repeated(world: World) -> None:
    await world.subscribe("20:00")
    world.bot.failures = [422]
    await world.tick("2026-11-24 20:00")
    await world.tick("2026-11-24 20:01")
    assert world.bot.calls == 1
    assert await world.log() == [("ctz_1", "2026-11-25", "refused")]


async def test_someone_who_blocked_the_account_is_tried_once_a_day(world: World) -> None:
    await world.subscribe("20:00")
    world.bot.strangers = {"ctz_1"}
    await world.tick("2026-11-24 20:00")
    await world.tick("2026-11-24 20:01")
    assert world.bot.calls == 1
    assert await world.log() == [("ctz_1", "2026-11-25", "not_a_friend")]


async def test_two_workers_at_the_same_minute_deliver_once(world: World) -> None:
    for number in range(20):
        await world.subscribe("20:00", citizen=f"ctz_{number}")
    world.now = jst("2026-11-24 20:00")
    both = (send_due_reminders(world.service, world.notify) for _ in range(2))
    await asyncio.gather(*both)
    assert len(world.bot.delivered) == 20
    assert len(await world.log()) == 20


async def test_each_resident_gets_their_own_district_and_hour(world: World) -> None:
    await world.subscribe("18:00", "ctz_a", "城西")
    await world.subscribe("20:00", "ctz_b", "謹教")
    assert await world.tick("2026-11-24 20:00") == 2
    assert [text.splitlines()[1] for text in world.bot.texts()] == [
        "明日 11月25日(水)は「びん類」の収集日です（城西）。",
        "明日 11月25日(水)は「プラスチック製容器包装」の収集日です（謹教）。",
    ]


async def test_before_the_pause_at_new_year_the_message_says_that_nothing_is_collected(
    world: World,
) -> None:
    await world.subscribe("20:00")
    assert await world.tick("2026-12-30 20:00") == 1
    assert world.bot.texts()[0].splitlines() == [
        "【ごみ収集お休みのお知らせ】",
        "明日 12月31日(木)は、収集がお休みのため「燃やせるごみ」は出せません（城西）。",
        "次の「燃やせるごみ」は1月4日(月)です。",
        "※デモ用のデータです",
    ]


async def test_a_changed_calendar_is_what_the_next_reminder_says(
    world: World, tmp_path: Path
) -> None:
    await world.subscribe("20:00")
    folder = tmp_path / "waste"
    folder.mkdir()
    (folder / "area_days.csv").write_text("地名,センター,可燃\n城西,,木\n", encoding="utf-8")
    (await import_city(world.database, tmp_path, lambda: world.now)).raise_if_bad()
    assert await world.tick("2026-11-24 20:00") == 0
    assert await world.tick("2026-11-25 20:00") == 1
    assert "「可燃」" in world.bot.texts()[0]
    assert "デモ" not in world.bot.texts()[0]


_MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31))


@given(_MOMENTS, st.times(), st.integers(0, 2))
def test_a_time_falls_into_a_window_exactly_while_it_is_due(
    now: datetime, at: time, back: int
) -> None:
    reminded_on = now.date() - timedelta(days=back)
    due = datetime.combine(reminded_on, at)
    day = reminded_on + timedelta(days=1) if at >= time(12) else reminded_on
    hit = [
        window
        for window in windows(now.replace(tzinfo=UTC))
        if (window.day, window.reminded_on) == (day, reminded_on)
        and window.first <= at <= window.last
    ]
    assert len(hit) == (1 if now - LATEST <= due <= now else 0)


def test_a_quiet_afternoon_looks_at_one_window_only() -> None:
    [window] = windows(datetime(2026, 11, 24, 20, 0, tzinfo=UTC))
    assert (window.day, window.first, window.last) == (date(2026, 11, 25), time(17), time(20))
