"""Forms are read within bounds: the usual one, or what their endpoint says."""

import httpx2
from fastapi import FastAPI, Request

from kit.forms import MAX_FORM_BYTES, only, read_fields, read_file
from kit.web import make_app, takes_bytes

NO_BOUNDARY = {"Content-Type": "multipart/form-data"}


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


async def test_a_form_with_a_file_gives_both_and_keeps_the_bounds() -> None:
    web = make_app("files")

    @web.post("/file")
    @takes_bytes(1000)
    async def file(request: Request) -> list[str]:
        fields = await read_fields(request)
        return [only(fields, "text"), (await read_file(request, "file")).hex()]

    transport = httpx2.ASGITransport(app=web)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        told = b"\r\n--\x00\xff"
        answer = await http.post("/file", data={"text": "あ"}, files={"file": ("a.jpg", told)})
        assert answer.json() == ["あ", told.hex()]
        for bad in ({"data": {"text": "a\x00"}}, {"data": {"text": "a"}, "headers": NO_BOUNDARY}):
            files = {} if "headers" in bad else {"file": b"x"}
            assert (await http.post("/file", files=files, **bad)).status_code == 400
        assert (await http.post("/file", files={"file": bytes(1000)})).status_code == 413
