"""What the guard of citizens' pages makes of identity's answers, whatever they lack."""

import json

import httpx2
import pytest
from fastapi import FastAPI, Request

from auth.citizens import (
    CitizenClient,
    CitizenLoginNeededError,
    CitizenProofNeededError,
    CitizenVisit,
    SharedLook,
    VisitAnswer,
    VisitRequest,
    cookie_name,
)
from auth.levels import Level
from kit.container import Container
from kit.settings import Settings

ASKED = VisitRequest(cookie="x", level=Level.L1, page="/my/")


async def visit(answer: VisitAnswer) -> VisitAnswer:
    def told(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=answer.model_dump(mode="json"))

    transport = httpx2.MockTransport(told)
    async with httpx2.AsyncClient(transport=transport, base_url="http://identity") as http:
        return await CitizenClient(http).visit(ASKED)


async def test_a_browser_of_nobody_is_led_to_the_talk_and_not_let_in_as_nobody() -> None:
    with pytest.raises(CitizenLoginNeededError):
        await visit(VisitAnswer(form_token="token", level=Level.L3))


async def test_who_has_to_prove_more_is_not_let_in_though_it_is_known_who_it_is() -> None:
    with pytest.raises(CitizenProofNeededError):
        await visit(VisitAnswer(citizen_id="ctz_1", step_up="/identity/step-up/card"))


async def test_whose_browser_it_is_comes_through_as_it_was_told() -> None:
    answer = VisitAnswer(citizen_id="ctz_1", level=Level.L1, form_token="token")
    assert await visit(answer) == answer


async def test_a_look_at_what_is_shared_is_noted_with_identity() -> None:
    noted: list[object] = []

    def told(request: httpx2.Request) -> httpx2.Response:
        noted.append((request.url.path, json.loads(request.content)))
        return httpx2.Response(204)

    transport = httpx2.MockTransport(told)
    async with httpx2.AsyncClient(transport=transport, base_url="http://identity") as http:
        look = SharedLook(citizen_id="ctz_1", action="health.shared", sharing=3)
        await CitizenClient(http).note(look)
    body = {"citizen_id": "ctz_1", "action": "health.shared", "sharing": 3}
    assert noted == [("/identity/internal/visits/shared-looks", body)]


@pytest.mark.parametrize("cookie", ["", "x" * 201])
async def test_what_can_be_no_cookie_of_ours_is_asked_of_nobody(cookie: str) -> None:
    def told(_request: httpx2.Request) -> httpx2.Response:
        raise AssertionError("asked")

    transport = httpx2.MockTransport(told)
    async with httpx2.AsyncClient(transport=transport, base_url="http://identity") as http:
        with pytest.raises(CitizenLoginNeededError):
            await CitizenVisit.of(request(CitizenClient(http), cookie), Level.L1)


async def test_a_visit_is_that_of_the_browsers_citizen_with_the_grant_that_was_given() -> None:
    answer = VisitAnswer(citizen_id="ctz_1", level=Level.L1, form_token="token", grant="grant")

    def told(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, json=answer.model_dump(mode="json"))

    transport = httpx2.MockTransport(told)
    async with httpx2.AsyncClient(transport=transport, base_url="http://identity") as http:
        visit = await CitizenVisit.of(request(CitizenClient(http), "x"), Level.L1)
        assert (visit.citizen_id, visit.form_token) == ("ctz_1", "token")
        assert await visit.grant("services/x", "x:read") == "grant"


def request(client: CitizenClient, cookie: str) -> Request:
    settings = Settings(environment="test")
    app = FastAPI()
    app.state.container = Container()
    app.state.container.put(CitizenClient, client)
    app.state.container.put(Settings, settings)
    header = f"{cookie_name(settings)}={cookie}".encode()
    scope = {"type": "http", "method": "GET", "path": "/my/", "headers": [(b"cookie", header)]}
    return Request(scope | {"app": app, "query_string": b"", "server": ("test", 80)})
