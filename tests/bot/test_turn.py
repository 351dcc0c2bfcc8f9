"""Taking a turn on a real database, with Rasa faked at the wire."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import procrastinate
import pytest
from sqlalchemy import text

from bot.line.channels import Channels
from bot.line.inbox import Inbox, InboxTasks
from bot.line.jobs import add_inbound_tasks
from bot.messages.speakers import program
from bot.preferences.contract import Preferences
from bot.preferences.service import PreferenceBook
from bot.sender.line_api import LineApi
from bot.sender.notifications import Notifier
from bot.sender.rate_limiter import Pacer
from bot.sender.sender import Sender
from bot.turns.handler import APOLOGY, NOTHING_HELD, WARNING, TurnJobs, TurnTaker
from bot.turns.input import collect_payload
from bot.turns.jobs import add_tasks, add_waiting_task
from bot.turns.rasa import RasaClient
from bot.turns.waiting import TELL_AFTER, Waiter, waiting_message
from kit.db import Database
from kit.errors import UnavailableError
from kit.jobs import make_job_app
from kit.settings import DEFAULT_CHANNEL, Settings
from messages.languages import Language
from messages.neutral import Text
from messages.notifications import Notification, Outcome

Answer = Callable[[httpx2.Request], httpx2.Response]
USER = "U" + "a" * 32
LOADING = "/v2/bot/chat/loading/start"
DEFAULT = frozenset({DEFAULT_CHANNEL})


def _says(*texts: str) -> Answer:
    messages = [{"type": "text", "text": said, "choices": []} for said in texts]
    return lambda _request: httpx2.Response(200, json={"messages": messages, "replayed": False})


class Room:
    """The bot's turn-taking with a Rasa that answers as told."""

    def __init__(
        self, database: Database, jobs: procrastinate.App, settings: Settings, answer: Answer
    ) -> None:
        self.now = datetime.now(UTC)
        self.asked: list[dict[str, Any]] = []
        self.answer = answer
        self.database = database
        tasks = add_tasks(jobs)
        rasa = httpx2.AsyncClient(
            base_url="http://rasa", transport=httpx2.MockTransport(self._handle)
        )
        line = httpx2.AsyncClient(
            base_url="http://line", transport=httpx2.MockTransport(self._take)
        )
        api = LineApi(settings, line)
        sender = Sender(database, self._clock, settings, api, Pacer(settings))
        speaker = program(settings)
        self.line_status = 200
        self.called: list[str] = []
        self.loading = asyncio.Event()
        self.waiter = Waiter(database, self._clock, sender, speaker)
        inbound = add_inbound_tasks(jobs)
        inbox_tasks = InboxTasks(
            tasks.take_turn, inbound.fetch_media, inbound.note_group, inbound.report_link
        )
        self.inbox = Inbox(database, self._clock, Channels(settings), inbox_tasks)
        turn_jobs = TurnJobs(
            add_waiting_task(jobs, self.waiter.tell),
            inbound.forget_conversation,
            inbound.report_unfollow,
        )
        self.taker = TurnTaker(
            database, self._clock, RasaClient(rasa), sender, api, turn_jobs, speaker
        )
        self.notifier = Notifier(database, self._clock, tasks.send, speaker)

    def _clock(self) -> datetime:
        return self.now

    async def _handle(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(json.loads(request.content))
        await self.before_answering()
        return self.answer(request)

    async def before_answering(self) -> None:
        """Replaced by tests in which Rasa takes its time."""

    def _take(self, request: httpx2.Request) -> httpx2.Response:
        self.called.append(request.url.path)
        if request.url.path == LOADING:
            self.loading.set()
        if request.url.path == "/oauth2/v3/token":
            return httpx2.Response(200, json={"access_token": "t"})
        return httpx2.Response(self.line_status, json={"message": "said by the wire"})

    async def receive(self, kind: str = "message", **parts: Any) -> int:
        event = {
            "type": kind,
            "webhookEventId": f"01JZ{len(self.asked)}{kind}{self.now.timestamp()}",
            "timestamp": 1_795_000_000_000,
            "source": {"type": "user", "userId": USER},
            "replyToken": "0" * 32,
            **(parts or {"message": {"type": "text", "id": "7", "text": "質問"}}),
        }
        await self.inbox.accept(json.dumps({"events": [event]}).encode(), DEFAULT)
        return int((await self.query("SELECT max(id) FROM bot_line_event"))[0][0])

    async def query(self, sql: str) -> list[Any]:
        async with self.database.transaction() as session:
            return list((await session.execute(text(sql))).all())

    async def sent(self) -> list[str]:
        rows = await self.query("SELECT messages_json FROM bot_outbound ORDER BY id")
        messages = [message for row in rows for message in json.loads(row[0])]
        return [message.get("text") or message["altText"] for message in messages]


@pytest.fixture
async def room(database: Database, settings: Settings) -> Any:
    jobs = make_job_app(settings)
    async with jobs.open_async():
        yield Room(database, jobs, settings, _says("お答えします。"))


async def test_an_answer_is_written_with_the_end_of_the_turn_and_sent(room: Room) -> None:
    await room.taker.take(await room.receive())
    assert await room.sent() == ["お答えします。"]
    assert await room.query("SELECT state FROM bot_line_event") == [("answered",)]
    assert await room.query("SELECT state, method FROM bot_outbound") == [("accepted", "reply")]
    assert room.asked[0]["sender"].startswith("ctz_")
    assert USER not in str(room.asked)


async def test_rasa_learns_when_it_was_said(room: Room) -> None:
    event = await room.receive()
    room.now += timedelta(days=1)
    await room.taker.take(event)
    said = datetime.fromisoformat(room.asked[0]["metadata"]["at"])
    assert said.timestamp() == 1_795_000_000


async def test_a_turn_taken_twice_is_answered_once(room: Room) -> None:
    event = await room.receive()
    await room.taker.take(event)
    await room.taker.take(event)
    assert await room.sent() == ["お答えします。"]
    assert len(room.asked) == 1


async def test_an_answer_that_line_did_not_take_is_sent_when_the_turn_is_repeated(
    room: Room,
) -> None:
    event = await room.receive()
    room.line_status = 500
    with pytest.raises(UnavailableError):
        await room.taker.take(event)
    assert await room.query("SELECT state FROM bot_line_event") == [("answered",)]
    room.line_status = 200
    await room.taker.take(event)
    assert len(room.asked) == 1
    assert await room.query("SELECT state FROM bot_outbound") == [("accepted",)]


async def test_a_repeated_turn_keeps_its_id(room: Room) -> None:
    event = await room.receive()
    room.answer = lambda _request: httpx2.Response(503)
    with pytest.raises(UnavailableError):
        await room.taker.take(event)
    room.answer = _says("戻りました。")
    await room.taker.take(event)
    assert room.asked[0]["turn_id"] == room.asked[1]["turn_id"]
    assert await room.sent() == ["戻りました。"]


async def test_after_a_long_outage_the_citizen_gets_an_apology(room: Room) -> None:
    event = await room.receive()
    room.answer = lambda _request: httpx2.Response(503)
    room.now += timedelta(minutes=16)
    await room.taker.take(event)
    assert await room.sent() == [APOLOGY.text]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _request: httpx2.Response(400, json={}),
        lambda _request: httpx2.Response(502, json={}),
        lambda _request: httpx2.Response(200, json={"messages": [{"type": "hologram"}]}),
    ],
)
async def test_a_turn_that_cannot_succeed_ends_in_an_apology_at_once(
    room: Room, answer: Answer
) -> None:
    room.answer = answer
    await room.taker.take(await room.receive())
    assert await room.sent() == [APOLOGY.text]


