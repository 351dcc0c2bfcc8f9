"""Hostile skills before citizens: a polite answer in time, and others go on as if they were not."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kit.clock import system_clock
from kit.db import Database
from kit.settings import Settings
from services.facilities.importer import import_city as import_places
from tests.services.developers.skill import HOSTILE, Skill, hang, serving
from tests.services.developers.world import (
    SECRET_WORDS,
    World,
    import_small_faq,
    outcomes,
    reading,
    said,
)

SHORT = ("hang", "a gigabyte", "HTML", "redirect inside", "replay", "asks for a secret")
PAIRS = 150
MOVED = 1.10
WORDS, OTHER_WORDS, THIRD_WORDS = "シェアサイクルの空き", "別の機能の言葉", "三つ目の機能の話"
OTHER = {"id": "second-skill", "title": "別の機能", "triggers": [OTHER_WORDS]}
THIRD = {"id": "third-skill", "title": "三つ目の機能", "triggers": [THIRD_WORDS]}


@pytest.fixture
def skills() -> Iterator[tuple[Skill, Skill, Skill]]:
    with serving() as first, serving() as second, serving() as third:
        yield first, second, third


@pytest.fixture
async def world(settings: Settings, database: Database, tmp_path: Path) -> AsyncIterator[World]:
    await import_places(database, settings.city_dir, system_clock)
    await import_small_faq(database, settings, tmp_path)
    with reading({}) as rasa:
        world = World(settings.model_copy(update={"rasa_url": rasa}))
        yield world
        await world.close()


async def close_breakers(world: World) -> None:
    async with world.app.state.container.get(Database).transaction() as session:
        await session.execute(text("UPDATE developers_skill SET failures = 0, open_until = NULL"))


async def timed(world: World, words: str) -> float:
    began = time.perf_counter()
    assert len(await said(world, words)) == 2
    return time.perf_counter() - began


async def test_whatever_a_skill_does_the_citizen_has_a_polite_answer_within_three_seconds(
    world: World, skills: tuple[Skill, Skill, Skill], whole: bool
) -> None:
    skill = skills[0]
    await world.live(await world.staff(), skill)
    await said(world, WORDS)
    for name in HOSTILE if whole else SHORT:
        skill.reply, outcome = HOSTILE[name]
        skill.heard.clear()
        await close_breakers(world)
        began = time.monotonic()
        [answer] = await said(world, WORDS)
        assert time.monotonic() - began < 3, name
        assert "答えを受け取れませんでした" in answer["text"], name
        assert (await outcomes(world))[-1] == outcome, name
        assert SECRET_WORDS not in str(skill.heard), name


async def test_one_that_hangs_holds_up_no_other(
    world: World, skills: tuple[Skill, Skill, Skill], whole: bool
) -> None:
    """In a long run the others' p95 beside hostile skills is that beside honest ones."""
    hostile, other, third = skills
    staff = await world.staff()
    await world.live(staff, hostile)
    await world.live(staff, other, **OTHER)
    hostile.reply = hang
    await said(world, OTHER_WORDS)
    hanging = [asyncio.create_task(said(world, WORDS, f"ctz_{n}")) for n in range(10)]
    await timed(world, OTHER_WORDS)
    assert not all(task.done() for task in hanging)
    await asyncio.gather(*hanging)
    if not whole:
        return
    await world.live(staff, third, **THIRD)
    beside_honest, beside_hostile = [], []
    for number in range(PAIRS):
        hostile.reply = list(HOSTILE.values())[number % len(HOSTILE)][0]
        await close_breakers(world)
        for words, times in ((THIRD_WORDS, beside_honest), (WORDS, beside_hostile)):
            beside = asyncio.create_task(said(world, words))
            times.append(await timed(world, OTHER_WORDS))
            await beside
    honest_p95, hostile_p95 = (
        sorted(t)[int(PAIRS * 0.95)] for t in (beside_honest, beside_hostile)
    )
    assert hostile_p95 < MOVED * honest_p95, (honest_p95, hostile_p95)
