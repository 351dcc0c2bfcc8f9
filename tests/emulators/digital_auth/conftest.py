"""One running Digital Authentication App for a module; every test starts with fresh cards."""

from collections.abc import Iterator

import httpx2
import pytest

from emulators.digital_auth.app import make_app
from emulators.digital_auth.provider import DigitalAuth, DigitalAuthOptions
from emulators.jose.keys import EcKey
from emulators.openid.profile import Client
from tests.emulators.openid.relying_party import BACK, Browser, StandIn
from tests.emulators.serving import served

ALL_ITEMS = "openid name address birthdate gender"
PIN = "1234"


class RunningDigitalAuth(StandIn):
    """The app with what a person does at its pages."""

    def read(self, browser: Browser, where: str, card: str, pin: str = PIN) -> httpx2.Response:
        """Enter the PIN and hold a card to the phone; returns the page that follows, or the
        redirect back to the client."""
        browser.post(f"{where}/agree")
        browser.post(f"{where}/pin", pin=pin)
        answer = browser.post(f"{where}/card", card=card)
        assert answer.status_code == 303, answer.text
        back = answer.headers["location"].startswith(BACK)
        return answer if back else browser.http.get(answer.headers["location"])

    def verify(self, browser: Browser, card: str = "misaki", **more: str | None) -> httpx2.Response:
        """Go the whole way; returns the redirect back to the client."""
        where = self.begin(browser, **({"scope": ALL_ITEMS, "acr_values": "aal3 crl"} | more))
        return self.read(browser, where, card)


@pytest.fixture(scope="module")
def _running() -> Iterator[RunningDigitalAuth]:
    key = EcKey()
    client = Client(
        client_id="RP00000001",
        client_name="試験市コンシェルジュ",
        redirect_uris=[BACK],
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [key.jwk()]},
    )
    with served(lambda url: make_app(DigitalAuth(url, client))) as url:
        yield RunningDigitalAuth(url, "/api/realms/main", key)


@pytest.fixture
def app(_running: RunningDigitalAuth) -> Iterator[RunningDigitalAuth]:
    """The app with a client that signs its assertions."""
    (client, *_) = _running.control("GET", "/clients")["clients"]
    yield _running
    _running.control("POST", "/reset")
    _running.control("POST", "/settings", DigitalAuthOptions().model_dump())
    _running.control("PUT", "/clients", client)


@pytest.fixture
def visitor(app: RunningDigitalAuth) -> Iterator[Browser]:
    """A browser that was never here."""
    with Browser(app.url) as browser:
        yield browser
