"""A relying party and a browser for the tests of the stand-ins, reached over HTTP only."""

import base64
import hashlib
import json
import re
import uuid
from datetime import datetime
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import httpx2

from emulators.jose.jws import compact, split, to_text
from emulators.jose.keys import EcKey, is_signed_by
from kit.http import certificates

BACK = "https://city.example.jp/identity/callback?from=stand-in"
AFTER_LOGOUT = "https://city.example.jp/bye"
VERIFIER = "v" * 64
CHALLENGE = to_text(hashlib.sha256(VERIFIER.encode()).digest())
BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
Json = dict[str, Any]


class Browser:
    """A browser with its own cookies at a running stand-in."""

    def __init__(self, url: str) -> None:
        self.http = httpx2.Client(base_url=url, timeout=20, verify=certificates(), trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def post(self, path: str, **form: str) -> httpx2.Response:
        return self.http.post(path, data=form)


class StandIn:
    """A running stand-in: its metadata, its control API, and a client's way through it."""

    def __init__(self, url: str, issuer_path: str = "", key: EcKey | None = None) -> None:
        self.url = url
        self.issuer = f"{url}{issuer_path}"
        self.key = key or EcKey()
        self.client_id = "RP00000001"
        self.http = httpx2.Client(base_url=url, timeout=20, verify=certificates(), trust_env=False)

    @property
    def metadata(self) -> Json:
        found: Json = self.http.get(f"{self.issuer}/.well-known/openid-configuration").json()
        return found

    def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.http.request(method, f"/emulator{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def fault(self, kind: str, **more: Any) -> None:
        self.control("POST", "/faults", {"kind": kind, **more})

    def settings(self, **more: Any) -> None:
        self.control("POST", "/settings", more)

    def journal(self) -> list[Json]:
        entries: list[Json] = self.control("GET", "/journal")["entries"]
        return entries

    def wanted(self, **more: str | None) -> dict[str, str]:
        """Parameters of a right authorization request; None takes one away."""
        params = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": BACK,
            "scope": "openid",
            "state": "state-1",
            "nonce": "nonce-1",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | more
        return {name: value for name, value in params.items() if value is not None}

    def authorize(self, browser: Browser, **more: str | None) -> httpx2.Response:
        path = urlsplit(self.metadata["authorization_endpoint"]).path
        return browser.http.get(path, params=self.wanted(**more))

    def begin(self, browser: Browser, **more: str | None) -> str:
        """Ask for authorization and return where the pages are."""
        answer = self.authorize(browser, **more)
        assert answer.status_code == 303, answer.text
        where = answer.headers["location"]
        assert where.startswith("/interaction/"), where
        return str(where)

    def now(self) -> int:
        """The stand-in's clock, in seconds since 1970."""
        told: str = self.control("GET", "/clock")["now"]
        return int(datetime.fromisoformat(told).timestamp())

    def assertion(self, header: Json | None = None, **more: Any) -> str:
        """A client assertion; None takes a claim away."""
        now = self.now()
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.issuer,
            "jti": uuid.uuid4().hex,
            "iat": now,
            "exp": now + 30,
        } | more
        head = {"alg": "ES256", "kid": self.key.jwk()["kid"]} | (header or {})
        said = {name: value for name, value in claims.items() if value is not None}
        return compact(head, said, self.key.sign)

    def token(self, **form: str) -> httpx2.Response:
        """Ask the token endpoint, with a fresh assertion unless one is given."""
        given = {
            "grant_type": "authorization_code",
            "redirect_uri": BACK,
            "code_verifier": VERIFIER,
            "client_assertion_type": BEARER,
        } | form
        given.setdefault("client_assertion", self.assertion())
        return self.http.post(self.metadata["token_endpoint"], data=given)

    def userinfo(self, access_token: str) -> httpx2.Response:
        bearer = {"Authorization": f"Bearer {access_token}"}
        return self.http.get(self.metadata["userinfo_endpoint"], headers=bearer)

    def verified(self, token: str) -> Json:
        """The claims of a token that a published key signed."""
        parts = split(token)
        keys = self.http.get(self.metadata["jwks_uri"]).json()["keys"]
        (key,) = [key for key in keys if key["kid"] == parts.header["kid"]]
        assert is_signed_by(key, parts.header["alg"], parts.signed, parts.signature)
        return parts.claims


def came_back(answer: httpx2.Response) -> dict[str, str]:
    """What the browser carries back to the client."""
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"]
    assert where.startswith(f"{BACK}&"), where
    return {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


def alert(page: str) -> str:
    """The message that a page shows."""
    found = re.search(r'role="alert">(.*?)</p>', page)
    assert found is not None, page
    return found[1]


def unpacked(token: str) -> tuple[Json, Json]:
    """Header and claims of a token, as another reader takes it apart."""
    head, claims = (
        json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        for part in token.split(".")[:2]
    )
    return head, claims
