"""One running emulator for a module; every test starts with an empty one."""

from collections.abc import Iterator

import pytest

from emulators.line.options import Options
from tests.emulators.line.running import Bot, Emulator, running_emulator

_FRESH = Options().as_dict()


@pytest.fixture(scope="module")
def _server() -> Iterator[Emulator]:
    with running_emulator() as emulator:
        yield emulator


@pytest.fixture
def emulator(_server: Emulator) -> Iterator[Emulator]:
    """The running emulator without people, faults or changed settings."""
    url = _server.control("GET", "/settings")["webhook_url"]
    yield _server
    fresh = Bot(_server.bot.secret)
    _server.bot.status, _server.bot.delay = fresh.status, fresh.delay
    _server.control("DELETE", "/faults")
    _server.control("POST", "/settings", _FRESH | {"webhook_url": url})
    # What is still under way belongs to this test, not to the next one.
    _server.settle()
    _server.control("POST", "/reset")
    _server.bot.received = []


@pytest.fixture
def user(emulator: Emulator) -> str:
    """A friend of the account; their follow event was taken."""
    user_id = emulator.add_user()
    emulator.settle()
    return user_id
