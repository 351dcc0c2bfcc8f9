"""`/my/contact` in a browser: behind the card, for whom one may act, and kind about mistakes."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from concierge.app import build_web
from identity.container import IdentityContainer
from identity.models import Access
from kit.db import Database
from kit.ids import new_citizen_id
from kit.settings import Settings
from services.residents.contract import Identification
from services.residents.importer import import_demonstration
from services.residents.register import Register
from services.residents.service import ResidentsService
from tests.identity.support import Clock
from tests.support import form_token

STEP_UP = "/identity/step-up/card"
CHANGE = "/my/contact/change"


class Visitor:
    """A citizen of the demonstration city with a browser, and the clock of the program."""

    def __init__(self, app: FastAPI, http: httpx2.AsyncClient, clock: Clock) -> None:
        self.container = app.state.container.get(IdentityContainer)
        self.app, self.http, self.clock = app, http, clock
        self.citizen = new_citizen_id()

    async def is_misaki(self) -> None:
        who = Identification(
            citizen_id=self.citizen,
            name="佐藤 美咲",
            address="福島県会津若松市中央一丁目99番1号",
            birthdate=date(1988, 4, 12),
            sex="female",
        )
        answer = await self.app.state.container.get(ResidentsService).identifications.identify(who)
        assert answer.outcome == "matched"

    async def log_in(self, *proofs: str) -> str:
        _, session = await self.container.sessions.start(self.citizen, "")
        proven = session.proven(**dict.fromkeys(("line_at", *proofs), self.clock()))
        cookie, _ = await self.container.sessions.renew(proven)
        self.http.cookies.set("identity", cookie)
        return cookie

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path)

    async def form(self, place: int = 0) -> dict[str, str]:
        """Return the fields that the form of one person carries."""
        page = await self.get(f"{CHANGE}?person={place + 1}")
        [who] = people(page)
        return {"form_token": form_token(page), "who": who, "do": "save"}

    async def send(self, form: dict[str, str], **typed: str) -> httpx2.Response:
        return await self.http.post(CHANGE, data=form | {"phone": "", "mail": ""} | typed)


def people(page: httpx2.Response) -> list[str]:
    """Return the residents that a page has forms for."""
    return list(dict.fromkeys(re.findall(r'name="who" value="([^"]+)"', page.text)))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def visitor(settings: Settings, clock: Clock) -> AsyncIterator[Visitor]:
    app = build_web(settings, clock)
    transport = httpx2.ASGITransport(app=app)
    base_url = "http://127.0.0.1:8000"
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url=base_url) as http,
    ):
        register = Register(app.state.container.get(Database), clock, settings)
        assert (await import_demonstration(register, settings.city_dir)).ok
        visitor = Visitor(app, http, clock)
        await visitor.is_misaki()
        yield visitor


async def test_a_parent_sees_herself_and_her_children_and_nobody_else(visitor: Visitor) -> None:
    await visitor.log_in("card_at")
    page = await visitor.get("/my/contact")
    assert page.headers["cache-control"] == "no-store"
    names = re.findall(r"<h2>(.+?) さん", page.text)
    assert [re.sub(r"\s", "", name) for name in names] == ["佐藤美咲", "佐藤蓮", "佐藤結衣"]
    assert page.text.count("連絡先は登録されていません") == 3


async def test_a_contact_is_saved_in_one_form_shown_and_deleted(visitor: Visitor) -> None:
    await visitor.log_in("card_at")
    form = await visitor.form(1)
    typed = {"phone": "０９０ー１２３４－５６７８", "mail": " ren@example.jp "}
    saved = await visitor.send(form, **typed)
    assert (saved.status_code, saved.headers["location"]) == (303, "/my/contact?done=saved")
    page = await visitor.get(saved.headers["location"])
    assert "連絡先を保存しました" in page.text
    assert "090-1234-5678" in page.text
    assert "ren@example.jp" in page.text
    assert page.text.count("連絡先は登録されていません") == 2
    gone = await visitor.send(form | {"do": "delete"})
    assert "連絡先を消しました" in (await visitor.get(gone.headers["location"])).text
    assert "ren@example.jp" not in (await visitor.get("/my/contact")).text
    async with visitor.container.database.statement() as session:
        noted = await session.scalars(
            select(Access.action).where(Access.citizen_id == visitor.citizen)
        )
        actions = set(noted)
    assert {"residents:contact:write", "residents:contact:delete"} <= actions
    assert "residents:contact:read residents:people:read" in actions


async def test_one_person_stands_on_a_page_with_the_time_that_is_left(visitor: Visitor) -> None:
    await visitor.log_in("card_at")
    asked = await visitor.get(CHANGE)
    assert people(asked) == [], "whose contact it is comes first"
    assert asked.text.count(f'href="{CHANGE}?person=') == 3
    for person in ("0", "4", "x", "1 OR 1"):
        assert people(await visitor.get(f"{CHANGE}?person={person}")) == []
    page = (await visitor.get(f"{CHANGE}?person=2")).text
    assert re.search(r"佐藤\s蓮さんの連絡先を保存する", page)
    last = visitor.clock() + timedelta(minutes=5)
    assert f"<strong>{last.astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}</strong> までに" in page


@pytest.mark.parametrize(
    ("phone", "mail", "problem"),
    [
        ("", "", "どちらかを入力してください"),
        ("1234", "a@example.jp", "電話番号は、0から始まる番号"),
        ("0242-39-1111", "example.jp", "@をはさんだ形"),
        ("0242-39-1111", "a" * 250 + "@example.jp", "254文字以内"),
    ],
)
async def test_what_cannot_be_kept_is_said_beside_its_field_and_nothing_typed_is_lost(
    visitor: Visitor, phone: str, mail: str, problem: str
) -> None:
    await visitor.log_in("card_at")
    form = await visitor.form()
    answer = await visitor.send(form, phone=phone, mail=mail)
    assert answer.status_code == 422
    assert problem in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert f"{problem}" in re.findall(r'<li><a href="#(?:phone|mail)">.+?</a></li>', answer.text)[0]
    assert f'value="{phone}"' in answer.text
    assert f'value="{mail}"' in answer.text
    assert (await visitor.get("/my/contact")).text.count("登録されていません") == 3


async def test_a_my_number_is_refused_and_not_even_shown_again(visitor: Visitor) -> None:
    await visitor.log_in("card_at")
    number = "123456789018@example.jp"
    answer = await visitor.send(await visitor.form(), phone="0242-39-1111", mail=number)
    assert answer.status_code == 422
    assert "マイナンバーは、ここではお預かりしません" in answer.text
    assert 'value="0242-39-1111"' in answer.text
    assert "123456789018" not in answer.text


async def test_looking_needs_the_card_and_changing_needs_it_just_now(visitor: Visitor) -> None:
    nobody = await visitor.get("/my/contact")
    assert nobody.headers["location"] == "/identity/ended/session_ended"
    await visitor.log_in("my_id_at")
    assert (await visitor.get("/my/contact")).headers["location"] == STEP_UP
    await visitor.log_in("card_at")
    visitor.clock.forward(minutes=6)
    assert (await visitor.get("/my/contact")).status_code == 200
    assert (await visitor.get(CHANGE)).headers["location"] == STEP_UP
    session = await visitor.container.sessions.read(visitor.http.cookies["identity"])
    assert session is not None
    assert await visitor.container.store.get(f"return:{session.digest}") == {"page": CHANGE}


async def test_what_another_browser_of_the_same_citizen_proved_does_not_count(
    visitor: Visitor,
) -> None:
    await visitor.log_in("card_at")
    await visitor.log_in()
    assert (await visitor.get("/my/contact")).headers["location"] == STEP_UP


async def test_a_form_that_comes_too_late_is_not_saved_and_it_is_said(visitor: Visitor) -> None:
    await visitor.log_in("card_at")
    form = await visitor.form()
    visitor.clock.forward(minutes=6)
    late = await visitor.send(form, phone="0242-39-1111")
    assert late.headers["location"] == f"{STEP_UP}?unsaved=true"
    assert "まだ保存していません" in (await visitor.get(late.headers["location"])).text
    assert "まだ保存していません" not in (await visitor.get(STEP_UP)).text
    assert "0242-39-1111" not in (await visitor.get("/my/contact")).text


async def test_a_form_from_elsewhere_or_for_somebody_else_changes_nothing(
    visitor: Visitor,
) -> None:
    await visitor.log_in("card_at")
    form = await visitor.form()
    for token in ("", "0" * 64, "あ"):
        answer = await visitor.send(form | {"form_token": token}, phone="0242-39-1111")
        assert answer.headers["location"] == "/identity/ended/form_refused"
    for who in ("", "res_" + "0" * 32, "../cases"):
        for change in ({"do": "save"}, {"do": "delete"}):
            answer = await visitor.send(form | {"who": who} | change, phone="0242-39-1111")
            assert answer.headers["location"] == "/identity/ended/page_refused"
            assert (await visitor.get(answer.headers["location"])).status_code == 200
    assert (await visitor.get("/my/contact")).text.count("登録されていません") == 3


async def test_who_is_not_found_in_the_register_is_told_that_staff_look(visitor: Visitor) -> None:
    visitor.citizen = new_citizen_id()
    await visitor.log_in("card_at")
    for path in ("/my/contact", CHANGE):
        assert "照合が、まだ終わっていません" in (await visitor.get(path)).text