async def test_a_fault_of_ours_is_closed_with_an_apology_and_shown_to_staff(room: Room) -> None:
    event = await room.receive()
    await room.taker.give_up(event)
    assert await room.sent() == [APOLOGY.text]
    assert await room.query("SELECT state FROM bot_line_event") == [("failed",)]


async def test_a_my_number_never_reaches_rasa_and_the_citizen_is_warned(room: Room) -> None:
    message = {"type": "text", "id": "7", "text": "番号は123456789018です"}
    await room.taker.take(await room.receive(message=message))
    assert room.asked[0]["text"] == "番号は＊＊＊＊＊＊＊＊＊＊＊＊です"
    assert await room.sent() == [WARNING.text, "お答えします。"]


async def test_a_blocked_account_is_noted_and_not_notified(room: Room) -> None:
    await room.taker.take(await room.receive("follow", follow={"isUnblocked": False}))
    await room.taker.take(await room.receive("unfollow", unfollow={}))
    [(citizen, is_friend)] = await room.query("SELECT id, is_friend FROM bot_citizen")
    assert not is_friend
    notification = Notification(
        key="k",
        citizen_id=citizen,
        messages=(APOLOGY,),
        expires_at=room.now + timedelta(hours=1),
    )
    assert await room.notifier.notify(notification) is Outcome.not_a_friend
    await room.taker.take(await room.receive("follow", follow={"isUnblocked": True}))
    assert await room.notifier.notify(notification) is Outcome.queued
    assert await room.notifier.notify(notification) is Outcome.already_queued


async def test_a_message_that_was_taken_back_is_forgotten(room: Room) -> None:
    await room.taker.take(await room.receive())
    await room.taker.take(await room.receive("unsend", unsend={"messageId": "7"}))
    rows = await room.query("SELECT raw::text FROM bot_line_event WHERE kind = 'message'")
    assert "質問" not in rows[0][0]


async def test_a_quick_answer_needs_no_loading_animation(room: Room) -> None:
    await room.taker.take(await room.receive())
    assert LOADING not in room.called
    assert (
        await room.query("SELECT 1 FROM procrastinate_jobs WHERE task_name LIKE '%waiting'") == []
    )


