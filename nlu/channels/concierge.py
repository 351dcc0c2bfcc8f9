"""The only way into Rasa: one authenticated, repeatable request for each turn of a conversation.

`POST /webhooks/concierge/turns` with a bearer token and
`{"turn_id", "sender", "text" | "payload", "metadata"?}` answers
`{"turn_id", "messages": [neutral messages], "replayed": bool}`.
`DELETE /webhooks/concierge/conversations/{sender}` deletes a conversation with all it holds (204);
`GET` on the same path answers `{"events": [Rasa's events]}`, everything that is kept of it.
"""

import hmac
import re
import time
from asyncio import Lock
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import structlog
from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore, SQLTrackerStore
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from channels.action_server import ActionFailure, ActionServer
from channels.conversations import Conversations, StoreUnavailableError
from channels.graph import PlannedRunner
from channels.learning import learn_relations
from channels.neutral import Json, neutral
from channels.relations import Relations
from channels.request import BadTurnError, Turn, read_turn
from channels.resolving import Resolved, left, resolve
from channels.topic import SLOT, topic_of
from channels.telling import told
from channels.wishes import possible_wishes, two_wishes

log = structlog.get_logger("rasa.concierge")

# Rasa's own commands: they wipe or rewind a conversation, and with it the record of turns.
_RASA_COMMANDS = {"restart", "back", "session_start"}
_UNKNOWN = "out_of_scope"
# What is no wish of its own: words are only taken apart into two wishes.
_NO_WISH = {
    *("greet", "thank", "goodbye", "affirm", "deny", "cancel", "start_over", "help", "chitchat"),
    *("complain", "nlu_fallback", "out_of_scope"),
}
_ASKS = re.compile(r"[?？]$|(?:ます|です|でしょう|ません)か[。]?$")
_DOUBT = {"nlu_fallback", "out_of_scope"}
# A last sentence of less (「いつまで？」) leans on the ones before, unless they are small talk.
_SHORTEST_OWN = 8
_LOCK_POLL_SECONDS = 0.02
WRITTEN = "written"
"""In the metadata: the whole of a message of which one sentence was taken as the wish."""
# Slots that hold a question of before which a place would answer.
_AWAITING_A_PLACE = ("waste_interrupted", "snow_interrupted", "facilities_wanted")
_ENDINGS = frozenset({"cancel", "start_over"})
# The form of the waste skill stays open after an answer, too, and then asks nothing.
_PENDING, _NOTHING_ASKED = "waste_pending", "more"

# Events, about twenty turns. Rasa walks through a whole session several times a turn, so a long one
# is followed by a new one, with the same slots, at the next turn that is in no form.
_LONG_SESSION = 150


# Of a sentence that is only read.
_LONGEST_READING = 300


class _Collected(OutputChannel):
    """Keeps what Rasa says, in the same form in which Rasa stores it."""

    def __init__(self) -> None:
        self.messages: list[Json] = []

    @classmethod
    def name(cls) -> str:
        return "concierge"

    async def send_response(self, recipient_id: str, message: Json) -> None:
        self.messages += neutral(message)


