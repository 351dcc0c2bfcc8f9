"""Every pair of session, link, callback, unlink and delete, step by step against each other.

A thousand orders of each pair in `make bench`; here as many as tell a missing lock.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import combinations_with_replacement
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from auth.levels import Level
from concierge.app import build_web
from identity.account.deletions import Cause, Deletions
from identity.container import IdentityContainer
from identity.contract import AccountLink
from identity.links.linking import Linking
from identity.login.flow import LoginFlow
from identity.login.one_time_links import LoginRequest
from identity.login.pending import Pending
from identity.login.sessions import Session, SessionEndedError
from identity.oidc.relying_party import Login, RelyingParty
from kit.errors import ConciergeError
from kit.settings import Settings
from tests.identity.interleaving import Turns, steps_at_the_servers

WHOLE, SHORT = 1_000, 4
PROVIDER = "my-id"
ENDINGS = {"unlink", "delete"}
OPERATIONS = ("session", "link", "callback", "unlink", "delete")


@dataclass
class Case:
    """One citizen with a browser and a login under way, and what may happen to them at once."""

    container: IdentityContainer
    citizen: str
    cookies: list[str] = field(default_factory=list)
    session: Session | None = None

    async def begin(self, *, linked: bool) -> None:
        sessions, now = self.container.sessions, self.container.clock()
        _, guest = await sessions.start(self.citizen, "PC")
        cookie, self.session = await sessions.renew(guest.proven(line_at=now))
        self.cookies.append(cookie)
        if linked:
            await self.link()

    @property
    def browser(self) -> Session:
        assert self.session is not None
        return self.session

    async def link(self) -> None:
        await self._answer(await self._dialog())

    async def _dialog(self) -> str:
        asked, browser = LoginRequest(self.citizen, PROVIDER, page="/my/"), self.browser
        began, now = browser.proofs.created_at, self.container.clock()
        told = (asked, browser.digest, browser.family, began, f"sub {self.citizen}", now)
        return await self.container.pending.keep(Pending(*told, None, None))

    async def _answer(self, nonce: str) -> None:
        event = AccountLink(nonce=nonce, succeeded=True, citizen_id=self.citizen)
        await Linking(self.container).account_linked(event)

    async def operation(self, what: str) -> Callable[[], Awaitable[Any]]:
        """Prepare an operation; what is returned carries it out."""
        if what == "link":
            nonce = await self._dialog()
            return lambda: self._answer(nonce)
        if what == "callback":
            requests, provider = self.container.authorization_requests, self._provider
            asked = asdict(LoginRequest(self.citizen, PROVIDER, page="/my/"))
            state, _ = await requests.begin(provider, self.browser.digest, asked, 0)
            query = [("state", state), ("iss", provider.issuer), ("code", "x")]
            return lambda: self._callback(query)
        works = {
            "session": self._use,
            "unlink": lambda: Linking(self.container).unlink(self.citizen, None),
            "delete": lambda: Deletions(self.container).request(self.citizen, Cause.citizen),
        }
        return works[what]

    @property
    def _provider(self) -> Any:
        return self.container.party(PROVIDER).provider

    async def _callback(self, query: list[tuple[str, str]]) -> None:
        way = await LoginFlow(self.container).returned(PROVIDER, query, self.cookies[0])
        if way.cookie is not None:
            self.cookies.append(way.cookie)
        asked = parse_qs(urlsplit(way.url).query)
        if "nonce" in asked:
            await self._answer(asked["nonce"][0])

    async def _use(self) -> None:
        """Use the browser, then have its session get a new id."""
        session = await self.container.sessions.read(self.cookies[0])
        if session is not None:
            cookie, _ = await self.container.sessions.renew(session)
            self.cookies.append(cookie)

    async def active(self) -> list[str]:
        async with self.container.database.transaction() as session:
            return [link.state for link in await self.container.links.all_of(session, self.citizen)]


@pytest.fixture
async def container(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[IdentityContainer]:
    """Identity with its stores, where a provider vouches at once and LINE gives link tokens."""
    app = build_web(settings)
    async with app.router.lifespan_context(app):
        made = app.state.container.get(IdentityContainer)

        async def finish(self: RelyingParty, query: Any, session: str) -> Login:
            flow = await self._flow(dict(query), session)
            subject = f"sub {flow.login_request['citizen_id']}"
            return Login(subject, "", made.clock(), frozenset(), {}, flow.login_request)

        async def link_token(_citizen_id: str) -> str:
            return "token"

        monkeypatch.setattr(RelyingParty, "finish", finish)
        monkeypatch.setattr(made.accounts, "link_token", link_token)
        yield made


async def race(container: IdentityContainer, pair: tuple[str, str], seed: int) -> str:
    """Do one pair in one order, say what must hold whatever the order was, and return the order."""
    case = Case(container, f"ctz_{pair[0]}_{pair[1]}_{seed}")
    await case.begin(linked="link" not in pair)
    one, other = [await case.operation(what) for what in pair]
    turns = Turns(seed)
    done = await turns.run(one=one(), other=other())
    told = f"{pair}, seed {seed}: {''.join(name[0] for name in turns.order)}"
    wrong = [x for x in done if isinstance(x, Exception) and not isinstance(x, ConciergeError)]
    assert not wrong, f"{told}: {wrong!r}"
    links, sessions = await case.active(), await container.sessions.of(case.citizen)
    if ENDINGS & set(pair):
        assert links == [], told
        assert sessions == [], told
        assert (await container.sessions.best(case.citizen)).level is Level.L0, told
        assert [await container.sessions.read(c) for c in case.cookies] == [None] * len(
            case.cookies
        ), told
    else:
        assert links == ["active"], told
        assert len(sessions) == 1, told
        if "callback" in pair and not any(isinstance(x, SessionEndedError) for x in done):
            assert sessions[0].proofs.my_id_at is not None, told
    return "".join(turns.order)


@pytest.mark.parametrize("pair", list(combinations_with_replacement(OPERATIONS, 2)))
async def test_in_whatever_order_two_operations_go_nothing_survives_and_nothing_is_lost(
    container: IdentityContainer, pair: tuple[str, str], whole: bool, record_property: Any
) -> None:
    with steps_at_the_servers():
        orders = {await race(container, pair, seed) for seed in range(WHOLE if whole else SHORT)}
    record_property("orders", len(orders))
    assert len(orders) > 1


async def test_the_orders_differ_and_are_the_same_for_the_same_seed(
    container: IdentityContainer,
) -> None:
    orders = []
    with steps_at_the_servers():
        for seed in (1, 2, 3):
            case = Case(container, f"ctz_orders_{seed}")
            await case.begin(linked=True)
            turns = Turns(seed)
            with suppress(ConciergeError):
                await turns.run(one=case._use(), other=case._use())
            orders.append("".join(turns.order))
    assert len(set(orders)) == 3
