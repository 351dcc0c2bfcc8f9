"""Every address answers as a page with the way to the talk and a phone number, or as JSON."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from auth.modules import Modules
from auth.permissions import Role
from concierge.app import build_web
from kit.settings import Settings
from tests.support import add_staff, log_in_staff

TALK = "https://line.me/R/ti/p/@demo"


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = build_web(settings.model_copy(update={"line_talk_url": TALK}))
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        yield http


def is_page(answer: httpx2.Response, heading: str) -> None:
    assert answer.headers["content-type"].startswith("text/html")
    assert f"<h1>{heading}</h1>" in answer.text
    assert f'href="{TALK}"' in answer.text
    assert 'href="tel:0242-39-1111"' in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_the_bare_address_and_the_citizens_home_lead_on(http: httpx2.AsyncClient) -> None:
    front = await http.get("/")
    is_page(front, "会津若松市 市民コンシェルジュ")
    assert 'href="/disaster/"' in front.text
    assert 'href="/my/contact"' not in front.text
    for path in ("/my", "/my/"):
        home = await http.get(path)
        is_page(home, "ご自分のページ")
        for own in ("/my/contact", "/my/settings", "/my/health/", "/identity/account"):
            assert f'href="{own}"' in home.text


@pytest.mark.parametrize("path", ["/nothing", "/my/nothing", "/static/kit/none.css", "/自治体"])
async def test_where_nothing_is_there_is_a_page(http: httpx2.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    is_page(answer, "このページはありません")


async def test_the_wrong_method_is_a_page(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/my/")
    assert answer.status_code == 405
    is_page(answer, "このページは開けません")


async def test_a_fault_of_ours_is_a_page_that_says_so(
    app: FastAPI, http: httpx2.AsyncClient
) -> None:
    app.state.container.put(Modules, None)
    answer = await http.get("/my/")
    assert answer.status_code == 500
    is_page(answer, "表示できませんでした")
    assert "NoneType" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/services/nothing", 404),
        ("/services/waste/areas", 401),
        ("/open/v1/nothing", 404),
        ("/line/nothing", 404),
        ("/developers/api/v1/skills", 401),
    ],
)
async def test_programs_get_json(http: httpx2.AsyncClient, path: str, status: int) -> None:
    answer = await http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.json()["error"]["code"]


async def test_the_console_s_refusals_keep_the_name_and_the_way_out(
    app: FastAPI, http: httpx2.AsyncClient
) -> None:
    await log_in_staff(http, await add_staff(app, Role.operator))
    for path, status in (("/console/staff/", 403), ("/console/conversations/9", 404)):
        answer = await http.get(path)
        assert answer.status_code == status
        assert "試験 花子（市民課）" in answer.text
        assert 'action="/console/logout"' in answer.text
    answer = await http.get("/console/nothing")
    assert answer.status_code == 404
    assert "試験 花子（市民課）" in answer.text
    assert 'href="/console/"' in answer.text
