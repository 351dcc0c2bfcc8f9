"""A login counts for the browser and the citizen that began it, once LINE has verified them."""

from dataclasses import asdict

import pytest
from sqlalchemy import func, select

from auth.citizens import GrantWish, VisitAnswer, VisitRequest
from auth.levels import Level
from identity.container import IdentityContainer
from identity.login.browser import form_token
from identity.login.flow import LoginFlow
from identity.login.one_time_links import LoginRequest
from identity.login.visits import visit
from identity.models import Access
from identity.oidc.relying_party import RefusedLoginError
from tests.identity.test_races import PROVIDER, Case, container

__all__ = ["container"]


@pytest.mark.parametrize("who", ["another citizen", "LINE has not verified"])
async def test_a_login_that_was_begun_for_somebody_else_or_before_line_links_nothing(
    container: IdentityContainer, who: str
) -> None:
    case = Case(container, "ctz_own")
    await case.begin(linked=False)
    cookie, browser, citizen = case.cookies[0], case.browser, "ctz_other"
    if who == "LINE has not verified":
        citizen = case.citizen
        cookie, browser = await container.sessions.start(citizen, "PC")
    provider = container.party(PROVIDER).provider
    asked = asdict(LoginRequest(citizen, PROVIDER, page="/my/"))
    state, _ = await container.authorization_requests.begin(provider, browser.digest, asked, 0)
    query = [("state", state), ("iss", provider.issuer), ("code", "x")]
    with pytest.raises(RefusedLoginError) as refused:
        await LoginFlow(container).returned(PROVIDER, query, cookie)
    assert refused.value.reason == "LINE was not verified in this browser"
    assert await case.active() == []


async def test_a_browser_without_a_session_or_without_line_visits_nothing(
    container: IdentityContainer,
) -> None:
    cookie, _ = await container.sessions.start("ctz_guest", "PC")
    for known in (cookie, "unknown"):
        asked = VisitRequest(cookie=known, level=Level.L0, page="/my/")
        assert await visit(asked, container) == VisitAnswer()


@pytest.mark.parametrize("is_own", [True, False])
async def test_a_grant_that_is_wished_for_with_a_form_comes_with_the_sessions_own_alone(
    container: IdentityContainer, is_own: bool
) -> None:
    _, session = await container.sessions.start("ctz_own", "PC")
    now = container.clock()
    cookie, _ = await container.sessions.renew(session.proven(line_at=now, card_at=now))
    wish = GrantWish(audience="services/nursery", scopes=("nursery:application:write",))
    token = form_token(cookie) if is_own else "another"
    asked = VisitRequest(
        cookie=cookie, level=Level.L3, page="/my/nursery/", wish=wish, form_token=token
    )
    answer = await visit(asked, container)
    assert (answer.grant is not None) is is_own
    # The page is told whose token is right, and refuses the form itself.
    assert answer.form_token == form_token(cookie)
    async with container.database.statement() as session_:
        rows = select(func.count()).where(Access.citizen_id == "ctz_own")
        assert await session_.scalar(rows) == int(is_own)


async def test_a_login_under_way_is_seen_by_the_browser_that_began_it_alone(
    container: IdentityContainer,
) -> None:
    provider, requests = container.party(PROVIDER).provider, container.authorization_requests
    state, flow = await requests.begin(provider, "own", {}, 0)
    assert await requests.look(state, "own") == flow
    assert await requests.look(state, "other") is None
    assert await requests.look("unknown", "own") is None
