"""What staff see: counts, the month's allowance and the fate of every message, never its words."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx2
import pytest

from auth.permissions import Role
from bot.citizens import repository as citizen_rows
from bot.console.words import failure_in_words
from bot.sender import repository as outbound_rows
from bot.sender.outbox import MONTHLY_LIMIT
from concierge.app import build_web
from kit.db import Database
from kit.settings import DEFAULT_CHANNEL, Settings
from tests.support import Line, add_staff, line_emulator, log_in_staff

USER = "U" + "a" * 32
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Line]:
    with line_emulator() as line:
        yield line


@pytest.fixture
async def staff(settings: Settings, emulator: Line) -> AsyncIterator[httpx2.AsyncClient]:
    app = build_web(settings.model_copy(update={"line_api_base": emulator.url}))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as http,
    ):
        await log_in_staff(http, await add_staff(app, Role.operator))
        yield http


async def _send(database: Database, state: str, failure: str | None) -> None:
    async with database.transaction() as session:
        [citizen] = (
            await citizen_rows.ensure_citizens(session, {"U" + "a" * 32}, NOW, DEFAULT_CHANNEL)
        ).values()
        new = outbound_rows.NewOutbound(
            state, citizen, '[{"type":"text","text":"秘密"}]', method="push"
        )
        written = await outbound_rows.insert_outbound(
            session, new, "U" + "a" * 32, NOW, DEFAULT_CHANNEL
        )
        assert written is not None
        if state != "sending":
            await outbound_rows.end_outbound(
                session, written.outbound_id, state, NOW, request_id="r-1", failure=failure
            )


async def test_staff_see_what_became_of_each_message(
    staff: httpx2.AsyncClient, database: Database
) -> None:
    await _send(database, "accepted", None)
    await _send(database, "failed", MONTHLY_LIMIT)
    await _send(database, "sending", None)
    page = (await staff.get("/console/deliveries")).text
    assert page.count('<span class="chip">LINEが受付</span>') == 1
    assert "今月の配信数の上限に達しました" in page
    assert "11/24 12:00</time>" in page
    assert "秘密" not in page
    only = (await staff.get("/console/deliveries", params={"state": "failed"})).text
    assert only.count('role="rowheader"') == 1
    unknown = await staff.get("/console/deliveries", params={"state": "<script>"})
    assert unknown.text.count('role="rowheader"') == 3


@pytest.mark.parametrize(
    ("quota", "words"),
    [(None, "上限はありません"), (500, "上限 <strong>500</strong> 通"), (0, "上限に達しました")],
)
async def test_staff_see_the_month_s_allowance(
    staff: httpx2.AsyncClient, emulator: Line, quota: int | None, words: str
) -> None:
    emulator.post("settings", monthly_quota=quota)
    page = (await staff.get("/console/traffic")).text
    assert words in page


async def test_the_allowance_is_asked_for_once_a_minute(
    staff: httpx2.AsyncClient, emulator: Line
) -> None:
    emulator.reset()
    for _ in range(3):
        await staff.get("/console/traffic")
    asked = [e for e in emulator.get("journal")["entries"] if "/quota" in str(e.get("path"))]
    assert len(asked) == 2


async def test_the_console_stays_useful_while_line_is_away(settings: Settings) -> None:
    app = build_web(settings.model_copy(update={"line_api_base": "http://127.0.0.1:9"}))
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://test") as http,
    ):
        await log_in_staff(http, await add_staff(app, Role.operator))
        page = await http.get("/console/traffic")
        assert "LINEから数を受け取れませんでした" in page.text


async def test_whoever_is_not_logged_in_is_led_to_the_login(staff: httpx2.AsyncClient) -> None:
    staff.cookies.clear()
    for path in ("/console/", "/console/traffic", "/console/deliveries"):
        answer = await staff.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/console/login?to=%2Fconsole%2F")


def test_unknown_reasons_are_shown_as_they_are() -> None:
    assert failure_in_words("418 teapot") == "418 teapot"
    assert failure_in_words("400 x") == "LINEが内容を受け付けませんでした（400 x）"
