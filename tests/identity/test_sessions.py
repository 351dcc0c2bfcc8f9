"""Sessions and levels: limits on a fake clock, step-up, and what happens without Redis."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from auth.levels import Level, Proofs, standing
from auth.store import Store
from identity.login.sessions import SessionEndedError, Sessions
from kit.errors import UnavailableError
from kit.ids import new_citizen_id
from kit.settings import Settings
from tests.identity.support import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings)
    yield store
    await store.close()


@pytest.fixture
def sessions(store: Store, clock: Clock) -> Sessions:
    return Sessions(store, clock)


async def test_sess_01_a_session_ends_after_15_idle_minutes(
    sessions: Sessions, clock: Clock
) -> None:
    cookie, _ = await sessions.start(new_citizen_id(), "")
    clock.forward(minutes=14, seconds=59)
    assert await sessions.read(cookie) is not None
    clock.forward(minutes=15)
    assert await sessions.read(cookie) is None


async def test_sess_01_a_session_ends_after_60_minutes_however_busy(
    sessions: Sessions, clock: Clock
) -> None:
    cookie, _ = await sessions.start(new_citizen_id(), "")
    for _ in range(5):
        clock.forward(minutes=10)
        found = await sessions.read(cookie)
        assert found is not None
    cookie, _ = await sessions.renew(found)
    clock.forward(minutes=9, seconds=59)
    assert await sessions.read(cookie) is not None
    clock.forward(seconds=1)
    assert await sessions.read(cookie) is None


@pytest.mark.parametrize(
    ("ago", "level"),
    [
        ({}, Level.L0),
        ({"line_at": 0}, Level.L1),
        ({"line_at": 0, "my_id_at": 0}, Level.L2),
        ({"line_at": 0, "card_at": 4.9}, Level.L3_FRESH),
        ({"line_at": 0, "card_at": 5}, Level.L3),
        ({"line_at": 0, "my_id_at": 0, "card_at": 14}, Level.L3),
        ({"line_at": 0, "card_at": -10}, Level.L1),
        ({"card_at": 0, "my_id_at": 0}, Level.L0),
        ({"line_at": 0, "card_at": 0, "seen_at": 15}, Level.L0),
        ({"line_at": 0, "card_at": 0, "created_at": 60}, Level.L0),
    ],
)
def test_sess_02_a_level_is_what_was_proven_and_when(ago: dict[str, Any], level: Level) -> None:
    now = Clock()()
    minutes = {"created_at": 14, "seen_at": 0} | ago
    proofs = Proofs(**{name: now - timedelta(minutes=age) for name, age in minutes.items()})
    assert standing(proofs, now).level is level


def test_sess_02_a_higher_level_opens_what_a_lower_one_does() -> None:
    order = [Level.L0, Level.L1, Level.L2, Level.L3, Level.L3_FRESH]
    for i, held in enumerate(order):
        assert [held.suffices(needed) for needed in order] == [i >= j for j in range(5)]


def test_sess_02_a_fresh_card_is_fresh_until_it_is_five_minutes_old() -> None:
    now = Clock()()
    proofs = Proofs(now, now, line_at=now, card_at=now - timedelta(minutes=2))
    assert standing(proofs, now).until == now + timedelta(minutes=3)


async def test_sess_03_without_redis_nobody_is_logged_in(settings: Settings, clock: Clock) -> None:
    away = Store(settings.model_copy(update={"redis_url": "redis://127.0.0.1:9"}))
    with pytest.raises(UnavailableError):
        await Sessions(away, clock).read("any")


async def test_sess_04_sessions_are_listed_and_ended_one_by_one(
    sessions: Sessions, clock: Clock
) -> None:
    citizen = new_citizen_id()
    phone, _ = await sessions.start(citizen, "iPhone")
    clock.forward(minutes=1)
    tablet, _ = await sessions.start(citizen, "iPad")
    other, _ = await sessions.start(new_citizen_id(), "PC")
    listed = await sessions.of(citizen)
    assert [session.device for session in listed] == ["iPad", "iPhone"]
    await sessions.end(listed[0])
    assert await sessions.read(tablet) is None
    assert await sessions.read(phone) is not None
    await sessions.end_all(citizen)
    assert await sessions.read(phone) is None
    assert await sessions.of(citizen) == []
    assert await sessions.read(other) is not None


async def test_looking_at_the_list_does_not_prolong_a_session(
    sessions: Sessions, clock: Clock
) -> None:
    citizen = new_citizen_id()
    cookie, _ = await sessions.start(citizen, "")
    clock.forward(minutes=10)
    await sessions.best(citizen)
    clock.forward(minutes=6)
    assert await sessions.of(citizen) == []
    assert await sessions.read(cookie) is None


async def test_a_session_that_was_ended_does_not_rise_again(sessions: Sessions) -> None:
    _, session = await sessions.start(new_citizen_id(), "")
    await sessions.end_all(session.citizen_id)
    with pytest.raises(SessionEndedError):
        await sessions.renew(session)
    assert await sessions.of(session.citizen_id) == []


async def test_a_session_that_is_just_getting_a_new_id_is_ended_with_the_others(
    sessions: Sessions, store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between its two ids it stands under neither, and outlived an unlinking so."""
    citizen = new_citizen_id()
    _, session = await sessions.start(citizen, "")
    clock.forward(seconds=1)
    remove = store.remove

    async def meanwhile(key: str, member: str) -> None:
        await remove(key, member)
        monkeypatch.undo()
        await sessions.end_all(citizen)

    monkeypatch.setattr(store, "remove", meanwhile)
    with pytest.raises(SessionEndedError):
        await sessions.renew(session.proven(line_at=clock(), card_at=clock()))
    assert (await sessions.best(citizen)).level is Level.L0
    assert await sessions.of(citizen) == []
    clock.forward(seconds=1)
    again, _ = await sessions.start(citizen, "")
    assert await sessions.read(again) is not None


async def test_the_best_standing_counts_for_the_chat(sessions: Sessions, clock: Clock) -> None:
    citizen = new_citizen_id()
    assert (await sessions.best(citizen)).level is Level.L0
    await sessions.start(citizen, "")
    _, session = await sessions.start(citizen, "")
    await sessions.renew(session.proven(line_at=clock(), card_at=clock()))
    assert (await sessions.best(citizen)).level is Level.L3_FRESH
    clock.forward(minutes=5)
    assert (await sessions.best(citizen)).level is Level.L3
    clock.forward(minutes=10)
    assert (await sessions.best(citizen)).level is Level.L0


async def test_link_12_a_session_gets_a_new_id_at_every_step(
    sessions: Sessions, store: Store
) -> None:
    old, session = await sessions.start(new_citizen_id(), "")
    new, renewed = await sessions.renew(session)
    assert old != new
    assert await sessions.read(old) is None
    assert await sessions.read(new) is not None
    assert await sessions.read("planted-by-somebody") is None
    assert await store.get(f"session:{new}") is None, "the id itself must not be a key in Redis"
    assert renewed.citizen_id == session.citizen_id


async def test_a_value_is_taken_by_one_of_many(store: Store) -> None:
    key = f"test:{new_citizen_id()}"
    await store.put(key, {"a": 1}, timedelta(minutes=1))
    taken = await asyncio.gather(*(store.take(key) for _ in range(20)))
    assert [value for value in taken if value] == [{"a": 1}]
