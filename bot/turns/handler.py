"""Taking one turn: ask Rasa, then write the answer and everything it causes in one transaction."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.broadcast.trials import Trials, read_code
from bot.citizens import repository as citizen_rows
from bot.handoff.contract import ASKED
from bot.handoff.service import Handoffs, Present
from bot.handoff.taps import Taps, read_tap
from bot.jobs import FORGET_CONVERSATION, REPORT_UNFOLLOW, TELL_WAITING
from bot.line import repository as event_rows
from bot.line.inbox import EVENT_STATES
from bot.line.repository import StoredEvent
from bot.media import repository as media
from bot.messages.render import render, to_json
from bot.messages.speakers import Speaker
from bot.sender import repository as outbound_rows
from bot.sender.line_api import LineApi
from bot.sender.outbox import OPEN_STATES
from bot.sender.repository import NewOutbound
from bot.sender.sender import Sender
from bot.turns.input import (
    image_set,
    read_turn,
    said_first,
    said_text,
    says_unblocked,
    wanted_answer,
)
from bot.turns.language import event_language, turn_language
from bot.turns.rasa import RasaClient, RasaRefusedError, TurnInput
from bot.turns.waiting import HELD_FOR, TELL_AFTER, waiting_key
from kit.clock import Clock
from kit.db import Database
from kit.errors import UnavailableError
from kit.jobs import NewJob, enqueue
from kit.lifecycle import check_step
from kit.logging import get_logger
from kit.wording import load_wording, spoken_in, translated
from messages.neutral import Message, Payload, Text, reworded

log = get_logger(__name__)

# A turn is repeated while something is away; after this long the citizen gets an apology instead.
GIVE_UP_AFTER = timedelta(minutes=2)
# An answer that is not there by then gets LINE's loading animation, for at most so long.
LOADING_AFTER_SECONDS = 1.5
LOADING_SECONDS = 40

APOLOGY = Text(
    text="申し訳ありません。ただいまお答えできない状態です。少し時間をおいて、もう一度お送りください。"
    "\nお急ぎのときは、市役所へお電話ください。",
)
WARNING = Text(
    text="マイナンバーやカード番号と思われる数字がありました。安全のため、こちらでは記録していません。"
    "\nこのトークには番号を送らないでください。送ったメッセージは長押しで「送信取消」ができます。",
    choices=(Payload(label="メニューを見る", payload="/help"),),
)
NOTHING_HELD = Text(
    text="このご質問へのお答えは、もうお送りしたか、時間がたって消えています。"
    "お手数ですが、もう一度ご質問をお送りください。",
    choices=(Payload(label="メニューを見る", payload="/help"),),
)
WELCOME_BACK = Text(
    text="おかえりなさい。以前の設定は、そのまま残っています。",
    choices=(Payload(label="メニューを見る", payload="/help"),),
)


class TurnHandler:
    """Serves the events of the inbox, one citizen's strictly in order (the job's lock)."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rasa: RasaClient,
        sender: Sender,
        api: LineApi,
        speaker: Speaker,
        handoffs: Handoffs,
        trials: Trials,
    ) -> None:
        """All parts are made once per process."""
        self._trials = trials
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._sender = sender
        self._api = api
        self._speaker = speaker
        self._handoffs = handoffs
        self._taps = Taps(handoffs)

    async def take(self, event_id: int) -> None:
        """Serve one event and send its answer.

        Raises UnavailableError when it should be tried again later; what was done stays done.
        """
        async with self._database.statement() as session:
            event = await event_rows.load_event(session, event_id)
        if event is None or event.citizen_id is None:
            return
        if event.state != "received":
            await self._send_the_rest(event_id)
            return
        present = await self._handoffs.look(event.citizen_id)
        if present is not None and present.is_held:
            answer: Sequence[Message] = said_first(event.kind, event.raw)
            await self._finish(event, event.citizen_id, _own(event, *answer), "handed")
            return
        wanted = wanted_answer(event.kind, event.raw)
        if wanted is not None and await self._hand_over(event, event.citizen_id, wanted):
            return
        answer = await self._answer(event, event.citizen_id, present)
        await self._finish(event, event.citizen_id, answer, "answered")

    async def give_up(self, event_id: int) -> None:
        """Close an event that a fault of ours keeps from being served: apologise, tell staff."""
        log.error("turn_failed", event_id=event_id)
        async with self._database.statement() as session:
            event = await event_rows.load_event(session, event_id)
        if event is not None and event.citizen_id is not None and event.state == "received":
            await self._finish(event, event.citizen_id, _own(event, APOLOGY), "failed")

    async def _send_the_rest(self, event_id: int) -> None:
        async with self._database.statement() as session:
            left = await outbound_rows.open_outbound(session, event_id, OPEN_STATES)
        for outbound_id in left:
            await self._sender.send(outbound_id)

    async def _hand_over(self, event: StoredEvent, citizen_id: str, wanted: int) -> bool:
        """Send the held answer to event `wanted` with this tap's token; False when none is held."""
        async with self._database.transaction() as session:
            held = await outbound_rows.release_held(
                session, wanted, citizen_id, event.reply_token, event.received_at
            )
            if held:
                await event_rows.end_event(session, event.id, event.state, "answered")
        for outbound_id in held:
            await self._sender.send(outbound_id)
        return bool(held)

    async def _answer(
        self, event: StoredEvent, citizen_id: str, present: Present | None
    ) -> Sequence[Message]:
        if event.is_unsent or await self._is_answered_with_its_set(event):
            return ()
        tap = read_tap(event.kind, event.raw)
        if tap is not None:
            return _own(event, *await self._taps.answer(citizen_id, tap))
        if wanted_answer(event.kind, event.raw) is not None:
            return _own(event, NOTHING_HELD)
        code = read_code(said_text(event.raw))
        if code is not None:
            return _own(event, await self._trials.pair(citizen_id, code))
        said = read_turn(event.kind, event.raw)
        first = _own(event, *said_first(event.kind, event.raw))
        if said is None:
            return first
        if event.kind == "follow" and _is_back(event):
            return _own(event, WELCOME_BACK)
        warning = _own(event, WARNING) if event.masked else ()
        told = {ASKED: True} if present is not None and present.is_asked else {}
        return [*first, *warning, *await self._ask(event, citizen_id, said, told)]

    async def _is_answered_with_its_set(self, event: StoredEvent) -> bool:
        set_id = image_set(event.raw)
        if set_id is None:
            return False
        async with self._database.statement() as session:
            return await event_rows.is_set_answered(session, event, set_id)

    async def _ask(
        self, event: StoredEvent, citizen_id: str, said: TurnInput, told: dict[str, Any]
    ) -> Sequence[Message]:
        spoken = turn_language(event.chosen_language, said.text)
        turn_id, at = f"line-{event.id}", event.occurred_at
        asking = asyncio.create_task(
            self._rasa.take_turn(turn_id, citizen_id, said, at, spoken, told)
        )
        try:
            finished, _ = await asyncio.wait({asking}, timeout=LOADING_AFTER_SECONDS)
            if not finished:
                await self._say_that_it_takes_longer(event)
            return await asking
        except RasaRefusedError as error:
            log.error("turn_refused", event_id=event.id, exc_info=error)
        except UnavailableError:
            if self._clock() - event.received_at < GIVE_UP_AFTER:
                await self._say_that_it_takes_longer(event)
                raise
            log.error("turn_given_up", event_id=event.id)
        finally:
            asking.cancel()
        return _own(event, APOLOGY)

    async def _say_that_it_takes_longer(self, event: StoredEvent) -> None:
        """Show the loading animation, and have the waiting message sent should it come to that."""
        if self._clock() - event.received_at >= TELL_AFTER:
            return
        job = NewJob(
            TELL_WAITING,
            {"event_id": event.id},
            priority=20,
            schedule_at=event.received_at + TELL_AFTER,
        )
        async with self._database.transaction() as session:
            await enqueue(session, job)
        await self._api.show_loading(event.channel, event.line_user_id or "", LOADING_SECONDS)

    async def _finish(
        self, event: StoredEvent, citizen_id: str, answer: Sequence[Message], state: str
    ) -> None:
        """End the turn in one transaction, the first attempts to send included; then send.

        What was to be answered while somebody took the conversation is left to that person.
        """
        with spoken_in(load_wording(event_language(event))):
            calls = render(answer, self._speaker)
        async with self._database.transaction() as session:
            present = await self._handoffs.present(session, citizen_id)
            if present is not None and present.is_held and state != "handed":
                state, calls = "handed", []
            check_step(EVENT_STATES, event.state, state)
            if not await event_rows.end_event(session, event.id, event.state, state):
                return
            await self._apply_state(session, event, citizen_id)
            is_held = await self._waits_for_a_tap(session, event)
            attempts = [
                await outbound_rows.insert_outbound(
                    session,
                    self._outbound(event, citizen_id, number, call, is_held=is_held),
                    event.line_user_id or "",
                    self._clock(),
                    event.channel,
                )
                for number, call in enumerate(calls)
            ]
        if present is not None:
            await self._handoffs.tell(present)
        for attempt in attempts:
            if attempt is not None and not is_held:
                await self._sender.carry_out(attempt)

    async def _waits_for_a_tap(self, session: AsyncSession, event: StoredEvent) -> bool:
        """Tell whether the citizen was given the button, which has spent the reply token."""
        if self._clock() - event.received_at < TELL_AFTER:
            return False
        state = await outbound_rows.outbound_state(session, waiting_key(event.id))
        return state in ("sending", "accepted")

    def _outbound(
        self,
        event: StoredEvent,
        citizen_id: str,
        number: int,
        call: Sequence[dict[str, Any]],
        *,
        is_held: bool,
    ) -> NewOutbound:
        # A reply token answers once: the first call replies, the others are pushed.
        token = event.reply_token if number == 0 and not is_held else None
        return NewOutbound(
            key=f"turn:{event.id}:{number}",
            citizen_id=citizen_id,
            event_id=event.id,
            messages_json=to_json(call),
            reply_token=token,
            reply_token_received_at=event.received_at,
            method=None if is_held else self._sender.first_method(token, event.received_at),
            expires_at=event.received_at + HELD_FOR if is_held else None,
            is_held=is_held,
        )

    async def _apply_state(
        self, session: AsyncSession, event: StoredEvent, citizen_id: str
    ) -> None:
        match event.kind:
            case "follow":
                await citizen_rows.note_follow(session, citizen_id, event.occurred_at)
            case "unfollow":
                await citizen_rows.note_unfollow(session, citizen_id, event.occurred_at)
                gone = {"citizen_id": citizen_id}
                lock = f"links:{citizen_id}"
                await enqueue(session, NewJob(REPORT_UNFOLLOW, gone, lock=lock))
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
        await event_rows.erase_message(session, citizen_id, message_id)
        if not await media.erase_unsent(session, citizen_id, message_id, self._clock()):
            job = {"citizen_id": citizen_id}
            # Not the lock of the turns: those must go on while Rasa is away.
            lock = f"forget:{citizen_id}"
            await enqueue(session, NewJob(FORGET_CONVERSATION, job, lock=lock))


def _own(event: StoredEvent, *messages: Message) -> Sequence[Message]:
    """Return what no action says, in the citizen's language; actions have said theirs in it."""
    with spoken_in(load_wording(event_language(event))):
        return tuple(reworded(message, translated) for message in messages)


def _is_back(event: StoredEvent) -> bool:
    """Tell whether a follower is known to us. Whose data was erased is not, whatever LINE says."""
    is_older = event.known_since is not None and event.known_since < event.received_at
    return event.followed_at is not None or (is_older and says_unblocked(event.raw))
