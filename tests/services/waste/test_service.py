"""The service over HTTP, on a real database with the demo city's calendar."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select

from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.http import internal_client
from kit.settings import Settings
from services.waste.api import router
from services.waste.contract import (
    AreaChange,
    DayAnswer,
    DayQuestion,
    ItemQuestion,
    Need,
    ReminderAnswer,
    ReminderRequest,
    WasteClient,
)
from services.waste.importer import import_city
from services.waste.models import WasteSubscription
from services.waste.personal_data import HOLDER, WastePersonalData
from services.waste.personal_data import router as personal_data_router
from services.waste.service import WasteService
from tests.support import bare_app

TUESDAY_NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


class LocalStack:
    """The service behind its own API, with a clock that a test may set."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.now = TUESDAY_NOON
        self.database = database
        app = bare_app(settings, "waste")
        app.include_router(router)
        app.include_router(personal_data_router)
        app.state.container.put(WastePersonalData, WastePersonalData(database))
        app.state.container.put(WasteService, WasteService(database, lambda: self.now, settings))
        self.app = app
        token = settings.internal_token.get_secret_value()
        self.http = internal_client("http://test", token, app=app)
        self.client = WasteClient(self.http)

    async def ask(self, text: str, area: str | None = None) -> DayAnswer:
        question = DayQuestion(citizen_id="ctz_1", text=text, area=area)
        return await self.client.ask_day(question)

    async def remind(self, text: str = "", key: str = "turn-1", **fields: str) -> ReminderAnswer:
        wish = ReminderRequest(citizen_id="ctz_1", text=text, key=key, **fields)
        return await self.client.remind(wish)


@pytest.fixture
async def stack(database: Database, settings: Settings) -> AsyncIterator[LocalStack]:
    report = await import_city(database, settings.city_dir, lambda: TUESDAY_NOON)
    report.raise_if_bad()
    stack = LocalStack(database, settings)
    yield stack
    await stack.http.aclose()


def kinds(answer: DayAnswer) -> list[tuple[str, str]]:
    return [(c.date.isoformat()[5:], c.category) for c in answer.collections]


async def test_without_a_calendar_the_service_says_that_it_cannot_answer_yet(
    database: Database, settings: Settings
) -> None:
    stack = LocalStack(database, settings)
    with pytest.raises(UnavailableError):
        await stack.ask("明日は何のごみ", "城西")
    await stack.http.aclose()


async def test_a_stranger_is_turned_away(stack: LocalStack) -> None:
    stranger = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=stack.app), base_url="http://test"
    )
    async with stranger:
        assert (await stranger.get("/services/waste/areas")).status_code == 401


async def test_tomorrow_in_a_named_district_is_answered_at_once(stack: LocalStack) -> None:
    # 城西: 危険・有害ごみ is 水1 of even months, びん類 水2 水4; 25 November is the 4th Wednesday.
    answer = await stack.ask("城西は明日は何のごみ？")
    assert (answer.area, answer.first, answer.last) == ("城西", *[date(2026, 11, 25)] * 2)
    assert kinds(answer) == [("11-25", "びん類")]
    assert answer.office.demonstration


async def test_without_a_district_it_is_asked_for(stack: LocalStack) -> None:
    answer = await stack.ask("明日は何のごみ？")
    assert (answer.area, answer.collections) == (None, ())


async def test_a_name_of_two_districts_gives_both_as_candidates(stack: LocalStack) -> None:
    assert (await stack.ask("河東のプラの日")).candidates == ("河東（広田）", "河東（八田）")


async def test_a_saved_district_is_used_until_another_is_named(stack: LocalStack) -> None:
    await stack.client.save_area("ctz_1", AreaChange(area="城西", key="turn-0"))
    saved, other = await stack.ask("次の燃えるごみ"), await stack.ask("鶴城の次の燃えるごみ")
    assert (saved.area, saved.area_is_saved) == ("城西", True)
    assert (other.area, other.area_is_saved) == ("鶴城", False)


async def test_a_kind_without_a_day_gets_its_next_day(stack: LocalStack) -> None:
    answer = await stack.ask("城西の次の燃えるごみはいつ")
    assert answer.first is None
    assert kinds(answer) == [("11-26", "燃やせるごみ")]


async def test_a_thing_stands_for_its_kind(stack: LocalStack) -> None:
    answer = await stack.ask("城西でスプレー缶を出せるのはいつ")
    assert answer.categories == ("危険・有害ごみ",)
    assert kinds(answer) == [("12-02", "危険・有害ごみ")]


async def test_bulky_waste_is_taken_on_request(stack: LocalStack) -> None:
    answer = await stack.ask("城西の次の粗大ごみ")
    assert answer.collections == ()
    assert "申し込み制" in answer.by_request[0]


