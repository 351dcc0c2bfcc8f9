"""What the first requests to a new process wait for: nothing that could have been done before."""

import gc
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from rasa_sdk.executor import ActionExecutor

from actions import module as actions
from actions.base import ActionContext
from concierge import app as application
from concierge.app import build_action_server, build_web
from concierge.installation import Installation
from kit.errors import UnavailableError
from kit.settings import Settings
from tests.kit.test_web import ask


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names every route that FastAPI compiles from now on; those of other tests are forgotten."""
    application._routes.cache_clear()
    compile_one, seen = APIRoute.get_route_handler, list[str]()

    def noted(self: APIRoute) -> object:
        seen.append(self.path)
        return compile_one(self)

    monkeypatch.setattr(APIRoute, "get_route_handler", noted)
    return seen


async def test_every_route_is_compiled_before_the_first_request(
    settings: Settings, compiled: list[str]
) -> None:
    app = build_web(settings)
    async with app.router.lifespan_context(app):
        before = len(compiled)
        assert before > 200
        for path in ("/nowhere", "/line/webhook", "/my/health", "/console/login"):
            await ask(app, path, b"", "GET")
        assert compiled[before:] == []


@pytest.mark.parametrize("build", [build_web, build_action_server])
async def test_the_actions_are_made_before_the_first_request(
    settings: Settings, build: Callable[[Settings], FastAPI], monkeypatch: pytest.MonkeyPatch
) -> None:
    make, made = actions.make_executor, list[object]()

    def noted(context: ActionContext) -> ActionExecutor:
        made.append(context)
        return make(context)

    monkeypatch.setattr(actions, "make_executor", noted)
    app = build(settings)
    assert made == []
    async with app.router.lifespan_context(app):
        assert len(made) == 1
        bearer = f"Bearer {settings.internal_token.get_secret_value()}"
        answer = await ask(app, "/actions/actions", b"", "GET", authorization=bearer)
        assert answer[0] == 200
    assert len(made) == 1


async def test_what_cannot_be_made_keeps_no_process_from_beginning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_context: ActionContext) -> ActionExecutor:
        raise UnavailableError

    monkeypatch.setattr(actions, "make_executor", refuse)
    app = build_web(settings)
    bearer = f"Bearer {settings.internal_token.get_secret_value()}"
    async with app.router.lifespan_context(app):
        assert (await ask(app, "/healthz", b"", "GET"))[0] == 200
        refused = await ask(app, "/actions/actions", b"", "GET", authorization=bearer)
        assert refused[0] == 503


async def test_the_description_is_made_beside_the_loop(settings: Settings) -> None:
    app, threads = build_web(settings), list[threading.Thread]()
    describe = app.openapi

    def noted() -> dict[str, object]:
        threads.append(threading.current_thread())
        return describe()

    app.openapi = noted  # type: ignore[method-assign]
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
            assert (await http.get("/developers/openapi.json")).json()["openapi"].startswith("3.")
            assert "/healthz" in (await http.get("/developers/reference")).text
    assert len(threads) == 2
    assert threading.main_thread() not in threads


@pytest.fixture
def thawed() -> Iterator[None]:
    """Other tests' garbage is collected."""
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("thawed")
async def test_what_a_process_begins_with_is_looked_at_by_no_collection(settings: Settings) -> None:
    told, frozen = ["startup", "shutdown"], list[int]()

    async def receive() -> dict[str, Any]:
        return {"type": f"lifespan.{told.pop(0)}"}

    async def send(_message: Any) -> None:
        frozen.append(gc.get_freeze_count())

    await Installation({settings.city: build_web(settings)})({"type": "lifespan"}, receive, send)
    assert frozen[0] > 100_000
