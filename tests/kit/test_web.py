"""The web shell's answers repeat nothing that was sent."""

import httpx2
import pytest
from fastapi import Request
from pydantic import BaseModel, ConfigDict

from kit.forms import read_fields
from kit.web import make_app


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
