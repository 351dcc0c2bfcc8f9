"""The web shell's answers repeat nothing that was sent."""

import httpx2
from pydantic import BaseModel, ConfigDict

from kit.settings import Settings
from kit.web import make_app


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    phone: str | None = None


async def test_a_wrong_request_is_told_where_and_why_but_not_what_it_said() -> None:
    app = make_app(Settings(environment="test"), "test")

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
