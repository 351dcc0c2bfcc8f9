"""Whatever the bot asks of LINE is a call of LINE's own definitions."""

from datetime import timedelta

from bot.broadcast.announcer import Announcer
from bot.messages.speakers import program
from bot.sender.line_api import LineApi, Quota
from bot.sender.notifications import Notifier
from bot.turns.handler import LOADING_SECONDS
from kit.settings import DEFAULT_CHANNEL
from messages.announcements import Announcement, Segment
from messages.neutral import Text
from messages.notifications import Notification
from tests.bot.test_media import JPEG
from tests.bot.world import World
from tests.emulators.line.definitions import problems_of_call

EXPECTED = {
    ("POST", "/oauth2/v3/token"),
    ("POST", "/v2/bot/message/reply"),
    ("POST", "/v2/bot/message/push"),
    ("POST", "/v2/bot/message/multicast"),
    ("POST", "/v2/bot/chat/loading/start"),
    ("GET", "/v2/bot/message/quota"),
    ("GET", "/v2/bot/message/quota/consumption"),
}


async def test_every_call_that_the_bot_makes_is_one_of_line_s(world: World) -> None:
    user = world.line.add_user()
    world.line.say(user, "質問")
    picture = world.send_file(user, "image", JPEG)
    await world.work()
    await _send_unasked(world)
    await world.work()
    await _call_directly(world, user)
    calls = [e for e in world.line.get("journal", limit=5000)["entries"] if e["kind"] == "api"]
    made = {(call["method"], call["path"]) for call in calls}
    assert {*EXPECTED, ("GET", f"/v2/bot/message/{picture}/content")} <= made
    assert {call["path"]: found for call in calls if (found := problems_of_call(call))} == {}
    assert {call["status"] for call in calls} <= {200, 202}


async def _send_unasked(world: World) -> None:
    speaker = program(world.settings)
    citizen = await world.one("SELECT id FROM bot_citizen")
    until = world.now() + timedelta(hours=1)
    words = (Text(text="お知らせです。"),)
    notifier = Notifier(world.database, world.now, speaker)
    await notifier.notify(
        Notification(key="k", citizen_id=citizen, messages=words, expires_at=until)
    )
    announcer = Announcer(world.database, world.now, speaker)
    await announcer.announce(
        Announcement(key="k", segment=Segment(), messages=words, expires_at=until, urgent=True)
    )


async def _call_directly(world: World, user: str) -> None:
    api = world.parts.containers[world.settings.city].get(LineApi)
    await api.show_loading(DEFAULT_CHANNEL, user, LOADING_SECONDS)
    assert await api.quota(DEFAULT_CHANNEL) == Quota(None, 2)
