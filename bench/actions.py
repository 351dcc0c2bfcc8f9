"""Calls a second through our action server, over those through the stock `rasa run actions`."""

import asyncio
import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import aiohttp
import httpx2
from fastapi import FastAPI
from rasa_sdk.executor import ActionExecutor

from actions.server import quick
from bench.figures import Figure
from bench.stock_actions import NAME, ActionBench
from concierge.local_stack import free_port
from concierge.plan import RASA_ENV, RASA_PYTHON
from kit.container import Container
from kit.settings import ROOT, Settings, get_settings
from kit.web import make_app

ROUNDS, CALLS, PARALLEL = 3, 2000, 16
READY_SECONDS = 120
TURNS = 40
"""In the tracker: a talk of some minutes, about 60 KB."""


def make_ours() -> FastAPI:
    """Return our action server with that one action (factory for uvicorn)."""
    app = make_app("bench")
    executor = ActionExecutor()
    executor.register_action(ActionBench())
    app.state.container = Container()
    app.state.container.put(Settings, get_settings())
    app.state.container.put(ActionExecutor, executor)
    app.include_router(quick)
    # As `Installation` does when a process starts.
    gc.collect()
    gc.freeze()
    return app


async def action_rate() -> Figure:
    """Call both in turn, so that noise strikes both alike."""
    ours, theirs = 0.0, 0.0
    with ExitStack() as stack:
        our_url, stock_url = stack.enter_context(_ours()), stack.enter_context(_stock())
        await asyncio.gather(_ready(f"{our_url}/webhook"), _ready(f"{stock_url}/health"))
        for _ in range(ROUNDS):
            theirs += await _rate(stock_url) / ROUNDS
            ours += await _rate(our_url) / ROUNDS
    ratio = ours / theirs
    return Figure(
        "action server: calls a second",
        f"{ours:.0f}/s ÷ stock `rasa run actions` {theirs:.0f}/s = {ratio:.2f}",
        "≥ 1.00",
        ratio >= 1,
    )


@contextmanager
def _ours() -> Iterator[str]:
    port = free_port()
    command = (
        *(sys.executable, "-m", "uvicorn", "bench.actions:make_ours", "--factory"),
        *("--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "error"),
    )
    with _process(command):
        yield f"http://127.0.0.1:{port}/actions"


@contextmanager
def _stock() -> Iterator[str]:
    port = free_port()
    command = (
        *(str(RASA_PYTHON), "-m", "rasa", "run", "actions"),
        *("--actions", "bench.stock_actions", "--port", str(port), "--quiet"),
    )
    with _process(command):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _process(command: Sequence[str]) -> Iterator[None]:
    environment = {**os.environ, **RASA_ENV, "PYTHONPATH": str(ROOT)}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=quiet, stderr=quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


async def _ready(url: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    async with httpx2.AsyncClient(trust_env=False) as http:
        while time.monotonic() < deadline:
            try:
                if (await http.get(url)).status_code < 500:
                    return
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{url} is not ready")


async def _rate(url: str) -> float:
    """Return the calls a second; a call that is not answered rightly raises."""
    body, left = _call(), iter(range(CALLS))
    token = get_settings().internal_token.get_secret_value()
    headers = {"Authorization": f"Bearer {token}"}

    async def one(http: aiohttp.ClientSession) -> None:
        for _ in left:
            async with http.post(f"{url}/webhook", json=body) as answer:
                told = await answer.json()
                if told["events"][0]["name"] != "said":
                    raise RuntimeError("the action did not run")

    async with aiohttp.ClientSession(headers=headers) as http:
        await http.post(f"{url}/webhook", json=body)
        began = time.perf_counter()
        await asyncio.gather(*(one(http) for _ in range(PARALLEL)))
        return CALLS / (time.perf_counter() - began)


def _call() -> dict[str, Any]:
    heard = {"text": "城西の燃えるごみはいつですか", "intent": {"name": "ask"}, "entities": []}
    ranking = [{"name": f"intent_{n}", "confidence": 0.01} for n in range(10)]
    said = {"event": "user", "text": heard["text"], "parse_data": {**heard, "ranking": ranking}}
    told = {"event": "bot", "text": None, "data": {"custom": {"type": "text", "text": "水曜日"}}}
    tracker = {
        "sender_id": "ctz_bench",
        "slots": {f"slot_{n}": None for n in range(30)},
        "latest_message": heard,
        "events": [said, told] * TURNS,
        "paused": False,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    return {"next_action": NAME, "sender_id": "ctz_bench", "tracker": tracker, "domain": {}}
