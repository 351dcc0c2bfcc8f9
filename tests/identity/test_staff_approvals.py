"""Rights that take two administrators: one asks, another approves."""

import asyncio
import re
from datetime import timedelta

import pytest

from auth.permissions import PERMISSIONS, Permission, Role, is_sensitive
from identity.staff import changes
from identity.staff.accounts import NewAccount, OwnRightsError, Warrant
from identity.staff.approvals import NotWaitingError, OwnRequestError
from identity.staff.models import Account
from identity.staff.requests import LIFE
from tests.identity.staffing import WHY, Console

DESK = ("市民課",)


async def _administrators(console: Console) -> tuple[Warrant, Warrant]:
    one, _ = await console.add(Role.administrator)
    other, _ = await console.add(Role.administrator)
    return Warrant(one.id, "異動"), Warrant(other.id, "確認済み")


async def _roles(console: Console, account: Account) -> list[str]:
    return (await console.container.accounts.get(account.id)).roles


async def _done(console: Console) -> list[str]:
    async with console.container.database.transaction() as session:
        return [change.action for change in await changes.newest(session)]


def test_who_could_give_themselves_everything_or_approve_for_everybody_is_sensitive() -> None:
    strong = {Permission.staff_manage, Permission.audit_read, Permission.broadcast_approve}
    assert {role for role in Role if is_sensitive(role)} == {
        role for role in Role if PERMISSIONS[role] & strong
    }
    assert is_sensitive(Role.administrator)
    assert is_sensitive(Role.approver)


async def test_one_administrator_alone_makes_no_broadcaster_and_approver(console: Console) -> None:
    one, other = await _administrators(console)
    accounts, approvals = console.container.accounts, console.container.approvals
    both = (Role.broadcaster, Role.approver)
    added, _ = await accounts.add(NewAccount("hanako", "花子", both, DESK), one)
    assert await _roles(console, added) == ["broadcaster"]
    [asked] = await approvals.waiting(added.id)
    with pytest.raises(OwnRequestError):
        await approvals.approve(asked.id, one)
    assert await _roles(console, added) == ["broadcaster"]
    before = (await accounts.get(added.id)).epoch
    await approvals.approve(asked.id, other)
    after = await accounts.get(added.id)
    assert after.roles == ["broadcaster", "approver"]
    assert after.epoch > before, "sessions with the old rights end"
    assert (await _done(console))[:2] == ["account_changed", "rights_approved"]


async def test_a_new_administrator_has_nothing_before_the_second_word(console: Console) -> None:
    one, other = await _administrators(console)
    new = NewAccount("hanako", "花子", (Role.administrator,), DESK)
    added, password = await console.container.accounts.add(new, one)
    assert await _roles(console, added) == []
    browser = await console.browser()
    await browser.log_in("hanako", password)
    assert (await browser.get("/console/staff/")).status_code in (303, 401, 403)
    [asked] = await console.container.approvals.waiting()
    await console.container.approvals.approve(asked.id, other)
    assert await _roles(console, added) == ["administrator"]


async def test_nobody_approves_what_is_for_themselves(console: Console) -> None:
    one, other = await _administrators(console)
    accounts, approvals = console.container.accounts, console.container.approvals
    roles = (Role.administrator, Role.approver)
    await accounts.change(other.actor, "花子", roles, DESK, one)
    [asked] = await approvals.waiting()
    with pytest.raises(OwnRightsError):
        await approvals.approve(asked.id, other)
    assert (await accounts.get(other.actor)).roles == ["administrator"]


async def test_roles_that_are_not_sensitive_and_losses_wait_for_nobody(console: Console) -> None:
    one, _ = await _administrators(console)
    member, _ = await console.add(Role.operator, Role.approver)
    accounts = console.container.accounts
    await accounts.change(member.id, "花子", [Role.supervisor, Role.approver], DESK, one)
    assert await _roles(console, member) == ["supervisor", "approver"]
    await accounts.change(member.id, "花子", [Role.supervisor], DESK, one)
    assert await _roles(console, member) == ["supervisor"]
    assert not await console.container.approvals.waiting()


async def test_who_is_to_have_a_sensitive_role_only_keeps_what_they_had(console: Console) -> None:
    one, other = await _administrators(console)
    member, _ = await console.add(Role.operator)
    await console.container.accounts.change(member.id, "花子", [Role.approver], DESK, one)
    assert await _roles(console, member) == ["operator"]
    [asked] = await console.container.approvals.waiting(member.id)
    await console.container.approvals.approve(asked.id, other)
    assert await _roles(console, member) == ["approver"]


async def test_a_later_change_replaces_what_waits(console: Console) -> None:
    one, other = await _administrators(console)
    member, _ = await console.add(Role.operator)
    accounts, approvals = console.container.accounts, console.container.approvals
    numbered = Warrant(one.actor, "番号 1234-5678-9018 の件")
    await accounts.change(member.id, "花子", [Role.approver], DESK, numbered)
    [asked] = await approvals.waiting()
    assert "5678" not in asked.reason
    await accounts.change(member.id, "花子", [Role.operator], DESK, other)
    assert not await approvals.waiting()
    with pytest.raises(NotWaitingError):
        await approvals.approve(asked.id, other)
    assert await _roles(console, member) == ["operator"]


