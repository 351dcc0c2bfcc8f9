"""Keeping accounts: roles and desks, reasons, the record of changes, and the last administrator."""

import asyncio
import itertools
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from typer.testing import CliRunner

from auth.permissions import (
    PERMISSIONS,
    Permission,
    Role,
    SamePersonError,
    check_four_eyes,
    permissions_of,
)
from auth.staff import StaffMember
from concierge.cli import app as command_line
from concierge.staff import NoDemonstrationError, seed_demonstration
from identity.staff import changes
from identity.staff.accounts import (
    BadAccountError,
    LastAdministratorError,
    LoginTakenError,
    NewAccount,
    OwnRightsError,
    Warrant,
)
from identity.staff.changes import ACTIONS, OWN, WORDS, ReasonMissingError, record
from identity.staff.models import Change
from kit.db import Database
from kit.errors import NotFoundError
from kit.settings import Settings, get_settings
from tests.identity.staffing import WHY, Console

RESIDENTS = {
    Permission.conversations_read,
    Permission.conversations_answer,
    Permission.conversations_assign,
    Permission.reports_handle,
    Permission.residents_tasks,
    Permission.residents_read,
}


def test_every_role_is_in_the_table_and_every_permission_has_a_role() -> None:
    assert set(PERMISSIONS) == set(Role)
    assert permissions_of(Role) == set(Permission)


def test_administrators_do_not_read_residents_matters() -> None:
    assert not permissions_of([Role.administrator]) & RESIDENTS
    assert permissions_of([Role.administrator, Role.operator]) & RESIDENTS


def test_only_administrators_manage_staff() -> None:
    others = [role for role in Role if role is not Role.administrator]
    assert Permission.staff_manage not in permissions_of(others)


def test_no_role_both_prepares_and_approves_and_no_person_does_both() -> None:
    both = {Permission.broadcast_prepare, Permission.broadcast_approve}
    assert not any(both <= permissions for permissions in PERMISSIONS.values())
    check_four_eyes("stf_a", "stf_b")
    with pytest.raises(SamePersonError):
        check_four_eyes("stf_a", "stf_a")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.administrator])
async def test_who_is_not_an_administrator_sees_and_changes_no_accounts(
    console: Console, role: Role
) -> None:
    browser, account, _ = await console.enrolled(role)
    one = f"/console/staff/{account.id}"
    assert "/console/staff/" not in (await browser.get("/console/account")).text
    for path in ("/console/staff/", "/console/staff/new", "/console/staff/changes", one):
        answer = await browser.get(path)
        assert answer.status_code == 403
        assert "権限がありません" in answer.text
    sent = {"role": "administrator", "desk": "市民課", "name": "x", "reason": "x", "login": "new"}
    for path in ("/console/staff/new", one, f"{one}/reset", f"{one}/disable", f"{one}/enable"):
        assert (await browser.send(path, **sent)).status_code == 403
    after = await console.container.accounts.get(account.id)
    assert (after.roles, after.disabled_at) == ([role.value], None)


async def test_an_administrator_adds_somebody_who_then_logs_in(console: Console) -> None:
    browser, administrator, _ = await console.enrolled(Role.administrator)
    await browser.get("/console/staff/new")
    sent = {"login": "Hanako", "name": "会津 花子", "role": ["operator"], "desk": ["税務課"]}
    page = await browser.send("/console/staff/new", **sent, reason=" ")
    assert "変更の理由を" in page.text
    assert 'value="会津 花子"' in page.text
    assert re.search('value="税務課" checked', page.text)
    page = await browser.send("/console/staff/new", **sent, reason="異動のため")
    [password] = re.findall(r'<code class="secret">([a-z0-9-]+)</code>', page.text)
    assert page.headers["cache-control"] == "no-store"
    assert password not in (await browser.get("/console/staff/")).text
    other = await console.browser()
    assert (await other.log_in("hanako", password)).headers["location"] == "/console/enrol"
    async with console.container.database.transaction() as session:
        [newest, *_] = await changes.newest(session)
    assert (newest.actor, newest.action, newest.reason) == (
        administrator.id,
        "account_added",
        "異動のため",
    )
    page = await browser.get("/console/staff/changes")
    assert "アカウントの追加" in page.text
    assert "異動のため" in page.text
    assert "役割：窓口担当" in page.text


