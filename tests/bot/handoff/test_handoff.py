"""From the bot to a person and back, with real jobs, a real database and the LINE emulator."""

import asyncio

import pytest

from bot.console.talk_page import PATH
from bot.handoff import wording
from bot.handoff.contract import LEAVE, MESSAGE, QUEUE, PersonWanted, Situation
from bot.handoff.desk import NotHeldError, StaffDesk, TakenByOtherError, TooManyHeldError
from kit.errors import NotFoundError
from tests.bot.handoff.people import (
    CHIEF,
    CLOSED,
    SATO,
    SUZUKI,
    TANAKA,
    TAX,
    People,
)


async def test_whoever_is_held_by_a_person_is_never_answered_by_the_bot(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    asked = len(people.world.rasa.asked)
    await people.says(user, "住民票のことです")
    await people.taps(user, "/ask_waste_day")
    await people.replies(SATO, grip, "承知しました。")
    assert len(people.world.rasa.asked) == asked
    heard = await people.heard(user)
    assert heard[-2:] == [wording.TAKEN, "承知しました。"]
    assert (await people.senders(user))[-2:] == ["ご案内係（自動応答）", "佐藤（市民課）"]
    await people.desk.close(SATO, grip, "answered")
    await people.says(user, "ごみの日は？")
    assert len(people.world.rasa.asked) == asked + 1
    assert (await people.heard(user))[-1].startswith("回答")


async def test_two_clicks_at_once_give_one_holder(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.grip(user)
    results = await asyncio.gather(
        *(people.desk.take(who, grip) for who in (SATO, SUZUKI)), return_exceptions=True
    )
    assert sorted(type(r) for r in results if r is not None) == [TakenByOtherError]
    [lost] = [str(r) for r in results if r is not None]
    assert lost in (
        "佐藤 太郎さんが先に対応を始めました。",
        "鈴木 太郎さんが先に対応を始めました。",
    )
    assert await people.world.one("SELECT count(*) FROM bot_handoff_stretch") == 1


async def test_an_answer_under_way_is_kept_back_when_a_person_takes_over(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    before, grip = await people.written(user), await people.grip(user)
    # The fake answers in a thread and loop of its own.
    loop = asyncio.get_running_loop()

    async def taken() -> None:
        taking = asyncio.run_coroutine_threadsafe(people.desk.take(SATO, grip), loop)
        await asyncio.wrap_future(taking)

    people.world.rasa.meanwhile = taken
    await people.says(user, "まだですか")
    assert (await people.written(user))[len(before) :] == [wording.TAKEN]
    assert await people.world.query(
        "SELECT state FROM bot_line_event ORDER BY id DESC LIMIT 1"
    ) == [("handed",)]


async def test_a_lease_that_runs_out_returns_the_talk_to_its_old_place(people: People) -> None:
    first, second = await people.citizen(), await people.citizen()
    await people.asks(first)
    people.later(seconds=1)
    await people.asks(second)
    grip = await people.takes(SATO, first)
    people.later(seconds=301)
    await people.world.run("bot.tend_handoffs")
    assert await people.state(first) == "queued"
    assert (await people.heard(first))[-1] == wording.RETURNED
    assert (await people.asks(first)).place == 1
    with pytest.raises(NotHeldError):
        await people.desk.reply(SATO, grip, people.form("遅れました"))
    rows = await people.world.query("SELECT how FROM bot_handoff_stretch")
    assert rows == [("lapsed",)]


async def test_a_lapsed_holder_is_noticed_at_the_next_message_without_the_clock_s_job(
    people: People,
) -> None:
    user = await people.citizen()
    await people.asks(user)
    await people.takes(SATO, user)
    people.later(seconds=301)
    asked = len(people.world.rasa.asked)
    await people.says(user, "もしもし")
    assert await people.state(user) == "queued"
    assert len(people.world.rasa.asked) == asked + 1


async def test_whoever_holds_it_keeps_it_while_they_give_signs_of_life(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    for _ in range(3):
        people.later(seconds=200)
        assert await people.desk.renew(SATO, grip)
        await people.world.run("bot.tend_handoffs")
    assert await people.state(user) == "held"
    assert not await people.desk.renew(SUZUKI, grip)


async def test_what_it_is_about_is_asked_once_and_then_the_place_is_told(people: People) -> None:
    user = await people.citizen()
    standing = await people.asks(user, matter=False)
    assert standing.situation is Situation.asked
    turn = await people.says(user, "固定資産税について")
    assert people.world.rasa.asked[-1]["metadata"]["handoff_asked"] is True
    wanted = PersonWanted(citizen_id=await people.id_of(user), turn_id=turn, desks=(TAX,))
    for _ in range(2):
        standing = await people.handoffs.tell_matter(wanted)
        assert (standing.situation, standing.desk, standing.place) == ("queued", TAX, 1)
    await people.says(user, "ごみの日は？")
    assert "handoff_asked" not in people.world.rasa.asked[-1]["metadata"]


async def test_words_long_after_the_question_are_no_answer_to_it(people: People) -> None:
    user = await people.citizen()
    await people.asks(user, matter=False)
    people.later(minutes=16)
    await people.says(user, "ごみの日は？")
    assert "handoff_asked" not in people.world.rasa.asked[-1]["metadata"]
    await people.world.run("bot.tend_handoffs")
    assert await people.state(user) == "abandoned"


async def test_who_asked_may_wait_without_a_word_and_may_leave(people: People) -> None:
    user = await people.citizen()
    await people.asks(user, matter=False)
    await people.taps(user, QUEUE)
    assert await people.state(user) == "queued"
    await people.taps(user, LEAVE)
    assert await people.state(user) == "abandoned"
    assert (await people.heard(user))[-1] == wording.LEFT.text
    await people.taps(user, LEAVE)
    assert (await people.heard(user))[-1] == wording.NOT_WAITING.text


async def test_outside_hours_a_message_is_left_that_waits_for_the_desk(people: People) -> None:
    people.at(CLOSED)
    user = await people.citizen()
    standing = await people.asks(user)
    assert standing.situation is Situation.closed
    assert standing.opens_at is not None
    assert standing.opens_at.isoformat() == "2026-11-25T08:30:00+09:00"
    await people.taps(user, MESSAGE)
    assert (await people.heard(user))[-1] == wording.ASK_MESSAGE.text
    turn = await people.says(user, "証明書の件です")
    wanted = PersonWanted(citizen_id=await people.id_of(user), turn_id=turn)
    assert (await people.handoffs.tell_matter(wanted)).situation is Situation.left_message
    assert await people.world.query("SELECT state, kind FROM bot_handoff") == [
        ("queued", "message")
    ]
    people.later(hours=14)
    standing = await people.asks(user)
    assert (standing.situation, standing.place) == (Situation.queued, 1)


async def test_danger_goes_to_the_top_of_the_queue_at_once(people: People) -> None:
    first, second, third = [await people.citizen() for _ in range(3)]
    await people.asks(first)
    await people.asks(second)
    await people.alarm(third)
    assert (await people.asks(third)).place == 1
    assert (await people.asks(first)).place == 2
    await people.alarm(second)
    assert (await people.asks(second)).place == 1
    assert (await people.asks(third)).place == 2
    assert (await people.asks(first)).place == 3


async def test_another_desk_sees_nothing_of_a_conversation(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.grip(user)
    with pytest.raises(NotFoundError):
        await people.desk.take(TANAKA, grip)
    grip = await people.takes(SATO, user)
    for attempt in (
        people.desk.reply(TANAKA, grip, people.form("こんにちは")),
        people.desk.note(TANAKA, grip.handoff_id, people.form("メモ")),
        people.desk.forward(TANAKA, grip, TAX, people.form("")),
        people.desk.close(TANAKA, grip, "answered"),
        people.desk.renew(TANAKA, grip),
    ):
        with pytest.raises(NotFoundError):
            await attempt


async def test_what_is_forwarded_leaves_one_desk_for_the_other(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.desk.forward(SATO, grip, TAX, people.form("課税証明の件です"))
    assert (await people.heard(user))[-1] == wording.FORWARDED
    with pytest.raises(NotFoundError):
        await people.desk.take(SATO, await people.grip(user))
    grip = await people.takes(TANAKA, user)
    await people.replies(TANAKA, grip, "お待たせしました。")
    assert (await people.senders(user))[-1] == "田中（税務課）"
    rows = await people.world.query("SELECT how FROM bot_handoff_stretch ORDER BY id")
    assert rows == [("forwarded",), (None,)]


async def test_a_form_sent_twice_is_sent_once(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    form = people.form("一度だけ")
    await people.desk.reply(SATO, grip, form)
    await people.desk.reply(SATO, grip, form)
    assert (await people.heard(user)).count("一度だけ") == 1
    note = people.form("メモ")
    await people.desk.note(SATO, grip.handoff_id, note)
    await people.desk.note(SATO, grip.handoff_id, note)
    assert await people.world.one("SELECT count(*) FROM bot_handoff_note") == 1


async def test_a_reply_within_a_minute_costs_no_push(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.says(user, "お願いします")
    await people.replies(SATO, grip, "はい")
    await people.replies(SATO, grip, "どうぞ")
    sql = "SELECT method FROM bot_outbound WHERE staff_name IS NOT NULL ORDER BY id"
    assert await people.world.query(sql) == [("reply",), ("push",)]


async def test_satisfaction_is_asked_once_and_kept_once(people: People) -> None:
    user, other = await people.citizen(), await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.desk.close(SATO, grip, "answered")
    await people.heard(user)
    await people.taps(other, wording.rate_payload(grip.handoff_id, 1))
    await people.taps(user, wording.rate_payload(grip.handoff_id, 3))
    assert (await people.heard(user))[-1] == wording.THANKS.text
    await people.taps(user, wording.rate_payload(grip.handoff_id, 1))
    assert (await people.heard(user))[-1] == wording.RATED_ALREADY.text
    assert await people.world.query("SELECT rating, state FROM bot_handoff") == [(3, "bot")]


async def test_nobody_holds_more_than_the_city_allows(people: People) -> None:
    for number in range(6):
        user = await people.citizen()
        await people.asks(user)
        if number < 5:
            await people.takes(SATO, user)
    with pytest.raises(TooManyHeldError):
        await people.takes(SATO, user)


async def test_a_supervisor_takes_over_and_the_first_holder_is_told(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    grip = await people.takes(SATO, user)
    await people.takes(CHIEF, user)
    with pytest.raises(NotHeldError, match="責任 太郎さん"):
        await people.desk.reply(SATO, grip, people.form("続けます"))
    assert isinstance(people.desk, StaffDesk)
    sql = "SELECT action, details->>'from_id' FROM bot_handoff_action ORDER BY id"
    assert await people.world.query(sql) == [("taken", None), ("taken_over", SATO.id)]


async def test_a_note_calls_for_a_colleague_until_they_open_the_conversation(
    people: People,
) -> None:
    user, other = await people.citizen(), await people.citizen()
    for one in (user, other):
        await people.asks(one)
    # Whoever answered at the desk can be called for.
    async with people.browser("suzuki") as suzuki, people.browser("tanaka", TAX) as tanaka:
        await suzuki.post(f"{PATH}/{(await people.grip(other)).handoff_id}/take", fence="0")
        staff_id = await people.world.one("SELECT max(staff_id) FROM bot_handoff_stretch")
        grip = await people.takes(SATO, user)
        await people.desk.note(SATO, grip.handoff_id, people.form("見てください"), staff_id)
        await people.desk.note(SATO, grip.handoff_id, people.form("だれ？"), "stf_nobody")
        called = f"{PATH}/?queue=called"
        assert f'href="{PATH}/{grip.handoff_id}"' in (await suzuki.get(called)).text
        assert f'href="{PATH}/{grip.handoff_id}"' not in (await tanaka.get(called)).text
        assert "→ suzuki 太郎さん" in (await suzuki.get(f"{PATH}/{grip.handoff_id}")).text
        assert "まだ開いていないメモはありません" in (await suzuki.get(called)).text
    assert await people.world.one("SELECT count(mentioned_id) FROM bot_handoff_note") == 1
