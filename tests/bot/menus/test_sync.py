"""Keeping LINE in step: idempotent, resumable, and nobody is left without a menu."""

from dataclasses import replace

import pytest

from bot.menus.line_api import LineAwayError, LineBusyError, LineRefusedError
from bot.menus.state import read_state
from bot.menus.sync import Drawn, compare, draw_all
from tests.bot.menus.conftest import Account

HOME = "concierge-ja-life"


def _changed(drawn: list[Drawn], key: str = HOME) -> list[Drawn]:
    """The same menus, of which one has another field in the corner."""
    return [
        draw_all([replace(item.menu, chat_bar_text="新しいメニュー")])[0]
        if item.menu.key == key
        else item
        for item in drawn
    ]


async def test_the_first_run_makes_everything_and_the_second_writes_nothing(
    account: Account, drawn: list[Drawn]
) -> None:
    user = account.emulator.add_user()
    assert await account.sync(drawn)
    assert account.seen_by(user) == HOME
    # Menu, picture and alias of each, and the default.
    assert account.forget_calls() == 3 * len(drawn) + 1
    assert await account.sync(drawn)
    assert account.forget_calls() == 0
    state = await read_state(account.api)
    assert len(state.menus) == len(state.aliases) == len(drawn)


async def test_the_same_files_drawn_again_are_the_same_menus(drawn: list[Drawn]) -> None:
    again = draw_all([item.menu for item in drawn[:2]])
    assert [item.digest for item in again] == [item.digest for item in drawn[:2]]
    assert len({item.digest for item in drawn}) == len(drawn)


async def test_a_changed_menu_is_replaced_for_everybody_and_the_old_one_goes(
    account: Account, drawn: list[Drawn]
) -> None:
    everyday, chosen = account.emulator.add_user("花子"), account.emulator.add_user("太郎")
    await account.sync(drawn)
    before = await read_state(account.api)
    account.tap_tab(chosen, HOME)
    account.forget_calls()
    assert await account.sync(_changed(drawn))
    assert account.forget_calls() == 6
    new = (await read_state(account.api)).aliases[HOME]
    assert account.writes()[-6:] == [
        "POST /v2/bot/richmenu",
        f"POST /v2/bot/richmenu/{new}/content",
        f"POST /v2/bot/richmenu/alias/{HOME}",
        f"POST /v2/bot/user/all/richmenu/{new}",
        "POST /v2/bot/richmenu/batch",
        f"DELETE /v2/bot/richmenu/{before.aliases[HOME]}",
    ]
    for user in (everyday, chosen):
        shown = account.emulator.control("GET", f"/users/{user}")["richMenu"]
        assert shown["chatBarText"] == "新しいメニュー"
    held = account.emulator.call("GET", f"/v2/bot/user/{chosen}/richmenu").json()["richMenuId"]
    assert held == new


async def test_old_menus_stay_until_line_has_moved_everybody(
    account: Account, drawn: list[Drawn]
) -> None:
    user = account.emulator.add_user()
    await account.sync(drawn)
    account.tap_tab(user, HOME)
    account.emulator.control("POST", "/settings", {"job_seconds": 3600})
    assert not await account.sync(_changed(drawn), wait=0)
    assert len((await read_state(account.api)).menus) == len(drawn) + 1
    account.emulator.control("POST", "/clock", {"advance_seconds": 3601})
    account.emulator.control("POST", "/settings", {"job_seconds": 0})
    assert await account.sync(_changed(drawn))
    assert len((await read_state(account.api)).menus) == len(drawn)
    assert account.seen_by(user) == HOME


async def test_a_batch_that_takes_a_moment_is_waited_for(
    account: Account, drawn: list[Drawn]
) -> None:
    await account.sync(drawn)
    account.emulator.control("POST", "/settings", {"job_seconds": 0.3})
    assert await account.sync(_changed(drawn), wait=20)
    assert len((await read_state(account.api)).menus) == len(drawn)


