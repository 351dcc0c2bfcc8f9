from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.db import Database
from kit.settings import Settings
from tests.services.residents.world import World


@pytest.fixture
async def world(database: Database, settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    world = World(database, settings, tmp_path)
    yield world
    await world.close()
