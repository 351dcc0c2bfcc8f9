"""Grants: only ours, only here, only now, and once for everything that writes."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth import tokens
from auth.grants import GrantVerifier, Staff, issuer, revoke_all
from auth.jwks import RemoteKeys
from auth.levels import Level, Standing, StepUpNeededError
from auth.store import Store
from auth.tokens import RefusedTokenError
from identity.grants.minter import GrantMinter
from identity.keys import GRANTS, KeyRing
from kit.crypto import MasterKeys, new_key, read_key
from kit.db import Database
from kit.errors import UnavailableError
from kit.outbound import provider_client
from kit.settings import Settings
from tests.emulators.line.running import served
from tests.identity.forging import Json, compact, ec_key
from tests.identity.support import Clock

HEALTH = "services/health"


@dataclass
class Scene:
    """An issuer, a service that believes it, and the clock of both."""

    keys: KeyRing
    minter: GrantMinter
    settings: Settings
    store: Store
    clock: Clock
    http: httpx2.AsyncClient
    jwks_url: str

    def service(self, audience: str = HEALTH, store: Store | None = None) -> GrantVerifier:
        remote = RemoteKeys(self.jwks_url, self.http, self.clock)
        return GrantVerifier(audience, remote, store or self.store, self.settings, self.clock)

    async def grant(
        self, level: Level = Level.L3, seconds: float = 900, staff: Staff | None = None
    ) -> str:
        standing = Standing(level, self.clock() + timedelta(seconds=seconds))
        return await self.minter.mint("ctz_1", HEALTH, ["health:read"], standing, staff)


@pytest.fixture
async def scene(settings: Settings, database: Database) -> AsyncIterator[Scene]:
    clock, store = Clock(), Store(settings)
    keys = KeyRing(database, settings.master_keys, clock)

    async def jwks(_request: Request) -> Response:
        return JSONResponse(published)

    published = await keys.published(GRANTS)
    app = Starlette(routes=[Route("/identity/jwks.json", jwks)])
    async with provider_client() as http:
        with served(lambda _url: app) as url:
            minter = GrantMinter(keys, settings, clock)
            address = f"{url}/identity/jwks.json"
            yield Scene(keys, minter, settings, store, clock, http, address)
    await store.close()


async def test_a_grant_opens_what_it_names(scene: Scene) -> None:
    found = await scene.service().verify(await scene.grant(), "health:read", Level.L3)
    assert (found.citizen_id, found.level) == ("ctz_1", Level.L3)
    assert (found.scopes, found.staff) == ({"health:read"}, None)


async def test_a_grant_of_another_city_opens_nothing_though_the_keys_are_the_same(
    scene: Scene,
) -> None:
    elsewhere = scene.settings.model_copy(update={"city": "kitakata"})
    minter = GrantMinter(scene.keys, elsewhere, scene.clock)
    standing = Standing(Level.L3_FRESH, scene.clock() + timedelta(minutes=5))
    grant = await minter.mint("ctz_1", HEALTH, ["health:read"], standing)
    with pytest.raises(RefusedTokenError) as refused:
        await scene.service().verify(grant, "health:read", Level.L0)
    assert refused.value.reason == "city"


async def test_staff_pass_where_their_own_desk_may_and_nowhere_else(scene: Scene) -> None:
    service = scene.service()
    grant = await scene.grant(Level.L0, staff=Staff("stf_1", "健康増進課"))
    found = await service.verify(grant, "health:read", Level.L3, desk="健康増進課")
    assert found.staff == Staff("stf_1", "健康増進課")
    for desk in (None, "市民課", ""):
        with pytest.raises(RefusedTokenError):
            await service.verify(grant, "health:read", Level.L3, desk=desk)


async def test_a_citizens_grant_never_opens_what_is_for_staff_alone(scene: Scene) -> None:
    grant = await scene.grant(Level.L3_FRESH)
    with pytest.raises(RefusedTokenError):
        await scene.service().verify(grant, "health:read", None, desk="健康増進課")


@pytest.mark.parametrize(
    "change",
    [
        {"staff": "stf_1"},
        {"desk": "健康増進課"},
        {"staff": "", "desk": "健康増進課"},
        {"staff": "stf_1", "desk": ""},
        {"staff": None, "desk": None},
        {"staff": ["stf_1"], "desk": "健康増進課"},
        {"city": None},
        {"city": ["aizuwakamatsu"]},
        {"city": "AIZUWAKAMATSU"},
        {"city": ""},
    ],
)
async def test_half_of_an_officer_and_any_other_city_are_refused_though_we_signed_it(
    scene: Scene, change: Json
) -> None:
    key = await scene.keys.current(GRANTS)
    genuine = tokens.sign(claims(scene), key, typ="at+jwt")
    await scene.service().verify(genuine, "health:read", Level.L3, desk="健康増進課")
    odd = tokens.sign(claims(scene) | change, key, typ="at+jwt")
    with pytest.raises(RefusedTokenError):
        await scene.service().verify(odd, "health:read", Level.L3, desk="健康増進課")


def claims(scene: Scene) -> Json:
    now = int(scene.clock().timestamp())
    return {
        "iss": issuer(scene.settings),
        "aud": HEALTH,
        "sub": "ctz_1",
        "iat": now,
        "exp": now + 300,
        "jti": "one",
        "scope": "health:read",
        "level": "L3",
        "city": scene.settings.city,
    }


async def test_a_grant_opens_nothing_else(scene: Scene) -> None:
    grant = await scene.grant()
    with pytest.raises(RefusedTokenError):
        await scene.service().verify(grant, "health:write", Level.L3)
    with pytest.raises(RefusedTokenError):
        await scene.service("services/nursery").verify(grant, "health:read", Level.L3)
    with pytest.raises(StepUpNeededError) as needed:
        await scene.service().verify(grant, "health:read", Level.L3_FRESH)
    assert needed.value.needed is Level.L3_FRESH


async def test_a_grant_lives_five_minutes_and_never_longer_than_the_proof(scene: Scene) -> None:
    usual, short = await scene.grant(), await scene.grant(seconds=30)
    service = scene.service()
    scene.clock.forward(seconds=40)
    await service.verify(usual, "health:read", Level.L3)
    with pytest.raises(RefusedTokenError):
        await service.verify(short, "health:read", Level.L3)
    scene.clock.forward(minutes=5)
    with pytest.raises(RefusedTokenError):
        await service.verify(usual, "health:read", Level.L3)
    with pytest.raises(StepUpNeededError):
        await scene.grant(seconds=0)


async def test_of_many_uses_of_one_writing_grant_one_passes(scene: Scene) -> None:
    grant, service = await scene.grant(), scene.service()
    tries = (service.verify(grant, "health:read", Level.L3, once=True) for _ in range(10))
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert sum(isinstance(result, RefusedTokenError) for result in results) == 9


async def test_a_reading_grant_opens_again(scene: Scene) -> None:
    grant, service = await scene.grant(), scene.service()
    for _ in range(2):
        await service.verify(grant, "health:read", Level.L3)


async def test_without_redis_no_grant_writes(scene: Scene) -> None:
    away = Store(scene.settings.model_copy(update={"redis_url": "redis://127.0.0.1:9"}))
    with pytest.raises(UnavailableError):
        await scene.service(store=away).verify(
            await scene.grant(), "health:read", Level.L3, once=True
        )


@pytest.mark.parametrize(
    ("head", "change"),
    [
        ({}, {}),
        ({"typ": "JWT"}, {}),
        ({}, {"level": "L9"}),
        ({}, {"level": ["L3"]}),
        ({}, {"jti": None}),
        ({}, {"scope": ["health:read"]}),
        ({}, {"iss": "https://elsewhere.example/identity"}),
    ],
)
async def test_a_grant_that_identity_did_not_issue_is_refused(
    scene: Scene, head: Json, change: Json
) -> None:
    genuine = await scene.keys.current(GRANTS)
    header = {"alg": "ES256", "typ": "at+jwt", "kid": genuine["kid"]} | head
    forged = compact(header, claims(scene) | change, ec_key("stranger").sign)
    with pytest.raises(RefusedTokenError):
        await scene.service().verify(forged, "health:read", Level.L3)


async def test_what_a_retired_key_signed_is_believed_for_its_life(
    scene: Scene, database: Database
) -> None:
    before = await scene.keys.current(GRANTS)
    scene.clock.forward(seconds=1)
    new = await scene.keys.rotate(GRANTS)
    assert (await scene.keys.current(GRANTS))["kid"] == new != before["kid"]
    published = await scene.keys.published(GRANTS)
    assert [key["kid"] for key in published["keys"]] == [new, before["kid"]]
    assert not any("d" in key for key in published["keys"])
    scene.clock.forward(hours=2)
    assert [key["kid"] for key in (await scene.keys.published(GRANTS))["keys"]] == [new]


async def test_other_processes_sign_with_the_same_key(scene: Scene, database: Database) -> None:
    others = [KeyRing(database, scene.settings.master_keys, scene.clock) for _ in range(5)]
    kids = await asyncio.gather(*(ring.current("client:new") for ring in others))
    assert len({key["kid"] for key in kids}) == 1
    secrets = await asyncio.gather(*(ring.secret("blind-index") for ring in others))
    assert len(set(secrets)) == 1


async def test_keys_and_secrets_survive_another_master_key(
    scene: Scene, database: Database, settings: Settings
) -> None:
    kid, secret = (await scene.keys.current(GRANTS))["kid"], await scene.keys.secret("blind-index")
    new = new_key()
    old = read_key(settings.master_key.get_secret_value())
    both = KeyRing(database, MasterKeys(new, [old]), scene.clock)
    async with database.transaction() as session:
        assert await both.rewrap(session) == 2
    alone = KeyRing(database, MasterKeys(new), scene.clock)
    assert (await alone.current(GRANTS))["kid"] == kid
    assert await alone.secret("blind-index") == secret


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"jti": None}, "jti or scope"),
        ({"jti": ""}, "jti or scope"),
        ({"jti": 7}, "jti or scope"),
        ({"scope": ["health:read"]}, "jti or scope"),
        ({"scope": None}, "jti or scope"),
        ({"level": "L9"}, "level"),
        ({"level": None}, "level"),
        ({"city": None}, "city"),
        ({"city": 5}, "city"),
        ({"asked_ms": "0"}, "asked_ms"),
        ({"asked_ms": True}, "asked_ms"),
        ({"asked_ms": 1.5}, "asked_ms"),
        ({"staff": "stf_1"}, "staff"),
        ({"desk": "健康増進課"}, "staff"),
        ({"staff": "", "desk": "健康増進課"}, "staff"),
        ({"staff": "stf_1", "desk": ""}, "staff"),
        ({"staff": 5, "desk": "健康増進課"}, "staff"),
        ({"staff": "stf_1", "desk": ["健康増進課"]}, "staff"),
    ],
)
async def test_a_claim_that_is_missing_or_of_another_kind_is_refused_though_we_signed_it(
    scene: Scene, change: Json, reason: str
) -> None:
    claims = _claims_of(await scene.grant()) | change
    forged = {name: value for name, value in claims.items() if value is not None}
    token = tokens.sign(forged, await scene.keys.current(GRANTS), typ="at+jwt")
    with pytest.raises(RefusedTokenError) as refused:
        await scene.service().verify(token, "health:read", Level.L0, desk="健康増進課")
    assert refused.value.reason == reason


def _claims_of(token: str) -> Json:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


async def test_what_was_asked_for_before_a_revocation_is_over_and_what_comes_after_is_not(
    scene: Scene,
) -> None:
    old, service = await scene.grant(), scene.service()
    await revoke_all(scene.store, "ctz_2", scene.clock())
    await service.verify(old, "health:read", Level.L3)
    await revoke_all(scene.store, "ctz_1", scene.clock())
    with pytest.raises(RefusedTokenError) as refused:
        await service.verify(old, "health:read", Level.L3)
    assert refused.value.reason == "revoked"
    scene.clock.forward(seconds=1)
    await service.verify(await scene.grant(), "health:read", Level.L3)


async def test_a_grant_made_after_an_ending_for_what_was_looked_at_before_it_is_worthless(
    scene: Scene,
) -> None:
    before = scene.clock()
    standing = Standing(Level.L3, before + timedelta(minutes=5))
    await revoke_all(scene.store, "ctz_1", before)
    scene.clock.forward(seconds=1)
    late = await scene.minter.mint("ctz_1", HEALTH, ["health:read"], standing, asked_at=before)
    with pytest.raises(RefusedTokenError) as refused:
        await scene.service().verify(late, "health:read", Level.L3)
    assert refused.value.reason == "revoked"
