"""Values in Redis: they end, and a change that never succeeds says so."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from auth.store import TRIES, Store
from kit.errors import UnavailableError
from kit.settings import Settings

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def store(settings: Settings) -> AsyncIterator[Store]:
    store = Store(settings)
    yield store
    await store.close()


async def test_whatever_is_kept_ends(store: Store) -> None:
    await store.put("value", {}, MINUTE)
    await store.add("set", "member", MINUTE)
    await store.count("number", MINUTE)
    await store.spend("spent", MINUTE)
    keys = await store._redis.keys("*")
    assert len(keys) == 4
    for key in keys:
        assert 0 < await store._redis.ttl(key) <= 60, key


async def test_a_change_that_others_always_overtake_is_given_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def overtaken(**_asked: object) -> int:
        nonlocal tries
        tries += 1
        return 0

    monkeypatch.setattr(store, "_swap", overtaken)
    await store.put("value", {}, MINUTE)
    with pytest.raises(UnavailableError):
        await store.change("value", lambda value: (value, MINUTE))
    assert tries == TRIES
