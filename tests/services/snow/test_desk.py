"""The yard's desk over HTTP: order and reason, steps by one tap, merging, photos, weather."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from PIL import Image
from sqlalchemy import select

from auth.permissions import Role
from concierge.app import build_web
from kit.http import InternalClient
from kit.settings import Settings
from services.snow.contract import NewReport, Report, SnowClient, StatusQuestion
from services.snow.desk import Desk
from services.snow.images import squares
from services.snow.models import SnowPhoto
from services.snow.service import SnowService
from tests.services.snow.test_service import picture
from tests.services.snow.world import HANAKO, MORNING, STATION, TARO
from tests.support import add_staff, form_token, log_in_staff


class Yard:
    """The whole application with somebody of the yard at its console."""

    def __init__(self, app: FastAPI, http: httpx2.AsyncClient) -> None:
        self.app, self.http = app, http
        self.client = SnowClient(app.state.container.get(InternalClient))
        self.service: SnowService = app.state.container.get(SnowService)

    async def file(self, key: str, citizen: str = HANAKO, **more: Any) -> Report:
        asked = {"category": "ice", "lat": STATION[0], "lon": STATION[1], **more}
        return await self.client.file(NewReport(key=key, citizen_id=citizen, **asked))

    async def page(self, path: str = "") -> httpx2.Response:
        return await self.http.get(f"/console/reports/{path}")

    async def send(self, path: str, **fields: Any) -> httpx2.Response:
        token = form_token(await self.page())
        form = {"form_token": token, **fields}
        return await self.http.post(f"/console/reports/{path}", data=form)

    async def status(self, number: str) -> Report:
        asked = StatusQuestion(citizen_id=HANAKO, number=number)
        return (await self.client.status(asked)).reports[0]


@pytest.fixture
async def yard(settings: Settings) -> AsyncIterator[Yard]:
    app = build_web(settings, lambda: MORNING)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url=settings.public_base_url) as http,
    ):
        login = await add_staff(app, Role.operator, desks=("道路課",))
        await log_in_staff(http, login)
        yield Yard(app, http)


@asynccontextmanager
async def crew_of(yard: Yard, settings: Settings, desk: str) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody of a contractor, at their own browser."""
    transport = httpx2.ASGITransport(app=yard.app)
    base = settings.public_base_url
    async with httpx2.AsyncClient(transport=transport, base_url=base) as http:
        await log_in_staff(http, await add_staff(yard.app, Role.contractor, desks=(desk,)))
        yield http


async def test_nobody_else_sees_that_the_desk_is_there(yard: Yard, settings: Settings) -> None:
    login = await add_staff(yard.app, Role.supervisor, desks=("市民課",))
    transport = httpx2.ASGITransport(app=yard.app)
    base = settings.public_base_url
    async with httpx2.AsyncClient(transport=transport, base_url=base) as http:
        assert (await http.get("/console/reports/")).status_code == 303
        await log_in_staff(http, login)
        assert (await http.get("/console/reports/")).status_code == 404


async def test_the_most_urgent_comes_first_and_says_why(yard: Yard) -> None:
    await yard.file("line-1", severity="caution")
    urgent = await yard.file("line-2", severity="impassable", lat=37.4948, lon=139.9298)
    await yard.client.follow(urgent.number, TARO)
    text = (await yard.page()).text
    assert text.index("S-2") < text.index("S-1 ")
    assert "歩けない ×3" in text
    assert "2人が報告 ×1.5" in text


async def test_one_tap_takes_a_step_and_a_stale_page_is_told_so(yard: Yard) -> None:
    report = await yard.file("line-1")
    answer = await yard.send(f"{report.number}/step", to="予定", **{"from": "list"})
    assert answer.headers["location"] == "/console/reports/?done=step"
    assert (await yard.status(report.number)).status == "予定"
    await yard.send(f"{report.number}/step", to="完了", note="砂をまきました")
    done = await yard.status(report.number)
    assert (done.status, done.note) == ("完了", "砂をまきました")
    refused = await yard.send(f"{report.number}/step", to="作業中")
    assert refused.status_code == 422
    assert "ほかの職員が先に変えた" in refused.text


async def test_a_step_says_what_it_still_needs(yard: Yard) -> None:
    report = await yard.file("line-1")
    refused = await yard.send(f"{report.number}/step", to="対象外")
    assert "引き継ぎ先を入力してください" in refused.text
    for parent in ("", report.number, "S-99"):
        refused = await yard.send(f"{report.number}/step", to="重複", parent=parent)
        assert refused.status_code == 422
    assert (await yard.send(f"{report.number}/step", to="どこか")).status_code == 422
    refused = await yard.send(f"{report.number}/step", to="予定", expected_at="tomorrow")
    assert "日時を選び直して" in refused.text
    assert (await yard.status(report.number)).status == "受付"