async def test_a_day_without_collection_names_the_next_one(stack: LocalStack) -> None:
    answer = await stack.ask("城西の日曜日")
    assert answer.collections == ()
    assert [(c.date.day, c.category) for c in answer.upcoming] == [(30, "燃やせるごみ")]


async def test_a_pause_is_shown_as_a_pause_with_the_next_day(stack: LocalStack) -> None:
    answer = await stack.ask("大晦日は燃えるごみ出せる？", "城西")
    assert [(c.date, c.stopped) for c in answer.collections] == [(date(2026, 12, 31), True)]


async def test_after_the_collection_hour_today_is_no_longer_the_next_day(stack: LocalStack) -> None:
    stack.now = datetime(2026, 11, 25, 23, 30, tzinfo=UTC)  # Thursday, 8:30 in the city
    assert kinds(await stack.ask("城西の燃えるごみ")) == [("11-26", "燃やせるごみ")]
    stack.now = datetime(2026, 11, 25, 23, 31, tzinfo=UTC)
    assert kinds(await stack.ask("城西の燃えるごみ")) == [("11-30", "燃やせるごみ")]


async def test_midnight_is_midnight_in_the_city(stack: LocalStack) -> None:
    stack.now = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
    assert (await stack.ask("今日は何ごみ", "城西")).first == date(2026, 11, 25)


@pytest.fixture
async def ended(database: Database, settings: Settings, shared: Path, tmp_path: Path) -> LocalStack:
    """The service with a calendar whose 可燃 ended in March."""
    shutil.copytree(shared / "cases/data/06-calendar-has-ended", tmp_path / "waste")
    report = await import_city(database, tmp_path, lambda: TUESDAY_NOON)
    assert report.ok
    assert [warning.column for warning in report.warnings] == ["可燃"]
    return LocalStack(database, settings)


@pytest.mark.parametrize(
    ("text", "ended_kinds"),
    [
        ("北町の今週のごみは？", ["可燃"]),
        ("北町の可燃はいつ", ["可燃"]),
        ("北町の明日のごみは", ["可燃"]),
        ("北町のびんはいつ", []),
    ],
)
async def test_a_calendar_that_has_ended_is_told_with_every_answer_about_it(
    ended: LocalStack, text: str, ended_kinds: list[str]
) -> None:
    answer = await ended.ask(text)
    assert answer.area == "北町"
    assert [end.category for end in answer.ended] == ended_kinds
    assert {end.last for end in answer.ended} <= {date(2026, 3, 30)}


async def test_a_calendar_that_ends_within_the_days_asked_about_is_told(ended: LocalStack) -> None:
    ended.now = datetime(2026, 3, 30, 3, 0, tzinfo=UTC)
    answer = await ended.ask("北町の今週のごみは？")
    assert kinds(answer) == [("03-30", "可燃")]
    assert [end.category for end in answer.ended] == ["可燃"]
    schedule = await ended.client.schedule("北町", date(2026, 3, 23), date(2026, 3, 30))
    assert schedule.ended == ()


async def test_a_reminder_says_of_what_it_cannot_remind(ended: LocalStack) -> None:
    answer = await ended.remind("北町で夜8時に知らせて")
    assert answer.need is Need.saved
    assert [c.category for c in answer.next_collections] == ["びん"]
    assert [(end.category, end.last) for end in answer.ended] == [("可燃", date(2026, 3, 30))]


async def test_a_new_import_is_noticed_at_the_next_question(
    stack: LocalStack, tmp_path: Path
) -> None:
    await stack.ask("明日", "城西")
    folder = tmp_path / "waste"
    folder.mkdir()
    (folder / "area_days.csv").write_text("地名,センター,可燃\n城西,,水\n", encoding="utf-8")
    report = await import_city(stack.database, tmp_path, lambda: TUESDAY_NOON)
    report.raise_if_bad()
    answer = await stack.ask("明日", "城西")
    assert kinds(answer) == [("11-25", "可燃")]
    assert not answer.office.demonstration


async def test_a_sure_thing_comes_with_its_next_day_in_the_saved_district(
    stack: LocalStack,
) -> None:
    await stack.client.save_area("ctz_1", AreaChange(area="城西", key="turn-0"))
    answer = await stack.client.ask_item(
        ItemQuestion(citizen_id="ctz_1", text="スプレー缶ってどう捨てるの")
    )
    assert answer.sure
    assert answer.matches[0].category == "危険・有害ごみ"
    assert answer.matches[0].next_date == date(2026, 12, 2)
    assert answer.how


async def test_a_thing_that_the_city_does_not_take_says_so(stack: LocalStack) -> None:
    question = ItemQuestion(citizen_id="ctz_1", text="テレビを捨てたい")
    item = (await stack.client.ask_item(question)).matches[0]
    assert not item.collected
    assert "家電リサイクル法" in item.notice


