"""Group commit: nobody is lost, nobody pays for another's fault."""

import asyncio
from collections.abc import Sequence

import pytest

from kit.batching import GroupWriter
from kit.errors import UnavailableError


class Store:
    def __init__(self) -> None:
        self.writes: list[list[int]] = []
        self.open = asyncio.Event()
        self.open.set()
        self.down = False

    async def write(self, items: Sequence[int]) -> None:
        await self.open.wait()
        if self.down:
            raise UnavailableError
        if -1 in items:
            raise ValueError("poison")
        self.writes.append(list(items))


async def test_callers_that_arrive_during_a_write_share_the_next_one() -> None:
    store = Store()
    writer = GroupWriter(store.write)
    store.open.clear()
    callers = [asyncio.create_task(writer.add([n])) for n in range(50)]
    while not all(c.get_coro().cr_await for c in callers):  # type: ignore[union-attr]  # noqa: ASYNC110
        await asyncio.sleep(0)
    late = asyncio.create_task(writer.add([99]))
    await asyncio.sleep(0)
    store.open.set()
    await asyncio.gather(*callers, late)
    assert sorted(n for write in store.writes for n in write) == [*range(50), 99]
    assert len(store.writes) <= 3


async def test_one_callers_fault_is_its_own() -> None:
    store = Store()
    writer = GroupWriter(store.write)
    results = await asyncio.gather(
        writer.add([1]), writer.add([-1]), writer.add([2]), return_exceptions=True
    )
    assert [type(result) for result in results] == [type(None), ValueError, type(None)]
    assert sorted(n for write in store.writes for n in write) == [1, 2]


async def test_an_outage_is_told_to_everybody_and_passes() -> None:
    store = Store()
    writer = GroupWriter(store.write)
    store.down = True
    results = await asyncio.gather(*(writer.add([n]) for n in range(3)), return_exceptions=True)
    assert all(isinstance(result, UnavailableError) for result in results)
    store.down = False
    await writer.add([7])
    assert store.writes == [[7]]


async def test_a_caller_that_gives_up_does_not_disturb_the_others() -> None:
    store = Store()
    writer = GroupWriter(store.write)
    store.open.clear()
    impatient = asyncio.create_task(writer.add([1]))
    patient = asyncio.create_task(writer.add([2]))
    await asyncio.sleep(0)
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    store.open.set()
    await patient
    assert 2 in [n for write in store.writes for n in write]