async def test_a_merged_report_is_offered_its_neighbour_and_split_again(yard: Yard) -> None:
    first, second = await yard.file("line-1"), await yard.file("line-2", TARO)
    assert f">{first.number}</a>" in (await yard.page(second.number)).text
    await yard.send(f"{second.number}/step", to="重複", parent=first.number.lower())
    merged = await yard.status(second.number)
    assert (merged.status, merged.parent) == ("重複", first.number)
    assert (await yard.status(first.number)).reporters == 2
    await yard.send(f"{second.number}/step", to="受付")
    assert (await yard.status(second.number)).status == "受付"


async def test_a_form_of_nobody_s_session_changes_nothing(yard: Yard) -> None:
    report = await yard.file("line-1")
    answer = await yard.http.post(
        f"/console/reports/{report.number}/step", data={"form_token": "x", "to": "完了"}
    )
    assert answer.status_code == 403
    assert (await yard.status(report.number)).status == "受付"


async def test_a_photo_is_blurred_approved_and_then_public(yard: Yard) -> None:
    report = await yard.file("line-1", words="つるつる")
    async with yard.service.database.transaction() as session:
        values = {"report_id": int(report.number[2:]), "turn_id": "line-9", "state": "pending"}
        session.add(SnowPhoto(**values, jpeg=picture(), created_at=MORNING))
    async with yard.service.database.transaction() as session:
        photo_id = await session.scalar(select(SnowPhoto.id))
    assert (await yard.page(f"photos/{photo_id}.jpg")).status_code == 200
    assert (await yard.http.get(f"/snow/photos/{photo_id}.jpg")).status_code == 404
    await yard.send(
        f"photos/{photo_id}", do="approved", number=report.number, square=["0-0", "1-2", "9-9"]
    )
    assert (await yard.http.get(f"/snow/photos/{photo_id}.jpg")).status_code == 200
    assert "つるつる" not in (await yard.http.get(f"/snow/reports/{report.number}")).text.split(
        "</h1>"
    )[1].replace("凍結・つるつる", "")
    await yard.send(f"{report.number}/words", do="approve")
    assert "<p>つるつる</p>" in (await yard.http.get(f"/snow/reports/{report.number}")).text


def test_squares_are_parts_of_the_photo() -> None:
    [area] = squares(picture(), ["1-2"])
    assert (area.left, area.top, area.right, area.bottom) == (32, 12, 48, 24)
    assert Image.open(io.BytesIO(picture())).size == (64, 48)


async def test_forty_degrees_on_a_winter_road_are_asked_about_kindly(yard: Yard) -> None:
    weather = {"lowest_c": "0", "highest_c": "40", "snow_on_ground_cm": "10"}
    more = {"new_snow_cm": "12", "rain_mm": "0"}
    refused = await yard.send("weather", **weather, **more)
    assert refused.status_code == 422
    assert "40℃は冬の路面の温度として考えにくい値です。" in refused.text
    assert 'value="40"' in refused.text
    refused = await yard.send("weather", **weather, **(more | {"rain_mm": "少し"}))
    assert refused.status_code == 422
    await yard.send("weather", **(weather | {"lowest_c": "-5", "highest_c": "2"}), **more)
    assert "「非常に滑りやすい」" in (await yard.page()).text


async def test_the_sheet_goes_on_to_the_nearest(yard: Yard) -> None:
    spots = {"line-1": 37.530, "line-2": 37.4949, "line-3": 37.510}
    numbers = {}
    for key, lat in spots.items():
        report = await yard.file(key, lat=lat, lon=139.93)
        numbers[key] = report.number
        await yard.send(f"{report.number}/step", to="予定")
    waiting = await yard.file("line-4")
    desk: Desk = yard.app.state.container.get(Desk)
    way = [row.number for row in await desk.route()]
    assert way == [numbers["line-2"], numbers["line-3"], numbers["line-1"]]
    text = (await yard.page("route")).text
    assert waiting.number not in text
    assert f"1. {numbers['line-2']}" in text


async def test_the_console_s_home_counts_what_waits(yard: Yard) -> None:
    await yard.file("line-1")
    home = (await yard.http.get("/console/")).text
    assert "雪みちと道路の報告" in home


