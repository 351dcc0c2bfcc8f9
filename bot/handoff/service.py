"""The citizen's side of handoffs, and what time does to them."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens import repository as citizen_rows
from bot.handoff import repository, search, wording
from bot.handoff.contract import PersonWanted, Situation, Standing
from bot.handoff.hours import Desk, DeskPlan, load_desk_plan
from bot.handoff.models import Handoff
from bot.handoff.repository import NewHandoff
from bot.handoff.rules import ASKED_FOR, MESSAGE, OFFERED_FOR, TALK, WRAP_UP
from bot.handoff.saying import say
from bot.handoff.updates import Updates
from bot.line import repository as event_rows
from bot.messages.speakers import Speaker
from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError
from kit.logging import get_logger
from kit.settings import Settings
from messages.neutral import Text

log = get_logger(__name__)

TURN = re.compile(r"line-([0-9]{1,18})")


class NobodyAnswersError(NotFoundError):
    """No desk of this city answers in the talk."""

    code = "nobody_answers"


class NothingAskedError(NotFoundError):
    """The citizen was not asked what it is about."""

    code = "nothing_asked"


@dataclass(frozen=True)
class Present:
    """How a conversation stands when a turn begins."""

    handoff_id: int
    desk: str
    is_held: bool
    is_asked: bool
    """Whether the citizen's next words are what it is about."""


