"""Who needs help is called in a fixed order, and every step of staff stays with a name."""

from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from auth.staff import StaffMember
from kit.errors import IllegalTransitionError, NotFoundError
from services.disaster.calling import CallList, NoFriendError, SeenElsewhereError
from services.disaster.contract import SafetyReport, SafetyState
from services.disaster.rules import call_order
from services.disaster.safety import SafetyBook
from tests.services.disaster.builder import at
from tests.services.disaster.world import ENGLISH, Warned

_keys = count()
ANNA = StaffMember(id="a", name="安達", desks=(), permissions=frozenset(), form_token="t")


def part(world: Warned, kind: Any) -> Any:
    return world.parts.containers[world.settings.city].get(kind)


async def citizen_of(world: Warned, user: str) -> str:
    query = "SELECT id FROM bot_citizen WHERE line_user_id = :user"
    return str(await world.one(query, user=user))


async def report(world: Warned, who: str, *, people: int | None = None, safe: bool = False) -> None:
    state = SafetyState.safe if safe else SafetyState.needs_help
    new = SafetyReport(key=f"k{next(_keys)}", citizen_id=who, state=state, people=people)
    await part(world, SafetyBook).take(new)


async def order(world: Warned) -> list[str]:
    return [one.report.citizen_id for one in (await part(world, CallList).board()).to_call]


def test_whom_nobody_reached_comes_first_then_who_waits_longer_then_the_more_people() -> None:
    now = at(60)
    told = {
        "an hour": call_order("waiting", at(0), 1, now, later_safe=False),
        "new, many": call_order("waiting", at(58), 9, now, later_safe=False),
        "new, one": call_order("waiting", at(55), None, now, later_safe=False),
        "called in vain": call_order("called", at(0), 9, now, later_safe=False),
        "said to be safe since": call_order("waiting", at(0), 9, now, later_safe=True),
        "passed on": call_order("passed_119", at(0), 9, now, later_safe=False),
    }
    assert sorted(told, key=lambda name: told[name]) == list(told)


async def test_a_step_is_kept_with_its_name_and_a_second_tap_notes_nothing(world: Warned) -> None:
    calls = part(world, CallList)
    for who, people in (("ctz_few", 1), ("ctz_many", 5)):
        await report(world, who, people=people)
    assert await order(world) == ["ctz_many", "ctz_few"]
    [many, _] = (await calls.board()).to_call
    await calls.note(many.report.id, "called", 0, ANNA)
    with pytest.raises(SeenElsewhereError):
        await calls.note(many.report.id, "called", 0, ANNA)
    assert await order(world) == ["ctz_few", "ctz_many"]
    assert await calls.waiting() == 2, "nobody was reached"
    await calls.note(many.report.id, "passed_119", 1, ANNA)
    board = await calls.board()
    assert await calls.waiting() == 1
    [passed] = board.others
    assert [(call.outcome, call.staff, call.staff_id) for call in passed.calls] == [
        ("called", "安達", "a"),
        ("passed_119", "安達", "a"),
    ]
    await calls.note(many.report.id, "waiting", 2, ANNA)
    assert await order(world) == ["ctz_many", "ctz_few"], "a tap by mistake is taken back"
    with pytest.raises(IllegalTransitionError):
        await calls.note(many.report.id, "sent home", 3, ANNA)
    with pytest.raises(NotFoundError):
        await calls.note(0, "called", 0, ANNA)


async def test_who_wrote_since_that_all_is_well_stays_on_the_list_and_behind_the_others(
    world: Warned,
) -> None:
    await report(world, "ctz_early", people=3)
    world.later(30)
    await report(world, "ctz_late")
    assert await order(world) == ["ctz_early", "ctz_late"]
    await report(world, "ctz_early", safe=True)
    board = await part(world, CallList).board()
    assert [one.report.citizen_id for one in board.to_call] == ["ctz_late", "ctz_early"]
    assert [one.later_safe for one in board.to_call] == [False, True]
    assert board.counts == {"needs_help": 1, "safe": 1}


async def test_who_needs_help_is_asked_for_a_call_once_and_in_their_language(
    world: Warned,
) -> None:
    user = await world.resident(ENGLISH)
    await report(world, await citizen_of(world, user))
    calls = part(world, CallList)
    [one] = (await calls.board()).to_call
    await calls.call_out(one.report.id, 0, ANNA)
    with pytest.raises(SeenElsewhereError):
        await calls.call_out(one.report.id, 0, ANNA)
    await world.work()
    [said] = [m["message"] for m in world.line.from_bot(user) if m["via"] == "push"]
    assert said["text"].startswith("This is the city's disaster desk.")
    uris = [item["action"].get("uri") for item in said["quickReply"]["items"]]
    assert uris[:2] == ["tel:119", "tel:0242391111"]
    assert (await calls.board()).to_call[0].report.outcome == "called"


async def test_who_left_the_citys_line_is_not_said_to_have_been_called(world: Warned) -> None:
    user = await world.resident()
    who = await citizen_of(world, user)
    await report(world, who)
    await world.query("UPDATE bot_citizen SET is_friend = false WHERE id = :who", who=who)
    calls = part(world, CallList)
    [one] = (await calls.board()).to_call
    with pytest.raises(NoFriendError):
        await calls.call_out(one.report.id, 0, ANNA)
    assert (await calls.board()).to_call[0].report.outcome == "waiting"


async def test_what_was_done_goes_with_the_report(world: Warned) -> None:
    await report(world, "ctz_gone")
    calls, book = part(world, CallList), part(world, SafetyBook)
    [one] = (await calls.board()).to_call
    await calls.note(one.report.id, "reached", 0, ANNA)
    world.instant += timedelta(days=31)
    await book.forget_old()
    assert await world.one("SELECT count(*) FROM disaster_safety_call") == 0