async def test_a_report_that_is_not_there_is_a_page(yard: Yard) -> None:
    for number in ("S-99", "S-x", "1"):
        assert (await yard.page(number)).status_code == 404


CENTRAL, NORTH = "除雪の請負 中央（デモ）", "除雪の請負 北（デモ）"
IN_CENTRE, IN_NORTH = (37.4915, 139.9325), (37.5130, 139.9480)


async def planned(yard: Yard) -> tuple[str, str]:
    """Two planned reports: one in the centre, one in the north."""
    numbers = []
    for key, (lat, lon) in {"line-1": IN_CENTRE, "line-2": IN_NORTH}.items():
        report = await yard.file(key, lat=lat, lon=lon, words="うちの前です")
        await yard.send(f"{report.number}/step", to="予定")
        numbers.append(report.number)
    return numbers[0], numbers[1]


async def test_a_contractor_sees_and_changes_the_own_area_and_no_more(
    yard: Yard, settings: Settings
) -> None:
    centre, north = await planned(yard)
    async with crew_of(yard, settings, CENTRAL) as http:
        page = await http.get("/console/crew/")
        assert centre in page.text
        assert north not in page.text
        assert "うちの前です" not in page.text
        assert "鶴城" in page.text
        form = {"form_token": form_token(page)}
        crew = "/console/crew"
        for path in (f"{north}/step", f"{north}/sand"):
            answer = await http.post(f"{crew}/{path}", data={**form, "to": "完了"})
            assert answer.status_code == 404
        refused = await http.post(f"{crew}/{centre}/step", data={**form, "to": "対象外"})
        assert refused.status_code == 422
        assert "市の担当課だけが" in refused.text
        for to in ("作業中", "完了"):
            answer = await http.post(f"{crew}/{centre}/step", data={**form, "to": to})
            assert answer.status_code == 303
        for page_of_yard in ("/console/reports/", f"/console/reports/{centre}"):
            assert (await http.get(page_of_yard)).status_code in (403, 404)
    assert (await yard.status(centre)).status == "完了"
    assert (await yard.status(north)).status == "予定"


async def test_who_has_no_area_finds_no_sheet(yard: Yard, settings: Settings) -> None:
    await planned(yard)
    async with crew_of(yard, settings, "市民課") as http:
        assert (await http.get("/console/crew/")).status_code == 404
    assert (await yard.http.get("/console/crew/")).status_code == 403


async def test_sand_and_a_photo_from_the_cab_are_kept(yard: Yard, settings: Settings) -> None:
    centre, _ = await planned(yard)
    async with crew_of(yard, settings, CENTRAL) as http:
        token = form_token(await http.get("/console/crew/"))
        await http.post(f"/console/crew/{centre}/sand", data={"form_token": token})
        head = {"X-Form-Token": token}
        path = f"/console/crew/{centre}/photo"
        assert (await http.post(path, content=picture(), headers=head)).status_code == 204
        svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"
        assert (await http.post(path, content=svg, headers=head)).status_code == 400
        assert (await http.post(path, content=picture())).status_code in (400, 403)
    assert (await yard.status(centre)).sanded_at == MORNING
    page = (await yard.page(centre)).text
    assert "（職員・請負業者）" in page
    assert "未確認（公開していません）" in page
    listed = (await yard.page()).text
    assert "未確認の写真あり" in listed
    assert f'href="/console/reports/{centre}" class="open"' in listed


async def test_figures_tell_each_winter_and_district(yard: Yard) -> None:
    centre, _ = await planned(yard)
    await yard.client.follow(centre, TARO)
    await yard.send(f"{centre}/sand")
    await yard.send(f"{centre}/step", to="完了")
    merged = await yard.file("line-3", lat=IN_NORTH[0], lon=IN_NORTH[1])
    await yard.send(f"{merged.number}/step", to="重複", parent="S-2")
    rows = {row.district: row for row in await yard.app.state.container.get(Desk).figures()}
    assert set(rows) == {"鶴城", "一箕"}
    row = rows["鶴城"]
    assert (row.season, row.reports, row.reporters, row.done, row.sanded) == (
        "2026〜27年の冬",
        1,
        2,
        1,
        1,
    )
    assert row.median_hours == 0
    assert (rows["一箕"].reports, rows["一箕"].open, rows["一箕"].median_hours) == (1, 1, None)
    assert "2026〜27年の冬" in (await yard.page("figures")).text
    assert "鶴城,1,2,1" in (await yard.page("figures.csv")).text
