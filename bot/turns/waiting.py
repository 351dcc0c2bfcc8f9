"""When an answer takes longer than its reply token lives: a button that brings a fresh token.

A push would cost the city a message of its allowance; the tap makes the answer a reply again
(LINE Developers, "Reply token").
"""

from datetime import timedelta

from bot.handoff.service import Handoffs
from bot.line import repository as event_rows
from bot.messages.render import render, to_json
from bot.messages.speakers import Speaker
from bot.sender import repository as outbound_rows
from bot.sender.repository import NewOutbound
from bot.sender.sender import Sender
from bot.turns.input import collect_payload
from bot.turns.language import event_language
from kit.clock import Clock
from kit.db import Database
from kit.wording import load_wording, spoken_in, translated
from messages.neutral import Card, Cards, Payload, reworded

# Counted from the webhook: well inside the token's minute, with package for a repeated reply.
TELL_AFTER = timedelta(seconds=35)
# A held answer that nobody asks for is dropped.
HELD_FOR = timedelta(hours=24)


def waiting_message(event_id: int) -> Cards:
    """Return the message with the button. A card, because quick replies vanish."""
    words = "お調べするのに時間がかかっています。少し待ってから、下のボタンを押してください。"
    card = Card(
        title="お待たせしています",
        note=words,
        choices=(Payload(label="結果を見る", payload=collect_payload(event_id)),),
    )
    return Cards(summary=words, cards=(card,))


def waiting_key(event_id: int) -> str:
    """Return the outbox key of an event's waiting message."""
    return f"turn:{event_id}:wait"


class Waiter:
    """Tells a citizen whose turn still runs that it takes longer."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sender: Sender,
        speaker: Speaker,
        handoffs: Handoffs,
    ) -> None:
        """All parts are made once per process."""
        self._handoffs = handoffs
        self._database = database
        self._clock = clock
        self._sender = sender
        self._speaker = speaker

    async def tell(self, event_id: int) -> None:
        """Reply with the button, once, unless the turn has ended meanwhile."""
        async with self._database.transaction() as session:
            event = await event_rows.load_event(session, event_id)
            if event is None or event.citizen_id is None or event.reply_token is None:
                return
            if not await outbound_rows.lock_unserved(session, event_id):
                return
            present = await self._handoffs.present(session, event.citizen_id)
            if present is not None and present.is_held:
                return
            with spoken_in(load_wording(event_language(event))):
                waiting = reworded(waiting_message(event_id), translated)
                [call] = render([waiting], self._speaker)
            new = NewOutbound(
                key=waiting_key(event_id),
                citizen_id=event.citizen_id,
                event_id=event_id,
                messages_json=to_json(call),
                reply_token=event.reply_token,
                reply_token_received_at=event.received_at,
                method="reply",
                expires_at=event.received_at + HELD_FOR,
            )
            attempt = await outbound_rows.insert_outbound(
                session, new, event.line_user_id or "", self._clock(), event.channel
            )
        if attempt is not None:
            await self._sender.carry_out(attempt)
