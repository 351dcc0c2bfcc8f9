"""A browser's way from the talk's link to a proof: LINE first, then the provider, then LINE again.

Whoever opens a link has proven nothing. The LINE account of this browser must be the one to which
the link was sent, before any provider is asked; the callback counts in the same browser only; and
a new link waits for LINE's own dialog (identity.linking).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from sqlalchemy.ext.asyncio import AsyncSession

from auth.levels import Level
from identity.audit.log import Deed, record
from identity.container import Room
from identity.errors import OtherCitizenError, OtherLoginError, OtherPersonError
from identity.links import endings
from identity.links import wording as words
from identity.links.four_items import FourItems, read_four_items
from identity.links.links import Meeting
from identity.links.register import identify
from identity.login.one_time_links import Errand, WorthlessTicketError
from identity.login.pending import Pending
from identity.login.sessions import Session, SessionEndedError
from identity.oidc.providers import Kind, Provider
from identity.oidc.relying_party import CancelledLoginError, Login, RefusedLoginError
from kit.errors import ConciergeError
from kit.logging import get_logger
from messages.neutral import Message

log = get_logger(__name__)


@dataclass(frozen=True)
class Next:
    """Where the browser goes, and with which cookie."""

    url: str
    cookie: str | None = None


class Journeys:
    """Leads browsers."""

    def __init__(self, room: Room) -> None:
        """All parts are made once per process."""
        self._room = room

    async def look(self, token: str, cookie: str | None) -> tuple[Errand, Sequence[Provider]]:
        """Return what a link is for, and the logins to choose from; looking uses nothing up.

        Raises WorthlessTicketError.
        """
        browser = await self._room.sessions.read(cookie)
        async with self._room.database.statement() as session:
            try:
                errand = await self._room.tickets.look(session, token)
            except WorthlessTicketError:
                errand = await self._look_again(session, token, browser)
        return errand, self._room.alike(errand.provider)

    async def start(
        self, token: str, device: str, cookie: str | None = None, provider: str = ""
    ) -> Next:
        """Use a link up and send the browser to LINE; `provider` is the login that was chosen.

        Raises WorthlessTicketError.
        """
        room = self._room
        browser = await room.sessions.read(cookie)
        async with room.database.transaction() as session:
            try:
                errand, browser = await room.tickets.take(session, token), None
            except WorthlessTicketError:
                errand = await self._look_again(session, token, browser)
        if provider in [choice.name for choice in room.alike(errand.provider)]:
            errand = replace(errand, provider=provider)
        if browser is None:
            cookie, browser = await room.sessions.start(errand.citizen_id, device)
        return Next(await room.line.begin(browser.digest, asdict(errand)), cookie)

    async def step_up(self, browser: Session, provider: str, page: str) -> Next:
        """Send a browser that LINE knows to a provider, from one of our pages."""
        errand = Errand(browser.citizen_id, provider, page=page)
        return Next(await self._room.party(provider).begin(browser.digest, asdict(errand)))

    async def returned(
        self, name: str, query: Sequence[tuple[str, str]], cookie: str | None
    ) -> Next:
        """Take a provider's answer. Raises what `RelyingParty.finish` raises, and ours."""
        party = self._room.party(name)
        browser = await self._room.sessions.read(cookie)
        if browser is None:
            raise SessionEndedError
        flow = await self._room.flows.look(dict(query).get("state", ""), browser.digest)
        try:
            login = await party.finish(query, browser.digest)
            errand = Errand(**login.journey)
            if party.provider.kind is Kind.line:
                return await self._line_returned(browser, errand, login)
            return await self._provider_returned(browser, errand, login, party.provider)
        except ConciergeError as error:
            if flow is not None:
                await self._failed(Errand(**flow.journey), error)
            raise

    async def _look_again(
        self, session: AsyncSession, token: str, browser: Session | None
    ) -> Errand:
        if browser is None:
            raise WorthlessTicketError
        return await self._room.tickets.look_again(session, token, browser.citizen_id)

    async def _line_returned(self, browser: Session, errand: Errand, login: Login) -> Next:
        room = self._room
        if not await room.accounts.is_same(browser.citizen_id, login.subject):
            await room.sessions.end(browser)
            await self._note(browser.citizen_id, "login.other_person")
            raise OtherPersonError
        cookie, browser = await room.sessions.renew(browser.proven(line_at=room.clock()))
        if room.party(errand.provider).provider.kind is not Kind.line:
            url = await room.party(errand.provider).begin(browser.digest, asdict(errand))
            return Next(url, cookie)
        async with room.database.transaction() as session:
            await endings.succeed(room, session, errand, [], _key(browser))
        return Next(_goal(errand), cookie)

    async def _provider_returned(
        self, browser: Session, errand: Errand, login: Login, provider: Provider
    ) -> Next:
        room = self._room
        if browser.proofs.line_at is None or errand.citizen_id != browser.citizen_id:
            raise RefusedLoginError("LINE was not verified in this browser")
        items = _items(provider, login)
        async with room.database.transaction() as session:
            meeting = await room.links.meet(session, browser.citizen_id, provider, login.subject)
        if meeting is Meeting.known:
            return await self._known(browser, errand, login, provider, items)
        if meeting is Meeting.other_login:
            raise OtherLoginError
        if meeting is Meeting.other_citizen:
            await self._warn_owner(provider, login.subject)
            raise OtherCitizenError
        return await self._to_dialog(browser, errand, login, items)

    async def _known(
        self,
        browser: Session,
        errand: Errand,
        login: Login,
        provider: Provider,
        items: FourItems | None,
    ) -> Next:
        room, by_card = self._room, provider.kind is Kind.card
        said: list[Message] = []
        if not errand.page:
            said.append(words.proven(by_card=by_card))
        if items is not None:
            said += await identify(room.register, browser.citizen_id, items)
        proof = {"card_at" if by_card else "my_id_at": login.authenticated_at}
        cookie, browser = await room.sessions.renew(browser.proven(**proof))
        level = Level.L3 if by_card else Level.L2
        deed = Deed(browser.citizen_id, f"login.{provider.name}", level=level)
        async with room.database.transaction() as session:
            await room.links.resume(session, browser.citizen_id, provider.name)
            await record(session, deed, room.clock())
            await endings.succeed(room, session, errand, said, _key(browser))
        return Next(_goal(errand), cookie)

    async def _to_dialog(
        self, browser: Session, errand: Errand, login: Login, items: FourItems | None
    ) -> Next:
        """Let LINE ask whoever holds the phone; its answer comes as a webhook."""
        room = self._room
        token = await room.accounts.link_token(browser.citizen_id)
        cookie, browser = await room.sessions.renew(browser)
        name = items.name if items is not None else login.details.get("name")
        pending = Pending(
            errand=errand,
            session=browser.digest,
            subject=login.subject,
            proven_at=login.authenticated_at,
            name=name if isinstance(name, str) else None,
            items=items,
        )
        asked = {"linkToken": token, "nonce": await room.pending.keep(pending)}
        base = room.settings.line_access_base
        return Next(f"{base}/dialog/bot/accountLink?{urlencode(asked)}", cookie)

    async def _warn_owner(self, provider: Provider, subject: str) -> None:
        room = self._room
        async with room.database.transaction() as session:
            owner = await room.links.owner(session, provider, subject)
            if owner is not None:
                key = f"elsewhere.{owner.id}.{int(room.clock().timestamp())}"
                said = words.asked_elsewhere()
                await endings.tell(room, session, owner.citizen_id, [said], key)

    async def _failed(self, errand: Errand, error: ConciergeError) -> None:
        if isinstance(error, OtherPersonError):
            async with self._room.database.transaction() as session:
                if await self._room.tickets.end(session, errand.ticket, "refused") is not None:
                    said, key = words.other_person(), f"ticket.{errand.ticket}"
                    await endings.tell(self._room, session, errand.citizen_id, [said], key)
            return
        state = "cancelled" if isinstance(error, CancelledLoginError) else "refused"
        await endings.fail(self._room, errand.ticket, state)

    async def _note(self, citizen_id: str, action: str) -> None:
        async with self._room.database.transaction() as session:
            await record(session, Deed(citizen_id, action), self._room.clock())


def _items(provider: Provider, login: Login) -> FourItems | None:
    """Return what the card told. Raises RefusedLoginError when it was not read just now."""
    if provider.kind is not Kind.card:
        return None
    if login.acr not in provider.card_acr:
        raise RefusedLoginError("acr")
    return read_four_items(login.details)


def _goal(errand: Errand) -> str:
    return errand.page or "/identity/ended/proven"


def _key(browser: Session) -> str:
    """Name a login: its session's digest is new with every one. It is not given away."""
    return f"login.{hashlib.sha256(browser.digest.encode()).hexdigest()[:32]}"
