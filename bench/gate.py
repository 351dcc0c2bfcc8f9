"""What the gate before personal records costs: the same call with a grant and without one."""

import time
from datetime import timedelta
from typing import Annotated, Any

import httpx2
from fastapi import Depends, FastAPI

from auth.gate import Gate, demand
from auth.grants import Grant
from auth.jwks import RemoteKeys
from auth.levels import Level, Standing
from auth.manifests import Scope
from auth.store import Store
from bench.figures import Figure, percentile
from concierge.local_stack import LocalStack
from identity.grants.minter import GrantMinter
from identity.keys import GRANTS, KeyRing
from kit.clock import system_clock
from kit.container import Container
from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from kit.web import make_app

PAIRS = 600
WARM = 50
LIMIT_SECONDS = 0.005
# Used once: such a grant costs a word with Redis beside the signature.
SCOPE = Scope(name="bench:write", audience="services/bench", desk=None, level="L3", once=True)


async def gate_cost(stack: LocalStack) -> Figure:
    """Time both calls in turn, so that noise strikes both alike; the grant is made beforehand."""
    settings = stack.plan.settings
    database, store = Database(settings), Store(settings)
    keys = KeyRing(database, settings.master_keys, system_clock)
    app = _app(settings, database, keys)
    try:
        async with internal_client("http://bench.internal", "none", app=app) as http:
            remote = RemoteKeys("/identity/jwks.json", http, system_clock)
            app.state.container.put(Gate, Gate(remote, store, settings, system_clock))
            minter = GrantMinter(keys, settings, system_clock)
            plain, granted = await _pairs(http, minter)
    finally:
        await store.close()
        await database.close()
    plain_p95, granted_p95 = percentile(plain, 0.95), percentile(granted, 0.95)
    cost = granted_p95 - plain_p95
    return Figure(
        "the gate: a granted call less an ungranted one, p95",
        f"{granted_p95 * 1000:.1f} − {plain_p95 * 1000:.1f} = {cost * 1000:.1f} ms",
        f"< {LIMIT_SECONDS * 1000:.0f} ms",
        cost < LIMIT_SECONDS,
    )


def _app(settings: Settings, database: Database, keys: KeyRing) -> FastAPI:
    """Two routes that do the same, which is to ask the database something."""
    app = make_app("bench")
    app.state.container = Container()
    app.state.container.put(Settings, settings)

    @app.get("/identity/jwks.json")
    async def jwks() -> dict[str, Any]:
        return await keys.published(GRANTS)

    @app.get("/plain")
    async def plain() -> None:
        await database.ping()

    @app.get("/granted")
    async def granted(grant: Annotated[Grant, Depends(demand(SCOPE))]) -> None:
        await database.ping()

    return app


async def _pairs(http: httpx2.AsyncClient, minter: GrantMinter) -> tuple[list[float], list[float]]:
    plain, granted = [], []
    for number in range(PAIRS + WARM):
        standing = Standing(Level.L3, system_clock() + timedelta(minutes=5))
        token = await minter.mint("ctz_bench", SCOPE.audience, [SCOPE.name], standing)
        pair = (await _call(http, "/plain", token), await _call(http, "/granted", token))
        if number >= WARM:
            plain.append(pair[0])
            granted.append(pair[1])
    return plain, granted


async def _call(http: httpx2.AsyncClient, path: str, token: str) -> float:
    started = time.perf_counter()
    answer = await http.get(path, headers={"Authorization": f"Bearer {token}"})
    seconds = time.perf_counter() - started
    answer.raise_for_status()
    return seconds
