"""A broadcast is looked at on one's own LINE first, and that is no broadcast."""

import pytest

from bot.broadcast.trials import PAIRED, UNKNOWN, NoTesterError, Trials, read_code
from messages.languages import Language
from tests.bot.world import World

STAFF = "stf_1"


def test_only_the_words_of_the_console_are_a_code() -> None:
    assert read_code("試し送り AB2C-3D4E") == "AB2C-3D4E"
    assert read_code("　試し送り　ａｂ２ｃ-３ｄ４ｅ ") == "AB2C-3D4E"
    for text in (None, "", "試し送り", "AB2C-3D4E", "試し送り AB2C-3D4E です", "試し送り AB2C3D4E"):
        assert read_code(text) is None


def trials_of(world: World) -> Trials:
    return world.parts.containers[world.settings.city].get(Trials)


async def say(world: World, user: str, text: str) -> None:
    world.line.post(f"users/{user}/messages", type="text", text=text)
    await world.work()


async def test_who_shows_the_code_from_their_talk_alone_gets_the_test(world: World) -> None:
    trials = trials_of(world)
    with pytest.raises(NoTesterError):
        await trials.send(STAFF, {Language.ja: "断水しています。"})
    mine, other = world.line.add_user(), world.line.add_user()
    await world.work()
    asked = len(world.rasa.asked)
    code = await trials.offer(STAFF)
    await say(world, mine, code)
    await say(world, other, code)
    assert world.texts(mine)[-1] == PAIRED.text
    assert world.texts(other)[-1] == UNKNOWN.text, "a code is used up"
    assert len(world.rasa.asked) == asked, "a code is no question"
    before = len(world.texts(other))
    texts = dict.fromkeys(Language, "断水しています。")
    await trials.send(STAFF, texts)
    await world.work()
    told = [t for t in world.texts(mine) if t.startswith("【試験】")]
    assert len(told) == len(Language), "every language of it"
    assert told[0].endswith("断水しています。")
    assert len(world.texts(other)) == before
    assert await world.query("SELECT * FROM bot_announcement") == []


async def test_a_test_account_that_is_gone_is_said_to_be_gone(world: World) -> None:
    trials, user = trials_of(world), world.line.add_user()
    await world.work()
    await say(world, user, await trials.offer(STAFF))
    assert await trials.is_paired(STAFF)
    await world.query("UPDATE bot_citizen SET is_friend = false")
    with pytest.raises(NoTesterError):
        await trials.send(STAFF, {Language.ja: "断水しています。"})
    await trials.unpair(STAFF)
    assert not await trials.is_paired(STAFF)
