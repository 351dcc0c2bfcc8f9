"""`POST /line/notifications`: other packages hand over what a citizen subscribed to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from bot.citizens import repository as citizen_rows
from bot.jobs import SEND
from bot.messages.render import render, to_json
from bot.messages.speakers import Speaker
from bot.preferences.repository import load_preferences
from bot.sender import repository as outbound_rows
from kit.clock import Clock
from kit.container import part
from kit.db import Database
from kit.errors import NotFoundError
from kit.guard import require_internal
from kit.jobs import NewJob, enqueue
from kit.wording import load_wording, spoken_in
from messages.notifications import Notification, NotificationResult, Outcome

router = APIRouter(prefix="/line", tags=["line"], dependencies=[Depends(require_internal)])


class Notifier:
    """Writes notifications into the outbox, each key once."""

    def __init__(self, database: Database, clock: Clock, speaker: Speaker) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._speaker = speaker

    async def notify(self, notification: Notification) -> Outcome:
        """Queue one notification. Raises NotFoundError for an unknown citizen."""
        async with self._database.transaction() as session:
            citizen = await citizen_rows.load_citizen(session, notification.citizen_id)
            if citizen is None:
                raise NotFoundError("No citizen of that id.")
            if not citizen.is_friend:
                return Outcome.not_a_friend
            chosen = (await load_preferences(session, citizen.id)).language
            messages = notification.in_languages.get(chosen, notification.messages)
            with spoken_in(load_wording(chosen)):
                calls = render(messages, self._speaker)
            queued = False
            for number, call in enumerate(calls):
                new = outbound_rows.NewOutbound(
                    key=f"notify:{notification.key}:{number}",
                    citizen_id=citizen.id,
                    messages_json=to_json(call),
                    expires_at=notification.expires_at,
                )
                row = await outbound_rows.insert_outbound(
                    session, new, citizen.line_user_id, self._clock(), citizen.channel
                )
                if row is not None:
                    queued = True
                    job = {"outbound_id": row.outbound_id}
                    await enqueue(session, NewJob(SEND, job, lock=citizen.id))
        return Outcome.queued if queued else Outcome.already_queued


def _notifier(request: Request) -> Notifier:
    notifier = part(request, Notifier)
    return notifier


@router.post("/notifications")
async def post_notification(
    notification: Notification, notifier: Annotated[Notifier, Depends(_notifier)]
) -> NotificationResult:
    """Queue a notification for one citizen; the same key is never delivered twice."""
    return NotificationResult(outcome=await notifier.notify(notification))