async def test_an_administrator_changes_disables_and_resets(console: Console) -> None:
    browser, _, _ = await console.enrolled(Role.administrator)
    member, account, _ = await console.enrolled(Role.operator)
    one = f"/console/staff/{account.id}"
    await browser.get(one)
    changed = {"name": "試験 花子", "role": ["supervisor"], "desk": ["市民課", "税務課"]}
    assert "変更の理由を" in (await browser.send(one, **changed)).text
    assert await member.is_inside(), "what has no reason did not happen"
    assert (await browser.send(one, **changed, reason="昇任")).status_code == 303
    page = await browser.get("/console/staff/changes")
    assert "役割：窓口担当 → 責任者" in page.text
    assert "課：市民課 → 市民課、税務課" in page.text
    await browser.send(f"{one}/disable", reason="休職")
    other = await console.browser()
    assert (await other.log_in(account.login)).status_code == 401
    await browser.send(f"{one}/enable", reason="復職")
    assert (await other.log_in(account.login)).headers["location"] == "/console/login/code"
    page = await browser.send(f"{one}/reset", reason="スマートフォンを紛失")
    [password] = re.findall(r'<code class="secret">([a-z0-9-]+)</code>', page.text)
    assert (await other.log_in(account.login)).status_code == 401
    assert (await other.log_in(account.login, password)).headers["location"] == "/console/enrol"
    async with console.container.database.transaction() as session:
        done = [change.action for change in await changes.newest(session, account.id)]
    assert done == [
        *("factors_reset", "account_enabled", "account_disabled", "account_changed"),
        *("password_changed", "factor_enrolled", "account_added"),
    ]


async def test_what_is_not_there_is_a_page_too(console: Console) -> None:
    browser, _, _ = await console.enrolled(Role.administrator)
    answer = await browser.get("/console/staff/stf_nobody")
    assert answer.status_code == 404
    assert "この画面はありません" in answer.text


@pytest.mark.parametrize(
    ("login", "name", "roles", "desks"),
    [
        ("9x", "花子", (Role.operator,), ("市民課",)),
        ("花子", "花子", (Role.operator,), ("市民課",)),
        ("hanako", "", (Role.operator,), ("市民課",)),
        ("hanako", "花子", (), ("市民課",)),
        ("hanako", "花子", (Role.operator,), ()),
        ("hanako", "花子", (Role.operator,), ("存在しない課",)),
    ],
)
async def test_an_account_has_a_name_roles_and_desks_of_this_city(
    console: Console, login: str, name: str, roles: tuple[Role, ...], desks: tuple[str, ...]
) -> None:
    with pytest.raises(BadAccountError):
        await console.container.accounts.add(NewAccount(login, name, roles, desks), WHY)
    assert not await console.container.accounts.all()


async def test_a_login_name_belongs_to_one_account(console: Console) -> None:
    new = NewAccount("hanako", "花子", (Role.operator,), ("市民課",))
    await console.container.accounts.add(new, WHY)
    with pytest.raises(LoginTakenError):
        await console.container.accounts.add(new, WHY)


async def test_the_last_administrator_stays(console: Console) -> None:
    accounts = console.container.accounts
    last, _ = await console.add(Role.administrator)
    operator, _ = await console.add(Role.operator)
    with pytest.raises(LastAdministratorError):
        await accounts.disable(last.id, WHY)
    with pytest.raises(LastAdministratorError):
        await accounts.change(last.id, "x", [Role.operator], ["市民課"], WHY)
    after = await accounts.get(last.id)
    assert (after.disabled_at, after.roles, after.epoch) == (None, ["administrator"], 0)
    await accounts.disable(operator.id, WHY)


async def test_nobody_gives_themselves_a_role_or_a_desk(console: Console) -> None:
    accounts = console.container.accounts
    desks = accounts.desks
    new = NewAccount("boss", "管理 花子", (Role.administrator,), desks[:1])
    boss, _ = await accounts.add(new, WHY)
    own = Warrant(boss.id, "自分で")
    for roles, wanted in (
        ((Role.administrator, Role.operator), desks[:1]),
        ((Role.operator,), desks[:1]),
        ((Role.administrator,), desks[:2]),
    ):
        with pytest.raises(OwnRightsError):
            await accounts.change(boss.id, "管理 花子", roles, wanted, own)
    await accounts.change(boss.id, "管理 はなこ", (Role.administrator,), desks[:1], own)
    kept = await accounts.get(boss.id)
    assert (kept.name, kept.roles, kept.desks) == (
        "管理 はなこ",
        ["administrator"],
        list(desks[:1]),
    )


async def test_two_administrators_cannot_remove_each_other_at_once(console: Console) -> None:
    accounts = console.container.accounts
    one, _ = await console.add(Role.administrator)
    other, _ = await console.add(Role.administrator)
    done = await asyncio.gather(
        accounts.disable(one.id, WHY), accounts.disable(other.id, WHY), return_exceptions=True
    )
    assert [type(result) for result in done].count(LastAdministratorError) == 1
    assert await accounts.has_administrator()


