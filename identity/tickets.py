"""One-time links from the talk to our pages. Whoever opens one has proven nothing yet."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from identity.models import Ticket
from kit.clock import Clock
from kit.errors import NotFoundError

LIFE = timedelta(minutes=10)


class WorthlessTicketError(NotFoundError):
    """このリンクは使えません。期限（10分）が過ぎたか、すでに使われています。"""

    code = "worthless_ticket"


@dataclass(frozen=True)
class Errand:
    """What a ticket is for: this citizen's login at that provider."""

    citizen_id: str
    provider: str
    resume: str | None


class Tickets:
    """Issues and takes tickets."""

    def __init__(self, clock: Clock) -> None:
        """Tickets live ten minutes and work once."""
        self._clock = clock

    async def issue(self, session: AsyncSession, errand: Errand) -> str:
        """Return a ticket of 256 random bits. Only its digest is stored."""
        token, now = secrets.token_urlsafe(32), self._clock()
        session.add(
            Ticket(
                digest=_digest(token),
                citizen_id=errand.citizen_id,
                provider=errand.provider,
                resume=errand.resume,
                created_at=now,
                expires_at=now + LIFE,
            )
        )
        return token

    async def look(self, session: AsyncSession, token: str) -> Errand:
        """Return what a ticket is for, without using it. Raises WorthlessTicketError."""
        row = await session.scalar(
            select(Ticket).where(
                Ticket.digest == _digest(token),
                Ticket.used_at.is_(None),
                Ticket.expires_at > self._clock(),
            )
        )
        if row is None:
            raise WorthlessTicketError
        return Errand(row.citizen_id, row.provider, row.resume)

    async def take(self, session: AsyncSession, token: str) -> Errand:
        """Use a ticket up; of several callers one gets it. Raises WorthlessTicketError."""
        now = self._clock()
        row = (
            await session.execute(
                update(Ticket)
                .where(
                    Ticket.digest == _digest(token),
                    Ticket.used_at.is_(None),
                    Ticket.expires_at > now,
                )
                .values(used_at=now)
                .returning(Ticket.citizen_id, Ticket.provider, Ticket.resume)
            )
        ).one_or_none()
        if row is None:
            raise WorthlessTicketError
        return Errand(row.citizen_id, row.provider, row.resume)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
