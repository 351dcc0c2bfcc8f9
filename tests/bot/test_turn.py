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

from bot.broadcast.trials import Trials
from bot.handoff.service import Handoffs
from bot.handoff.updates import Updates
from bot.line.channels import Channels
from bot.line.inbox import Inbox
from bot.messages.speakers import program
from bot.preferences.contract import Preferences
from bot.preferences.service import PreferenceService
from bot.sender.line_api import LineApi
from bot.sender.notifications import Notifier
from bot.sender.rate_limiter import RateLimiter
from bot.sender.sender import Sender
from bot.turns.handler import APOLOGY, NOTHING_HELD, WARNING, TurnHandler
from bot.turns.input import collect_payload
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


class World:
    """The bot's turn-taking with a Rasa that answers as told."""

    def __init__(
        self, database: Database, jobs: procrastinate.App, settings: Settings, answer: Answer
    ) -> None:
        self.now = datetime.now(UTC)
        self.asked: list[dict[str, Any]] = []
        self.answer = answer
        self.database = database
        rasa = httpx2.AsyncClient(
            base_url="http://rasa", transport=httpx2.MockTransport(self._handle)
        )
        line = httpx2.AsyncClient(
            base_url="http://line", transport=httpx2.MockTransport(self._take)
        )
        api = LineApi(settings, line)
        sender = Sender(database, self._clock, settings, api, RateLimiter(settings))
        speaker = program(settings)
        self.line_status = 200
        self.called: list[str] = []
        self.loading = asyncio.Event()
        handoffs = Handoffs(database, self._clock, settings, speaker, Updates(settings))
        self.waiter = Waiter(database, self._clock, sender, speaker, handoffs)
        self.inbox = Inbox(database, self._clock, Channels(settings))
        self.notifier = Notifier(database, self._clock, speaker)
        self.handler = TurnHandler(
            *(database, self._clock, RasaClient(rasa, "aizuwakamatsu"), sender, api, speaker),
            *(handoffs, Trials(database, self._clock, settings, self.notifier)),
        )

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
async def container(database: Database, settings: Settings) -> Any:
    jobs = make_job_app(settings)
    async with jobs.open_async():
        yield World(database, jobs, settings, _says("お答えします。"))


async def test_an_answer_is_written_with_the_end_of_the_turn_and_sent(
    container: World,
) -> None:
    await container.handler.take(await container.receive())
    assert await container.sent() == ["お答えします。"]
    assert await container.query("SELECT state FROM bot_line_event") == [("answered",)]
    assert await container.query("SELECT state, method FROM bot_outbound") == [
        ("accepted", "reply")
    ]
    assert container.asked[0]["sender"].startswith("ctz_")
    assert USER not in str(container.asked)


async def test_rasa_learns_when_it_was_said(container: World) -> None:
    event = await container.receive()
    container.now += timedelta(days=1)
    await container.handler.take(event)
    said = datetime.fromisoformat(container.asked[0]["metadata"]["at"])
    assert said.timestamp() == 1_795_000_000


async def test_a_turn_taken_twice_is_answered_once(container: World) -> None:
    event = await container.receive()
    await container.handler.take(event)
    await container.handler.take(event)
    assert await container.sent() == ["お答えします。"]
    assert len(container.asked) == 1


async def test_an_answer_that_line_did_not_take_is_sent_when_the_turn_is_repeated(
    container: World,
) -> None:
    event = await container.receive()
    container.line_status = 500
    with pytest.raises(UnavailableError):
        await container.handler.take(event)
    assert await container.query("SELECT state FROM bot_line_event") == [("answered",)]
    container.line_status = 200
    await container.handler.take(event)
    assert len(container.asked) == 1
    assert await container.query("SELECT state FROM bot_outbound") == [("accepted",)]


async def test_a_repeated_turn_keeps_its_id(container: World) -> None:
    event = await container.receive()
    container.answer = lambda _request: httpx2.Response(503)
    with pytest.raises(UnavailableError):
        await container.handler.take(event)
    container.answer = _says("戻りました。")
    await container.handler.take(event)
    assert container.asked[0]["turn_id"] == container.asked[1]["turn_id"]
    assert await container.sent() == ["戻りました。"]


