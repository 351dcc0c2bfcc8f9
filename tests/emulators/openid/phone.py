"""A phone's browser at the pages of a stand-in, and a client to which it comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tests import axe
from tests.browsers import PHONE
from tests.emulators.openid.relying_party import StandIn
from tests.emulators.serving import served


@contextmanager
def client_website() -> Iterator[str]:
    """A client that sends the browser on to yet another site, as account linking does."""

    async def done(request: Request) -> Response:
        return HTMLResponse(f'<link rel="icon" href="data:,"><h1>{request.url.query}</h1>')

    async def callback(request: Request) -> Response:
        return RedirectResponse(f"{elsewhere}/done?{request.url.query}", 303)

    with served(lambda _url: Starlette(routes=[Route("/done", done)])) as elsewhere:  # noqa: SIM117
        with served(lambda _url: Starlette(routes=[Route("/callback", callback)])) as url:
            yield f"{url}/callback"


@contextmanager
def phone(browser: Browser, stand_in: StandIn, scope: str) -> Iterator[Page]:
    """A phone that has just been sent to the stand-in; its complaints fail the test."""
    with client_website() as callback:
        (client, *_) = stand_in.control("GET", "/clients")["clients"]
        stand_in.control("PUT", "/clients", client | {"redirect_uris": [callback]})
        params = stand_in.wanted(scope=scope, redirect_uri=callback)
        context = browser.new_context(viewport=PHONE, locale="ja-JP", timezone_id="Asia/Tokyo")
        page = context.new_page()
        page.set_default_timeout(10_000)
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.goto(f"{stand_in.metadata['authorization_endpoint']}?{urlencode(params)}")
        yield page
        context.close()
        assert complaints == []


def check_page(page: Page) -> None:
    """What holds for every page: axe finds nothing, it says what it is, and can be touched."""
    found = axe.judge(page)
    assert found == {}, found
    assert page.get_by_text("実在のサービスではありません").is_visible()
    small = page.evaluate(
        "[...document.querySelectorAll('button, input:not([type=hidden]), a')]"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []
