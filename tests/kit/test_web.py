"""The web shell's answers repeat nothing that was sent."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict
from starlette.types import ASGIApp

from kit.container import Container
from kit.forms import read_fields
from kit.guard import require_internal
from kit.settings import DEMO_INTERNAL_TOKEN, Settings
from kit.web import MAX_BODY_BYTES, make_app, takes_bytes


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phone: str | None = None


async def test_a_wrong_request_is_told_where_and_why_but_not_what_it_said() -> None:
    app = make_app("test")

    @app.put("/contact")
    async def save(body: _Body) -> None: ...

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.put("/contact", json={"ひみつ": "x", "phone": ["ひみつ"]})
    assert answer.status_code == 422
    assert "ひみつ" not in answer.text
    assert [fault["where"] for fault in answer.json()["error"]["details"]] == [
        ["body", "phone"],
        ["body"],
    ]


@pytest.mark.parametrize(
    ("address", "status"),
    [("/things/%00", 404), ("/things/a%00b", 404), ("/things/a?q=%00", 400)],
)
async def test_an_address_with_a_nul_reaches_no_room(address: str, status: int) -> None:
    app = make_app("test")

    @app.get("/things/{name}")
    async def thing(name: str) -> str:
        raise AssertionError(name)

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.get(address)
    assert answer.status_code == status


async def test_a_form_with_a_nul_is_refused() -> None:
    app = make_app("test")

    @app.post("/form")
    async def send(request: Request) -> list[str]:
        return list(await read_fields(request))

    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        answers = [
            (await http.post("/form", content=form)).status_code
            for form in ("a=1&b=2", "a=%00", "a=\x00")
        ]
    assert answers == [200, 400, 400]


class Upload:
    """A body of many pieces; `read` is how much of it was taken."""

    def __init__(self, pieces: int, piece: bytes = b"[" * 1024) -> None:
        self.pieces, self.piece, self.read = pieces, piece, 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.pieces):
            self.read += len(self.piece)
            yield self.piece


async def ask(
    app: ASGIApp, path: str, body: bytes | Upload, method: str = "POST", **headers: str
) -> tuple[int, int]:
    """Send one request piece by piece; return (status, how many bytes the application took)."""
    upload = Upload(1, body) if isinstance(body, bytes) else body
    pieces, sent = aiter(upload.__aiter__()), []

    async def receive() -> dict[str, Any]:
        piece = await anext(pieces, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message: Any) -> None:
        sent.append(message)

    given = {"host": "127.0.0.1", "content-type": "application/json"} | headers
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method,
        "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"",
        "root_path": "", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in given.items()],
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]["status"], upload.read


LARGEST_EXCESS = 64 * 1024


def small_app() -> FastAPI:
    app = make_app("test")
    app.state.container = Container()
    app.state.container.put(Settings, Settings(environment="test"))

    @app.put("/contact")
    async def save(body: _Body) -> None: ...

    @app.post("/internal", dependencies=[Depends(require_internal)])
    async def internal(body: list[int]) -> None: ...

    @app.post("/large")
    @takes_bytes(3 * MAX_BODY_BYTES)
    async def large(request: Request) -> int:
        return len(await request.body())

    return app


@pytest.mark.parametrize("path", ["/contact", "/internal"])
async def test_a_body_beyond_the_limit_is_refused_where_the_limit_is(path: str) -> None:
    bearer = f"Bearer {DEMO_INTERNAL_TOKEN}"
    method = "PUT" if path == "/contact" else "POST"
    status, read = await ask(small_app(), path, Upload(40 * 1024), method, authorization=bearer)
    assert status == 413
    assert read < MAX_BODY_BYTES + LARGEST_EXCESS


async def test_a_body_that_says_that_it_is_too_large_is_not_read_at_all() -> None:
    length = str(MAX_BODY_BYTES + 1)
    assert await ask(small_app(), "/contact", b"{}", "PUT", content_length=length) == (413, 0)
    assert (await ask(small_app(), "/contact", b"{}", "PUT", content_length="2"))[0] == 200


async def test_without_the_bearer_nothing_of_an_internal_body_is_read() -> None:
    for wrong in ({}, {"authorization": "Bearer wrong"}):
        assert await ask(small_app(), "/internal", Upload(40), **wrong) == (401, 0)
    bearer = f"Bearer {DEMO_INTERNAL_TOKEN}"
    assert (await ask(small_app(), "/internal", b"[1]", authorization=bearer))[0] == 200


async def test_a_route_that_says_so_takes_more() -> None:
    upload = Upload(2 * MAX_BODY_BYTES // 1024)
    assert await ask(small_app(), "/large", upload) == (200, 2 * MAX_BODY_BYTES)
    assert (await ask(small_app(), "/large", Upload(4 * MAX_BODY_BYTES // 1024)))[0] == 413


async def test_every_answer_has_the_headers_that_browsers_heed() -> None:
    transport = httpx2.ASGITransport(app=small_app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        answer = await http.get("/nowhere")
    for name, value in (
        ("Strict-Transport-Security", "max-age=31536000"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ):
        assert answer.headers[name] == value
    assert "geolocation=()" in answer.headers["Permissions-Policy"]
    policy = answer.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"} <= set(policy)
