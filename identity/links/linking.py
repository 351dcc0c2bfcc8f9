"""Links made by LINE's answer, ended by the citizen, suspended by an unfollow."""

import hashlib
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from auth.grants import revoke_all
from auth.levels import Level
from identity.audit.log import Actor, AuditEntry, record
from identity.container import IdentityContainer
from identity.contract import AccountLink
from identity.links import endings
from identity.links import wording as words
from identity.links.links import Meeting
from identity.links.register import identify
from identity.login.pending import Pending
from identity.oidc.providers import Kind, Provider
from kit.errors import ConciergeError
from kit.logging import get_logger
from messages.neutral import Message

log = get_logger(__name__)


@dataclass(frozen=True)
class _Made:
    """The link that a login has now, and from whom it was taken."""

    link_id: str
    previous: str | None = None
    is_new: bool = True


class Linking:
    """Makes and ends links, with everything that hangs on them."""

    def __init__(self, container: IdentityContainer) -> None:
        """All parts are made once per process."""
        self._container = container

    async def account_linked(self, event: AccountLink) -> None:
        """Take LINE's answer. An unknown, used or late nonce changes nothing.

        Raises UnavailableError when it should be handed over again.
        """
        pending = await self._container.pending.take(event.nonce)
        if pending is None:
            log.warning("account_link_unknown", succeeded=event.succeeded)
            return
        if not event.succeeded or event.citizen_id != pending.login_request.citizen_id:
            log.warning("account_link_refused", succeeded=event.succeeded)
            await self._refused(pending)
            return
        try:
            await self._confirmed(pending, hashlib.sha256(event.nonce.encode()).hexdigest()[:32])
        except ConciergeError:
            await self._container.pending.give_back(event.nonce, pending)
            raise

    async def unlink(self, citizen_id: str, link_id: str | None) -> int:
        """End one link of a citizen, or all, and everything that hangs on it.

        Repeated, it does all of it again, whatever was done before. Without the card nobody stands
        for a resident. Raises UnavailableError without the register or Redis, and then the links
        are as they were.
        """
        container = self._container
        async with container.database.transaction() as session:
            await container.links.lock(session, citizen_id)
            links = await container.links.all_of(session, citizen_id)
            going = [link.provider for link in links if link_id in (None, link.id)]
            if not links or any(map(container.is_card, going)):
                await container.register.forget(citizen_id)
            if going:
                await container.links.end(session, citizen_id, link_id, "by the citizen")
                await record(session, AuditEntry(citizen_id, "link.ended"), container.clock())
            await container.one_time_links.end_all(session, citizen_id)
            await self._end_what_is_under_way(citizen_id)
        return len(going)

    async def suspend(self, citizen_id: str) -> None:
        """Suspend a citizen who blocked the account, until they log in again."""
        container = self._container
        async with container.database.transaction() as session:
            await container.links.lock(session, citizen_id)
            suspended = await container.links.suspend_all(session, citizen_id, "unfollowed")
            await container.one_time_links.end_all(session, citizen_id)
            if suspended:
                entry = AuditEntry(citizen_id, "link.suspended", Actor.program, reason="unfollowed")
                await record(session, entry, container.clock())
            await self._end_what_is_under_way(citizen_id)

    async def _end_what_is_under_way(self, citizen_id: str) -> None:
        """End sessions, grants and open dialogs.

        Before the commit: where Redis does not take it, nothing has changed.
        """
        container = self._container
        await container.pending.drop_all(citizen_id)
        await container.sessions.end_all(citizen_id)
        await revoke_all(container.store, citizen_id, container.clock())

    async def _refused(self, pending: Pending) -> None:
        citizen_id = pending.login_request.citizen_id
        async with self._container.database.transaction() as session:
            await record(session, AuditEntry(citizen_id, "link.refused"), self._container.clock())
        await endings.fail(self._container, pending.login_request.one_time_link, "refused")

    async def _confirmed(self, pending: Pending, key: str) -> None:
        container, login_request = self._container, pending.login_request
        citizen_id = login_request.citizen_id
        provider = container.party(login_request.provider).provider
        by_card = provider.kind is Kind.card
        proof = {"card_at" if by_card else "my_id_at": pending.proven_at}
        async with container.database.transaction() as session:
            await container.links.prepare(session, citizen_id)
        async with container.database.transaction() as session:
            await container.links.lock(session, citizen_id, (provider, pending.subject))
            made = None
            if await self._is_under_way(session, pending):
                made = await self._connect(session, pending, provider)
            if made is not None:
                # Only now is another package told: the link is decided, and nobody else decides.
                said = await self._tell_register(pending, made)
                await self._note(session, citizen_id, provider, made)
                # Before the commit: the dialogue that goes on afterwards counts on it.
                await container.sessions.prove(pending.session, **proof)
                notice = words.linked(pending.name, made.link_id, by_card=by_card)
                await endings.succeed(
                    container, session, login_request, [notice, *said], f"link.{key}"
                )
        if made is None:
            await endings.fail(container, login_request.one_time_link, "refused")

    async def _is_under_way(self, session: AsyncSession, pending: Pending) -> bool:
        """Tell whether nothing has ended a login since LINE's dialog was opened."""
        container, asked = self._container, pending.login_request
        browser = asked.citizen_id, pending.family, pending.began
        if await container.sessions.was_ended(*browser):
            return False
        link = asked.one_time_link
        return not link or await container.one_time_links.is_under_way(session, link)

    async def _connect(
        self, session: AsyncSession, pending: Pending, provider: Provider
    ) -> _Made | None:
        """Return the link; None when the login has become somebody else's meanwhile."""
        container, citizen_id = self._container, pending.login_request.citizen_id
        meeting = await container.links.meet(session, citizen_id, provider, pending.subject)
        if meeting is Meeting.known:
            link = await container.links.of(session, citizen_id, provider.name)
            return None if link is None else _Made(link.id, is_new=False)
        if meeting not in (Meeting.new, Meeting.moves):
            return None
        link, previous = await container.links.connect(
            session, citizen_id, provider, pending.subject
        )
        return _Made(link.id, previous)

    async def _tell_register(self, pending: Pending, made: _Made) -> list[Message]:
        """Have a citizen found by what their card told; return what to say about it."""
        if pending.items is None:
            return []
        register = self._container.register
        # It lets go of the old talk first: one card is one person.
        if made.previous is not None:
            await register.forget(made.previous)
        return await identify(register, pending.login_request.citizen_id, pending.items)

    async def _note(
        self, session: AsyncSession, citizen_id: str, provider: Provider, made: _Made
    ) -> None:
        """Record a new link. The log is written last: everybody else's entries wait for it."""
        if not made.is_new:
            return
        container, now = self._container, self._container.clock()
        level = Level.L3 if provider.kind is Kind.card else Level.L2
        await record(session, AuditEntry(citizen_id, f"link.{provider.name}", level=level), now)
        if made.previous is not None:
            await record(session, AuditEntry(made.previous, f"link.{provider.name}.moved"), now)
            await self._end_what_is_under_way(made.previous)
            key = f"moved.{made.link_id}"
            await endings.tell(container, session, made.previous, [words.moved()], key)
