"""Forms are read within bounds: the usual one, or what their endpoint says."""

import httpx2
from fastapi import FastAPI, Request

from kit.forms import MAX_FORM_BYTES, only, read_fields, read_file
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


BOUNDARY = "--b--"


def part(name: str, content: bytes, filename: str = "") -> bytes:
    told = f'form-data; name="{name}"' + (f'; filename="{filename}"' if filename else "")
    head = f"--{BOUNDARY}\r\nContent-Disposition: {told}\r\n\r\n".encode()
    return head + content + b"\r\n"


async def send_parts(*parts: bytes, path: str = "/file") -> httpx2.Response:
    small = make_app("files")

    @small.post("/file")
    @takes_bytes(MAX_FORM_BYTES)
    async def file(request: Request) -> list[object]:
        told = only(await read_fields(request), "text")
        return [told, (await read_file(request, "photo")).hex()]

    transport = httpx2.ASGITransport(app=small)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
        kind = f'multipart/form-data; boundary="{BOUNDARY}"'
        return await http.post(path, content=body, headers={"Content-Type": kind})


async def test_a_file_comes_with_the_fields_of_its_form_whatever_its_bytes() -> None:
    content = bytes(range(256)) + f"\r\n--{BOUNDARY}".encode()[:-1] + b"\r\n"
    sent = await send_parts(part("text", "言葉".encode()), part("photo", content, "a.jpg"))
    assert sent.json() == ["言葉", content.hex()]


async def test_no_file_and_two_of_one_name_are_none() -> None:
    assert (await send_parts(part("photo", b"", "x"))).json() == ["", ""]
    two = (part("photo", b"1", "x"), part("photo", b"2", "y"))
    assert (await send_parts(*two)).json() == ["", ""]


async def test_a_form_with_a_file_keeps_the_bounds_and_what_is_none_is_refused() -> None:
    assert (await send_parts(part("photo", bytes(MAX_FORM_BYTES), "x"))).status_code == 413
    assert (await send_parts(b"nothing of the kind")).status_code == 400
    assert (await send_parts(part("text", b"\xff"))).status_code == 400
    assert (await send_parts(part("text", b"\0"))).status_code == 400
    many = [part(f"t{number}", b"1") for number in range(501)]
    assert (await send_parts(*many)).status_code == 400
