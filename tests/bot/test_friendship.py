"""Following, blocking, coming back, and being forgotten after a long absence."""

from datetime import timedelta

from bot.turns.handler import WELCOME_BACK
from tests.bot.world import World

FRIEND = "SELECT is_friend, unfollowed_at IS NULL FROM bot_citizen"
EMPTY = "SELECT count(*) FROM bot_line_event WHERE raw <> '{}'::jsonb"


async def _friend_who_left(world: World) -> str:
    """Somebody who wrote, sent a picture, and blocked the account."""
    user = world.line.add_user()
    world.line.say(user, "こんにちは")
    world.send_file(user, "image", b"\xff\xd8\xff")
    world.line.post(f"users/{user}/block")
    await world.work()
    return user


async def test_a_new_friend_is_greeted(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    assert [turn["payload"] for turn in world.rasa.asked] == ["/greet"]
    assert world.texts(user) == ["回答1"]


async def test_who_comes_back_is_told_that_the_settings_are_kept(world: World) -> None:
    user = await _friend_who_left(world)
    assert await world.query(FRIEND) == [(False, False)]
    asked = len(world.rasa.asked)
    world.line.post(f"users/{user}/unblock")
    await world.work()
    assert await world.query(FRIEND) == [(True, True)]
    assert world.texts(user)[-1] == WELCOME_BACK.text
    assert len(world.rasa.asked) == asked


async def test_who_follows_again_without_having_blocked_is_known_too(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    again = {"type": "follow", "chatId": user, "follow": {"isUnblocked": False}}
    world.line.post("events", **again)
    await world.work()
    assert len(world.rasa.asked) == 1


async def test_an_unfollow_that_is_overtaken_by_the_return_changes_nothing(world: World) -> None:
    user = await _friend_who_left(world)
    # The newer event, the return, arrives first; then the block is delivered once more.
    world.line.post(f"users/{user}/unblock")
    await world.work()
    late = {"type": "unfollow", "chatId": user, "timestamp": 1_700_000_000_000}
    world.line.post("events", **late)
    await world.work()
    assert await world.query(FRIEND) == [(True, True)]


async def test_after_ninety_days_everything_of_who_left_is_erased(world: World) -> None:
    await _friend_who_left(world)
    citizen = await world.one("SELECT id FROM bot_citizen")
    world.ahead = timedelta(days=89)
    await world.run("bot.forget_lost")
    assert world.rasa.forgotten == []
    world.ahead = timedelta(days=91)
    await world.run("bot.forget_lost")
    assert world.rasa.forgotten == [citizen]
    assert await world.one(EMPTY) == 0
    assert await world.query("SELECT DISTINCT messages_json FROM bot_outbound") == [("[]",)]
    assert await world.query("SELECT state FROM bot_media") == [("expired",)]
    assert await world.query("SELECT 1 FROM bot_media_content") == []
    await world.run("bot.forget_lost")
    assert world.rasa.forgotten == [citizen]


async def test_who_comes_back_in_time_keeps_everything(world: World) -> None:
    user = await _friend_who_left(world)
    world.line.post(f"users/{user}/unblock")
    await world.work()
    before = await world.one(EMPTY)
    world.ahead = timedelta(days=91)
    await world.run("bot.forget_lost")
    assert await world.one(EMPTY) == before
    assert world.rasa.forgotten == []


async def test_who_comes_back_after_being_forgotten_is_greeted_anew(world: World) -> None:
    user = await _friend_who_left(world)
    world.ahead = timedelta(days=91)
    await world.run("bot.forget_lost")
    world.line.post(f"users/{user}/unblock")
    await world.work()
    assert world.rasa.asked[-1]["payload"] == "/greet"
    # The row of the forgotten one stays without a name; whoever comes is somebody new.
    rows = "SELECT forgotten_at IS NULL, line_user_id = :user FROM bot_citizen ORDER BY created_at"
    assert await world.query(rows, user=user) == [(False, False), (True, True)]


async def test_while_rasa_is_away_the_rest_is_forgotten_and_rasa_later(world: World) -> None:
    await _friend_who_left(world)
    world.ahead = timedelta(days=91)
    world.rasa.status = 503
    await world.run("bot.forget_lost")
    assert await world.one(EMPTY) == 0
    assert world.rasa.forgotten == []
    world.rasa.status = 0
    await world.retry()
    assert len(world.rasa.forgotten) == 1


async def test_on_standby_the_friendship_is_noted_and_nothing_is_said(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    world.line.post(f"users/{user}/standby", standby=True)
    world.line.say(user, "職員への話です")
    world.line.post(f"users/{user}/block")
    await world.work()
    assert await world.query(FRIEND) == [(False, False)]
    world.line.post(f"users/{user}/unblock")
    await world.work()
    assert await world.query(FRIEND) == [(True, True)]
    assert world.texts(user) == ["回答1"]
    assert len(world.rasa.asked) == 1
