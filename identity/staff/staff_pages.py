"""`/console/staff/`: administrators keep the accounts; each change needs a reason."""

from collections.abc import Awaitable

from fastapi import APIRouter, Request, Response

from auth.permissions import Role
from auth.staff import StaffMember
from identity.staff import changes
from identity.staff.accounts import BadAccountError, NewAccount, Warrant
from identity.staff.container import StaffContainer
from identity.staff.models import Account, Change
from identity.staff.problems import FormProblemError
from identity.staff.requests import What
from identity.staff.web import TEMPLATES, Administrator, Auditor, Form, IdentityContainer
from kit.console import ConsoleRoute, page, redirect
from kit.container import part
from kit.forms import Fields, only
from kit.listing import Column, listed
from kit.settings import Settings

STAFF = "/console/staff/"

router = APIRouter(prefix="/console/staff", include_in_schema=False, route_class=ConsoleRoute)


COLUMNS = (
    Column[Account]("login", "ログイン名", lambda account: account.login),
    Column[Account]("name", "氏名", lambda account: account.name),
    Column[Account]("role", "役割"),
    Column[Account]("desk", "課", lambda account: account.desks),
    Column[Account]("state", "状態"),
)


@router.get("/")
async def show_all(
    request: Request, container: IdentityContainer, member: Administrator
) -> Response:
    """List the accounts."""
    accounts = await container.accounts.all()
    waiting = len(await container.approvals.waiting())
    found = listed(accounts, COLUMNS, request.query_params, STAFF, _words)
    shown = {"listing": found, "role": Role, "waiting": waiting}
    return page(TEMPLATES, "staff.html", member=member, **shown)


def _words(account: Account) -> str:
    roles = [Role(role).label for role in account.roles]
    return " ".join((account.login, account.name, *roles, *account.desks))


@router.get("/new")
async def show_new(container: IdentityContainer, member: Administrator) -> Response:
    """Show an empty form for a new account."""
    return _new(container, member, {})


@router.post("/new")
async def add(container: IdentityContainer, member: Administrator, fields: Form) -> Response:
    """Add an account, and show its one-time password, this once."""
    try:
        new = NewAccount(
            only(fields, "login"), only(fields, "name"), _roles(fields), _desks(fields)
        )
        account, password = await container.accounts.add(new, _warrant(member, fields))
    except FormProblemError as error:
        return _new(container, member, fields, error.message)
    return await one_time(container, member, account, password)


@router.get("/changes")
async def show_changes(request: Request, container: IdentityContainer, member: Auditor) -> Response:
    """Show who changed what."""
    async with container.database.statement() as session:
        found = await changes.newest(session)
    logins = {account.id: account.login for account in await container.accounts.all()}
    settings = part(request, Settings)
    return page(
        TEMPLATES,
        "changes.html",
        member=member,
        changes=found,
        words=changes.WORDS,
        contents=in_words,
        logins=logins | {changes.COMMAND_LINE: "コマンド"},
        zone=settings.timezone,
    )


@router.get("/{staff_id}")
async def show_one(container: IdentityContainer, member: Administrator, staff_id: str) -> Response:
    """Show one account and what can be done with it."""
    return await _one(container, member, staff_id)


@router.post("/{staff_id}")
async def change(
    container: IdentityContainer, member: Administrator, staff_id: str, fields: Form
) -> Response:
    """Give an account another name, roles and desks."""
    try:
        roles, desks = _roles(fields), _desks(fields)
        warrant = _warrant(member, fields)
        await container.accounts.change(staff_id, only(fields, "name"), roles, desks, warrant)
    except FormProblemError as error:
        return await _one(container, member, staff_id, {"change": error.message}, fields)
    return redirect(f"{STAFF}{staff_id}")


@router.post("/{staff_id}/reset")
async def reset(
    container: IdentityContainer, member: Administrator, staff_id: str, fields: Form
) -> Response:
    """Reset the factors, and show the one-time password, this once."""
    try:
        password = await container.accounts.reset(staff_id, _warrant(member, fields))
    except FormProblemError as error:
        return await _one(container, member, staff_id, {"reset": error.message})
    if password is None:
        return redirect(f"{STAFF}{staff_id}")
    account = await container.accounts.get(staff_id)
    return await one_time(container, member, account, password)


@router.post("/{staff_id}/disable")
async def disable(
    container: IdentityContainer, member: Administrator, staff_id: str, fields: Form
) -> Response:
    """Lock an account out."""
    done = container.accounts.disable(staff_id, _warrant(member, fields))
    return await _after(container, member, staff_id, "state", done)


