"""A provider that answers as a test wants: forged tokens, faults, other people's UserInfo."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.emulators.line.running import served
from tests.identity.forgeries import Scene
from tests.identity.forging import Json, Key, ec_key

CLIENT_ID = "RP00000001"


@dataclass
class Forger:
    """The provider's behaviour, and the requests that reached it."""

    issuer: str = ""
    forge: Callable[[Scene], Any] = Scene.token
    token_answer: Callable[[Json], Response] = JSONResponse
    user_info: Json = field(default_factory=lambda: {"sub": "person-1"})
    user_answer: Callable[[Scene], Response] | None = None
    metadata: Json = field(default_factory=dict)
    metadata_status: int = 200
    key: Key = field(default_factory=ec_key)
    log: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    nonce: str = ""

    async def describe(self, _request: Request) -> Response:
        self.log.append("metadata")
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
            }
            | self.metadata,
            self.metadata_status,
        )

    async def keys(self, _request: Request) -> Response:
        self.log.append("keys")
        return JSONResponse({"keys": [self.key.jwk()]})

    async def token(self, request: Request) -> Response:
        self.log.append("token")
        self.forms.append({name: str(value) for name, value in (await request.form()).items()})
        scene = self._scene()
        answer = {"access_token": scene.access_token, "token_type": "Bearer", "expires_in": 300}
        return self.token_answer(answer | {"id_token": self.forge(scene)})

    async def person(self, request: Request) -> Response:
        self.log.append("userinfo")
        assert request.headers["authorization"] == "Bearer access-token"
        assert not request.url.query
        answer = self.user_answer
        return JSONResponse(self.user_info) if answer is None else answer(self._scene())

    async def elsewhere(self, request: Request) -> Response:
        self.log.append(request.url.path)
        return JSONResponse({"keys": [self.key.jwk()]})

    def _scene(self) -> Scene:
        return Scene(self.key, self.issuer, CLIENT_ID, self.nonce)

    def callback(self, url: str, **change: Any) -> list[tuple[str, str]]:
        """Return the parameters with which a browser comes back from an authorization request."""
        asked = dict(parse_qsl(urlsplit(url).query))
        self.nonce = asked["nonce"]
        back = {"code": "code-1", "state": asked["state"], "iss": self.issuer} | change
        return [(name, value) for name, value in back.items() if value is not ...]


@contextmanager
def forging_provider() -> Iterator[Forger]:
    """Run it on a free port."""
    forger = Forger()
    routes = [
        Route("/.well-known/openid-configuration", forger.describe),
        Route("/keys", forger.keys),
        Route("/token", forger.token, methods=["POST"]),
        Route("/userinfo", forger.person),
        Route("/{path:path}", forger.elsewhere, methods=["GET", "POST"]),
    ]
    with served(lambda _url: Starlette(routes=routes)) as url:
        forger.issuer = url
        yield forger
