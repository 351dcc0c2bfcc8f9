"""Links between a citizen of the talk and their login at a provider."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from identity.keys import KeyRing
from identity.models import Link
from identity.oidc.providers import Kind, Provider
from kit.clock import Clock
from kit.crypto import blind_index
from kit.lifecycle import Lifecycle, check_step
from kit.vault import Place, Vault

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
LONGEST_WAIT_MS = 10_000

LINK_STATES: Lifecycle = {
    "active": frozenset({"suspended", "ended"}),
    "suspended": frozenset({"active", "ended"}),
    "ended": frozenset(),
}


class Meeting(StrEnum):
    """How a login meets the links that exist."""

    known = "known"
    """This citizen's link to this very login."""
    new = "new"
    """Neither has a link here."""
    moves = "moves"
    """The login is linked to another talk, and the card may take it from there."""
    other_login = "other_login"
    """This citizen is linked to another login."""
    other_citizen = "other_citizen"
    """The login is linked to another talk."""


class Links:
    """Finds, makes and ends links. A provider's `sub` is stored encrypted, found by its index."""

    def __init__(self, vault: Vault, keys: KeyRing, clock: Clock, city: str = "") -> None:
        """`keys` hold the key of the blind index; cities do not wait for each other."""
        self._vault = vault
        self._keys = keys
        self._clock = clock
        self._city = city

    async def lock(
        self, session: AsyncSession, citizen_id: str, login: tuple[Provider, str] | None = None
    ) -> None:
        """Let whoever makes or ends links of this citizen, or of this login, wait for each other.

        `login` is a provider and its `sub`. Held until the transaction ends; raises
        UnavailableError (`kit.db`) after a while of waiting.
        """
        names = [f"citizen {citizen_id}"]
        if login is not None:
            names.append(f"login {await self._index(*login)}")
        await session.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_WAIT_MS}ms'"))
        for name in sorted(names):
            key = {"name": f"{self._city} identity {name}"}
            await session.execute(_LOCK, key)

    async def prepare(self, session: AsyncSession, citizen_id: str) -> None:
        """Make a citizen's key, in a transaction of its own before `connect`.

        Other packages seal for them, too: they would wait for the key until `connect` commits.
        """
        await self._vault.keys_for_writing(session, citizen_id)

    async def meet(
        self, session: AsyncSession, citizen_id: str, provider: Provider, subject: str
    ) -> Meeting:
        """Tell how a login meets the links that exist."""
        index = await self._index(provider, subject)
        mine = await self.of(session, citizen_id, provider.name)
        if mine is not None:
            return Meeting.known if mine.subject_index == index else Meeting.other_login
        if await self._owner(session, provider, index) is None:
            return Meeting.new
        return Meeting.moves if provider.kind is Kind.card else Meeting.other_citizen

    async def connect(
        self, session: AsyncSession, citizen_id: str, provider: Provider, subject: str
    ) -> tuple[Link, str | None]:
        """Return (the new link, the citizen that it was taken from, if any).

        Call it after `meet` has said new or moves; the database refuses a second link.
        """
        index = await self._index(provider, subject)
        previous = await self._owner(session, provider, index)
        if previous is not None:
            self._move(previous, "ended", "moved to another talk")
            await session.flush()
        link_id = f"lnk_{secrets.token_hex(16)}"
        keys = await self._vault.keys_for_writing(session, citizen_id)
        link = Link(
            id=link_id,
            citizen_id=citizen_id,
            provider=provider.name,
            subject_index=index,
            subject=keys.seal(Place("identity_link", link_id, "subject"), subject),
            state="active",
            created_at=self._clock(),
        )
        session.add(link)
        await session.flush()
        return link, None if previous is None else previous.citizen_id

    async def of(self, session: AsyncSession, citizen_id: str, provider: str) -> Link | None:
        """Return a citizen's link at a provider, active or suspended."""
        return await session.scalar(
            select(Link).where(
                Link.citizen_id == citizen_id, Link.provider == provider, Link.state != "ended"
            )
        )

    async def all_of(self, session: AsyncSession, citizen_id: str) -> Sequence[Link]:
        """Return every link of a citizen that has not ended."""
        query = select(Link).where(Link.citizen_id == citizen_id, Link.state != "ended")
        return (await session.scalars(query.order_by(Link.created_at))).all()

    async def citizens(self, session: AsyncSession) -> int:
        """Return how many citizens have a link that counts."""
        query = select(func.count(Link.citizen_id.distinct())).where(Link.state == "active")
        return await session.scalar(query) or 0

    async def since(
        self, session: AsyncSession, citizen_id: str, instant: datetime
    ) -> Sequence[Link]:
        """Return every link of a citizen that has not ended, or ended after this instant."""
        lately = or_(Link.state != "ended", Link.ended_at > instant)
        query = select(Link).where(Link.citizen_id == citizen_id, lately)
        return (await session.scalars(query.order_by(Link.created_at))).all()

    async def resume(self, session: AsyncSession, citizen_id: str, provider: str) -> None:
        """Make a suspended link count again, after a login."""
        link = await self.of(session, citizen_id, provider)
        if link is not None and link.state == "suspended":
            self._move(link, "active", None)

    async def suspend_all(self, session: AsyncSession, citizen_id: str, reason: str) -> int:
        """Suspend a citizen's links until they log in again; returns how many."""
        links = [x for x in await self.all_of(session, citizen_id) if x.state == "active"]
        for link in links:
            self._move(link, "suspended", reason)
        return len(links)

    async def end(
        self, session: AsyncSession, citizen_id: str, link_id: str | None, reason: str
    ) -> int:
        """End one link of a citizen, or all with None; returns how many."""
        links = [
            x for x in await self.all_of(session, citizen_id) if link_id is None or x.id == link_id
        ]
        for link in links:
            self._move(link, "ended", reason)
        return len(links)

    def _move(self, link: Link, state: str, reason: str | None) -> None:
        check_step(LINK_STATES, link.state, state)
        link.state, link.reason = state, reason
        if state == "ended":
            link.ended_at = self._clock()

    async def owner(self, session: AsyncSession, provider: Provider, subject: str) -> Link | None:
        """Return the link of a login, whosever it is."""
        return await self._owner(session, provider, await self._index(provider, subject))

    async def _owner(self, session: AsyncSession, provider: Provider, index: str) -> Link | None:
        return await session.scalar(
            select(Link).where(
                Link.provider == provider.name,
                Link.subject_index == index,
                Link.state != "ended",
            )
        )

    async def _index(self, provider: Provider, subject: str) -> str:
        secret = await self._keys.secret("blind-index")
        return blind_index(secret, f"{provider.issuer}\n{subject}")
