"""One-time links from the talk to our pages. Whoever opens one has proven nothing yet."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from identity.models import Ticket
from kit.clock import Clock
from kit.errors import NotFoundError
from kit.lifecycle import Lifecycle

LIFE = timedelta(minutes=10)
# How a link ended is of no use to anybody after this.
KEPT_FOR = timedelta(days=1)
# Each link that runs out is told in the talk by a message that the city pays for.
OPEN_AT_ONCE = 5

TICKET_STATES: Lifecycle = {
    "waiting": frozenset({"opened", "expired"}),
    "opened": frozenset({"done", "refused", "cancelled", "expired"}),
    "done": frozenset(),
    "refused": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}


class WorthlessTicketError(NotFoundError):
    """このリンクは使えません。期限（10分）が過ぎたか、すでに使われています。"""

    code = "worthless_ticket"


@dataclass(frozen=True)
class Errand:
    """What somebody came for: this citizen's login at that provider, and what follows it."""

    citizen_id: str
    provider: str
    resume: str | None = None
    """The tappable payload with which the dialogue goes on."""
    page: str | None = None
    """The path of ours to which the browser goes on."""
    ticket: str = ""
    """The digest of the link that began it; empty where one of our pages did."""


class Tickets:
    """Issues and takes tickets, and notes how each ended."""

    def __init__(self, clock: Clock) -> None:
        """Tickets live ten minutes and work once."""
        self._clock = clock

    async def issue(self, session: AsyncSession, errand: Errand) -> str:
        """Return a ticket of 256 random bits. Only its digest is stored, and old ones go."""
        token, now = secrets.token_urlsafe(32), self._clock()
        old = (Ticket.citizen_id == errand.citizen_id, Ticket.created_at < now - KEPT_FOR)
        await session.execute(delete(Ticket).where(*old))
        session.add(
            Ticket(
                digest=digest_of(token),
                citizen_id=errand.citizen_id,
                provider=errand.provider,
                resume=errand.resume,
                page=errand.page,
                state="waiting",
                created_at=now,
                expires_at=now + LIFE,
            )
        )
        await self._end_surplus(session, errand.citizen_id)
        return token

    async def _end_surplus(self, session: AsyncSession, citizen_id: str) -> None:
        """Let only the newest links of a citizen wait; the others end without a word."""
        waiting = (
            select(Ticket.digest)
            .where(Ticket.citizen_id == citizen_id, Ticket.state == "waiting")
            .order_by(Ticket.created_at.desc())
            .offset(OPEN_AT_ONCE)
        )
        surplus = update(Ticket).where(Ticket.digest.in_(waiting))
        await session.execute(surplus.values(state="expired"))

    async def look(self, session: AsyncSession, token: str) -> Errand:
        """Return what a ticket is for, without using it. Raises WorthlessTicketError."""
        row = await session.scalar(select(Ticket).where(*self._usable(token)))
        if row is None:
            raise WorthlessTicketError
        return _errand(row)

    async def take(self, session: AsyncSession, token: str) -> Errand:
        """Use a ticket up; of several callers one gets it. Raises WorthlessTicketError."""
        new = {"state": "opened", "used_at": self._clock()}
        change = update(Ticket).where(*self._usable(token)).values(new).returning(Ticket)
        row = await session.scalar(change)
        if row is None:
            raise WorthlessTicketError
        return _errand(row)

    async def look_again(self, session: AsyncSession, token: str, citizen_id: str) -> Errand:
        """Return what a ticket under way is for, to a browser that is this citizen's already.

        Taps come twice, and people go back. Raises WorthlessTicketError.
        """
        row = await session.scalar(
            select(Ticket).where(
                Ticket.digest == digest_of(token),
                Ticket.citizen_id == citizen_id,
                Ticket.state == "opened",
            )
        )
        if row is None:
            raise WorthlessTicketError
        return _errand(row)

    async def end(self, session: AsyncSession, digest: str, state: str) -> Errand | None:
        """Note how a ticket ended; return its errand, None when it had ended already."""
        before = [old for old, allowed in TICKET_STATES.items() if state in allowed]
        change = update(Ticket).where(Ticket.digest == digest, Ticket.state.in_(before))
        row = await session.scalar(change.values(state=state).returning(Ticket))
        return None if row is None else _errand(row)

    async def end_all(self, session: AsyncSession, citizen_id: str) -> None:
        """Make every link of a citizen that is still under way worthless."""
        before = [old for old, allowed in TICKET_STATES.items() if "expired" in allowed]
        change = update(Ticket).where(Ticket.citizen_id == citizen_id, Ticket.state.in_(before))
        await session.execute(change.values(state="expired"))

    async def progress(
        self, session: AsyncSession, digest: str
    ) -> tuple[str, datetime | None] | tuple[None, None]:
        """Return (state, when it was opened) of a ticket."""
        row = await session.get(Ticket, digest)
        return (None, None) if row is None else (row.state, row.used_at)

    def _usable(self, token: str) -> tuple[Any, ...]:
        return (
            Ticket.digest == digest_of(token),
            Ticket.state == "waiting",
            Ticket.expires_at > self._clock(),
        )


def digest_of(token: str) -> str:
    """Return under what a ticket is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _errand(row: Ticket) -> Errand:
    return Errand(row.citizen_id, row.provider, row.resume, row.page, row.digest)
