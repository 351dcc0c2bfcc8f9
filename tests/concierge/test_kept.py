"""No typing is lost: a form that came too late is there again after the login, for nobody else."""

import html
import re
from collections.abc import AsyncIterator

import httpx2
import pytest
from fastapi import FastAPI

from auth.permissions import Role
from concierge.app import build_web
from identity.login.browser import remembered_page
from kit.settings import Settings
from tests.identity.support import Clock
from tests.services.residents.test_pages import CHANGE, Visitor, clock, visitor
from tests.support import add_staff, form_token, log_in_staff

__all__ = ["clock", "visitor"]

OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = {"question": "くまが出たときは？", "answer": "近づかず、市役所に電話してください。"}
TO_KEPT = "/console/login?to=%2Fconsole%2Fkept"


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    app = build_web(settings)
    async with app.router.lifespan_context(app):
        yield app


def browser(app: FastAPI) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://test")


@pytest.fixture
async def staff(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody whose session has just ended."""
    async with browser(app) as http:
        await log_in_staff(http, await add_staff(app, Role.supervisor))
        await http.get("/console/faq/new")
        http.cookies.delete("staff")
        yield http


def hidden(page: httpx2.Response) -> dict[str, str]:
    """Return the fields of the form that goes on."""
    first = page.text[page.text.index("<main") :].split("</form>")[0]
    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', first)
    return {name: html.unescape(value) for name, value in found}


async def test_an_expired_session_keeps_the_form_and_the_login_leads_back_to_it(
    staff: httpx2.AsyncClient,
) -> None:
    late = await staff.post("/console/faq/new", data=TYPED | {"form_token": "old"}, headers=OURS)
    assert (late.status_code, late.headers["location"]) == (303, TO_KEPT)
    login = await staff.get(late.headers["location"])
    assert "入力した内容はお預かりしています" in login.text
    back = await log_in_at(staff, login)
    assert back.headers["location"] == "/console/kept"
    page = await staff.get("/console/kept")
    assert "近づかず、市役所に電話してください。" in page.text
    assert 'action="/console/faq/new"' in page.text
    form = hidden(page)
    assert form["form_token"] != "old"
    again = await staff.post("/console/faq/new", data=form, headers=OURS)
    assert again.status_code == 422, "the other fields are asked for, as ever"
    assert TYPED["answer"] in again.text


async def log_in_at(http: httpx2.AsyncClient, page: httpx2.Response) -> httpx2.Response:
    form = {"form_token": form_token(page), "login": "test-supervisor"}
    return await http.post("/console/login", data=form | {"password": "demo-console-password"})


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
async def test_what_another_site_sends_does_not_wait_for_a_login(
    staff: httpx2.AsyncClient, site: str | None
) -> None:
    headers = {"Sec-Fetch-Site": site} if site else {}
    late = await staff.post("/console/faq/new", data=TYPED, headers=headers)
    assert late.headers["location"] == "/console/login"
    assert "kept" not in staff.cookies


async def test_no_password_is_kept(staff: httpx2.AsyncClient) -> None:
    form = {"current": "x", "password": "y", "again": "y"}
    late = await staff.post("/console/account/password", data=form, headers=OURS)
    assert late.headers["location"] == "/console/login"


async def test_another_browser_does_not_get_it_and_it_can_be_put_away(
    app: FastAPI, staff: httpx2.AsyncClient
) -> None:
    await staff.post("/console/faq/new", data=TYPED, headers=OURS)
    await log_in_staff(staff, "test-supervisor")
    async with browser(app) as other:
        await log_in_staff(other, await add_staff(app, Role.operator))
        assert "お預かりしている内容はありません" in (await other.get("/console/kept")).text
    page = await staff.get("/console/kept")
    gone = await staff.post("/console/kept", data={"form_token": form_token(page)})
    assert gone.headers["location"] == "/console/"
    assert "お預かりしている内容はありません" in (await staff.get("/console/kept")).text


async def test_a_citizen_s_form_waits_for_the_card(visitor: Visitor, clock: Clock) -> None:
    await visitor.log_in("card_at")
    form = await visitor.form()
    clock.forward(minutes=6)
    typed = form | {"phone": "090-1234-5678", "mail": ""}
    late = await visitor.http.post(CHANGE, data=typed, headers=OURS)
    assert late.headers["location"] == "/identity/step-up/card?unsaved=kept"
    assert "お預かりしています" in (await visitor.get(late.headers["location"])).text
    session = await visitor.container.sessions.read(visitor.http.cookies["identity"])
    assert session is not None
    assert await remembered_page(visitor.container, session) == "/my/kept"
    await visitor.log_in("card_at")
    page = await visitor.get("/my/kept")
    assert f'action="{CHANGE}"' in page.text
    done = await visitor.http.post(CHANGE, data=hidden(page), headers=OURS)
    assert done.headers["location"] == "/my/contact?done=saved"
    assert "090-1234-5678" in (await visitor.get("/my/contact")).text


async def test_a_citizen_s_form_is_for_nobody_else(visitor: Visitor, clock: Clock) -> None:
    await visitor.log_in("card_at")
    form = await visitor.form()
    clock.forward(minutes=6)
    await visitor.http.post(CHANGE, data=form | {"phone": "0242", "mail": ""}, headers=OURS)
    visitor.citizen = "ctz_somebody_else"
    await visitor.log_in("card_at")
    assert "お預かりしている内容はありません" in (await visitor.get("/my/kept")).text