@pytest.mark.parametrize("action", sorted(ACTIONS))
async def test_a_change_is_recorded_with_exactly_its_declared_keys(
    database: Database, console: Console, action: str
) -> None:
    keys = ACTIONS[action]
    usual = {"actor": "stf_a", "staff_id": "stf_b", "reason": "理由", "now": console.clock()}
    async with database.transaction() as session:
        record(session, action, **usual, **dict.fromkeys(keys, "x"))
        for wrong in (keys | {"more"}, *(keys - {key} for key in keys)):
            with pytest.raises(TypeError):
                record(session, action, **usual, **dict.fromkeys(wrong, "x"))
        with pytest.raises(TypeError):
            record(session, f"{action}_", **usual, **dict.fromkeys(keys, "x"))
        for reason in ("", "  ", "長" * 201):
            if reason.strip() or action not in OWN:
                with pytest.raises(ReasonMissingError):
                    record(session, action, **usual | {"reason": reason}, **dict.fromkeys(keys, 1))
    assert action in WORDS


async def test_a_my_number_in_the_reason_of_a_change_is_not_kept(
    database: Database, console: Console
) -> None:
    usual = {"actor": "stf_a", "staff_id": "stf_b", "now": console.clock()}
    async with database.transaction() as session:
        record(session, "account_disabled", **usual, reason="番号 1234-5678-9018 の件")
    async with database.transaction() as session:
        [change] = await changes.newest(session)
    assert change.reason == f"番号 {'＊' * 4}-{'＊' * 4}-{'＊' * 4} の件"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE identity_staff_change SET reason = 'x'",
        "DELETE FROM identity_staff_change",
        "TRUNCATE identity_staff_change",
    ],
)
async def test_the_record_of_changes_is_only_added_to(
    console: Console, database: Database, statement: str
) -> None:
    await console.add()
    with pytest.raises(DBAPIError, match="only added to"):
        async with database.transaction() as session:
            await session.execute(text(statement))
    async with database.transaction() as session:
        [change] = await changes.newest(session)
    assert isinstance(change, Change)
    assert change.reason == WHY.reason


def test_staff_see_the_matters_of_their_desks_alone() -> None:
    member = StaffMember(
        id="stf_a",
        name="花子",
        desks=("市民課", "税務課"),
        permissions=permissions_of([Role.operator]),
        form_token="x",
    )
    seen = [member.sees(desk) for desk in ("市民課", "税務課", "納税課", "", "市民")]
    assert seen == [True, True, False, False, False]


@pytest.fixture
def command(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[CliRunner]:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    get_settings.cache_clear()
    yield CliRunner()
    get_settings.cache_clear()


async def _run(command: CliRunner, *words: str) -> tuple[int, str]:
    # The commands have an event loop of their own.
    done = await asyncio.to_thread(command.invoke, command_line, ["staff", *words])
    return done.exit_code, done.output


async def test_the_command_line_adds_the_first_administrator(
    console: Console, command: CliRunner
) -> None:
    browser = await console.browser()
    assert "concierge staff add" in (await browser.get("/console/login")).text
    status, output = await _run(
        command, "add", "akiko", "--role", "administrator", "--desk", "総務課"
    )
    assert status == 0
    [password] = re.findall(r"^[a-z0-9]{4}(?:-[a-z0-9]{4}){3}$", output, re.MULTILINE)
    assert "concierge staff add" not in (await browser.get("/console/login")).text
    answer = await browser.log_in("akiko", password)
    assert answer.headers["location"] == "/console/enrol"
    assert await _run(command, "list") == (0, "akiko  administrator  総務課\n")


async def test_the_command_line_resets_and_disables(console: Console, command: CliRunner) -> None:
    browser, account, _ = await console.enrolled()
    status, output = await _run(command, "reset", account.login)
    assert status == 0
    assert not await browser.is_inside()
    password = output.strip().splitlines()[-1]
    assert (await browser.log_in(account.login)).status_code == 401
    assert (await browser.log_in(account.login, password)).status_code == 303
    assert (await _run(command, "disable", account.login, "--reason", "退職"))[0] == 0
    assert (await browser.log_in(account.login, password)).status_code == 401
    async with console.container.database.transaction() as session:
        found = list(itertools.islice(await changes.newest(session, account.id), 2))
    told = [(change.actor, change.action, change.reason) for change in found]
    assert told[0] == ("command line", "account_disabled", "退職")
    assert told[1][:2] == ("command line", "factors_reset")


async def test_the_command_line_seeds_demonstrations_but_not_in_production(
    console: Console, settings: Settings
) -> None:
    with pytest.raises(NoDemonstrationError):
        await seed_demonstration(settings.model_copy(update={"environment": "production"}))
    assert not await console.container.accounts.all()
    await seed_demonstration(settings)
    found = {account.login: account for account in await console.container.accounts.all()}
    assert set(found) == {f"demo-{role}" for role in Role} | {"demo-nursery", "demo-nursery-2"}
    assert all(found[f"demo-{role}"].roles == [role] for role in Role)


async def test_the_command_line_says_what_is_wrong(console: Console, command: CliRunner) -> None:
    assert (await _run(command, "disable", "nobody"))[0] == 1
    status, _ = await _run(command, "add", "x1y", "--role", "operator", "--desk", "無い課")
    assert status == 1
    with pytest.raises(NotFoundError):
        await console.container.accounts.find("x1y")
