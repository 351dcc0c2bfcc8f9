"""Snow: fifty thousand open reports, an hour of ploughs, ten thousand reports with duplicates."""

import asyncio
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

import httpx2
import uvicorn
from playwright.async_api import Browser, async_playwright
from sqlalchemy import make_url

from bench.figures import Figure, percentile
from concierge.app import build_web
from concierge.database import create_if_missing, migrate
from concierge.local_stack import LocalStack, free_port
from kit.clock import system_clock
from kit.container import Container
from kit.db import Database
from kit.http import InternalClient
from kit.settings import Settings
from services.snow.contract import NearbyQuestion, NewReport, SnowClient
from tests.browsers import ARGUMENTS
from tests.services.snow.duplicates import judged
from tests.services.snow.ploughed_hours import ploughed
from tests.services.snow.test_many import fill

CALLS = 300
KINDS = ("ice", "ruts", "unploughed", "berm")
PAINTS = 5
# The pages' own policy forbids what waits by evaluating a text.
PAINTED = """() => new Promise((done) => new PerformanceObserver((list) => {
  const [first] = list.getEntriesByName("first-contentful-paint");
  if (first) done(first.startTime);
}).observe({ type: "paint", buffered: true }))"""


async def snow(stack: LocalStack) -> list[Figure]:
    """Measure the snow service on a database of its own beside the running house's."""
    settings = _apart(stack.plan.settings)
    figures = [_duplicates()]
    async with _house(settings) as container:
        database = container.get(Database)
        await fill(database, system_clock())
        client = SnowClient(container.get(InternalClient))
        near, file = await _calls(client)
        figures += [
            _under("snow: near-by search among 50,000 open reports, p95", near, 0.95, 0.05),
            _under("snow: filing among them, p95", file, 0.95, 0.3),
            await _painted(settings, client),
        ]
        figures.append(await _ploughs(database))
    return figures


def _apart(settings: Settings) -> Settings:
    named = make_url(settings.database_url).set(database="bench_snow")
    url = named.render_as_string(hide_password=False)
    create_if_missing(url)
    apart = settings.model_copy(update={"database_url": url})
    migrate(apart)
    return apart


@asynccontextmanager
async def _house(settings: Settings) -> AsyncIterator[Container]:
    app = build_web(settings)
    async with app.router.lifespan_context(app):
        yield app.state.container


async def _calls(client: SnowClient) -> tuple[list[float], list[float]]:
    """Ask what is near and file, in turn, somewhere in the town each time."""
    rng = random.Random(5)  # noqa: S311
    near, file = [], []
    for number in range(CALLS):
        place = {"lat": rng.uniform(37.47, 37.53), "lon": rng.uniform(139.90, 139.95)}
        kind = KINDS[number % len(KINDS)]
        question = NearbyQuestion(category=kind, **place)
        near.append(await _timed(client.nearby(question)))
        citizen = f"ctz_bench_{number}"
        new = NewReport(key=f"line-{number}", citizen_id=citizen, category=kind, **place)
        file.append(await _timed(client.file(new)))
    return near, file


async def _timed(call: Awaitable[object]) -> float:
    started = time.perf_counter()
    await call
    return time.perf_counter() - started


def _under(name: str, seconds: list[float], share: float, limit: float) -> Figure:
    found = percentile(seconds, share)
    told = f"{found * 1000:.1f} ms (p50 {median(seconds) * 1000:.1f} ms)"
    return Figure(name, told, f"< {limit * 1000:.0f} ms", found < limit)


async def _painted(settings: Settings, client: SnowClient) -> Figure:
    """Open the public map with 5,000 points in Chromium, each time just after a change."""
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(build_web(settings), port=port, log_level="warning", access_log=False)
    )
    serving = asyncio.create_task(server.serve())
    try:
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=ARGUMENTS
            )
            await _until_up(port)
            paints = [await _paint(browser, client, port, number) for number in range(PAINTS)]
            await browser.close()
    finally:
        server.should_exit = True
        await serving
    found = median(paints)
    told = f"{found:.2f} s ({min(paints):.2f} to {max(paints):.2f})"
    name = "snow: first paint of the map with 5,000 points, just after a change"
    return Figure(name, told, "< 1.5 s", found < 1.5)


async def _until_up(port: int) -> None:
    async with httpx2.AsyncClient(trust_env=False) as http:
        for _ in range(100):
            try:
                await http.get(f"http://127.0.0.1:{port}/healthz")
                return
            except httpx2.TransportError:
                await asyncio.sleep(0.1)


async def _paint(browser: Browser, client: SnowClient, port: int, number: int) -> float:
    place = {"lat": 37.4948, "lon": 139.9298}
    citizen = f"ctz_paint_{number}"
    await client.file(NewReport(key=f"line-{number}", citizen_id=citizen, category="ice", **place))
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(f"http://127.0.0.1:{port}/snow/")
    seconds = float(await page.evaluate(PAINTED)) / 1000
    await context.close()
    return seconds


async def _ploughs(database: Database) -> Figure:
    with tempfile.TemporaryDirectory(prefix="concierge-bench-") as folder:
        hour = await ploughed(database, Path(folder), vehicles=250, seconds=3600, restarts=6)
    told = (
        f"{hour.share:.1%} of a core; {hour.right} passages right to 10 s,"
        f" {hour.missed} missed, {hour.extra} too many, 6 restarts"
    )
    most = hour.right * 0.01
    met = hour.share <= 0.2 and hour.missed <= most and hour.extra <= most
    name = "snow: 250 ploughs every 5 s for an hour, with noise and silences"
    return Figure(name, told, "<= 20 % of a core, 99 % right", met)


def _duplicates() -> Figure:
    found = judged(10_000, 18_000)
    told = f"precision {found.precision:.3f}, recall {found.recall:.3f} of {found.reports:,}"
    met = found.precision >= 0.98 and found.recall >= 0.9
    return Figure("snow: near-by suggestion, true duplicates known", told, "0.98, 0.9", met)
