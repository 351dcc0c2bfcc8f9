"""Live updates: what a page of a desk hears, and what it does not."""

import asyncio
from collections.abc import AsyncIterator

import httpx2

from bot.handoff.updates import Updates
from tests.bot.handoff.people import SATO, SUZUKI, TAX, People


async def heard(lines: AsyncIterator[str], word: str) -> str:
    """Return the first line that holds a word."""
    async with asyncio.timeout(20):
        async for line in lines:
            if word in line:
                return line
    raise AssertionError(word)


async def test_a_desk_hears_of_its_own_conversations_through_redis(people: People) -> None:
    user, other = await people.citizen(), await people.citizen()
    async with people.browser("sato") as sato, people.browser("tanaka", TAX) as tanaka:
        # From another process: the worker's part publishes, the web application listens.
        async with sato.http.stream("GET", "/console/events") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            lines = stream.aiter_lines()
            await heard(lines, "retry")
            await people.asks(other, TAX)
            await people.asks(user)
            grip = await people.grip(user)
            assert await heard(lines, "data:") == f'data: {{"id": {grip.handoff_id}}}'
        assert (await tanaka.get("/console/figures/")).status_code == 200


async def test_a_page_hears_of_what_it_shows_and_a_list_of_what_moves(people: People) -> None:
    user, other = await people.citizen(), await people.citizen()
    for one in (user, other):
        await people.asks(one)
    async with people.browser("sato") as sato:
        grip = await people.takes(SATO, user)
        shown = f"/console/events?id={grip.handoff_id}"
        async with (
            sato.http.stream("GET", "/console/events") as queues,
            sato.http.stream("GET", shown) as page,
        ):
            lists, talk = queues.aiter_lines(), page.aiter_lines()
            for lines in (lists, talk):
                await heard(lines, "retry")
            await people.says(user, "もしもし")
            assert await heard(talk, "data:") == f'data: {{"id": {grip.handoff_id}}}'
            await people.takes(SUZUKI, other)
            later = await people.grip(other)
            assert await heard(lists, "data:") == f'data: {{"id": {later.handoff_id}}}'
            await people.desk.close(SATO, grip, "answered")
            assert await heard(talk, "data:") == f'data: {{"id": {grip.handoff_id}}}'


async def test_who_is_not_logged_in_hears_nothing(people: People) -> None:
    base = people.world.settings.public_base_url
    async with httpx2.AsyncClient(base_url=base, trust_env=False) as stranger:
        answer = await stranger.get("/console/events")
    assert answer.status_code == 303


async def test_a_redis_that_is_away_stops_no_work(people: People) -> None:
    away = people.world.settings.model_copy(update={"redis_url": "redis://127.0.0.1:9/0"})
    await Updates(away).publish(1, "市民課")
