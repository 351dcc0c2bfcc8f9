"""Every guard to a personal record: by grant, for whom one may act, and silent otherwise."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from fastapi.routing import APIRoute

from auth.grants import Staff
from auth.levels import Level, Standing, StepUpNeededError
from identity.audit import log as access
from kit.errors import InvalidInputError
from kit.guard import require_internal
from services.residents.api import SCOPES, router
from services.residents.contract import AUDIENCE, ContactDetails
from tests.services.residents.world import NOON, OTHER_DESK, OWN_DESK, World, authority, person

NOBODY = "res_" + "0" * 32
HANAKO: dict[str, Any] = {
    "name": "会津 花子",
    "address": "会津若松市中央1-99-1",
    "birthdate": "1985-05-05",
    "sex": "female",
}
# Each guard of a resident's record: (method, what, scope, body).
DOORS = [
    ("GET", "contact", "residents:contact:read", None),
    ("PUT", "contact", "residents:contact:write", {"phone": "0242-39-1111"}),
    ("DELETE", "contact", "residents:contact:delete", None),
    ("GET", "export", "residents:export", None),
]


@pytest.fixture
async def ids(world: World) -> dict[str, str]:
    """Hanako (ctz_1) with her child who is seventeen until tonight; Haruko (ctz_2) with hers."""
    await world.load(
        [
            person("1", "会津　花子"),
            person("2", "会津　蓮", 生年月日="2008-11-30"),
            person("3", "会津　春子", 世帯番号="S2"),
            person("4", "会津　湊", 生年月日="2020-01-01", 世帯番号="S2"),
        ],
        [authority("1", "2"), authority("3", "4")],
    )
    found = {}
    for citizen, name in (("ctz_1", "会津 花子"), ("ctz_2", "会津 春子")):
        await world.identify(citizen, **HANAKO | {"name": name})
        grant = await world.grant(citizen, "residents:people:read")
        people = (await world.client.people(grant)).people
        found |= {p.name[3:]: p.resident_id for p in people}
    return found


async def test_a_citizen_keeps_reads_takes_along_and_deletes_a_contact(
    world: World, ids: dict[str, str]
) -> None:
    me, details = ids["花子"], ContactDetails(phone="090-1234-5678", mail="hanako@example.jp")

    async def grant(scope: str) -> str:
        return await world.grant("ctz_1", scope)

    await world.client.save_contact(await grant("residents:contact:write"), me, details)
    reading = await grant("residents:contact:read")
    assert await world.client.contact(reading, me) == details
    export = await world.client.export(await grant("residents:export"), me)
    assert (export.name, export.address, export.contact) == (
        "会津　花子",
        "福島県会津若松市中央一丁目99番1号",
        details,
    )
    await world.client.delete_contact(await grant("residents:contact:delete"), me)
    assert await world.client.contact(reading, me) == ContactDetails()
    await world.client.delete_contact(await grant("residents:contact:delete"), me)


async def test_people_are_oneself_and_then_those_one_may_act_for(
    world: World, ids: dict[str, str]
) -> None:
    grant = await world.grant("ctz_1", "residents:people:read", level=Level.L3)
    people = (await world.client.people(grant)).people
    told = [(p.name, p.relation, str(p.last_day), p.same_household) for p in people]
    assert told == [
        ("会津　花子", "self", "None", True),
        ("会津　蓮", "parent", "2026-11-29", True),
    ]


async def test_az_05_at_midnight_before_the_birthday_the_door_closes(
    world: World, ids: dict[str, str]
) -> None:
    child = ids["蓮"]
    world.now = NOON.replace(hour=14, minute=59, second=59)
    grant = await world.grant("ctz_1", "residents:contact:read")
    assert (await world.call("GET", f"people/{child}/contact", grant)).status_code == 200
    world.now += timedelta(seconds=1)
    assert (await world.call("GET", f"people/{child}/contact", grant)).status_code == 404
    people = (await world.client.people(await world.grant("ctz_1", "residents:people:read"))).people
    assert [p.resident_id for p in people] == [ids["花子"]]


@pytest.mark.parametrize(("method", "what", "scope", "body"), DOORS)
async def test_az_02_and_06_no_guessed_id_opens_anything_and_all_are_answered_alike(
    world: World, ids: dict[str, str], method: str, what: str, scope: str, body: Any
) -> None:
    other = ids["湊"]
    guesses = [NOBODY, other, ids["春子"], other.upper(), other[:-1], f"{other}%00", "%00", "1"]
    guesses += [f"{ids['花子']}%20", "%2e%2e", "x" * 5000, "res_", "'%20OR%201=1--", "ctz_2"]
    answers = []
    for guess in guesses:
        grant = await world.grant("ctz_1", scope)
        answers.append(await world.call(method, f"people/{guess}/{what}", grant, body))
    assert {answer.status_code for answer in answers} == {404}
    known = [a for a, guess in zip(answers, guesses, strict=True) if guess != "%2e%2e"]
    assert len({(a.content, str(sorted(a.headers.items()))) for a in known}) == 1


def door(scope: str, resident: str) -> tuple[str, str, Any]:
    """Return (method, path, body) of the guard that a scope opens."""
    for method, what, name, body in DOORS:
        if name == scope:
            return method, f"people/{resident}/{what}", body
    return {
        "residents:people:read": ("GET", "people", None),
        "residents:case:read": ("GET", "case", None),
        "residents:case:decide": ("POST", "case/decision", {"number": None}),
    }[scope]


@pytest.mark.parametrize("scope", sorted(SCOPES))
async def test_no_door_opens_for_a_grant_that_does_not_fit(
    world: World, ids: dict[str, str], scope: str
) -> None:
    method, path, body = door(scope, ids["花子"])
    fitting: dict[str, Any] = {"staff": OWN_DESK if SCOPES[scope].level is None else None}
    stale = await world.grant("ctz_1", scope, **fitting)
    world.now += timedelta(minutes=6)
    flawed = {
        "stale": stale,
        "of another scope": await world.grant("ctz_1", "residents:other", **fitting),
        "of no scope": await world.grant("ctz_1", **fitting),
        "for another service": await world.grant(
            "ctz_1", scope, audience="services/health", **fitting
        ),
        "of another city": await world.grant("ctz_1", scope, elsewhere=True, **fitting),
        "of another desk": await world.grant("ctz_1", scope, staff=OTHER_DESK),
        "the rooms' own token": world.settings.internal_token.get_secret_value(),
        "none": "",
    }
    answers = [await world.call(method, path, token, body) for token in flawed.values()]
    assert [answer.status_code for answer in answers] == [401] * len(flawed)
    assert len({answer.content for answer in answers}) == 1
    below = await world.call(method, path, await world.grant("ctz_1", scope, level=Level.L2), body)
    for_staff_only = SCOPES[scope].level is None
    assert code(below) == ("refused_token" if for_staff_only else "step_up_needed")


def code(answer: httpx2.Response) -> str:
    return str(answer.json()["error"]["code"])


@pytest.mark.parametrize("scope", sorted(name for name, scope in SCOPES.items() if scope.once))
async def test_what_changes_or_hands_out_opens_once(
    world: World, ids: dict[str, str], scope: str
) -> None:
    staff = OWN_DESK if SCOPES[scope].level is None else None
    await world.identify("ctz_3", **HANAKO | {"name": "会津 秋子"})
    method, path, body = door(scope, ids["花子"])
    citizen = "ctz_1" if staff is None else "ctz_3"
    grant = await world.grant(citizen, scope, staff=staff)
    assert (await world.call(method, path, grant, body)).is_success
    again = await world.call(method, path, grant, body)
    assert (again.status_code, code(again)) == (401, "refused_token")


def test_reading_is_the_only_thing_that_a_grant_opens_twice() -> None:
    assert {name for name, scope in SCOPES.items() if not scope.once} == {
        "residents:people:read",
        "residents:contact:read",
        "residents:case:read",
    }


def test_every_route_is_internal_or_behind_the_gate(world: World) -> None:
    """Asked of the routes themselves, so that a new one cannot be forgotten."""
    open_to_all = [
        route.path
        for route in router.routes
        if isinstance(route, APIRoute)
        and not any(
            part.call is require_internal or "demand" in getattr(part.call, "__qualname__", "")
            for part in route.dependant.dependencies
        )
    ]
    assert open_to_all == []


async def test_staff_read_with_a_reason_which_the_citizen_can_read(
    world: World, ids: dict[str, str]
) -> None:
    scopes = ["residents:contact:read"]
    with pytest.raises(InvalidInputError):
        await world.granting.to_staff("ctz_1", AUDIENCE, scopes, OWN_DESK, "  ")
    with pytest.raises(InvalidInputError):
        await world.granting.to_staff("ctz_1", AUDIENCE, scopes, Staff("", "市民課"), "照会")
    grant = await world.granting.to_staff("ctz_1", AUDIENCE, scopes, OWN_DESK, "転居届の照会")
    assert (await world.call("GET", f"people/{ids['花子']}/contact", grant)).status_code == 200
    assert (await world.call("GET", f"people/{ids['春子']}/contact", grant)).status_code == 404
    async with world.database.transaction() as session:
        (entry,) = await access.of_citizen(session, "ctz_1")
        assert await access.first_fault(session, datetime.now(UTC)) is None
    assert (entry.actor_kind, entry.actor, entry.reason) == (
        "staff",
        "市民課 stf_1",
        "転居届の照会",
    )
    assert entry.action == "residents:contact:read"


async def test_every_grant_of_a_citizen_is_in_their_log_and_none_that_was_not_given(
    world: World,
) -> None:
    standing = Standing(Level.L3, world.now + timedelta(minutes=5))
    for scope, needed in (
        ("residents:contact:read", Level.L3),
        ("residents:contact:write", Level.L3_FRESH),
    ):
        try:
            await world.granting.to_citizen("ctz_1", AUDIENCE, [scope], standing, needed, world.now)
        except StepUpNeededError:
            assert needed is Level.L3_FRESH
    async with world.database.transaction() as session:
        entries = await access.of_citizen(session, "ctz_1")
    assert [(e.action, e.actor_kind, e.level) for e in entries] == [
        ("residents:contact:read", "citizen", "L3")
    ]


@pytest.mark.parametrize(
    "details",
    [
        {"phone": "123456789018"},
        {"phone": "1234-5678-9018"},
        {"phone": "09012345678901"},
        {"phone": "でんわ"},
        {"mail": "123456789018@example.jp"},
        {"mail": "hanako"},
        {"mail": "a@b.jp\n"},
        {"name": "花子"},
    ],
)
async def test_a_contact_that_is_none_and_a_my_number_are_refused(
    world: World, ids: dict[str, str], details: dict[str, str]
) -> None:
    grant = await world.grant("ctz_1", "residents:contact:write")
    answer = await world.call("PUT", f"people/{ids['花子']}/contact", grant, details)
    assert answer.status_code == 422
    assert all(value not in answer.text for value in details.values())