async def test_a_slow_answer_is_announced_and_its_waiting_message_prepared(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.turns.turn.LOADING_AFTER_SECONDS", 0.0)
    event = await room.receive()

    async def answer_after_the_animation() -> None:
        async with asyncio.timeout(20):
            await room.loading.wait()

    room.before_answering = answer_after_the_animation  # type: ignore[method-assign]
    await room.taker.take(event)
    assert room.called.index(LOADING) < room.called.index("/v2/bot/message/reply")
    [(scheduled, arguments)] = await room.query(
        "SELECT scheduled_at, args FROM procrastinate_jobs WHERE task_name = 'bot.tell_waiting'"
    )
    assert (scheduled, arguments) == (room.now + TELL_AFTER, {"event_id": event})
    # The turn has ended meanwhile: nothing more is said.
    await room.waiter.tell(event)
    assert await room.sent() == ["お答えします。"]


async def test_an_answer_after_the_waiting_message_waits_for_the_tap_and_is_a_reply(
    room: Room,
) -> None:
    event = await room.receive()
    room.now += TELL_AFTER
    await room.waiter.tell(event)
    await room.waiter.tell(event)
    room.now += timedelta(seconds=30)
    await room.taker.take(event)
    waiting = waiting_message(event).summary
    states = "SELECT state, method FROM bot_outbound ORDER BY id"
    assert await room.query(states) == [("accepted", "reply"), ("held", None)]
    assert room.called.count("/v2/bot/message/reply") == 1
    tap = await room.receive("postback", postback={"data": collect_payload(event)})
    await room.taker.take(tap)
    assert await room.query(states) == [("accepted", "reply"), ("accepted", "reply")]
    assert await room.sent() == [waiting, "お答えします。"]
    assert "/v2/bot/message/push" not in room.called
    await room.taker.take(tap)
    room.now += timedelta(seconds=1)
    again = await room.receive("postback", postback={"data": collect_payload(event)})
    await room.taker.take(again)
    assert await room.sent() == [waiting, "お答えします。", NOTHING_HELD.text]


async def test_nobody_collects_the_answer_to_somebody_else(room: Room) -> None:
    event = await room.receive()
    room.now += TELL_AFTER
    await room.waiter.tell(event)
    await room.taker.take(event)
    tap = await room.receive(
        "postback",
        postback={"data": collect_payload(event)},
        source={"type": "user", "userId": "U" + "b" * 32},
    )
    await room.taker.take(tap)
    assert (await room.sent())[-1] == NOTHING_HELD.text
    assert ("held",) in await room.query("SELECT state FROM bot_outbound")


async def test_a_late_answer_is_pushed_when_line_did_not_take_the_waiting_message(
    room: Room,
) -> None:
    event = await room.receive()
    room.now += TELL_AFTER
    room.line_status = 400
    await room.waiter.tell(event)
    room.line_status = 200
    room.now += timedelta(seconds=30)
    await room.taker.take(event)
    assert (await room.query("SELECT state, method FROM bot_outbound ORDER BY id"))[-1] == (
        ("accepted", "push")
    )


async def choose(room: Room, language: Language) -> None:
    [(citizen,)] = await room.query("SELECT id FROM bot_citizen")
    chosen = Preferences(language=language)
    await PreferenceBook(room.database, room._clock).put(citizen, chosen)


async def test_rasa_is_told_the_language_that_a_message_is_written_in(room: Room) -> None:
    said = {"message": {"type": "text", "id": "7", "text": "Where is the shelter?"}}
    await room.taker.take(await room.receive(**said))
    await room.taker.take(await room.receive("postback", postback={"data": "/help"}))
    written, tapped = (asked["metadata"] for asked in room.asked)
    assert (written["language"], written["is_chosen"]) == ("en", False)
    assert "language" not in tapped


async def test_the_chosen_language_is_that_of_rasas_turn_and_of_what_the_bot_says_itself(
    room: Room,
) -> None:
    await room.taker.take(await room.receive())
    await choose(room, Language.pt)
    room.answer = lambda _request: httpx2.Response(502)
    await room.taker.take(await room.receive("postback", postback={"data": "/help"}))
    metadata = room.asked[-1]["metadata"]
    assert (metadata["language"], metadata["is_chosen"]) == ("pt", True)
    assert (await room.sent())[-1].startswith("Desculpe, não conseguimos responder agora.")
    query = "SELECT messages_json FROM bot_outbound ORDER BY id DESC LIMIT 1"
    [(last,)] = await room.query(query)
    assert json.loads(last)[0]["sender"]["name"] == "Guia (automático)"


async def test_a_notification_is_delivered_in_the_chosen_language(room: Room) -> None:
    await room.taker.take(await room.receive())
    await choose(room, Language.vi)
    [(citizen,)] = await room.query("SELECT id FROM bot_citizen")
    notification = Notification(
        key="k2",
        citizen_id=citizen,
        messages=(Text(text="明日です。"),),
        in_languages={Language.vi: (Text(text="Ngày mai."),)},
        expires_at=room.now + timedelta(hours=1),
    )
    assert await room.notifier.notify(notification) is Outcome.queued
    assert (await room.sent())[-1] == "Ngày mai."
