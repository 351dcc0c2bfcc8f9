"""The bot's surroundings: a running LINE emulator and a Rasa faked at the wire."""

from collections.abc import AsyncIterator, Iterator

import pytest

from kit.settings import Settings
from tests.bot.world import World, make_world
from tests.support import Line, line_emulator


@pytest.fixture(scope="session")
def line_process() -> Iterator[Line]:
    """One emulator for all tests; each begins with an empty one."""
    with line_emulator() as line:
        yield line


@pytest.fixture
async def world(line_process: Line, settings: Settings) -> AsyncIterator[World]:
    """The bot with nobody in it."""
    async with make_world(line_process, settings) as world:
        yield world