class Handoffs:
    """Who waits for a person. A citizen has one open handoff at most."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: Settings,
        speaker: Speaker,
        updates: Updates,
    ) -> None:
        """All parts are made once per process."""
        self._database = database
        self._clock = clock
        self._settings = settings
        self._speaker = speaker
        self._updates = updates

    @property
    def plan(self) -> DeskPlan:
        """Return the desks that answer in the talk. Raises NobodyAnswersError."""
        plan = load_desk_plan(self._settings.city_dir)
        if plan is None:
            raise NobodyAnswersError
        return plan

    def _local(self) -> datetime:
        return self._clock().astimezone(self._settings.timezone)

    async def look(self, citizen_id: str) -> Present | None:
        """Return how a conversation stands now; it may stand otherwise a moment later."""
        async with self._database.statement() as session:
            found = await repository.open_of_citizen(session, citizen_id)
        if found is not None and self._has_lapsed(found):
            async with self._database.transaction() as session:
                return await self.present(session, citizen_id)
        return None if found is None else self._present(found)

    async def present(self, session: AsyncSession, citizen_id: str) -> Present | None:
        """Return a citizen's open handoff as it stands for the rest of the transaction.

        A lease that has run out is noticed here too: then nobody holds the conversation.
        """
        found = await repository.open_of_citizen(session, citizen_id, share=True)
        if found is not None and self._has_lapsed(found):
            # Two who share cannot both change; the one who waits sees it changed.
            found = await repository.open_of_citizen(session, citizen_id, lock=True)
            found = await self._return(session, found) if found else None
        return None if found is None else self._present(found)

    def _present(self, found: Handoff) -> Present:
        is_asked = found.state == "offered" and self._clock() - found.asked_at < ASKED_FOR
        return Present(found.id, found.desk, found.state == "held", is_asked)

    async def tell(self, present: Present) -> None:
        """Let the desk know that something was said."""
        await self._updates.publish(present.handoff_id, present.desk)

    async def ask(self, wanted: PersonWanted) -> Standing:
        """Ask for a person. Raises NobodyAnswersError."""
        async with self._database.transaction() as session:
            event_id = await self._event_of(session, wanted)
            desk = self.plan.choose(wanted.desks, self._local())
            found = await repository.open_of_citizen(session, wanted.citizen_id, lock=True)
            if found is None:
                new = self._first(wanted.citizen_id, desk, event_id, says=wanted.says_matter)
                found = await repository.insert_handoff(session, new)
                if found is None:
                    found = await repository.open_of_citizen(session, wanted.citizen_id, lock=True)
            elif found.state in ("offered", "out_of_hours"):
                found = await self._ask_anew(session, found, desk, event_id, wanted.says_matter)
            elif found.state == "queued" and found.kind == MESSAGE and desk.is_open(self._local()):
                # Whoever comes back within hours would rather talk.
                found = await self._queue(session, found, kind=TALK)
            standing = await self._standing(session, found)
        await self._told(found)
        return standing

    async def tell_matter(self, wanted: PersonWanted) -> Standing:
        """Queue somebody who says what it is about. Raises NothingAskedError."""
        async with self._database.transaction() as session:
            event_id = await self._event_of(session, wanted)
            found = await repository.open_of_citizen(session, wanted.citizen_id, lock=True)
            if found is not None and found.about_event_id == event_id and found.state == "queued":
                return await self._standing(session, found)
            if found is None or found.state != "offered":
                raise NothingAskedError
            desk = (
                self.plan.choose(wanted.desks, self._local()).name if wanted.desks else found.desk
            )
            found = await self._queue(session, found, desk=desk, about_event_id=event_id)
            standing = await self._standing(session, found)
        await self._told(found)
        return standing

    async def queue_without_matter(self, citizen_id: str) -> bool:
        """Queue somebody who does not say what it is about; False when nothing was asked."""
        async with self._database.transaction() as session:
            found = await repository.open_of_citizen(session, citizen_id, lock=True)
            if found is None or found.state != "offered" or found.kind == MESSAGE:
                return False
            found = await self._queue(session, found)
        await self._told(found)
        return found is not None

    async def ask_for_message(self, citizen_id: str) -> bool:
        """Take a citizen's next words as a message for the desk; False when none was offered."""
        async with self._database.transaction() as session:
            found = await repository.open_of_citizen(session, citizen_id, lock=True)
            if found is None or found.state != "out_of_hours":
                return found is not None and found.state == "offered"
            values = {"kind": MESSAGE, "asked_at": self._clock()}
            return await repository.change(session, found, "offered", **values) is not None

    async def raise_alarm(self, citizen_id: str, turn_id: str) -> None:
        """Put somebody who tells of danger at the top of the general desk's queue, silently."""
        async with self._database.transaction() as session:
            wanted = PersonWanted(citizen_id=citizen_id, turn_id=turn_id)
            event_id, now = await self._event_of(session, wanted), self._clock()
            found = await repository.open_of_citizen(session, citizen_id, lock=True)
            if found is None:
                new = NewHandoff(
                    *(citizen_id, "queued", TALK, self.plan.general, "danger", now),
                    urgent=True,
                    about_event_id=event_id,
                    queued_at=now,
                )
                found = await repository.insert_handoff(session, new)
            elif found.state != "held" and not found.urgent:
                found = await self._queue(session, found, urgent=True, about_event_id=event_id)
        await self._told(found)

    async def leave(self, citizen_id: str) -> bool:
        """Let a citizen wait no longer; False when they do not wait."""
        async with self._database.transaction() as session:
            found = await repository.open_of_citizen(session, citizen_id, lock=True)
            if found is None or found.state == "held":
                return False
            values = {"ended_at": self._clock(), "end_reason": "left"}
            found = await repository.change(session, found, "abandoned", **values)
        await self._told(found)
        return True

    async def rate(self, citizen_id: str, handoff_id: int, score: int) -> bool:
        """Keep how a citizen found it; False for a second opinion."""
        async with self._database.transaction() as session:
            return await repository.rate(session, handoff_id, citizen_id, score)

    async def tend(self) -> None:
        """Do what time does: return lapsed leases, end silent offers, wrap up what has ended.

        What was written meanwhile can be searched from then on.
        """
        now = self._clock()
        async with self._database.statement() as session:
            lapsed = await repository.lapsed(session, now)
            silent = await repository.stale(session, ["offered"], now - ASKED_FOR)
            silent += await repository.stale(session, ["out_of_hours"], now - OFFERED_FOR)
            wrapped = await repository.wrapped_before(session, now - WRAP_UP)
        for handoff_id in (*lapsed, *silent, *wrapped):
            await self._tend_one(handoff_id)
        async with self._database.transaction() as session:
            await search.take_in(session, now)

    async def _tend_one(self, handoff_id: int) -> None:
        async with self._database.transaction() as session:
            found = await repository.load_handoff(session, handoff_id, lock=True)
            if found is None:
                return
            if self._has_lapsed(found):
                found = await self._return(session, found)
            elif self._is_silent(found):
                ended = {"ended_at": self._clock(), "end_reason": "silent"}
                found = await repository.change(session, found, "abandoned", **ended)
            elif found.state == "wrap_up":
                found = await repository.change(session, found, "bot")
        await self._told(found)

    def _is_silent(self, found: Handoff) -> bool:
        patience = {"offered": ASKED_FOR, "out_of_hours": OFFERED_FOR}.get(found.state)
        return patience is not None and found.asked_at < self._clock() - patience

    def _has_lapsed(self, found: Handoff) -> bool:
        until = found.lease_until
        return found.state == "held" and until is not None and until <= self._clock()

    async def _return(self, session: AsyncSession, found: Handoff) -> Handoff | None:
        """Give a conversation whose lease has run out back to the queue, at its old place."""
        if not self._has_lapsed(found):
            return found
        fence = found.fence
        changed = await repository.change(
            session, found, "queued", holder_id=None, holder_name=None, lease_until=None
        )
        if changed is None:
            return None
        await repository.end_stretch(session, found.id, self._clock(), "lapsed")
        key = f"handoff:{found.id}:lapsed:{fence}"
        said = [Text(text=wording.RETURNED)]
        await say(session, self._clock, self._speaker, found.citizen_id, key, said)
        log.info("handoff_lapsed", handoff_id=found.id)
        return changed

    def _first(
        self, citizen_id: str, desk: Desk, event_id: int | None, *, says: bool
    ) -> NewHandoff:
        state, now = self._state(desk, says=says), self._clock()
        return NewHandoff(
            *(citizen_id, state, TALK, desk.name, "request", now),
            about_event_id=event_id if says else None,
            queued_at=now if state == "queued" else None,
        )

    def _state(self, desk: Desk, *, says: bool) -> str:
        if not desk.is_open(self._local()):
            return "out_of_hours"
        return "queued" if says else "offered"

    async def _ask_anew(
        self,
        session: AsyncSession,
        found: Handoff,
        desk: Desk,
        event_id: int | None,
        says: bool,
    ) -> Handoff | None:
        state, values = self._state(desk, says=says), {"asked_at": self._clock(), "kind": TALK}
        if state == "queued":
            return await self._queue(session, found, desk=desk.name, about_event_id=event_id)
        if state == found.state:
            await repository.set_values(session, found.id, found.fence, **values)
            await session.refresh(found)
            return found
        return await repository.change(session, found, state, desk=desk.name, **values)

    async def _queue(
        self, session: AsyncSession, found: Handoff, **values: object
    ) -> Handoff | None:
        queued_at = found.queued_at or self._clock()
        return await repository.change(session, found, "queued", queued_at=queued_at, **values)

    async def _standing(self, session: AsyncSession, found: Handoff | None) -> Standing:
        if found is None:
            raise NothingAskedError
        desk = self.plan.desk(found.desk)
        opens = None if desk is None else desk.next_opening(self._local())
        if found.state == "out_of_hours":
            return Standing(situation=Situation.closed, desk=found.desk, opens_at=opens)
        if found.state == "offered":
            return Standing(situation=Situation.asked, desk=found.desk, opens_at=opens)
        if found.kind == MESSAGE:
            return Standing(situation=Situation.left_message, desk=found.desk, opens_at=opens)
        place = await repository.place_in_queue(session, found)
        return Standing(situation=Situation.queued, desk=found.desk, place=place, opens_at=opens)

    async def _event_of(self, session: AsyncSession, wanted: PersonWanted) -> int | None:
        """Return the event of a turn, None for a turn that is none of the citizen's.

        Raises NotFoundError for somebody who never wrote to the account.
        """
        if await citizen_rows.load_citizen(session, wanted.citizen_id) is None:
            raise NotFoundError("Nobody of this id has written to the account.")
        match = TURN.fullmatch(wanted.turn_id)
        event = await event_rows.load_event(session, int(match[1])) if match else None
        return event.id if event is not None and event.citizen_id == wanted.citizen_id else None

    async def _told(self, found: Handoff | None) -> None:
        if found is not None:
            await self._updates.publish(found.id, found.desk, moved=True)
