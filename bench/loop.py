"""How long one request of any size to any route holds the loop, and what memory it takes."""

import asyncio
import resource
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, suppress
from itertools import product

import httpx2
from fastapi.routing import APIRoute

from bench.figures import Figure
from concierge.app import build_web
from concierge.local_stack import LocalStack
from kit import garbage
from kit.logging import configure_logging
from kit.settings import Settings

LIMIT_SECONDS, LIMIT_BYTES = 0.1, 20_000_000
# Next to nothing, about the most that a route takes, and what none takes.
SIZES = (0, 500_000, 40_000_000)
# By kind of content: a piece of a list or of a form with many fields, and what ends it.
KINDS = {
    "application/json": (b",1" * 32_000, b"]"),
    "application/x-www-form-urlencoded": (b"&x=1" * 16_000, b""),
}


class Heartbeat:
    """Runs in every round of the loop; what a round takes of the processor is how long it held.

    The processor's time and not the clock's: other programs on the machine hold no loop of ours.
    """

    def __init__(self) -> None:
        self.longest = 0.0

    async def beat(self) -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(0)
            now = time.thread_time()
            self.longest, last = max(self.longest, now - last), now


async def loop_held(stack: LocalStack) -> Figure:
    """Ask every route of a new process, with and without the bearer, with bodies of every size."""
    return await measured(stack.plan.settings)


async def measured(settings: Settings, sizes: Iterable[int] = SIZES) -> Figure:
    """Measure with the servers of `settings`; whatever is sent is no valid request."""
    bearer = f"Bearer {settings.internal_token.get_secret_value()}"
    bearers: tuple[dict[str, str], ...] = ({}, {"Authorization": bearer})
    held, grown, asked = (0.0, ""), (0, ""), 0
    async with _running(settings) as (http, routes):
        for size, (method, path), given, kind in product(sizes, routes, bearers, KINDS):
            before, told = _memory(), f"{method} {path}, {size} bytes"
            headers = {"Content-Type": kind, **given}
            seconds = await _ask(http, method, path, _body(kind, size), headers)
            held = max(held, (seconds, told))
            grown = max(grown, (_memory() - before, told))
            asked += 1
    return Figure(
        f"one request, {asked} of every route and size: the loop held, and more memory",
        f"{held[0] * 1000:.0f} ms ({held[1]}); {grown[0] / 1e6:.1f} MB ({grown[1]})",
        f"<= {LIMIT_SECONDS * 1000:.0f} ms, <= {LIMIT_BYTES / 1e6:.0f} MB",
        held[0] <= LIMIT_SECONDS and grown[0] <= LIMIT_BYTES,
    )


@asynccontextmanager
async def _running(
    settings: Settings,
) -> AsyncIterator[tuple[httpx2.AsyncClient, list[tuple[str, str]]]]:
    configure_logging("ERROR", "json")
    app = build_web(settings)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with app.router.lifespan_context(app):
        # As `Installation` does when a process starts.
        garbage.started()
        client = httpx2.AsyncClient(transport=transport, base_url=settings.public_base_url)
        async with client as http:
            yield http, sorted(set(_routes(app.routes)))


def _routes(routes: Iterable[object]) -> Iterator[tuple[str, str]]:
    for route in routes:
        if isinstance(route, APIRoute):
            path = route.path_format.replace("{", "").replace("}", "")
            yield from ((method, path) for method in route.methods or ())
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _routes(included.routes)


async def _ask(
    http: httpx2.AsyncClient,
    method: str,
    path: str,
    body: AsyncIterator[bytes],
    headers: dict[str, str],
) -> float:
    heart = Heartbeat()
    beating = asyncio.create_task(heart.beat())
    await asyncio.sleep(0)
    try:
        with suppress(httpx2.HTTPError, TimeoutError):
            async with asyncio.timeout(30):
                await http.request(method, path, content=body, headers=headers)
        # The last round counts, too: there may have been but one.
        await asyncio.sleep(0)
    finally:
        beating.cancel()
    return heart.longest


async def _body(kind: str, size: int) -> AsyncIterator[bytes]:
    """Yield a list, or a form of many fields, in chunks and without a length."""
    part, end = KINDS[kind]
    yield b"[1" if end else b"x=1"
    for _ in range(size // len(part)):
        yield part
    yield end


def _memory() -> int:
    """Return the most memory that this process has had so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