async def test_after_a_long_outage_the_citizen_gets_an_apology(
    container: World,
) -> None:
    event = await container.receive()
    container.answer = lambda _request: httpx2.Response(503)
    container.now += timedelta(minutes=16)
    await container.handler.take(event)
    assert await container.sent() == [APOLOGY.text]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _request: httpx2.Response(400, json={}),
        lambda _request: httpx2.Response(502, json={}),
        lambda _request: httpx2.Response(200, json={"messages": [{"type": "hologram"}]}),
    ],
)
async def test_a_turn_that_cannot_succeed_ends_in_an_apology_at_once(
    container: World, answer: Answer
) -> None:
    container.answer = answer
    await container.handler.take(await container.receive())
    assert await container.sent() == [APOLOGY.text]


async def test_a_fault_of_ours_is_closed_with_an_apology_and_shown_to_staff(
    container: World,
) -> None:
    event = await container.receive()
    await container.handler.give_up(event)
    assert await container.sent() == [APOLOGY.text]
    assert await container.query("SELECT state FROM bot_line_event") == [("failed",)]


async def test_a_my_number_never_reaches_rasa_and_the_citizen_is_warned(
    container: World,
) -> None:
    message = {"type": "text", "id": "7", "text": "番号は123456789018です"}
    await container.handler.take(await container.receive(message=message))
    assert container.asked[0]["text"] == "番号は＊＊＊＊＊＊＊＊＊＊＊＊です"
    assert await container.sent() == [WARNING.text, "お答えします。"]


async def test_a_blocked_account_is_noted_and_not_notified(container: World) -> None:
    await container.handler.take(await container.receive("follow", follow={"isUnblocked": False}))
    await container.handler.take(await container.receive("unfollow", unfollow={}))
    [(citizen, is_friend)] = await container.query("SELECT id, is_friend FROM bot_citizen")
    assert not is_friend
    notification = Notification(
        key="k",
        citizen_id=citizen,
        messages=(APOLOGY,),
        expires_at=container.now + timedelta(hours=1),
    )
    assert await container.notifier.notify(notification) is Outcome.not_a_friend
    await container.handler.take(await container.receive("follow", follow={"isUnblocked": True}))
    assert await container.notifier.notify(notification) is Outcome.queued
    assert await container.notifier.notify(notification) is Outcome.already_queued


async def test_a_message_that_was_taken_back_is_forgotten(container: World) -> None:
    await container.handler.take(await container.receive())
    await container.handler.take(await container.receive("unsend", unsend={"messageId": "7"}))
    rows = await container.query("SELECT raw::text FROM bot_line_event WHERE kind = 'message'")
    assert "質問" not in rows[0][0]


async def test_a_quick_answer_needs_no_loading_animation(container: World) -> None:
    await container.handler.take(await container.receive())
    assert LOADING not in container.called
    assert (
        await container.query("SELECT 1 FROM procrastinate_jobs WHERE task_name LIKE '%waiting'")
        == []
    )


