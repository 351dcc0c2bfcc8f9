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
from identity.audit.log import AuditEntry, record
from identity.container import IdentityContainer
from identity.errors import OtherCitizenError, OtherLoginError, OtherPersonError
from identity.links import endings
from identity.links import wording as words
from identity.links.four_items import FourItems, read_four_items
from identity.links.links import Meeting
from identity.links.register import identify
from identity.login.one_time_links import LoginRequest, WorthlessLinkError
from identity.login.pending import Pending
from identity.login.sessions import Session, SessionEndedError
from identity.oidc.providers import Kind, Provider
from identity.oidc.relying_party import (
    CancelledLoginError,
    Login,
    OverLoginError,
    RefusedLoginError,
)
from kit.errors import ConciergeError
from kit.logging import get_logger
from messages.neutral import Message

log = get_logger(__name__)


@dataclass(frozen=True)
class Next:
    """Where the browser goes, and with which cookie."""

    url: str
    cookie: str | None = None


class LoginFlow:
    """Leads browsers."""

    def __init__(self, container: IdentityContainer) -> None:
        """All parts are made once per process."""
        self._container = container

    async def look(self, token: str, cookie: str | None) -> tuple[LoginRequest, Sequence[Provider]]:
        """Return what a link is for, and the logins to choose from; looking uses nothing up.

        Raises WorthlessTicketError.
        """
        browser = await self._container.sessions.read(cookie)
        async with self._container.database.statement() as session:
            try:
                login_request = await self._container.one_time_links.look(session, token)
            except WorthlessLinkError:
                login_request = await self._look_again(session, token, browser)
        return login_request, self._container.alike(login_request.provider)

    async def start(
        self, token: str, device: str, cookie: str | None = None, provider: str = ""
    ) -> Next:
        """Use a link up and send the browser to LINE; `provider` is the login that was chosen.

        Raises WorthlessTicketError.
        """
        container = self._container
        browser = await container.sessions.read(cookie)
        async with container.database.transaction() as session:
            try:
                login_request, browser = await container.one_time_links.take(session, token), None
            except WorthlessLinkError:
                login_request = await self._look_again(session, token, browser)
        if provider in [choice.name for choice in container.alike(login_request.provider)]:
            login_request = replace(login_request, provider=provider)
        if browser is None:
            cookie, browser = await container.sessions.start(login_request.citizen_id, device)
        return Next(await container.line.begin(browser.digest, asdict(login_request)), cookie)

    async def step_up(self, browser: Session, provider: str, page: str) -> Next:
        """Send a browser that LINE knows to a provider, from one of our pages."""
        login_request = LoginRequest(browser.citizen_id, provider, page=page)
        return Next(
            await self._container.party(provider).begin(browser.digest, asdict(login_request))
        )

    async def returned(
        self, name: str, query: Sequence[tuple[str, str]], cookie: str | None
    ) -> Next:
        """Take a provider's answer. Raises what `RelyingParty.finish` raises, and ours."""
        party = self._container.party(name)
        browser = await self._container.sessions.read(cookie)
        if browser is None:
            raise SessionEndedError
        flow = await self._container.authorization_requests.look(
            dict(query).get("state", ""), browser.digest
        )
        try:
            login = await party.finish(query, browser.digest)
            login_request = LoginRequest(**login.login_request)
            if party.provider.kind is Kind.line:
                return await self._line_returned(browser, login_request, login)
            return await self._provider_returned(browser, login_request, login, party.provider)
        except OverLoginError:
            # The same answer came twice at once: the other one says how it ended.
            raise
        except ConciergeError as error:
            if flow is not None:
                await self._failed(LoginRequest(**flow.login_request), error)
            raise

    async def _look_again(
        self, session: AsyncSession, token: str, browser: Session | None
    ) -> LoginRequest:
        if browser is None:
            raise WorthlessLinkError
        return await self._container.one_time_links.look_again(session, token, browser.citizen_id)

    async def _line_returned(
        self, browser: Session, login_request: LoginRequest, login: Login
    ) -> Next:
        container = self._container
        if not await container.accounts.is_same(browser.citizen_id, login.subject):
            await container.sessions.end(browser)
            await self._note(browser.citizen_id, "login.other_person")
            raise OtherPersonError
        cookie, browser = await container.sessions.renew(browser.proven(line_at=container.clock()))
        if container.party(login_request.provider).provider.kind is not Kind.line:
            url = await container.party(login_request.provider).begin(
                browser.digest, asdict(login_request)
            )
            return Next(url, cookie)
        async with container.database.transaction() as session:
            await endings.succeed(container, session, login_request, [], _key(browser))
        return Next(_goal(login_request), cookie)

    async def _provider_returned(
        self, browser: Session, login_request: LoginRequest, login: Login, provider: Provider
    ) -> Next:
        container = self._container
        if browser.proofs.line_at is None or login_request.citizen_id != browser.citizen_id:
            raise RefusedLoginError("LINE was not verified in this browser")
        items = _items(provider, login)
        async with container.database.transaction() as session:
            await container.links.lock(session, browser.citizen_id, (provider, login.subject))
            meeting = await container.links.meet(
                session, browser.citizen_id, provider, login.subject
            )
            if meeting is Meeting.known:
                return await self._known(session, browser, login_request, login, provider, items)
        if meeting is Meeting.other_login:
            raise OtherLoginError
        if meeting is Meeting.other_citizen:
            await self._warn_owner(provider, login.subject)
            raise OtherCitizenError
        return await self._to_dialog(browser, login_request, login, items)

    async def _known(
        self,
        session: AsyncSession,
        browser: Session,
        login_request: LoginRequest,
        login: Login,
        provider: Provider,
        items: FourItems | None,
    ) -> Next:
        container, by_card = self._container, provider.kind is Kind.card
        said: list[Message] = []
        if not login_request.page:
            said.append(words.proven(by_card=by_card))
        if items is not None:
            said += await identify(container.register, browser.citizen_id, items)
        proof = {"card_at" if by_card else "my_id_at": login.authenticated_at}
        cookie, browser = await container.sessions.renew(browser.proven(**proof))
        level = Level.L3 if by_card else Level.L2
        entry = AuditEntry(browser.citizen_id, f"login.{provider.name}", level=level)
        await container.links.resume(session, browser.citizen_id, provider.name)
        await record(session, entry, container.clock())
        await endings.succeed(container, session, login_request, said, _key(browser))
        return Next(_goal(login_request), cookie)

    async def _to_dialog(
        self, browser: Session, login_request: LoginRequest, login: Login, items: FourItems | None
    ) -> Next:
        """Let LINE ask whoever holds the phone; its answer comes as a webhook."""
        container = self._container
        token = await container.accounts.link_token(browser.citizen_id)
        cookie, browser = await container.sessions.renew(browser)
        name = items.name if items is not None else login.details.get("name")
        pending = Pending(
            login_request=login_request,
            session=browser.digest,
            family=browser.family,
            began=browser.proofs.created_at,
            subject=login.subject,
            proven_at=login.authenticated_at,
            name=name if isinstance(name, str) else None,
            items=items,
        )
        asked = {"linkToken": token, "nonce": await container.pending.keep(pending)}
        base = container.settings.line_access_base
        return Next(f"{base}/dialog/bot/accountLink?{urlencode(asked)}", cookie)

    async def _warn_owner(self, provider: Provider, subject: str) -> None:
        container = self._container
        async with container.database.transaction() as session:
            owner = await container.links.owner(session, provider, subject)
            if owner is not None:
                key = f"elsewhere.{owner.id}.{int(container.clock().timestamp())}"
                said = words.asked_elsewhere()
                await endings.tell(container, session, owner.citizen_id, [said], key)

    async def _failed(self, login_request: LoginRequest, error: ConciergeError) -> None:
        if isinstance(error, OtherPersonError):
            async with self._container.database.transaction() as session:
                if (
                    await self._container.one_time_links.end(
                        session, login_request.one_time_link, "refused"
                    )
                    is not None
                ):
                    said, key = words.other_person(), f"link.{login_request.one_time_link}"
                    await endings.tell(
                        self._container, session, login_request.citizen_id, [said], key
                    )
            return
        state = "cancelled" if isinstance(error, CancelledLoginError) else "refused"
        await endings.fail(self._container, login_request.one_time_link, state)

    async def _note(self, citizen_id: str, action: str) -> None:
        async with self._container.database.transaction() as session:
            await record(session, AuditEntry(citizen_id, action), self._container.clock())


def _items(provider: Provider, login: Login) -> FourItems | None:
    """Return what the card told. Raises RefusedLoginError when it was not read just now."""
    if provider.kind is not Kind.card:
        return None
    if login.acr not in provider.card_acr:
        raise RefusedLoginError("acr")
    return read_four_items(login.details)


def _goal(login_request: LoginRequest) -> str:
    return login_request.page or "/identity/ended/proven"


def _key(browser: Session) -> str:
    """Name a login: its session's digest is new with every one. It is not given away."""
    return f"login.{hashlib.sha256(browser.digest.encode()).hexdigest()[:32]}"
