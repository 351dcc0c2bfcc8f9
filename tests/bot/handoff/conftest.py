"""The bot's world on a working day, with staff of two desks."""

from collections.abc import AsyncIterator

import pytest

from kit.settings import Settings
from tests.bot.conftest import line_process
from tests.bot.handoff.people import People, make_people
from tests.support import Line

__all__ = ["line_process"]


@pytest.fixture
async def people(line_process: Line, settings: Settings) -> AsyncIterator[People]:
    """Citizens, the bot, and members of staff."""
    async with make_people(line_process, settings) as people:
        yield people
