"""What citizens wrote is kept as long as it is needed, and taken back at once on request."""

from datetime import timedelta

from bot.jobs import ERASE_OLD
from tests.bot.world import World

WORDS = "わたしの病気の話です"


async def test_after_thirty_days_words_and_answers_are_erased(world: World) -> None:
    user = world.line.add_user()
    world.line.say(user, WORDS)
    await world.work()
    world.ahead = timedelta(days=29)
    await world.run("bot.erase_old")
    assert WORDS in await world.one("SELECT string_agg(raw::text, '') FROM bot_line_event")
    world.ahead = timedelta(days=31)
    await world.run("bot.erase_old")
    assert await world.query("SELECT DISTINCT raw, reply_token FROM bot_line_event") == [({}, None)]
    kept = "SELECT DISTINCT messages_json, reply_token FROM bot_outbound"
    assert await world.query(kept) == [("[]", None)]


async def test_what_is_not_served_yet_is_not_erased(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    world.line.say(user, WORDS)
    assert world.line.get("webhooks/idle", wait=15) == {"pending": 0}
    await world.query("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 year'")
    world.ahead = timedelta(days=31)
    await world.do(ERASE_OLD)
    waiting = "SELECT raw->'message'->>'text' FROM bot_line_event WHERE state = 'received'"
    assert await world.query(waiting) == [(WORDS,)]


async def test_after_the_words_are_erased_a_redelivery_is_still_known(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    world.ahead = timedelta(days=31)
    await world.run("bot.erase_old")
    event_id = await world.one("SELECT webhook_event_id FROM bot_line_event")
    world.line.post("events", type="follow", chatId=user, webhookEventId=event_id)
    await world.work()
    assert await world.one("SELECT count(*) FROM bot_line_event") == 1


async def test_words_that_are_taken_back_leave_the_inbox_and_rasa(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    said = world.line.post(f"users/{user}/messages", type="text", text=WORDS)
    await world.work()
    world.line.post(f"users/{user}/unsend", messageId=said["messageId"])
    await world.work()
    assert WORDS not in await world.one("SELECT string_agg(raw::text, '') FROM bot_line_event")
    assert world.rasa.forgotten == [await world.one("SELECT id FROM bot_citizen")]


async def test_while_rasa_is_away_words_are_taken_back_here_and_later_there(world: World) -> None:
    user = world.line.add_user()
    said = world.line.post(f"users/{user}/messages", type="text", text=WORDS)
    await world.work()
    world.rasa.status = 503
    world.line.post(f"users/{user}/unsend", messageId=said["messageId"])
    await world.work()
    assert WORDS not in await world.one("SELECT string_agg(raw::text, '') FROM bot_line_event")
    assert world.rasa.forgotten == []
    world.rasa.status = 0
    await world.retry()
    assert len(world.rasa.forgotten) == 1


async def test_a_message_that_arrives_after_it_was_taken_back_is_not_answered(
    world: World,
) -> None:
    user = world.line.add_user()
    await world.work()
    world.line.post("events", type="unsend", chatId=user, unsend={"messageId": "77"})
    await world.work()
    late = {"type": "message", "chatId": user, "message": {"type": "text", "text": WORDS}}
    late["message"]["id"] = "77"
    world.line.post("events", **late)
    await world.work()
    assert [turn["payload"] for turn in world.rasa.asked] == ["/greet"]
    assert WORDS not in await world.one("SELECT string_agg(raw::text, '') FROM bot_line_event")


async def test_events_that_start_no_turn_are_recorded_on_purpose(world: World) -> None:
    user = world.line.add_user()
    await world.work()
    happened = {
        "beacon": {"hwid": "d41d8cd98f", "type": "enter", "dm": "1234"},
        "videoPlayComplete": {"trackingId": "t"},
        "membership": {"type": "joined", "membershipId": 1},
        "activated": {"expireAt": 1},
        "delivery": {"data": "d"},
        "accountLink": {"result": "ok", "nonce": "n"},
        "eventOfNextYear": {},
    }
    named = {"activated": "chatControl", "accountLink": "link"}
    for kind, about in happened.items():
        world.line.post("events", type=kind, chatId=user, **{named.get(kind, kind): about})
    for kind in ("module", "botSuspended", "botResumed"):
        world.line.post("events", type=kind, module={"type": "attached"})
    await world.work()
    events = await world.query("SELECT kind, state, reason, raw FROM bot_line_event WHERE id > 1")
    assert {event[1] for event in events} == {"recorded"}
    by_kind = {event[0]: event for event in events}
    assert by_kind["eventOfNextYear"][2] == "event type not known"
    assert by_kind["accountLink"][3]["link"] == happened["accountLink"]
    # Where people are is nobody's business.
    assert by_kind["beacon"][3]["beacon"] == {"type": "enter"}
    assert len(by_kind) == 10
    assert len(world.rasa.asked) == 1
