"""The guard in other packages: who passes, what a look at a citizen's data needs and leaves."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx2
import pytest
from fastapi import Depends, FastAPI

from auth.permissions import Permission, Role
from auth.staff import (
    StaffAccess,
    StaffClient,
    StaffLoginNeededError,
    StaffMember,
    StaffNotAllowedError,
    require_staff,
)
from identity.audit import log as access
from kit.errors import InvalidInputError, UnavailableError
from kit.http import internal_client
from kit.ids import new_citizen_id
from kit.settings import Settings
from tests.identity.staffing import WHY, Browser, Console
from tests.support import bare_app


@pytest.fixture
async def client(console: Console, settings: Settings) -> AsyncIterator[StaffClient]:
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://identity", token, app=console.app) as http:
        yield StaffClient(http)


@pytest.fixture
def container(settings: Settings, client: StaffClient) -> FastAPI:
    """Another package, which reaches identity over HTTP alone."""
    app = bare_app(settings, "another room")
    app.state.container.put(StaffClient, client)
    reader = Depends(require_staff(Permission.conversations_read))

    @app.api_route("/talks", methods=["GET", "POST"])
    async def talks(member: Annotated[StaffMember, reader]) -> dict[str, Any]:
        return {"name": member.name, "desks": member.desks}

    return app


async def _ask(
    container: FastAPI, browser: Browser | None, method: str = "GET", **sent: Any
) -> httpx2.Response:
    transport = httpx2.ASGITransport(app=container)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        if browser is not None:
            http.cookies.set("staff", browser.cookie)
        return await http.request(method, "/talks", **sent)


async def test_a_room_hears_who_is_asking_and_for_which_desks(
    console: Console, container: FastAPI
) -> None:
    browser, _, _ = await console.enrolled(Role.operator, desks=("税務課", "納税課"))
    answer = await _ask(container, browser)
    assert answer.json() == {"name": "試験 花子", "desks": ["税務課", "納税課"]}


async def test_a_room_turns_away_who_is_not_inside_or_lacks_the_permission(
    console: Console, container: FastAPI
) -> None:
    assert (await _ask(container, None)).status_code == 401
    waiting = await console.browser()
    account, one_time = await console.add(Role.operator)
    await waiting.log_in(account.login, one_time)
    assert (await _ask(container, waiting)).status_code == 401, "half a login is none"
    administrator, _, _ = await console.enrolled(Role.administrator)
    assert (await _ask(container, administrator)).status_code == 403


async def test_other_roles_count_at_once(console: Console, container: FastAPI) -> None:
    browser, account, secret = await console.enrolled(Role.operator)
    accounts = console.container.accounts
    await accounts.change(account.id, account.name, [Role.approver], ["市民課"], WHY)
    assert (await _ask(container, browser)).status_code == 401
    assert (await _ask(container, await console.inside(account, secret))).status_code == 403


async def test_a_change_in_a_room_needs_the_form_token(
    console: Console, container: FastAPI
) -> None:
    browser, _, _ = await console.enrolled(Role.operator)
    assert (await _ask(container, browser, "POST")).status_code == 403
    assert (await _ask(container, browser, "POST", data={"form_token": "x"})).status_code == 403
    form = {"form_token": browser.token}
    assert (await _ask(container, browser, "POST", data=form)).status_code == 200
    headers = {"X-Form-Token": browser.token}
    assert (await _ask(container, browser, "POST", json={}, headers=headers)).status_code == 200
    repeated = f"form_token={browser.token}&form_token={browser.token}"
    assert (await _ask(container, browser, "POST", content=repeated)).status_code == 403


async def test_no_room_opens_while_identity_is_away(container: FastAPI) -> None:
    async with internal_client("http://127.0.0.1:9", "x") as http:
        container.state.container.put(StaffClient, StaffClient(http))
        transport = httpx2.ASGITransport(app=container)
        async with httpx2.AsyncClient(transport=transport, base_url="http://test") as browser:
            browser.cookies.set("staff", "any")
            assert (await browser.get("/talks")).status_code == 503
        with pytest.raises(UnavailableError):
            await StaffClient(http).member("any")


def _look(browser: Browser, **change: Any) -> StaffAccess:
    usual = {
        "cookie": browser.cookie,
        "citizen_id": new_citizen_id(),
        "permission": Permission.residents_read,
        "desk": "市民課",
        "action": "record_read",
        "reason": "窓口での本人の依頼",
    }
    return StaffAccess.model_validate(usual | change)


async def test_a_look_at_a_citizen_s_data_stands_in_their_access_log(
    console: Console, client: StaffClient
) -> None:
    browser, account, _ = await console.enrolled(Role.operator)
    look = _look(browser)
    member = await client.look(look)
    assert member.id == account.id
    async with console.container.database.transaction() as session:
        [seen] = await access.of_citizen(session, look.citizen_id)
        assert await access.first_fault(session, console.clock()) is None
    assert (seen.actor_kind, seen.actor) == ("staff", f"市民課 {account.id}")
    assert (seen.action, seen.reason) == ("record_read", "窓口での本人の依頼")


async def test_a_look_needs_a_reason_the_permission_and_the_desk(
    console: Console, client: StaffClient
) -> None:
    operator, _, _ = await console.enrolled(Role.operator)
    administrator, _, _ = await console.enrolled(Role.administrator)
    refused = [
        (_look(operator, reason="  "), InvalidInputError),
        (_look(operator, reason="個人番号 1234 5678 9018 の照会"), InvalidInputError),
        (_look(operator, desk="税務課"), StaffNotAllowedError),
        (_look(operator, permission=Permission.staff_manage), StaffNotAllowedError),
        (_look(administrator), StaffNotAllowedError),
        (_look(operator, cookie="stolen"), StaffLoginNeededError),
    ]
    for look, error in refused:
        with pytest.raises(error):
            await client.look(look)
        async with console.container.database.transaction() as session:
            assert await access.of_citizen(session, look.citizen_id) == []
