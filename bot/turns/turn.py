"""Taking one turn: ask Rasa, then write the answer and everything it causes in one transaction."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from procrastinate.tasks import Task
from sqlalchemy.ext.asyncio import AsyncSession

from actions.contract import Message, Payload, Text
from bot import repository
from bot.line.inbox import EVENT_STATES
from bot.messages.render import render, to_json
from bot.models import LineEvent
from bot.sender.outbox import queue_send
from bot.turns.input import read_turn
from bot.turns.rasa import RasaClient, RasaRefusedError, TurnInput
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
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


class TurnTaker:
    """Serves the events of the inbox, one citizen's strictly in order (the job's lock)."""

    def __init__(
        self, database: Database, clock: Clock, rasa: RasaClient, send: Task[Any, Any, Any]
    ) -> None:
        """`send` is the job that carries out one outbox row."""
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._send = send

    async def take(self, event_id: int) -> None:
        """Serve one event. Raises UnavailableError when it should be tried again later."""
        async with self._database.transaction() as session:
            event = await repository.load_event(session, event_id)
        if event is None or event.state != "received":
            return
        answer = await self._answer(event)
        async with self._database.transaction() as session:
            await self._finish(session, event_id, answer, "answered")

    async def give_up(self, event_id: int) -> None:
        """Close an event that a fault of ours keeps from being served: apologise, tell staff."""
        log.error("turn_failed", event_id=event_id)
        async with self._database.transaction() as session:
            await self._finish(session, event_id, (APOLOGY,), "failed")

    async def _answer(self, event: LineEvent) -> Sequence[Message]:
        said = read_turn(event.kind, event.raw)
        if said is None or event.citizen_id is None:
            return ()
        warning = (WARNING,) if event.masked else ()
        return [*warning, *await self._ask(event, event.citizen_id, said)]

    async def _ask(self, event: LineEvent, citizen_id: str, said: TurnInput) -> Sequence[Message]:
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
        self, session: AsyncSession, event_id: int, answer: Sequence[Message], state: str
    ) -> None:
        event = await repository.load_event(session, event_id, lock=True)
        if event is None or event.state != "received" or event.citizen_id is None:
            return
        await self._apply_state(session, event, event.citizen_id)
        for number, call in enumerate(render(answer)):
            new = repository.NewOutbound(
                key=f"turn:{event.id}:{number}",
                citizen_id=event.citizen_id,
                messages_json=to_json(call),
                # A reply token answers once: the first call replies, the others are pushed.
                reply_token=event.reply_token if number == 0 else None,
                reply_token_received_at=event.received_at if number == 0 else None,
            )
            await queue_send(session, self._send, new, self._clock())
        repository.step(EVENT_STATES, event, state)

    async def _apply_state(self, session: AsyncSession, event: LineEvent, citizen_id: str) -> None:
        match event.kind:
            case "follow" | "unfollow":
                await repository.set_friend(session, citizen_id, event.kind == "follow")
            case "unsend":
                message_id = str(event.raw["unsend"].get("messageId", ""))
                await repository.erase_message(session, citizen_id, message_id)
            case "message" | "postback":
                pass
