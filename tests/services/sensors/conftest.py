from collections.abc import AsyncIterator, Iterator

import pytest

from kit.settings import Settings
from tests.services.disaster.world import Warned, warned
from tests.support import Line, line_emulator


@pytest.fixture(scope="package")
def line_process() -> Iterator[Line]:
    """One emulator for all tests; each begins with an empty one."""
    with line_emulator() as line:
        yield line


@pytest.fixture
async def world(line_process: Line, settings: Settings) -> AsyncIterator[Warned]:
    """A city whose sensors report, with nobody in it."""
    async with warned(line_process, settings) as world:
        yield world
