"""The doors to a handbook: only a fitting grant, only for whom one may act, nothing said else."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from auth.grants import Staff
from auth.levels import Level, Standing
from identity.container import IdentityContainer
from identity.grants.minter import GrantMinter
from kit.settings import Settings
from services.health.contract import AUDIENCE
from services.health.personal_data import HealthPersonalData
from tests.identity.support import Clock
from tests.services.health.visitor import KENTA, KENTA_AT, Visitor, visiting

NEW = {
    "key": "k" * 20,
    "bodies": [{"kind": "growth", "measure": "weight", "date": "2026-11-20", "value": "11.2"}],
}
DOORS = [
    ("GET", "entries", "health:record:read", None),
    ("POST", "entries", "health:record:write", NEW),
    ("DELETE", "entries/hen_0", "health:record:withdraw", None),
    ("PUT", "reminder", "health:reminder:write", {"birthdate": "2024-09-18", "sex": "female"}),
]


@pytest.fixture
async def misaki(settings: Settings) -> AsyncIterator[Visitor]:
    async with visiting(settings, Clock()) as visitor:
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield visitor


async def grant(
    visitor: Visitor, *scopes: str, city: str = "", audience: str = AUDIENCE, **other: Any
) -> str:
    identity = visitor.app.state.container.get(IdentityContainer)
    settings = identity.settings.model_copy(update={"city": city or identity.settings.city})
    minter = GrantMinter(identity.keys, settings, visitor.clock)
    level = other.pop("level", Level.L3)
    standing = Standing(level, visitor.clock() + timedelta(minutes=5))
    return await minter.mint(visitor.citizen, audience, scopes, standing, other.get("staff"))


async def call(
    visitor: Visitor, method: str, child: str, what: str, token: str, body: Any
) -> httpx2.Response:
    url = f"/services/health/people/{child}/{what}"
    headers = {"Authorization": f"Bearer {token}"}
    return await visitor.http.request(method, url, headers=headers, json=body)


@pytest.mark.parametrize(("method", "what", "scope", "body"), DOORS)
async def test_the_four_intruders_and_their_kin_get_nothing(
    misaki: Visitor, method: str, what: str, scope: str, body: Any
) -> None:
    _, yui = await misaki.children()
    stranger = Visitor(misaki.app, misaki.http, misaki.clock)
    nobody = Visitor(misaki.app, misaki.http, misaki.clock)
    await stranger.becomes(KENTA, KENTA_AT)
    tries = {
        "a neighbour": (await grant(stranger, scope), 404),
        "an unknown citizen": (await grant(nobody, scope), 404),
        "staff": (await grant(misaki, scope, staff=Staff("stf_1", "健康増進課")), 401),
        "another city's grant": (await grant(misaki, scope, city="kitakata"), 401),
        "another scope": (await grant(misaki, "health:export"), 401),
        "another service's grant": (await grant(misaki, scope, audience="services/faq"), 401),
        "without the card": (await grant(misaki, scope, level=Level.L2), 403),
        "nothing": ("", 401),
    }
    for who, (token, status) in tries.items():
        answer = await call(misaki, method, yui, what, token, body)
        assert answer.status_code == status, who
        assert "体" not in answer.text
        assert "DEMO" not in answer.text


async def test_what_writes_opens_once_and_what_reads_again(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    writing, reading = await grant(misaki, DOORS[1][2]), await grant(misaki, DOORS[0][2])
    answers = [await call(misaki, "POST", yui, "entries", writing, NEW) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 401]
    answers = [await call(misaki, "GET", yui, "entries", reading, None) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]


async def test_nobody_ends_what_the_health_centre_wrote(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    reading = await grant(misaki, DOORS[0][2])
    found = (await call(misaki, "GET", yui, "entries", reading, None)).json()["entries"]
    centre = next(e for e in found if e["body"]["kind"] == "growth")
    assert not centre["is_own"]
    token = await grant(misaki, DOORS[2][2])
    answer = await call(misaki, "DELETE", yui, f"entries/{centre['id']}", token, None)
    assert answer.status_code == 404
    token = await grant(misaki, DOORS[1][2])
    answer = await call(misaki, "POST", yui, "entries", token, NEW | {"corrects": centre["id"]})
    assert answer.status_code == 404
    assert (await call(misaki, "GET", yui, "entries", reading, None)).json()["entries"] == found


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "growth", "measure": "weight", "date": "2030-01-01", "value": "11.2"},
        {"kind": "growth", "measure": "weight", "date": "2026-11-20", "value": "NaN"},
        {"kind": "vaccination", "vaccine": "BCG", "date": "2026-11-20"},
    ],
)
async def test_what_a_guardian_may_not_write_is_refused(
    misaki: Visitor, body: dict[str, str]
) -> None:
    _, yui = await misaki.children()
    token = await grant(misaki, DOORS[1][2])
    answer = await call(misaki, "POST", yui, "entries", token, NEW | {"bodies": [body]})
    assert answer.status_code in (400, 422)


async def test_who_leaves_takes_what_they_wrote_and_no_more(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    await call(misaki, "POST", yui, "entries", await grant(misaki, DOORS[1][2]), NEW)
    data = misaki.app.state.container.get(HealthPersonalData)
    [written] = (await data.export(misaki.citizen))["written"]
    assert (written["body"]["value"], written["person_id"]) == ("11.2", yui)
    reading = await grant(misaki, DOORS[0][2])
    before = (await call(misaki, "GET", yui, "entries", reading, None)).json()["entries"]
    for _ in range(2):
        await data.erase(misaki.citizen)
    after = (await call(misaki, "GET", yui, "entries", reading, None)).json()["entries"]
    assert [e for e in before if not e["is_own"]] == after
    assert await data.export(misaki.citizen) == {
        "written": [],
        "shown": [],
        "reminders": [],
        "photos": [],
    }
