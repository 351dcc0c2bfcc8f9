"""Shared fixtures: real servers, one of each for the whole run, and an empty database a test."""

import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psycopg
import pytest
import redis
import structlog
from psycopg.conninfo import make_conninfo

from concierge.child import _die_with_parent
from concierge.database import create_if_missing, migrate
from concierge.embedded import EmbeddedServer, embedded_postgres, embedded_redis
from concierge.local_stack import LocalStack, free_port
from kit.db import Database
from kit.garbage import started
from kit.settings import ROOT, Settings
from tests.browsers import browser, shared_chromium
from tests.city import read_once
from tests.databases import Databases
from tests.scheduling import (  # noqa: F401  hooks of pytest
    pytest_addoption,
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_xdist_make_scheduler,
)

__all__ = ["browser", "shared_chromium"]

SHARED = ROOT.parent / "shared"

# As the program logs. Left alone, structlog paints a traceback with all its variables: a second
# of the processor for each error that a test provokes.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(
            colors=False, exception_formatter=structlog.dev.plain_traceback
        ),
    ]
)


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import stay to the end of the run."""
    started()


@dataclass(frozen=True)
class Servers:
    """Addresses of the servers of this run."""

    postgres_url: str
    redis_url: str
    template: str


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real samples beside the project."""
    assert SHARED.is_dir(), f"the samples are expected in {SHARED}"
    return SHARED


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may enter, unlike pytest's temporary folders."""
    with tempfile.TemporaryDirectory(prefix="concierge-test-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL with a migrated template database, and Redis."""
    with server_folder() as folder:
        yield from _run_servers(folder)


def _run_servers(folder: Path) -> Iterator[Servers]:
    postgres = embedded_postgres(folder / "postgres")
    # Nothing here has to outlive a power cut, and every test writes much that is deleted after it.
    postgres.command.extend(["-cfsync=off", "-cfull_page_writes=off", "-csynchronous_commit=off"])
    cache = embedded_redis(folder / "redis", free_port())
    processes = [_start(server) for server in (postgres, cache)]
    try:
        _wait_for_postgres(postgres.url)
        _wait_for_redis(cache.url)
        create_if_missing(postgres.url)
        migrate(Settings(environment="test", database_url=postgres.url))
        yield Servers(postgres.url, cache.url, template="concierge")
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(timeout=20)


def _start(server: EmbeddedServer) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        server.command,
        user=server.user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_die_with_parent,
    )


def _wait_for_postgres(url: str) -> None:
    server = make_conninfo(url, dbname="postgres")
    _until(lambda: psycopg.connect(server).close(), psycopg.OperationalError)


def _wait_for_redis(url: str) -> None:
    _until(lambda: redis.Redis.from_url(url).ping(), redis.ConnectionError)


def _until(attempt: object, error: type[Exception]) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            attempt()  # type: ignore[operator]
            return
        except error:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.fixture(scope="session", autouse=True)
def cities_read_once() -> Iterator[None]:
    """What most tests begin with would cost each of them a quarter of a second."""
    with read_once():
        yield


@pytest.fixture(scope="session")
def whole(request: pytest.FixtureRequest) -> bool:
    """Whether long runs are done at full length (`make bench`), not only until a fault shows."""
    return bool(request.config.getoption("--whole"))


@pytest.fixture(scope="session")
def databases(servers: Servers) -> Iterator[Databases]:
    """The databases of this worker, lent to one test after the other."""
    databases = Databases(servers.postgres_url, servers.template)
    yield databases
    databases.close()


@pytest.fixture
def settings(servers: Servers, databases: Databases) -> Iterator[Settings]:
    """Settings with an empty, migrated database of the test's own, and an empty Redis."""
    with leased_settings(servers, databases) as settings:
        yield settings


@contextmanager
def leased_settings(servers: Servers, databases: Databases) -> Iterator[Settings]:
    """The same for fixtures that live longer than one test."""
    leased = databases.lease()
    yield Settings(
        environment="test",
        database_url=servers.postgres_url.replace(f"/{servers.template}?", f"/{leased.name}?"),
        redis_url=servers.redis_url,
        # Nobody listens there: a test that needs Rasa brings one.
        rasa_url="http://127.0.0.1:9",
        # The least that argon2 takes. What production pays is tested in `test_staff_login`.
        password_hash_kib=8,
        password_hash_passes=1,
    )
    databases.give_back(leased)
    _redis(servers.redis_url).flushall()


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url)


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """A connection pool on the test's own database."""
    database = Database(settings)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    """The whole stack: every process of `make run`, on free ports."""
    with server_folder() as folder:
        stack = LocalStack(Settings(environment="test"), folder)
        yield stack
        stack.close()
