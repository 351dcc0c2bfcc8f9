"""Group chats: one polite note, and nothing of them is kept."""

import pytest

from bot.groups.notes import NOTE
from tests.bot.world import World

REPLY = "/v2/bot/message/reply"
SECRET = "町内会の秘密の話です"


def _new_group(world: World, kind: str = "group") -> tuple[str, str]:
    user = world.line.add_user("花子")
    group = world.line.post("groups", kind=kind, name="町内会", members=[user])["groupId"]
    return str(group), user


def _heard(world: World, group: str) -> list[str]:
    said = world.line.get(f"groups/{group}/messages")["messages"]
    return [m["message"]["text"] for m in said if m["from"] == "bot"]


@pytest.mark.parametrize("kind", ["group", "room"])
async def test_a_group_hears_one_note_and_never_more(world: World, kind: str) -> None:
    group, user = _new_group(world, kind)
    for _ in range(3):
        world.line.post(f"groups/{group}/messages", userId=user, type="text", text=SECRET)
        await world.work()
    world.line.post(f"groups/{group}/messages", userId=user, type="postback", data="/help")
    await world.work()
    assert _heard(world, group) == [NOTE.text]
    assert [turn["payload"] for turn in world.rasa.asked] == ["/greet"]


async def test_nothing_that_was_said_in_a_group_is_kept_nor_who_said_it(world: World) -> None:
    group, user = _new_group(world)
    said = world.line.post(f"groups/{group}/messages", userId=user, type="text", text=SECRET)
    world.line.post(f"groups/{group}/messages", userId=user, type="postback", data=SECRET)
    world.line.post(f"groups/{group}/messages", userId=user, type="image", content="/9j/")
    edit = {"userId": user, "messageId": said["messageId"], "text": SECRET}
    world.line.post(f"groups/{group}/edit", **edit)
    world.line.post(f"groups/{group}/members", userIds=[world.line.add_user()])
    await world.work()
    kept = await world.query("SELECT kind, raw FROM bot_line_event WHERE citizen_id IS NULL")
    assert {kind for kind, _ in kept} == {
        *("join", "message", "postback", "messageEdited", "memberJoined")
    }
    for _, raw in kept:
        assert SECRET not in str(raw)
        assert user not in str(raw)
        assert raw["source"] == {"type": "group", "groupId": group}
    assert await world.query("SELECT 1 FROM bot_media") == []


async def test_a_group_that_threw_the_account_out_is_forgotten_and_noted_anew(
    world: World,
) -> None:
    group, _ = _new_group(world)
    await world.work()
    world.line.post(f"groups/{group}/remove-bot")
    await world.work()
    assert await world.query("SELECT 1 FROM bot_group") == []
    world.line.post(f"groups/{group}/invite")
    await world.work()
    assert _heard(world, group) == [NOTE.text] * 2


async def test_a_note_whose_answer_was_lost_is_not_doubled(world: World) -> None:
    world.line.fault(path=REPLY, timeout_after_accept=1.0, times=1, hold_ms=100)
    group, user = _new_group(world)
    await world.work()
    await world.retry()
    world.line.post(f"groups/{group}/messages", userId=user, type="text", text="もしもし")
    await world.work()
    assert _heard(world, group).count(NOTE.text) == 1


async def test_a_note_that_line_did_not_take_is_tried_again(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    world.line.fault(path=REPLY, error_rate=1.0, times=1)
    group = world.line.post("groups", kind="group", name="町内会", members=[user])["groupId"]
    await world.work()
    assert _heard(world, group) == []
    await world.retry()
    assert _heard(world, group) == [NOTE.text]


async def test_a_dead_reply_token_leaves_the_note_to_the_next_event(world: World) -> None:
    group, user = _new_group(world)
    assert world.line.get("webhooks/idle", wait=15) == {"pending": 0}
    world.line.post("clock", advance_seconds=3600)
    await world.work()
    assert _heard(world, group) == []
    world.line.post(f"groups/{group}/messages", userId=user, type="text", text="もしもし")
    await world.work()
    assert _heard(world, group) == [NOTE.text]
