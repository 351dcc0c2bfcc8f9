"""A worker as a real process: it serves turns and fetches files, and ends when it is told to."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.jobs import FETCH_MEDIA, SEND_CHUNK, TAKE_TURN
from concierge.child import _die_with_parent
from concierge.worker import ANSWERS, BULK, ERRANDS, FILES, Worker
from kit.settings import ROOT, Settings
from tests.bot.world import World, make_world
from tests.support import Line, line_emulator

ADDRESSES = ("database_url", "redis_url", "rasa_url", "line_api_base", "line_data_base")


@pytest.fixture
def line() -> Iterator[Line]:
    with line_emulator() as line:
        yield line


@pytest.fixture
async def world(line: Line, settings: Settings) -> AsyncIterator[World]:
    async with make_world(line, settings) as world:
        yield world


async def test_a_worker_answers_and_fetches_side_by_side_and_ends_on_a_signal(
    world: World,
) -> None:
    env = {name.upper(): str(getattr(world.settings, name)) for name in ADDRESSES}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "concierge", "worker"),
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        preexec_fn=_die_with_parent,
    )
    try:
        user = world.line.add_user()
        world.send_file(user, "image", b"\xff\xd8\xff")
        deadline = time.monotonic() + 60
        while await world.query("SELECT state FROM bot_media") != [("stored",)]:
            assert process.returncode is None
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)
        assert len(await asyncio.to_thread(world.line.wait_for_bot, user, 2)) == 2
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 20) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_answers_files_and_bulk_sending_have_hands_of_their_own(settings: Settings) -> None:
    worker = Worker(settings)
    await worker.close()
    works: dict[str, list[str]] = {}
    for job in worker.works:
        works.setdefault(job.queue, []).append(job.name)
    # No queue is worked by two kinds of hands, and none by nobody.
    assert sorted((*ANSWERS, *ERRANDS, *FILES, *BULK)) == sorted(works)
    for hands, alone in ((ANSWERS, TAKE_TURN), (FILES, FETCH_MEDIA), (BULK, SEND_CHUNK)):
        assert [works[queue] for queue in hands] == [[alone.name]]