async def test_a_slow_answer_is_announced_and_its_waiting_message_prepared(
    container: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.turns.handler.LOADING_AFTER_SECONDS", 0.0)
    event = await container.receive()

    async def answer_after_the_animation() -> None:
        async with asyncio.timeout(20):
            await container.loading.wait()

    container.before_answering = answer_after_the_animation  # type: ignore[method-assign]
    await container.handler.take(event)
    assert container.called.index(LOADING) < container.called.index("/v2/bot/message/reply")
    [(scheduled, arguments)] = await container.query(
        "SELECT scheduled_at, args FROM procrastinate_jobs WHERE task_name = 'bot.tell_waiting'"
    )
    assert (scheduled, arguments) == (
        container.now + TELL_AFTER,
        {"city": "aizuwakamatsu", "event_id": event},
    )
    # The turn has ended meanwhile: nothing more is said.
    await container.waiter.tell(event)
    assert await container.sent() == ["お答えします。"]


async def test_an_answer_after_the_waiting_message_waits_for_the_tap_and_is_a_reply(
    container: World,
) -> None:
    event = await container.receive()
    container.now += TELL_AFTER
    await container.waiter.tell(event)
    await container.waiter.tell(event)
    container.now += timedelta(seconds=30)
    await container.handler.take(event)
    waiting = waiting_message(event).summary
    states = "SELECT state, method FROM bot_outbound ORDER BY id"
    assert await container.query(states) == [("accepted", "reply"), ("held", None)]
    assert container.called.count("/v2/bot/message/reply") == 1
    tap = await container.receive("postback", postback={"data": collect_payload(event)})
    await container.handler.take(tap)
    assert await container.query(states) == [("accepted", "reply"), ("accepted", "reply")]
    assert await container.sent() == [waiting, "お答えします。"]
    assert "/v2/bot/message/push" not in container.called
    await container.handler.take(tap)
    container.now += timedelta(seconds=1)
    again = await container.receive("postback", postback={"data": collect_payload(event)})
    await container.handler.take(again)
    assert await container.sent() == [waiting, "お答えします。", NOTHING_HELD.text]


async def test_nobody_collects_the_answer_to_somebody_else(container: World) -> None:
    event = await container.receive()
    container.now += TELL_AFTER
    await container.waiter.tell(event)
    await container.handler.take(event)
    tap = await container.receive(
        "postback",
        postback={"data": collect_payload(event)},
        source={"type": "user", "userId": "U" + "b" * 32},
    )
    await container.handler.take(tap)
    assert (await container.sent())[-1] == NOTHING_HELD.text
    assert ("held",) in await container.query("SELECT state FROM bot_outbound")


async def test_a_late_answer_is_pushed_when_line_did_not_take_the_waiting_message(
    container: World,
) -> None:
    event = await container.receive()
    container.now += TELL_AFTER
    container.line_status = 400
    await container.waiter.tell(event)
    container.line_status = 200
    container.now += timedelta(seconds=30)
    await container.handler.take(event)
    assert (await container.query("SELECT state, method FROM bot_outbound ORDER BY id"))[-1] == (
        ("accepted", "push")
    )


async def choose(container: World, language: Language) -> None:
    [(citizen,)] = await container.query("SELECT id FROM bot_citizen")
    chosen = Preferences(language=language)
    await PreferenceService(container.database, container._clock).put(citizen, chosen)


async def test_rasa_is_told_the_language_that_a_message_is_written_in(
    container: World,
) -> None:
    said = {"message": {"type": "text", "id": "7", "text": "Where is the shelter?"}}
    await container.handler.take(await container.receive(**said))
    await container.handler.take(await container.receive("postback", postback={"data": "/help"}))
    written, tapped = (asked["metadata"] for asked in container.asked)
    assert (written["language"], written["is_chosen"]) == ("en", False)
    assert "language" not in tapped


async def test_the_chosen_language_is_that_of_rasas_turn_and_of_what_the_bot_says_itself(
    container: World,
) -> None:
    await container.handler.take(await container.receive())
    await choose(container, Language.pt)
    container.answer = lambda _request: httpx2.Response(502)
    await container.handler.take(await container.receive("postback", postback={"data": "/help"}))
    metadata = container.asked[-1]["metadata"]
    assert (metadata["language"], metadata["is_chosen"]) == ("pt", True)
    assert (await container.sent())[-1].startswith("Desculpe, não conseguimos responder agora.")
    query = "SELECT messages_json FROM bot_outbound ORDER BY id DESC LIMIT 1"
    [(last,)] = await container.query(query)
    assert json.loads(last)[0]["sender"]["name"] == "Guia (automático)"


async def test_a_notification_is_delivered_in_the_chosen_language(
    container: World,
) -> None:
    await container.handler.take(await container.receive())
    await choose(container, Language.vi)
    [(citizen,)] = await container.query("SELECT id FROM bot_citizen")
    notification = Notification(
        key="k2",
        citizen_id=citizen,
        messages=(Text(text="明日です。"),),
        in_languages={Language.vi: (Text(text="Ngày mai."),)},
        expires_at=container.now + timedelta(hours=1),
    )
    assert await container.notifier.notify(notification) is Outcome.queued
    assert (await container.sent())[-1] == "Ngày mai."
