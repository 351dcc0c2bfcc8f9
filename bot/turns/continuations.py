"""`POST /line/continuations`: the dialogue goes on where it had to wait for another package."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from bot.citizens import repository as citizen_rows
from bot.jobs import TAKE_TURN
from bot.line import repository as event_rows
from bot.line.events import Disposition, Incoming
from bot.turns.input import CONTINUATION
from kit.clock import Clock
from kit.container import part
from kit.db import Database
from kit.errors import NotFoundError
from kit.guard import require_internal
from kit.jobs import NewJob, enqueue
from messages.continuations import Continuation
from messages.notifications import NotificationResult, Outcome

router = APIRouter(prefix="/line", tags=["line"], dependencies=[Depends(require_internal)])


class Continuations:
    """Writes continuations into the inbox as turns of the citizen's, each key once."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock

    async def queue(self, new: Continuation) -> Outcome:
        """Queue one continuation. Raises NotFoundError for an unknown citizen."""
        async with self._database.transaction() as session:
            citizen = await citizen_rows.load_citizen(session, new.citizen_id)
            if citizen is None:
                raise NotFoundError("No citizen of that id.")
            if not citizen.is_friend:
                return Outcome.not_a_friend
            event = event_rows.NewEvent(self._event(new, citizen.channel), citizen.id, "received")
            stored = await event_rows.insert_events(session, [event], self._clock())
            for event_id, _ in stored:
                turn = {"event_id": event_id}
                await enqueue(session, NewJob(TAKE_TURN, turn, lock=citizen.id, priority=10))
        return Outcome.queued if stored else Outcome.already_queued

    def _event(self, new: Continuation, channel: str) -> Incoming:
        content = new.model_dump(mode="json", include={"messages", "payload"})
        return Incoming(
            webhook_event_id=f"{CONTINUATION}:{new.key}",
            kind=CONTINUATION,
            disposition=Disposition.serve,
            reason=None,
            line_user_id=None,
            group=None,
            occurred_at=self._clock(),
            reply_token=None,
            is_redelivery=False,
            masked=False,
            raw={"type": CONTINUATION, "continuation": content},
            channel=channel,
        )


def _continuations(request: Request) -> Continuations:
    continuations = part(request, Continuations)
    return continuations


@router.post("/continuations")
async def post_continuation(
    new: Continuation, continuations: Annotated[Continuations, Depends(_continuations)]
) -> NotificationResult:
    """Let a citizen's dialogue go on; the same key counts once."""
    return NotificationResult(outcome=await continuations.queue(new))
