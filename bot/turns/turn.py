"""Taking one turn: ask Rasa, then write the answer and everything it causes in one transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from procrastinate.tasks import Task
from sqlalchemy.ext.asyncio import AsyncSession

from actions.contract import Message, Payload, Text
from bot import repository
from bot.line.inbox import EVENT_STATES
from bot.media import repository as media
from bot.messages.render import render, to_json
from bot.repository import NewOutbound, StoredEvent
from bot.sender.outbox import OPEN_STATES
from bot.sender.sender import Sender
from bot.turns.input import image_set, read_turn, says_unblocked
from bot.turns.rasa import RasaClient, RasaRefusedError, TurnInput
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
from kit.jobs import NewJob, enqueue
from kit.lifecycle import check_step
from kit.logging import get_logger

log = get_logger(__name__)

# A turn is repeated while something is away; after this long the citizen gets an apology instead.
GIVE_UP_AFTER = timedelta(minutes=2)

APOLOGY = Text(
    text="申し訳ありません。ただいまお答えできない状態です。少し時間をおいて、もう一度お送りください。"
    "\nお急ぎのときは、市役所へお電話ください。",
)
WARNING = Text(
    text="マイナンバーやカード番号と思われる数字がありました。安全のため、こちらでは記録していません。"
    "\nこのトークには番号を送らないでください。送ったメッセージは長押しで「送信取消」ができます。",
    choices=(Payload(label="メニューを見る", payload="/help"),),
)
WELCOME_BACK = Text(
    text="おかえりなさい。以前の設定は、そのまま残っています。",
    choices=(Payload(label="メニューを見る", payload="/help"),),
)


class TurnTaker:
    """Serves the events of the inbox, one citizen's strictly in order (the job's lock)."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rasa: RasaClient,
        sender: Sender,
        forget_conversation: Task[Any, Any, Any],
    ) -> None:
        """All parts are made once per process.

        `forget_conversation` is the job that deletes what Rasa keeps of one citizen.
        """
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._sender = sender
        self._forget_conversation = forget_conversation

    async def take(self, event_id: int) -> None:
        """Serve one event and send its answer.

        Raises UnavailableError when it should be tried again later; what was done stays done.
        """
        async with self._database.statement() as session:
            event = await repository.load_event(session, event_id)
        if event is None or event.citizen_id is None:
            return
        if event.state != "received":
            await self._send_the_rest(event_id)
            return
        answer = await self._answer(event, event.citizen_id)
        await self._finish(event, event.citizen_id, answer, "answered")

    async def give_up(self, event_id: int) -> None:
        """Close an event that a fault of ours keeps from being served: apologise, tell staff."""
        log.error("turn_failed", event_id=event_id)
        async with self._database.statement() as session:
            event = await repository.load_event(session, event_id)
        if event is not None and event.citizen_id is not None and event.state == "received":
            await self._finish(event, event.citizen_id, (APOLOGY,), "failed")

    async def _send_the_rest(self, event_id: int) -> None:
        async with self._database.statement() as session:
            left = await repository.open_outbound(session, event_id, OPEN_STATES)
        for outbound_id in left:
            await self._sender.send(outbound_id)

    async def _answer(self, event: StoredEvent, citizen_id: str) -> Sequence[Message]:
        if event.is_unsent or await self._is_answered_with_its_set(event):
            return ()
        said = read_turn(event.kind, event.raw)
        if said is None:
            return ()
        if event.kind == "follow" and _is_back(event):
            return (WELCOME_BACK,)
        warning = (WARNING,) if event.masked else ()
        return [*warning, *await self._ask(event, citizen_id, said)]

    async def _is_answered_with_its_set(self, event: StoredEvent) -> bool:
        set_id = image_set(event.raw)
        if set_id is None:
            return False
        async with self._database.statement() as session:
            return await repository.is_set_answered(session, event, set_id)

    async def _ask(self, event: StoredEvent, citizen_id: str, said: TurnInput) -> Sequence[Message]:
        try:
            return await self._rasa.take_turn(f"line-{event.id}", citizen_id, said)
        except RasaRefusedError as error:
            log.error("turn_refused", event_id=event.id, exc_info=error)
        except UnavailableError:
            if self._clock() - event.received_at < GIVE_UP_AFTER:
                raise
            log.error("turn_given_up", event_id=event.id)
        return (APOLOGY,)

    async def _finish(
        self, event: StoredEvent, citizen_id: str, answer: Sequence[Message], state: str
    ) -> None:
        """End the turn in one transaction, the first attempts to send included; then send."""
        calls = render(answer)
        check_step(EVENT_STATES, event.state, state)
        async with self._database.transaction() as session:
            if not await repository.end_event(session, event.id, event.state, state):
                return
            await self._apply_state(session, event, citizen_id)
            attempts = [
                await repository.insert_outbound(
                    session,
                    self._outbound(event, citizen_id, number, call),
                    event.line_user_id or "",
                    self._clock(),
                    event.channel,
                )
                for number, call in enumerate(calls)
            ]
        for attempt in attempts:
            if attempt is not None:
                await self._sender.carry_out(attempt)

    def _outbound(
        self, event: StoredEvent, citizen_id: str, number: int, call: Sequence[dict[str, Any]]
    ) -> NewOutbound:
        # A reply token answers once: the first call replies, the others are pushed.
        token = event.reply_token if number == 0 else None
        return NewOutbound(
            key=f"turn:{event.id}:{number}",
            citizen_id=citizen_id,
            event_id=event.id,
            messages_json=to_json(call),
            reply_token=token,
            reply_token_received_at=event.received_at,
            method=self._sender.first_method(token, event.received_at),
        )

    async def _apply_state(
        self, session: AsyncSession, event: StoredEvent, citizen_id: str
    ) -> None:
        match event.kind:
            case "follow":
                await repository.note_follow(session, citizen_id, event.occurred_at)
            case "unfollow":
                await repository.note_unfollow(session, citizen_id, event.occurred_at)
            case "unsend":
                message_id = str(event.raw["unsend"].get("messageId", ""))
                await self._take_back(session, citizen_id, message_id)
            case "message" if event.is_unsent:
                message_id = str(event.raw["message"].get("id", ""))
                await self._take_back(session, citizen_id, message_id)
            case _:
                pass

    async def _take_back(self, session: AsyncSession, citizen_id: str, message_id: str) -> None:
        """Erase a message here at once, and its words in Rasa by a job."""
        await repository.erase_message(session, citizen_id, message_id)
        if not await media.erase_unsent(session, citizen_id, message_id, self._clock()):
            job = {"citizen_id": citizen_id}
            # Not the lock of the turns: those must go on while Rasa is away.
            lock = f"forget:{citizen_id}"
            await enqueue(session, NewJob(self._forget_conversation, job, lock=lock))


def _is_back(event: StoredEvent) -> bool:
    """Tell whether a follower is known to us and nothing of theirs was erased since."""
    is_known = event.followed_at is not None or says_unblocked(event.raw)
    return is_known and event.forgotten_at is None
