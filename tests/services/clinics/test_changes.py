"""`/console/clinics/`: what the desk changes on the day is what residents are told, at once."""

from collections.abc import AsyncIterator
from datetime import date

import httpx2
import pytest

from auth.permissions import Role
from concierge.app import build_web
from kit.clock import system_clock
from kit.db import Database
from kit.settings import Settings
from services.clinics.contract import DutyQuery
from services.clinics.importer import import_clinics
from services.clinics.service import ClinicsService
from tests.identity.support import Clock
from tests.support import add_staff, form_token, log_in_staff

SUNDAY = date(2026, 12, 6)
CHILDREN = "小児科"
INSTEAD = {
    "name": "デモ代わり医院",
    "kind": "休日当番医",
    "departments": "内科・小児科",
    "opens": "９:00",
    "closes": "17:00",
    "phone": "0242-00-0000",
}


class Desk:
    """A member of the desk, and what somebody is told who asks for a children's doctor."""

    def __init__(self, http: httpx2.AsyncClient, service: ClinicsService, settings: Settings):
        self.http, self.service, self.settings = http, service, settings

    async def told(self) -> list[str]:
        query = DutyQuery(part="day", day=SUNDAY, department=CHILDREN)
        return [place.name for place in (await self.service.on_duty(query)).found]

    async def does(self, what: str, **typed: str) -> httpx2.Response:
        token = form_token(await self.http.get("/console/clinics/"))
        data = {"form_token": token, "day": SUNDAY.isoformat()} | typed
        return await self.http.post(f"/console/clinics/{what}", data=data)

    async def page(self) -> str:
        return (await self.http.get(f"/console/clinics/?day={SUNDAY}")).text


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    clock = Clock()
    clock.now = system_clock().replace(year=2026, month=12, day=1, hour=1)
    app = build_web(settings, clock)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as http,
    ):
        container = app.state.container
        assert (await import_clinics(container.get(Database), settings.city_dir, clock)).ok
        login = await add_staff(app, Role.operator, desks=("健康増進課",))
        assert (await log_in_staff(http, login)).status_code == 303
        desk = Desk(http, container.get(ClinicsService), settings)
        desk.clock, desk.database = clock, container.get(Database)  # type: ignore[attr-defined]
        yield desk


async def test_a_place_that_is_closed_is_told_no_more_and_its_substitute_is(desk: Desk) -> None:
    before = await desk.told()
    assert "デモ小児科" in before
    sent = await desk.does("closed", name="デモ小児科")
    assert sent.headers["location"].endswith("done=closed")
    assert await desk.told() == [name for name in before if name != "デモ小児科"]
    assert (await desk.does("added", **INSTEAD)).headers["location"].endswith("done=added")
    assert "デモ代わり医院" in await desk.told()
    page = await desk.page()
    assert "<del>デモ小児科</del>" in page
    assert "9:00～17:00" in page


async def test_it_stays_when_the_calendar_is_imported_anew_and_can_be_taken_back(
    desk: Desk,
) -> None:
    before = await desk.told()
    for _ in range(2):
        await desk.does("closed", name="デモ小児科")
    database, clock = desk.database, desk.clock  # type: ignore[attr-defined]
    assert (await import_clinics(database, desk.settings.city_dir, clock)).ok
    assert "デモ小児科" not in await desk.told()
    number = (await desk.page()).split('name="number" value="')[1].split('"')[0]
    await desk.does("back", number=number)
    assert await desk.told() == before


async def test_what_cannot_be_is_refused_and_nobody_is_told_of_it(desk: Desk) -> None:
    before = await desk.told()
    for change in (
        {"name": ""},
        {"kind": "なにか"},
        {"departments": ""},
        {"opens": "朝"},
        {"closes": "25:00"},
        {"phone": "call me"},
        {"note": "あ" * 101},
    ):
        answer = await desk.does("added", **(INSTEAD | change))
        assert answer.status_code == 422, change
    # And what is of another day, or nowhere.
    await desk.does("closed", name="どこにもない医院")
    await desk.does("closed", name="デモひまわりこどもクリニック", day="2026-12-13")
    assert await desk.told() == before
