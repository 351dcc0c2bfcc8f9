"""The dialogue goes on when another package has done its part, as a turn of the citizen's own."""

from typing import Any

import pytest

from kit.errors import InvalidInputError, NotFoundError
from kit.http import internal_client
from kit.ids import new_citizen_id
from messages.continuations import Continuation, ContinueClient
from messages.neutral import Text
from messages.notifications import Outcome
from tests.bot.world import World

DONE = Text(text="本人確認ができました。")


def new(citizen: str, key: str = "k1", payload: str | None = "/view_growth_chart") -> Continuation:
    return Continuation(key=key, citizen_id=citizen, messages=(DONE,), payload=payload)


async def continue_conversation(world: World, new: Continuation) -> Outcome:
    token = world.settings.internal_token.get_secret_value()
    async with internal_client(world.settings.internal_base_url, token) as http:
        return await ContinueClient(http).continue_conversation(new)


async def somebody(world: World) -> tuple[str, str]:
    user = world.line.add_user()
    await world.work()
    return user, await world.one(f"SELECT id FROM bot_citizen WHERE line_user_id = '{user}'")  # noqa: S608


async def test_what_was_done_is_said_first_and_then_the_dialogue_goes_on(world: World) -> None:
    user, citizen = await somebody(world)
    assert await continue_conversation(world, new(citizen)) is Outcome.queued
    await world.work()
    assert world.rasa.asked[-1]["payload"] == "/view_growth_chart"
    assert world.rasa.asked[-1]["sender"] == citizen
    assert world.texts(user)[-2:] == [DONE.text, "回答2"]
    assert world.line.from_bot(user)[-1]["via"] == "push"


async def test_the_same_key_goes_on_once(world: World) -> None:
    user, citizen = await somebody(world)
    outcomes = [await continue_conversation(world, new(citizen)) for _ in range(3)]
    assert outcomes == [Outcome.queued, Outcome.already_queued, Outcome.already_queued]
    await world.work()
    assert world.texts(user).count(DONE.text) == 1
    assert len(world.rasa.asked) == 2


async def test_without_a_payload_nothing_is_asked_of_rasa(world: World) -> None:
    user, citizen = await somebody(world)
    await continue_conversation(world, new(citizen, payload=None))
    await world.work()
    assert world.texts(user)[-1] == DONE.text
    assert len(world.rasa.asked) == 1


async def test_it_waits_its_turn_behind_what_the_citizen_wrote_before(world: World) -> None:
    user, citizen = await somebody(world)
    world.line.say(user, "さきの質問")
    world.line.get("webhooks/idle", wait=15)
    await continue_conversation(world, new(citizen))
    world.line.say(user, "あとの質問")
    await world.work()
    asked = [turn["text"] or turn["payload"] for turn in world.rasa.asked]
    assert asked == ["/greet", "さきの質問", "/view_growth_chart", "あとの質問"]


async def test_who_has_left_is_told_nothing_and_an_unknown_citizen_is_an_error(
    world: World,
) -> None:
    user, citizen = await somebody(world)
    world.line.post(f"users/{user}/block")
    await world.work()
    assert await continue_conversation(world, new(citizen)) is Outcome.not_a_friend
    with pytest.raises(NotFoundError):
        await continue_conversation(world, new(new_citizen_id()))
    assert world.texts(user) == ["回答1"]


async def test_no_webhook_can_pass_for_a_continuation(world: World) -> None:
    user, _ = await somebody(world)
    content: dict[str, Any] = {"messages": [], "payload": "/view_growth_chart"}
    world.line.post("events", type="continuation", chatId=user, continuation=content)
    await world.work()
    assert len(world.rasa.asked) == 1
    assert await world.one("SELECT state FROM bot_line_event WHERE kind = 'continuation'") == (
        "recorded"
    )


async def test_words_are_no_payload(world: World) -> None:
    _, citizen = await somebody(world)
    wrong = new(citizen).model_copy(update={"payload": "はい"})
    with pytest.raises(InvalidInputError):
        await continue_conversation(world, wrong)
