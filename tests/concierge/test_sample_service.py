"""A service is taken in by one line, and has everything that a service has."""

from collections.abc import AsyncIterator, Iterator
from importlib import import_module

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import inspect

from auth.modules import Module, Modules
from auth.permissions import Role
from concierge.app import build_web
from concierge.modules import load_modules
from concierge.worker import Worker
from identity.account.deletions import Cause, Deletions
from identity.container import IdentityContainer
from kit.db import Base, Database
from kit.http import InternalClient, internal_client
from kit.settings import Settings
from tests.support import add_staff, log_in_staff

TABLE = "sample_note"
LEFT = {"citizen_id": "ctz_1", "words": "雪かきをありがとう"}


@pytest.fixture(scope="module")
def sample() -> Iterator[Module]:
    """The sample; its table is known to nobody after these tests."""
    yield import_module("tests.concierge.sample.module").MODULE
    Base.metadata.remove(Base.metadata.tables[TABLE])


@pytest.fixture
def modules(sample: Module) -> Modules:
    """The program's modules and the sample: this is the one line."""
    return Modules((*load_modules(), sample))


@pytest.fixture
async def app(database: Database, settings: Settings, modules: Modules) -> AsyncIterator[FastAPI]:
    assert TABLE in {table for module in modules for table in module.tables()}
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.tables[TABLE].create)
    app = build_web(settings, modules=modules)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def http(app: FastAPI, settings: Settings) -> AsyncIterator[InternalClient]:
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        yield http


@pytest.fixture
async def left(http: InternalClient, settings: Settings, modules: Modules) -> None:
    """A note that was left at the route and written by the worker."""
    assert (await http.post("/services/sample/notes", json=LEFT)).status_code == 202
    worker = Worker(settings, modules=modules)
    async with worker.jobs.open_async():
        await worker.jobs.run_worker_async(
            wait=False, install_signal_handlers=False, listen_notify=False
        )
    await worker.close()


async def test_its_table_is_made_in_the_city_s_schema(app: FastAPI, database: Database) -> None:
    async with database.engine.connect() as connection:
        there = await connection.run_sync(
            lambda c: inspect(c).get_table_names(database.city.schema)
        )
    assert TABLE in there


async def test_its_route_is_guarded_and_its_job_is_done(
    app: FastAPI, http: InternalClient, left: None
) -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as stranger:
        assert (await stranger.post("/services/sample/notes", json=LEFT)).status_code == 401
    answer = await http.get("/services/sample/personal-data/ctz_1")
    assert answer.json() == {"notes": [LEFT["words"]]}


async def test_its_link_and_its_count_stand_on_the_console_s_home(app: FastAPI, left: None) -> None:
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as browser:
        await log_in_staff(browser, await add_staff(app, Role.supervisor))
        page = (await browser.get("/console/")).text
    line = '<a href="/services/sample/console">市役所への一言：待っている 1件</a>'
    assert line in page


async def test_identity_takes_it_out_and_erases_it_with_everything_else(
    app: FastAPI, left: None
) -> None:
    identity = app.state.container.get(IdentityContainer)
    [holder] = [kept for kept in identity.holders if kept.name == "services/sample"]
    kept = await holder.export(identity.internal, "ctz_1", None)
    assert kept == {"notes": [LEFT["words"]]}
    await Deletions(identity).request("ctz_1", Cause.citizen)
    assert await holder.export(identity.internal, "ctz_1", None) == {"notes": []}


async def test_without_its_line_there_is_nothing_of_it(settings: Settings) -> None:
    app = build_web(settings)
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        assert (await http.post("/services/sample/notes", json=LEFT)).status_code == 404
    assert "sample.keep" not in Worker(settings).jobs.tasks