async def test_a_kind_asked_about_as_a_thing_is_explained(stack: LocalStack) -> None:
    question = ItemQuestion(citizen_id="ctz_1", text="粗大ごみの出し方")
    answer = await stack.client.ask_item(question)
    assert answer.matches[0].name == "粗大ごみ"
    assert "申し込み制" in answer.how


async def test_a_schedule_can_be_fetched_and_its_bounds_are_checked(stack: LocalStack) -> None:
    schedule = await stack.client.schedule("城西", date(2026, 11, 24), date(2026, 11, 26))
    assert [c.category for c in schedule.collections] == [
        "プラスチック製容器包装",
        "びん類",
        "燃やせるごみ",
    ]
    with pytest.raises(InvalidInputError):
        await stack.client.schedule("城西", date(2026, 11, 26), date(2026, 11, 24))
    with pytest.raises(NotFoundError):
        await stack.client.schedule("月面", date(2026, 11, 24), date(2026, 11, 24))


async def test_a_reminder_is_set_step_by_step(stack: LocalStack) -> None:
    assert (await stack.remind("ごみの日を前の日に教えて")).need is Need.area
    asked = await stack.remind(area="城西", key="turn-2")
    assert (asked.need, asked.area) == (Need.time, "城西")
    saved = await stack.remind("夜8時", key="turn-3", switch="on")
    assert (saved.need, saved.reminder_time) == (Need.saved, time(20))
    assert [c.category for c in saved.next_collections] == ["びん類"]


async def test_a_reminder_in_one_sentence_is_set_at_once(stack: LocalStack) -> None:
    saved = await stack.remind("北会津の通知を夜7時で")
    assert (saved.need, saved.area, saved.reminder_time) == (Need.saved, "北会津", time(19))


async def test_a_repeated_turn_changes_nothing_a_second_time(stack: LocalStack) -> None:
    await stack.remind("城西のごみの日を20時に", key="turn-1")
    await stack.remind("お知らせを21時に変更", key="turn-2")
    repeated = await stack.remind("お知らせを22時に変更", key="turn-2")
    assert repeated.reminder_time == time(21)


async def test_a_reminder_is_shown_moved_and_stopped(stack: LocalStack) -> None:
    await stack.remind("城西のごみの日を20時に")
    assert (await stack.remind("今の設定を見せて", key="turn-2")).need is Need.shown
    moved = await stack.remind("お知らせの地区を鶴城に変えたい", key="turn-3")
    assert (moved.need, moved.area, moved.reminder_time) == (Need.saved, "鶴城", time(20))
    stopped = await stack.remind("もうごみの通知いらない", key="turn-4")
    assert (stopped.need, stopped.reminder_time) == (Need.stopped, None)
    assert (await stack.client.subscription("ctz_1")).area == "鶴城"


async def test_stopping_what_was_never_set_keeps_nothing_about_the_resident(
    stack: LocalStack,
) -> None:
    assert (await stack.remind(switch="off")).need is Need.unset
    async with stack.database.transaction() as session:
        assert await session.scalar(select(func.count()).select_from(WasteSubscription)) == 0


async def test_a_district_that_is_gone_can_still_be_stopped(stack: LocalStack) -> None:
    await stack.remind("城西のごみの日を20時に")
    async with stack.database.transaction() as session:
        kept = await session.get(WasteSubscription, "ctz_1")
        assert kept is not None
        kept.area = "なくなった地区"
    await stack.remind("通知を止めて", key="turn-2")
    assert (await stack.client.subscription("ctz_1")).reminder_time is None


async def test_forgetting_a_resident_leaves_nothing(stack: LocalStack) -> None:
    await stack.remind("城西のごみの日を20時に")
    await HOLDER.erase(stack.http, "ctz_1")
    kept = await stack.client.subscription("ctz_1")
    assert (kept.area, kept.reminder_time) == (None, None)


async def test_an_unknown_district_is_not_saved(stack: LocalStack) -> None:
    with pytest.raises(NotFoundError):
        await stack.client.save_area("ctz_1", AreaChange(area="月面", key="turn-1"))


async def test_unreadable_requests_are_refused(stack: LocalStack) -> None:
    bad = [
        ("days", {"citizen_id": "ctz_1", "text": "あ" * 1001}),
        ("days", {"text": "明日"}),
        ("reminders", {"citizen_id": "ctz_1", "key": "k", "switch": "maybe"}),
        ("reminders", {"citizen_id": "ctz_1", "key": ""}),
    ]
    for path, body in bad:
        response = await stack.http.post(f"/services/waste/{path}", json=body)
        assert response.status_code == 422, (path, response.text)


@pytest.mark.parametrize("text", ["", "　", "🗑️🗑️", "\x00\x07", "あ" * 1000])
async def test_odd_texts_get_an_answer(stack: LocalStack, text: str) -> None:
    assert (await stack.ask(text)).area is None
    await stack.client.ask_item(ItemQuestion(citizen_id="ctz_1", text=text))
    assert (await stack.remind(text)).need is Need.area
