"""The disaster switch: on, off, again, and what everybody sees."""

import pytest

from bot.menus.line_api import LineBusyError
from bot.menus.plan import is_disaster
from bot.menus.state import read_state
from bot.menus.switch import NotSyncedError
from bot.menus.sync import Drawn, draw_all
from tests.bot.menus.conftest import Account
from tests.bot.menus.test_sync import HOME, _changed

BATCH = "POST /v2/bot/richmenu/batch"
SAFETY, ENGLISH = "concierge-ja-safety", "concierge-en-life"


@pytest.fixture
async def people(account: Account, drawn: list[Drawn]) -> dict[str, str]:
    """Who saw which menu before the disaster: person → key."""
    await account.sync(drawn)
    people = {account.emulator.add_user(): HOME}
    for key in (SAFETY, ENGLISH, "concierge-languages"):
        user = account.emulator.add_user(key)
        account.tap_tab(user, key)
        people[user] = key
    account.forget_calls()
    return people


def _seen(account: Account, people: dict[str, str]) -> dict[str, str]:
    return {user: account.seen_by(user) for user in people}


async def test_everybody_gets_the_disaster_menu_of_their_tab_and_their_tab_back(
    account: Account, people: dict[str, str]
) -> None:
    assert await account.switch(to_disaster=True)
    assert _seen(account, people) == {user: f"{key}_d" for user, key in people.items()}
    assert await account.switch(to_disaster=False)
    assert _seen(account, people) == people
    assert account.writes().count(BATCH) == 2


async def test_switching_twice_writes_nothing_the_second_time(
    account: Account, people: dict[str, str]
) -> None:
    await account.switch(to_disaster=False)
    assert account.forget_calls() == 0
    for to_disaster in (True, False):
        await account.switch(to_disaster=to_disaster)
        # The default, the batch, and the alias that remembers it.
        assert account.forget_calls() == 3
        await account.switch(to_disaster=to_disaster)
        assert account.forget_calls() == 0


async def test_whoever_goes_back_to_the_everyday_menu_keeps_it(
    account: Account, people: dict[str, str]
) -> None:
    user = next(iter(people))
    await account.switch(to_disaster=True)
    account.tap_tab(user, SAFETY)
    await account.switch(to_disaster=True)
    assert account.seen_by(user) == SAFETY
    await account.switch(to_disaster=False)
    assert account.seen_by(user) == SAFETY


async def test_when_lines_batches_are_used_up_most_people_are_switched_and_the_rest_next_time(
    account: Account, people: dict[str, str]
) -> None:
    account.emulator.control("POST", "/limits", {"call": BATCH, "count": 0, "seconds": 3600})
    with pytest.raises(LineBusyError):
        await account.switch(to_disaster=True)
    seen = _seen(account, people)
    assert [key for key in seen.values() if is_disaster(key)] == [f"{HOME}_d"]
    account.emulator.control("DELETE", "/limits")
    assert await account.switch(to_disaster=True)
    assert all(is_disaster(key) for key in _seen(account, people).values())


async def test_a_long_batch_is_not_waited_for_and_not_sent_twice(
    account: Account, people: dict[str, str]
) -> None:
    account.emulator.control("POST", "/settings", {"job_seconds": 3600})
    assert not await account.switch(to_disaster=True, wait=0)
    await account.switch(to_disaster=True, wait=0)
    assert account.writes().count(BATCH) == 1
    account.emulator.control("POST", "/clock", {"advance_seconds": 3601})
    assert all(is_disaster(key) for key in _seen(account, people).values())


async def test_new_menus_during_a_disaster_leave_the_disaster_on(
    account: Account, drawn: list[Drawn], people: dict[str, str]
) -> None:
    await account.switch(to_disaster=True)
    during = _seen(account, people)
    assert await account.sync(_changed(_changed(drawn), f"{HOME}_d"))
    assert _seen(account, people) == during
    state = await read_state(account.api)
    assert state.is_moved_to_disaster
    assert {menu.rich_menu_id for menu in state.menus} >= set(state.aliases.values())
    await account.switch(to_disaster=False)
    assert _seen(account, people) == people


async def test_menus_left_over_from_an_unfinished_run_are_switched_too(
    account: Account, drawn: list[Drawn], people: dict[str, str]
) -> None:
    account.emulator.control("POST", "/settings", {"job_seconds": 3600})
    assert not await account.sync(_changed(drawn, SAFETY), wait=0)
    account.emulator.control("POST", "/settings", {"job_seconds": 0})
    await account.switch(to_disaster=True)
    assert all(is_disaster(key) for key in _seen(account, people).values())


async def test_without_our_menus_the_switch_says_what_to_do(
    account: Account, drawn: list[Drawn]
) -> None:
    with pytest.raises(NotSyncedError, match="concierge menus sync"):
        await account.switch(to_disaster=True)
    await account.sync(draw_all([item.menu for item in drawn if not is_disaster(item.menu.key)]))
    with pytest.raises(NotSyncedError):
        await account.switch(to_disaster=True)
