"""Sessions and levels: limits on a fake clock, step-up, and what happens without Redis."""

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from redis import from_url

from auth.levels import Level, Proofs, standing
from auth.store import Store
from identity.login.sessions import SessionEndedError, Sessions
from kit.crypto import seal
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


TIMES = 30


async def test_sess_05_a_session_that_is_ended_while_it_gets_a_new_id_is_over(
    sessions: Sessions,
) -> None:
    for _ in range(TIMES):
        citizen = new_citizen_id()
        _, session = await sessions.start(citizen, "")
        renewed, _ = await asyncio.gather(
            sessions.renew(session), sessions.end(session), return_exceptions=True
        )
        if isinstance(renewed, tuple):
            assert await sessions.read(renewed[0]) is None
        assert await sessions.of(citizen) == []


async def test_sess_05_whoever_ends_an_old_id_ends_the_one_that_came_after_it(
    sessions: Sessions,
) -> None:
    _, session = await sessions.start(new_citizen_id(), "")
    cookie, _ = await sessions.renew(session)
    await sessions.end(session)
    assert await sessions.read(cookie) is None


async def test_sess_05_a_proof_beside_a_look_is_never_lost(
    sessions: Sessions, clock: Clock
) -> None:
    for _ in range(TIMES):
        cookie, session = await sessions.start(new_citizen_id(), "")
        looks = [sessions.read(cookie) for _ in range(4)]
        await asyncio.gather(*looks, sessions.prove(session.digest, card_at=clock()))
        found = await sessions.read(cookie)
        assert found is not None
        assert found.proofs.card_at == clock()


async def test_sess_05_a_proof_that_came_before_a_new_id_goes_with_it(
    sessions: Sessions, clock: Clock
) -> None:
    _, session = await sessions.start(new_citizen_id(), "")
    await sessions.prove(session.digest, card_at=clock())
    _, renewed = await sessions.renew(session.proven(line_at=clock()))
    assert (renewed.proofs.card_at, renewed.proofs.line_at) == (clock(), clock())


async def test_sess_06_a_session_written_in_redis_by_somebody_else_is_none(
    sessions: Sessions, settings: Settings, clock: Clock
) -> None:
    now = clock().isoformat()
    cookie, citizen = "made-up", new_citizen_id()
    forged = {"citizen_id": citizen, "device": "", "family": "x"} | dict.fromkeys(
        ("created_at", "seen_at", "line_at", "card_at"), now
    )
    digest = hashlib.sha256(cookie.encode()).hexdigest()
    prefix = f"{settings.city}:identity:"
    redis = from_url(settings.redis_url)
    redis.sadd(f"{prefix}sessions:{citizen}", digest)
    place, text = f"{prefix}session:{digest}", json.dumps(forged).encode()
    sealed_by_another = base64.b64encode(seal(bytes(32), text, place))
    for value in (text, base64.b64encode(text), sealed_by_another):
        redis.set(place, value)
        assert await sessions.read(cookie) is None
        assert (await sessions.best(citizen)).level is Level.L0


async def test_sess_06_a_session_moved_in_redis_to_another_name_or_citizen_counts_for_nothing(
    sessions: Sessions, settings: Settings, clock: Clock
) -> None:
    cookie, session = await sessions.start(new_citizen_id(), "")
    proven = session.proven(line_at=clock(), card_at=clock())
    cookie, session = await sessions.renew(proven)
    redis, prefix = from_url(settings.redis_url), f"{settings.city}:identity:"
    other = hashlib.sha256(b"other").hexdigest()
    redis.copy(f"{prefix}session:{session.digest}", f"{prefix}session:{other}")
    assert await sessions.read("other") is None
    attacker = new_citizen_id()
    redis.sadd(f"{prefix}sessions:{attacker}", session.digest)
    assert (await sessions.best(attacker)).level is Level.L0
    assert (await sessions.best(session.citizen_id)).level is Level.L3_FRESH
    assert await sessions.read(cookie) is not None


async def test_sess_06_sessions_outlive_a_change_of_the_master_key(
    settings: Settings, clock: Clock
) -> None:
    store = Store(settings)
    cookie, _ = await Sessions(store, clock).start(new_citizen_id(), "")
    await store.close()
    new = SecretStr(base64.b64encode(b"n" * 32).decode())
    change = {"master_key": new, "master_key_previous": settings.master_key}
    for update, found in (({"master_key": new}, False), (change, True)):
        store = Store(settings.model_copy(update=update))
        assert (await Sessions(store, clock).read(cookie) is not None) is found
        await store.close()
