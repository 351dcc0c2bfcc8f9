"""One running My-ID for a module; every test starts with everybody signed out."""

from collections.abc import Iterator

import httpx2
import pytest

from emulators.jose.keys import EcKey
from emulators.my_id.app import make_app
from emulators.my_id.provider import MyId, MyIdOptions
from emulators.openid.profile import Client
from tests.emulators.openid.relying_party import AFTER_LOGOUT, BACK, Browser, StandIn
from tests.emulators.serving import served

PASSWORD = "demo-my-id"


class RunningMyId(StandIn):
    """My-ID with what a person does at its pages."""

    def login(
        self, browser: Browser, where: str, user: str, password: str = PASSWORD
    ) -> httpx2.Response:
        """Fill in the login page; returns the page that follows."""
        answer = browser.post(f"{where}/login", user_id=user, password=password)
        assert answer.status_code == 303, answer.text
        return browser.http.get(answer.headers["location"])

    def sign_in(
        self, browser: Browser, user: str = "misaki", **more: str | None
    ) -> httpx2.Response:
        """Go the whole way, as far as the browser is asked; returns the redirect back."""
        answer = self.authorize(browser, **more)
        where = answer.headers["location"]
        if not where.startswith("/interaction/"):
            return answer
        assert self.login(browser, where, user).status_code == 200
        return browser.post(f"{where}/consent")


@pytest.fixture(scope="module")
def _running() -> Iterator[RunningMyId]:
    key = EcKey()
    client = Client(
        client_id="RP00000001",
        client_name="試験市コンシェルジュ",
        redirect_uris=[BACK],
        post_logout_redirect_uris=[AFTER_LOGOUT],
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [key.jwk()]},
    )
    with served(lambda url: make_app(MyId(url, client))) as url:
        yield RunningMyId(url, key=key)


@pytest.fixture
def my_id(_running: RunningMyId) -> Iterator[RunningMyId]:
    """My-ID with a client that signs its assertions."""
    (client, *_) = _running.control("GET", "/clients")["clients"]
    yield _running
    _running.control("POST", "/reset")
    _running.control("POST", "/settings", MyIdOptions().model_dump())
    _running.control("PUT", "/clients", client)


@pytest.fixture
def visitor(my_id: RunningMyId) -> Iterator[Browser]:
    """A browser that was never here."""
    with Browser(my_id.url) as browser:
        yield browser