class ConciergeInput(InputChannel):
    """Rasa's input channel `concierge`; credentials.yml names this class."""

    def __init__(self, token: str) -> None:
        """`token` is the shared secret of the house's internal calls."""
        self._authorization = f"Bearer {token}".encode()
        self._room: Room | None = None

    @classmethod
    def name(cls) -> str:
        """Return the channel's name, part of its address."""
        return "concierge"

    @classmethod
    def from_credentials(cls, credentials: Json | None) -> InputChannel:
        """Build the channel; refuses to start without a token."""
        token = (credentials or {}).get("token")
        if not token or str(token).startswith("$"):
            cls.raise_missing_credentials_exception()
        return cls(str(token))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the routes. `on_new_message` is not used: it cannot be repeated safely."""
        routes = Blueprint("concierge")

        @routes.get("/")
        async def ready(request: Request) -> HTTPResponse:
            return response.json({"status": "ready"}) if _ready(request) else _loading()

        @routes.post("/turns")
        async def turns(request: Request) -> HTTPResponse:
            return self._refusal(request) or await self._turns(request)

        @routes.post("/readings")
        async def readings(request: Request) -> HTTPResponse:
            return self._refusal(request) or await self._read(request)

        @routes.get("/conversations/<sender>")
        async def conversation(request: Request, sender: str) -> HTTPResponse:
            return self._refusal(request) or await self._take_out(request.app.ctx.agent, sender)

        @routes.delete("/conversations/<sender>")
        async def forget(request: Request, sender: str) -> HTTPResponse:
            return self._refusal(request) or await self._forget(request.app.ctx.agent, sender)

        @routes.listener("after_server_start")
        async def learn(app: Any, _loop: Any) -> None:
            agent: Agent | None = app.ctx.agent
            if agent is not None and agent.is_ready():
                await self._room_of(agent).prepare()

        return routes

    def _refusal(self, request: Request) -> HTTPResponse | None:
        if not self._knows(request):
            return _error(401, "unauthorized", "send the internal token as a bearer token")
        return None if _ready(request) else _loading()

    async def _turns(self, request: Request) -> HTTPResponse:
        try:
            turn = read_turn(_body(request))
        except BadTurnError as error:
            return _error(400, "bad_turn", str(error))
        agent: Agent = request.app.ctx.agent
        return await _answer(agent, self._room_of(agent), turn)

    async def _read(self, request: Request) -> HTTPResponse:
        """Tell which intent a sentence is, outside of every conversation: nothing is kept."""
        try:
            body = _body(request)
        except BadTurnError as error:
            return _error(400, "bad_turn", str(error))
        text = body.get("text") if isinstance(body, dict) else None
        if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_READING:
            return _error(400, "bad_turn", f"text: up to {_LONGEST_READING} characters")
        parsed = await request.app.ctx.agent.parse_message(text)
        name, confidence = parsed["intent"]["name"], parsed["intent"]["confidence"]
        return response.json({"intent": name, "confidence": confidence})

    async def _forget(self, agent: Agent, sender: str) -> HTTPResponse:
        """Delete a conversation between two turns; deleting it again changes nothing."""
        try:
            async with agent.lock_store.lock(sender, wait_time_in_seconds=_LOCK_POLL_SECONDS):
                await self._room_of(agent).forget(sender)
        except StoreUnavailableError as error:
            log.warning("conversation_not_forgotten", cause=str(error))
            return _error(503, "store_unavailable", "the database is away; repeat the call")
        except LockError:
            return _error(503, "busy", "the conversation is busy; repeat the call")
        return response.empty()

    async def _take_out(self, agent: Agent, sender: str) -> HTTPResponse:
        """Hand out everything that is kept of a conversation."""
        try:
            return response.json({"events": await self._room_of(agent).kept(sender)})
        except StoreUnavailableError as error:
            log.warning("conversation_not_taken_out", cause=str(error))
            return _error(503, "store_unavailable", "the database is away; repeat the call")

    def _room_of(self, agent: Agent) -> "Room":
        if self._room is None:
            self._room = Room(agent.processor)
        return self._room

    def _knows(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._authorization)


async def _answer(agent: Agent, room: "Room", turn: Turn) -> HTTPResponse:
    try:
        async with agent.lock_store.lock(turn.sender, wait_time_in_seconds=_LOCK_POLL_SECONDS):
            answer = await room.take(turn)
    except ActionFailure as failure:
        log.warning("turn_without_action", turn_id=turn.turn_id, code=failure.code)
        return _error(failure.status, failure.code, "no action answered; repeat the turn")
    except StoreUnavailableError as error:
        log.warning("turn_without_store", turn_id=turn.turn_id, cause=str(error))
        return _error(503, "store_unavailable", "the database is away; repeat the turn")
    except LockError:
        return _error(503, "busy", "the conversation is busy; repeat the turn")
    return response.json(answer)


class Room:
    """Where turns are taken: Rasa's processor with our store and our way to the action server."""

    def __init__(self, processor: MessageProcessor) -> None:
        """Take over the processor of a loaded model."""
        store = processor.tracker_store
        if isinstance(store, FailSafeTrackerStore):
            store = store._tracker_store
        if not isinstance(store, SQLTrackerStore):
            raise RasaException("the concierge channel needs the SQL tracker store")
        self._conversations = Conversations(store)
        self._processor = processor
        self._relations: Relations | None = None
        self._learning = Lock()
        processor.graph_runner = PlannedRunner(processor.graph_runner)
        if processor.action_endpoint:
            processor.action_endpoint = ActionServer(processor.action_endpoint)

    async def take(self, turn: Turn) -> Json:
        """Answer a turn once. Everything it did is stored at the very end, or nothing is."""
        events = await self._conversations.load(turn.sender)
        said = _said_before(events, turn.turn_id)
        if said is not None:
            log.info("turn_replayed", turn_id=turn.turn_id)
            return {"turn_id": turn.turn_id, "messages": said, "replayed": True}
        started = time.perf_counter()
        relations = await self.prepare()
        wishes = await self._wishes(turn)
        tracker = DialogueStateTracker.from_events(
            turn.sender, events, self._processor.domain.slots
        )
        await self._open_session(tracker, wishes[0].output_channel)
        for message in wishes:
            await self._converse(tracker, message, self._resolved(relations, tracker, message))
        await self._conversations.append(turn.sender, list(tracker.events)[len(events) :])
        messages = [said for message in wishes for said in message.output_channel.messages]
        log.info(
            "turn_answered",
            turn_id=turn.turn_id,
            intent=wishes[0].parse_data["intent"]["name"],
            confidence=round(wishes[0].parse_data["intent"]["confidence"], 3),
            wishes=len(wishes),
            messages=len(messages),
            ms=round((time.perf_counter() - started) * 1000),
        )
        return {"turn_id": turn.turn_id, "messages": messages, "replayed": False}

    async def prepare(self) -> Relations:
        """Learn how messages go on with a topic: once, before the first turn."""
        async with self._learning:
            if self._relations is None:
                self._relations = await learn_relations(self._processor)
            return self._relations

    async def kept(self, sender: str) -> list[Json]:
        """Return everything that is kept of a sender, older sessions included."""
        return await self._conversations.kept(sender)

    async def forget(self, sender: str) -> None:
        """Delete the conversation of a sender, the slots and the record of turns included."""
        await self._conversations.forget(sender)

    async def _wishes(self, turn: Turn) -> list[UserMessage]:
        """Return the turn as one message to Rasa; as two, where both parts are wishes."""
        parts = two_wishes(turn.text or "")
        if parts:
            first = await self._understand(replace(turn, text=parts[0]))
            second = await self._understand(
                replace(turn, text=parts[1], turn_id=_second(turn.turn_id))
            )
            if not _NO_WISH & {_intent(first), _intent(second)}:
                return [first, second]
        whole = await self._understand(turn)
        if _intent(whole) not in _NO_WISH:
            return [whole]
        asked: UserMessage | None = None
        least = _SHORTEST_OWN if _intent(whole) in _DOUBT else 0
        for wish in possible_wishes(turn.text or ""):
            # 「ありがとう！あと図書館は？」: small talk beside a wish does not swallow it.
            # What stands beside it is still heard, where it tells of danger or that it is over.
            if len(wish) >= least:
                understood = await self._understand(replace(turn, text=wish), written=turn.text)
                if _intent(understood) not in _NO_WISH:
                    return [understood]
                if (
                    _intent(whole) not in _DOUBT
                    and _intent(understood) in _DOUBT
                    and _ASKS.search(wish)
                ):
                    asked = asked or understood
        return [asked or whole]

    async def _understand(self, turn: Turn, written: str | None = None) -> UserMessage:
        parsed = await _understood(self._processor, turn)
        model = self._processor.model_metadata.model_id
        return UserMessage(
            parsed["text"],
            _Collected(),
            turn.sender,
            parse_data=parsed,
            input_channel=ConciergeInput.name(),
            metadata={
                **turn.metadata,
                "turn_id": turn.turn_id,
                "model_id": model,
                **({WRITTEN: written} if written else {}),
            },
        )

    def _resolved(
        self, relations: Relations, tracker: DialogueStateTracker, message: UserMessage
    ) -> Resolved:
        """Read the message together with the topic. An open question is answered as it was asked."""
        parsed, topic = message.parse_data, topic_of(tracker.get_slot(SLOT))
        at = _when(message)
        pending = tracker.get_slot(_PENDING) or {}
        asked = tracker.active_loop_name and pending.get("ask") != _NOTHING_ASKED
        # A tap, or a place, names its matter exactly.
        if asked or not parsed["intent_ranking"]:
            # Who leaves an open question leaves its matter too.
            return left(parsed, None if _intent(message) in _ENDINGS else topic, at)
        awaited = any(tracker.get_slot(name) for name in _AWAITING_A_PLACE)
        return resolve(relations, parsed, topic, at, awaited=awaited)

    async def _converse(
        self, tracker: DialogueStateTracker, message: UserMessage, resolved: Resolved
    ) -> None:
        """Do what `MessageProcessor.handle_message` does, without its loading and saving."""
        processor, output = self._processor, message.output_channel
        message.parse_data = resolved.parsed
        if resolved.told:
            message.metadata = {**message.metadata, SLOT: resolved.told}
        await processor._handle_message_with_tracker(message, tracker)
        topic = resolved.topic.value() if resolved.topic else None
        if topic != tracker.get_slot(SLOT):
            tracker.update(SlotSet(SLOT, topic), processor.domain)
        tracker = await processor.run_action_extract_slots(output, tracker)
        await processor._run_prediction_loop(output, tracker)

    async def _open_session(self, tracker: DialogueStateTracker, output: OutputChannel) -> None:
        """Start a new session where it is time, before the first wish: replays read one session."""
        await self._processor._update_tracker_session(tracker, output)
        if len(tracker.events) > _LONG_SESSION and not tracker.active_loop_name:
            await self._start_session(tracker, output)

    async def _start_session(self, tracker: DialogueStateTracker, output: OutputChannel) -> None:
        processor = self._processor
        await processor._run_action(
            processor._get_action(ACTION_SESSION_START_NAME),
            tracker,
            output,
            processor.nlg,
            PolicyPrediction.for_action_name(processor.domain, ACTION_SESSION_START_NAME),
        )