@router.post("/{staff_id}/enable")
async def enable(
    container: IdentityContainer, member: Administrator, staff_id: str, fields: Form
) -> Response:
    """Let an account in again."""
    done = container.accounts.enable(staff_id, _warrant(member, fields))
    return await _after(container, member, staff_id, "state", done)


@router.post("/{staff_id}/link")
async def link(
    container: IdentityContainer, member: Administrator, staff_id: str, fields: Form
) -> Response:
    """Link an account to a person at a provider."""
    provider, subject = only(fields, "provider"), only(fields, "subject")
    done = container.single_sign_ons.link(staff_id, provider, subject, _warrant(member, fields))
    return await _after(container, member, staff_id, "link", done)


@router.post("/{staff_id}/unlink")
async def unlink(
    container: IdentityContainer, member: Administrator, staff_id: str, fields: Form
) -> Response:
    """End such a link."""
    done = container.single_sign_ons.unlink(
        staff_id, only(fields, "provider"), _warrant(member, fields)
    )
    return await _after(container, member, staff_id, "link", done)


async def _after(
    container: StaffContainer,
    member: StaffMember,
    staff_id: str,
    what: str,
    change: Awaitable[None],
) -> Response:
    try:
        await change
    except FormProblemError as error:
        return await _one(container, member, staff_id, {what: error.message})
    return redirect(f"{STAFF}{staff_id}")


async def one_time(
    container: StaffContainer, member: StaffMember, account: Account, password: str
) -> Response:
    """Show a one-time password, and what the account still waits for."""
    waiting = await container.approvals.waiting(account.id)
    shown = {"account": account, "password": password, "waiting": waiting}
    return page(TEMPLATES, "one_time.html", member=member, **shown)


def _choices(container: StaffContainer) -> dict[str, list[tuple[str, str]]]:
    return {
        "role_choices": [(role.value, role.label) for role in Role],
        "desk_choices": [(desk, desk) for desk in container.accounts.desks],
    }


def in_words(change: Change) -> list[str]:
    """Tell what a change was about, a line each."""
    told = change.details
    lines = [f"シングルサインオン：{told['provider']}"] if "provider" in told else []
    if "what" in told:
        lines.append(What(told["what"]).label)
    for name, label in (("roles", "役割"), ("desks", "課")):
        if not told.get(name):
            continue
        before, after = (_listed(name, told.get(key)) for key in (f"{name}_before", name))
        lines.append(
            f"{label}：{after}" if before in ("", after) else f"{label}：{before} → {after}"
        )
    return lines


def _listed(name: str, values: list[str] | None) -> str:
    return "、".join(Role(value).label if name == "roles" else value for value in values or ())


def _warrant(member: StaffMember, fields: Fields) -> Warrant:
    return Warrant(member.id, only(fields, "reason"))


def _roles(fields: Fields) -> tuple[Role, ...]:
    try:
        return tuple(Role(role) for role in dict.fromkeys(fields.get("role", ())))
    except ValueError:
        raise BadAccountError from None


def _desks(fields: Fields) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fields.get("desk", ())))


def _new(
    container: StaffContainer, member: StaffMember, fields: Fields, problem: str = ""
) -> Response:
    shown = {name: only(fields, name) for name in ("login", "name", "reason")}
    shown_lists = {"roles": fields.get("role", ()), "desks": fields.get("desk", ())}
    return page(
        TEMPLATES,
        "new.html",
        422 if problem else 200,
        member=member,
        shown=shown | shown_lists,
        problem=problem,
        **_choices(container),
    )


async def _one(
    container: StaffContainer,
    member: StaffMember,
    staff_id: str,
    problems: dict[str, str] | None = None,
    fields: Fields | None = None,
) -> Response:
    account = await container.accounts.get(staff_id)
    shown = {"name": account.name, "roles": account.roles, "desks": account.desks, "reason": ""}
    if fields is not None:
        shown = {"name": only(fields, "name"), "reason": only(fields, "reason")}
        shown |= {"roles": list(fields.get("role", ())), "desks": list(fields.get("desk", ()))}
    return page(
        TEMPLATES,
        "one.html",
        422 if problems else 200,
        member=member,
        account=account,
        shown=shown,
        problems=problems or {},
        **_choices(container),
        providers=container.single_sign_ons.titles,
        linked=await container.single_sign_ons.linked(staff_id),
        waiting=[What(one.what).label for one in await container.approvals.waiting(staff_id)],
    )
