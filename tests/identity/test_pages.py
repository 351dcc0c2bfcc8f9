"""Identity's pages: cookie, headers, forms, and pages behind a level."""

from collections.abc import AsyncIterator
from typing import Annotated

import httpx2
import pytest
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from auth.levels import Level
from concierge.app import build_web
from identity.container import IdentityContainer
from identity.login.browser import PageRoute, Visit, needs, set_cookie, take_form
from identity.login.devices import device_name
from kit.ids import new_citizen_id
from kit.settings import Settings
from tests.identity.support import Clock

router = APIRouter(route_class=PageRoute)


@router.get("/my/record")
async def record(visit: Annotated[Visit, Depends(needs(Level.L3))]) -> Response:
    """A page behind the card."""
    return PlainTextResponse(f"{visit.citizen_id} {visit.level} {visit.form_token}")


@router.post("/my/record")
async def change(
    request: Request, visit: Annotated[Visit, Depends(needs(Level.L3_FRESH))]
) -> Response:
    """A form of it."""
    return PlainTextResponse((await take_form(request))["what"] + visit.citizen_id)


@pytest.fixture
def app(settings: Settings, clock: Clock) -> FastAPI:
    app = build_web(settings, clock)
    app.include_router(router)
    return app


@pytest.fixture
def container(app: FastAPI) -> IdentityContainer:
    container = app.state.container.get(IdentityContainer)
    return container


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as browser,
    ):
        yield browser


async def logged_in(
    container: IdentityContainer, browser: httpx2.AsyncClient, clock: Clock, *proofs: str
) -> str:
    citizen = new_citizen_id()
    _, session = await container.sessions.start(citizen, "")
    cookie, _ = await container.sessions.renew(session.proven(**dict.fromkeys(proofs, clock())))
    browser.cookies.set("identity", cookie)
    return citizen


async def test_a_page_opens_at_its_level_and_says_whose_it_is(
    container: IdentityContainer, browser: httpx2.AsyncClient, clock: Clock
) -> None:
    citizen = await logged_in(container, browser, clock, "line_at", "card_at")
    answer = await browser.get("/my/record")
    assert answer.text.startswith(f"{citizen} L3-fresh ")
    assert answer.headers["cache-control"] == "no-store"
    clock.forward(minutes=6)
    assert (await browser.get("/my/record")).text.startswith(f"{citizen} L3 ")


async def test_a_missing_proof_leads_to_the_step_up_page_and_no_address_travels(
    container: IdentityContainer, browser: httpx2.AsyncClient, clock: Clock
) -> None:
    await logged_in(container, browser, clock, "line_at", "my_id_at")
    answer = await browser.get("/my/record?name=secret")
    assert (answer.status_code, answer.headers["location"]) == (303, "/identity/step-up/card")
    page = await browser.get("/identity/step-up/card")
    assert "マイナンバーカードで確かめます" in page.text
    session = await container.sessions.read(browser.cookies["identity"])
    assert session is not None
    kept = await container.store.get(f"return:{session.digest}")
    assert kept == {"page": "/my/record"}


@pytest.mark.parametrize("proofs", [(), ("card_at",), ("my_id_at",)])
async def test_without_line_in_this_browser_nothing_opens(
    container: IdentityContainer, browser: httpx2.AsyncClient, clock: Clock, proofs: tuple[str, ...]
) -> None:
    await logged_in(container, browser, clock, *proofs)
    for path in ("/my/record", "/identity/step-up/card"):
        answer = await browser.get(path)
        assert answer.status_code == 401
        assert "もう一度始めてください" in answer.text


async def test_sess_02_a_form_needs_a_fresh_card_and_the_token_of_its_page(
    container: IdentityContainer, browser: httpx2.AsyncClient, clock: Clock
) -> None:
    citizen = await logged_in(container, browser, clock, "line_at", "card_at")
    token = (await browser.get("/my/record")).text.split()[-1]
    form = {"form_token": token, "what": "deleted "}
    assert (await browser.post("/my/record", data=form)).text == f"deleted {citizen}"
    for wrong in ({"what": "x"}, form | {"form_token": "0" * 64}, form | {"form_token": "あ"}):
        assert (await browser.post("/my/record", data=wrong)).status_code == 403
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert (await browser.post("/my/record", data=form, headers=cross)).status_code == 403
    clock.forward(minutes=6)
    late = await browser.post("/my/record", data=form)
    assert (late.status_code, late.headers["location"]) == (303, "/identity/step-up/card")


async def test_a_start_form_of_another_site_is_refused_before_the_link_is_used(
    browser: httpx2.AsyncClient,
) -> None:
    answer = await browser.post(
        "/identity/start", data={"t": "x"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_every_page_is_kept_out_of_caches_frames_and_referrers(
    browser: httpx2.AsyncClient,
) -> None:
    for path in ("/identity/start?t=x", "/identity/ended/proven", "/identity/ended/nowhere"):
        headers = (await browser.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        policy = headers["content-security-policy"]
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


async def test_a_callback_without_a_session_asks_nobody_and_leaves_its_address(
    browser: httpx2.AsyncClient,
) -> None:
    for name in ("line", "my-id", "card"):
        answer = await browser.get(f"/identity/{name}/callback?code=secret&state=x")
        assert answer.status_code == 303
        assert answer.headers["location"] == "/identity/ended/session_ended"
    assert (await browser.get("/identity/nobody/callback?code=x&state=x")).status_code == 404


async def test_an_answer_in_a_form_logs_nobody_in(
    container: IdentityContainer, browser: httpx2.AsyncClient, clock: Clock
) -> None:
    citizen = await logged_in(container, browser, clock, "line_at")
    for form in ({"error": "access_denied", "state": "x"}, {"code": "x", "state": "x"}):
        assert (await browser.post("/identity/my-id/callback", data=form)).status_code == 405
    assert (await container.sessions.best(citizen)).level is Level.L1


async def test_no_third_party_starts_a_login(browser: httpx2.AsyncClient) -> None:
    asked = {
        "iss": "https://evil.example",
        "login_hint": "x",
        "target_link_uri": "https://e.example",
    }
    for path in ("start", "my-id/callback", "my-id/login", "login", "step-up/my-id"):
        answer = await browser.get(f"/identity/{path}", params=asked)
        assert "example" not in answer.headers.get("location", "")
        assert "set-cookie" not in answer.headers
        assert answer.status_code in (303, 401, 404)
        assert answer.headers.get("location", "/identity/ended/session_ended").endswith("_ended")


@pytest.mark.parametrize("path", ["one-time-links", "grants", "account-links", "unlink", "suspend"])
async def test_internal_paths_ask_for_the_token_of_the_house(
    browser: httpx2.AsyncClient, path: str
) -> None:
    assert (await browser.post(f"/identity/internal/{path}", json={})).status_code == 401


def test_the_cookie_is_bound_to_host_and_https(settings: Settings) -> None:
    secure = settings.model_copy(update={"public_base_url": "https://city.example"})
    response = Response()
    set_cookie(response, secure, "value")
    given = response.headers["set-cookie"]
    assert given.startswith("__Host-identity=value;")
    for part in ("HttpOnly", "Path=/", "SameSite=lax", "Secure"):
        assert part in given
    assert "Domain" not in given


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit Safari Line/14.0", "iPhone（LINE）"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537", "Android（Chrome）"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Edg/130.0", "Windowsのパソコン（Edge）"),
        ("curl/8", "不明な端末"),
        ("", "不明な端末"),
    ],
)
def test_a_browser_is_named_as_its_owner_would(agent: str, name: str) -> None:
    assert device_name(agent) == name