def _second(turn_id: str) -> str:
    """Return the id under which a turn's second wish is known to actions."""
    return f"{turn_id}/2"


def _when(message: UserMessage) -> datetime:
    at = message.metadata.get("at")
    return datetime.fromisoformat(at) if at else datetime.now(timezone.utc)


def _intent(message: UserMessage) -> str:
    return str(message.parse_data["intent"]["name"])


def _said_before(events: list[Event], turn_id: str) -> list[Json] | None:
    """Return the messages of a turn that was taken before, None when it was not."""
    said: list[Json] | None = None
    for event in events:
        if isinstance(event, UserUttered):
            if said is not None and event.metadata.get("turn_id") != _second(turn_id):
                break
            if event.metadata.get("turn_id") == turn_id:
                said = []
        elif said is not None and isinstance(event, BotUttered):
            said += neutral(event.message())
    return said


async def _understood(processor: MessageProcessor, turn: Turn) -> Json:
    """Return Rasa's parse data; only a payload may name an intent."""
    if turn.text is not None and turn.text.strip():
        parsed: Json = await processor.parse_message(UserMessage(turn.text, metadata=turn.metadata))
        # Tokens are of no use after this point and would be stored with every message.
        parsed.pop("text_tokens", None)
        return told(parsed)
    if turn.intent is None:
        return _parse_data("", _UNKNOWN, {})
    known = turn.intent in processor.domain.intents and turn.intent not in _RASA_COMMANDS
    # A button of an older version may name an intent that is gone; it still gets an answer.
    return _parse_data(turn.payload, turn.intent if known else _UNKNOWN, turn.entities)


def _parse_data(text: str, intent: str, entities: Json) -> Json:
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 1.0},
        "entities": [
            {"entity": name, "value": value, "start": 0, "end": len(text)}
            for name, value in entities.items()
        ],
        "intent_ranking": [],
    }


def _ready(request: Request) -> bool:
    agent: Agent | None = request.app.ctx.agent
    return agent is not None and agent.is_ready()


def _loading() -> HTTPResponse:
    return _error(503, "no_model", "the model is still being loaded; try again shortly")


def _body(request: Request) -> Any:
    try:
        return request.json
    except SanicException:
        raise BadTurnError("the body must be JSON") from None


def _error(status: int, code: str, message: str) -> HTTPResponse:
    return response.json({"error": {"code": code, "message": message}}, status=status)
