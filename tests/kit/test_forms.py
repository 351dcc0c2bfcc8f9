"""Forms are read within bounds: the usual one, or what their endpoint says."""

import httpx2
from fastapi import FastAPI, Request

from kit.forms import MAX_FORM_BYTES, only, read_fields
from kit.web import make_app, takes_bytes


def app() -> FastAPI:
    app = make_app("forms")

    @app.post("/short")
    async def short(request: Request) -> int:
        return len(only(await read_fields(request), "text"))

    @app.post("/long")
    @takes_bytes(2 * MAX_FORM_BYTES)
    async def long(request: Request) -> int:
        return len(only(await read_fields(request), "text"))

    return app


async def send(path: str, letters: int) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.post(path, data={"text": "a" * letters})


async def test_a_form_has_the_usual_bound_unless_its_endpoint_says_otherwise() -> None:
    fits = MAX_FORM_BYTES - len("text=")
    assert (await send("/short", fits)).json() == fits
    assert (await send("/short", fits + 1)).status_code == 413
    assert (await send("/long", fits + 1)).json() == fits + 1
    assert (await send("/long", 2 * MAX_FORM_BYTES)).status_code == 413
