"""A world of guides for each test."""

from collections.abc import AsyncIterator

import pytest

from kit.db import Database
from kit.settings import Settings
from tests.services.procedures.world import World


@pytest.fixture
async def world(database: Database, settings: Settings) -> AsyncIterator[World]:
    world = World(database, settings)
    yield world
    await world.close()