async def test_a_tab_that_is_gone_leads_its_people_to_the_first(
    account: Account, drawn: list[Drawn]
) -> None:
    user = account.emulator.add_user()
    await account.sync(drawn)
    account.tap_tab(user, "concierge-ja-family")
    fewer = [item for item in drawn if not item.menu.key.startswith("concierge-ja-family")]
    assert await account.sync(fewer)
    assert account.seen_by(user) == HOME
    state = await read_state(account.api)
    assert "concierge-ja-family" not in state.aliases
    assert len(state.menus) == len(fewer)


async def test_menus_of_others_stay_untouched(account: Account, drawn: list[Drawn]) -> None:
    body = drawn[0].menu.body("somebody else's menu")
    other = await account.api.create(body)
    await account.api.upload(other, drawn[0].picture)
    await account.api.name("campaign", other)
    await account.sync(drawn)
    await account.sync(_changed(drawn))
    assert (await account.api.aliases())["campaign"] == other


@pytest.mark.parametrize("allowed", [0, 1, 5])
async def test_a_run_stopped_by_lines_limit_is_finished_by_the_next(
    account: Account, drawn: list[Drawn], allowed: int
) -> None:
    limit = {"call": "POST /v2/bot/richmenu", "count": allowed, "seconds": 3600}
    account.emulator.control("POST", "/limits", limit)
    with pytest.raises(LineBusyError, match="later to finish"):
        await account.sync(drawn)
    account.emulator.control("DELETE", "/limits")
    assert await account.sync(drawn)
    created = [call for call in account.writes() if call == "POST /v2/bot/richmenu"]
    assert len(created) == len(drawn) + 1
    assert len((await read_state(account.api)).menus) == len(drawn)


@pytest.mark.parametrize(
    "call",
    [
        "POST /v2/bot/richmenu/{richMenuId}/content",
        "POST /v2/bot/richmenu/alias",
        "POST /v2/bot/user/all/richmenu/{richMenuId}",
    ],
)
async def test_a_run_stopped_anywhere_is_finished_without_making_a_menu_twice(
    account: Account, drawn: list[Drawn], call: str
) -> None:
    account.emulator.control("POST", "/limits", {"call": call, "count": 0, "seconds": 3600})
    with pytest.raises(LineBusyError):
        await account.sync(drawn)
    account.emulator.control("DELETE", "/limits")
    assert await account.sync(drawn)
    assert account.writes().count("POST /v2/bot/richmenu") == len(drawn)
    assert await account.sync(drawn)
    assert compare(drawn, await read_state(account.api)).is_empty


async def test_a_menu_that_line_made_without_answering_is_not_made_again(
    account: Account, drawn: list[Drawn]
) -> None:
    lost = {"path": "/v2/bot/richmenu", "timeout_after_accept": 1, "hold_ms": 1, "times": 1}
    account.emulator.control("POST", "/faults", lost)
    with pytest.raises(LineAwayError):
        await account.sync(drawn)
    assert await account.sync(drawn)
    assert account.writes().count("POST /v2/bot/richmenu") == len(drawn)
    assert len((await read_state(account.api)).menus) == len(drawn)


async def test_a_stopped_batch_is_sent_again(account: Account, drawn: list[Drawn]) -> None:
    user = account.emulator.add_user()
    await account.sync(drawn)
    account.tap_tab(user, HOME)
    limit = {"call": "POST /v2/bot/richmenu/batch", "count": 0, "seconds": 3600}
    account.emulator.control("POST", "/limits", limit)
    with pytest.raises(LineBusyError):
        await account.sync(_changed(drawn))
    account.emulator.control("DELETE", "/limits")
    assert await account.sync(_changed(drawn))
    assert account.seen_by(user) == HOME
    assert len((await read_state(account.api)).menus) == len(drawn)


async def test_what_is_wrong_at_line_is_said_in_one_sentence(
    account: Account, drawn: list[Drawn]
) -> None:
    with pytest.raises(LineRefusedError, match=r"LINE refused POST .* \(4\d\d\)"):
        await account.api.set_default("richmenu-0")
    account.emulator.control("POST", "/faults", {"error_rate": 1})
    with pytest.raises(LineAwayError, match="run the same command again"):
        await account.sync(drawn)