async def test_an_account_with_a_sensitive_role_is_not_taken_over_by_one_alone(
    console: Console,
) -> None:
    one, other = await _administrators(console)
    member, _ = await console.add(Role.approver)
    accounts, approvals = console.container.accounts, console.container.approvals
    held = (await accounts.get(member.id)).password
    assert await accounts.reset(member.id, one) is None
    assert (await accounts.get(member.id)).password == held
    [asked] = await approvals.waiting(member.id)
    account, password = await approvals.approve(asked.id, other)
    assert password
    assert account.id == member.id
    assert (await accounts.get(member.id)).password != held
    with pytest.raises(NotWaitingError):
        await approvals.approve(asked.id, other)


async def test_a_refused_or_old_request_gives_nothing(console: Console) -> None:
    one, other = await _administrators(console)
    member, _ = await console.add(Role.operator)
    accounts, approvals = console.container.accounts, console.container.approvals
    for _ in range(2):
        await accounts.change(member.id, "花子", [Role.operator, Role.approver], DESK, one)
    [asked] = await approvals.waiting()
    await approvals.refuse(asked.id, other)
    assert (await _done(console))[0] == "rights_refused"
    with pytest.raises(NotWaitingError):
        await approvals.approve(asked.id, other)
    await accounts.change(member.id, "花子", [Role.operator, Role.approver], DESK, one)
    [asked] = await approvals.waiting()
    console.clock.forward(seconds=int((LIFE + timedelta(seconds=1)).total_seconds()))
    assert not await approvals.waiting()
    with pytest.raises(NotWaitingError):
        await approvals.approve(asked.id, other)
    assert await _roles(console, member) == ["operator"]


async def test_of_a_change_and_an_approval_at_once_neither_waits_for_ever(console: Console) -> None:
    one, other = await _administrators(console)
    member, _ = await console.add(Role.operator)
    accounts, approvals = console.container.accounts, console.container.approvals
    for _ in range(20):
        await accounts.change(member.id, "花子", [Role.operator, Role.approver], DESK, one)
        [asked] = await approvals.waiting()
        await asyncio.gather(
            approvals.approve(asked.id, other),
            accounts.change(member.id, "花子", [Role.operator], DESK, one),
            return_exceptions=True,
        )
        await accounts.change(member.id, "花子", [Role.operator], DESK, WHY)
        assert await _roles(console, member) == ["operator"]


async def test_the_console_asks_and_another_administrator_approves(console: Console) -> None:
    browser, _, _ = await console.enrolled(Role.administrator)
    second, _, _ = await console.enrolled(Role.administrator)
    member, account, _ = await console.enrolled(Role.operator)
    one = f"/console/staff/{account.id}"
    await browser.get(one)
    sent = {"name": "試験 花子", "role": ["operator", "approver"], "desk": ["市民課"]}
    assert (await browser.send(one, **sent, reason="昇任")).status_code == 303
    assert "承認</a>を待っています" in (await browser.get(one)).text
    page = await browser.get("/console/staff/requests")
    assert "役割の変更" in page.text
    [number] = re.findall(r"/console/staff/requests/(\d+)/refuse", page.text)
    assert f"{number}/approve" not in page.text
    page = await browser.send(f"/console/staff/requests/{number}/approve", reason="自分で")
    assert page.status_code == 403
    assert "ご自分の依頼は" in page.text
    refused = await browser.send(f"/console/staff/requests/{number}/refuse", reason="取り下げ")
    assert refused.status_code == 303
    assert f"{number}/refuse" not in (await browser.get("/console/staff/requests")).text
    await browser.get(one)
    assert (await browser.send(one, **sent, reason="昇任")).status_code == 303
    page = await second.get("/console/staff/requests")
    [number] = re.findall(r"/console/staff/requests/(\d+)/approve", page.text)
    path = f"/console/staff/requests/{number}/approve"
    assert "変更の理由を" in (await second.send(path, reason="")).text
    assert (await second.send(path, reason="確認")).status_code == 303
    assert (await console.container.accounts.get(account.id)).roles == ["operator", "approver"]
    page = await second.get("/console/staff/changes")
    for words in ("承認の依頼", "依頼の承認", "昇任", "確認"):
        assert words in page.text
    assert (await member.get("/console/staff/requests")).status_code != 200


async def test_the_second_administrator_hands_over_the_new_password(console: Console) -> None:
    browser, _, _ = await console.enrolled(Role.administrator)
    second, _, _ = await console.enrolled(Role.administrator)
    member, account, _ = await console.enrolled(Role.approver)
    await browser.get(f"/console/staff/{account.id}")
    answer = await browser.send(f"/console/staff/{account.id}/reset", reason="紛失")
    assert answer.status_code == 303
    assert await member.is_inside(), "nothing has happened yet"
    page = await second.get("/console/staff/requests")
    [number] = re.findall(r"/console/staff/requests/(\d+)/approve", page.text)
    page = await second.send(f"/console/staff/requests/{number}/approve", reason="面談")
    assert re.search(r'<code class="secret">[a-z0-9-]+</code>', page.text)
    assert page.headers["cache-control"] == "no-store"
    assert not await member.is_inside()
