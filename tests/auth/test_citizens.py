"""What the guard of citizens' pages makes of identity's answers, whatever they lack."""

import httpx2
import pytest

from auth.citizens import (
    CitizenClient,
    CitizenLoginNeededError,
    CitizenProofNeededError,
    VisitAnswer,
    VisitRequest,
)
from auth.levels import Level

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
