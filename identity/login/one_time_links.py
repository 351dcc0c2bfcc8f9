"""One-time links from the talk to our pages. Whoever opens one has proven nothing yet."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from identity.models import OneTimeLink
from kit.clock import Clock
from kit.errors import NotFoundError
from kit.lifecycle import Lifecycle

LIFE = timedelta(minutes=10)
# How a link ended is of no use to anybody after this.
KEPT_FOR = timedelta(days=1)
# Each link that runs out is told in the talk by a message that the city pays for.
OPEN_AT_ONCE = 5

LINK_STATES: Lifecycle = {
    "waiting": frozenset({"opened", "expired"}),
    "opened": frozenset({"done", "refused", "cancelled", "expired"}),
    "done": frozenset(),
    "refused": frozenset(),
    "cancelled": frozenset(),
    "expired": frozenset(),
}


class WorthlessLinkError(NotFoundError):
    """このリンクは使えません。期限（10分）が過ぎたか、すでに使われています。"""

    code = "worthless_ticket"


@dataclass(frozen=True)
class LoginRequest:
    """What somebody came for: this citizen's login at that provider, and what follows it."""

    citizen_id: str
    provider: str
    resume: str | None = None
    """The tappable payload with which the dialogue goes on."""
    page: str | None = None
    """The path of ours to which the browser goes on."""
    one_time_link: str = ""
    """The digest of the link that began it; empty where one of our pages did."""


class OneTimeLinks:
    """Issues and takes one-time links, and notes how each ended."""

    def __init__(self, clock: Clock) -> None:
        """Tickets live ten minutes and work once."""
        self._clock = clock

    async def issue(self, session: AsyncSession, login_request: LoginRequest) -> str:
        """Return a one-time link of 256 random bits. Only its digest is stored, and old ones go."""
        token, now = secrets.token_urlsafe(32), self._clock()
        old = (
            OneTimeLink.citizen_id == login_request.citizen_id,
            OneTimeLink.created_at < now - KEPT_FOR,
        )
        await session.execute(delete(OneTimeLink).where(*old))
        session.add(
            OneTimeLink(
                digest=digest_of(token),
                citizen_id=login_request.citizen_id,
                provider=login_request.provider,
                resume=login_request.resume,
                page=login_request.page,
                state="waiting",
                created_at=now,
                expires_at=now + LIFE,
            )
        )
        await self._end_surplus(session, login_request.citizen_id)
        return token

    async def _end_surplus(self, session: AsyncSession, citizen_id: str) -> None:
        """Let only the newest links of a citizen wait; the others end without a word."""
        waiting = (
            select(OneTimeLink.digest)
            .where(OneTimeLink.citizen_id == citizen_id, OneTimeLink.state == "waiting")
            .order_by(OneTimeLink.created_at.desc())
            .offset(OPEN_AT_ONCE)
        )
        surplus = update(OneTimeLink).where(OneTimeLink.digest.in_(waiting))
        await session.execute(surplus.values(state="expired"))

    async def look(self, session: AsyncSession, token: str) -> LoginRequest:
        """Return what a one-time link is for, without using it. Raises WorthlessTicketError."""
        row = await session.scalar(select(OneTimeLink).where(*self._usable(token)))
        if row is None:
            raise WorthlessLinkError
        return _login_request(row)

    async def take(self, session: AsyncSession, token: str) -> LoginRequest:
        """Use a one-time link up; of several callers one gets it. Raises WorthlessTicketError."""
        new = {"state": "opened", "used_at": self._clock()}
        change = update(OneTimeLink).where(*self._usable(token)).values(new).returning(OneTimeLink)
        row = await session.scalar(change)
        if row is None:
            raise WorthlessLinkError
        return _login_request(row)

    async def look_again(self, session: AsyncSession, token: str, citizen_id: str) -> LoginRequest:
        """Return what a link under way is for, to a browser that is this citizen's already.

        Taps come twice, and people go back. Raises WorthlessTicketError.
        """
        row = await session.scalar(
            select(OneTimeLink).where(
                OneTimeLink.digest == digest_of(token),
                OneTimeLink.citizen_id == citizen_id,
                OneTimeLink.state == "opened",
            )
        )
        if row is None:
            raise WorthlessLinkError
        return _login_request(row)

    async def end(self, session: AsyncSession, digest: str, state: str) -> LoginRequest | None:
        """Note how a link ended; return its login request, None when it had ended already."""
        before = [old for old, allowed in LINK_STATES.items() if state in allowed]
        change = update(OneTimeLink).where(
            OneTimeLink.digest == digest, OneTimeLink.state.in_(before)
        )
        row = await session.scalar(change.values(state=state).returning(OneTimeLink))
        return None if row is None else _login_request(row)

    async def end_all(self, session: AsyncSession, citizen_id: str) -> None:
        """Make every link of a citizen that is still under way worthless."""
        before = [old for old, allowed in LINK_STATES.items() if "expired" in allowed]
        change = update(OneTimeLink).where(
            OneTimeLink.citizen_id == citizen_id, OneTimeLink.state.in_(before)
        )
        await session.execute(change.values(state="expired"))

    async def is_under_way(self, session: AsyncSession, digest: str) -> bool:
        """Tell whether a link was opened and nothing has ended it since."""
        return (await self.progress(session, digest))[0] == "opened"

    async def progress(
        self, session: AsyncSession, digest: str
    ) -> tuple[str, datetime | None] | tuple[None, None]:
        """Return (state, when it was opened) of a one-time link."""
        row = await session.get(OneTimeLink, digest)
        return (None, None) if row is None else (row.state, row.used_at)

    def _usable(self, token: str) -> tuple[Any, ...]:
        return (
            OneTimeLink.digest == digest_of(token),
            OneTimeLink.state == "waiting",
            OneTimeLink.expires_at > self._clock(),
        )


def digest_of(token: str) -> str:
    """Return under what a one-time link is stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def _login_request(row: OneTimeLink) -> LoginRequest:
    return LoginRequest(row.citizen_id, row.provider, row.resume, row.page, row.digest)
