"""Accounts and what administrators do with them. Every change is recorded with its reason."""

import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import Role
from identity.staff import changes, requests
from identity.staff.models import Account
from identity.staff.passwords import Passwords, one_time_password
from identity.staff.problems import FormProblemError
from identity.staff.requests import What, needs_second
from identity.staff.second_factor import SecondFactor
from kit.clock import Clock
from kit.db import Database
from kit.errors import NotFoundError

ONE_TIME_LIFE = timedelta(days=3)
LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")
LONGEST_NAME = 40


class LoginTakenError(FormProblemError):
    """そのログイン名は、すでに使われています。別の名前にしてください。"""

    status = 409
    code = "login_taken"


class LastAdministratorError(FormProblemError):
    """管理者がいなくなるため、この変更はできません。先に、ほかの管理者を追加してください。"""

    status = 409
    code = "last_administrator"


class OwnRightsError(FormProblemError):
    """ご自分の役割と課は、変えられません。ほかの管理者に頼んでください。"""

    status = 403
    code = "own_rights"


class BadAccountError(FormProblemError):
    """アカウントの内容を確かめてください。"""

    code = "bad_account"


@dataclass(frozen=True)
class Warrant:
    """Who changes an account, and why."""

    actor: str
    """A staff id, or `changes.COMMAND_LINE`."""
    reason: str


@dataclass(frozen=True)
class NewAccount:
    """What an account begins with."""

    login: str
    name: str
    roles: tuple[Role, ...]
    desks: tuple[str, ...]


class Accounts:
    """Adds, changes, disables and resets accounts. Whatever takes a right ends their sessions."""

    def __init__(
        self,
        database: Database,
        factor: SecondFactor,
        passwords: Passwords,
        desks: Sequence[str],
        clock: Clock,
        *,
        demo: bool,
    ) -> None:
        """`desks` are the city's; `demo` tells whether demonstration accounts count."""
        self._database = database
        self._factor = factor
        self._passwords = passwords
        self._clock = clock
        self._demo = demo
        self.desks = tuple(desks)

    async def all(self) -> Sequence[Account]:
        """Return every account, by login."""
        async with self._database.statement() as session:
            return (await session.scalars(select(Account).order_by(Account.login))).all()

    async def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return the names of accounts by id; unknown ids are left out."""
        query = select(Account.id, Account.name).where(Account.id.in_(list(ids)))
        async with self._database.statement() as session:
            return {row.id: row.name for row in await session.execute(query)}

    async def get(self, staff_id: str) -> Account:
        """Return one account. Raises NotFoundError."""
        async with self._database.statement() as session:
            return await self._load(session, Account.id == staff_id)

    async def find(self, login: str) -> Account:
        """Return the account of a login name. Raises NotFoundError."""
        async with self._database.statement() as session:
            return await self._load(session, Account.login == login.strip().lower())

    async def has_administrator(self) -> bool:
        """Tell whether anybody can keep accounts."""
        return any(self._is_administrator(account) for account in await self.all())

    async def add(
        self, new: NewAccount, warrant: Warrant, *, demonstration_password: str | None = None
    ) -> tuple[Account, str]:
        """Return (the new account, its one-time password, which is shown once and not kept).

        Roles that take two administrators are asked for; until then it has the others only. Raises
        BadAccountError, LoginTakenError.
        """
        login, name = new.login.strip().lower(), new.name.strip()
        self._check(login, name, new.roles, new.desks)
        password, now = demonstration_password or one_time_password(), self._clock()
        account = Account(
            id=f"stf_{secrets.token_hex(16)}",
            login=login,
            name=name,
            roles=_at_once(new.roles, (), warrant),
            desks=list(new.desks),
            password=await self._passwords.hashed(password),
            one_time_until=None if demonstration_password else now + ONE_TIME_LIFE,
            epoch=0,
            demonstration=demonstration_password is not None,
            created_at=now,
        )
        told = {name: getattr(account, name) for name in ("login", "roles", "desks")}
        told["demonstration"] = account.demonstration
        try:
            async with self._database.transaction() as session:
                session.add(account)
                self._record(session, "account_added", account.id, warrant, **told)
                await self._ask_for_roles(session, account, new.roles, warrant)
                await session.flush()
        except IntegrityError as error:
            raise LoginTakenError from error
        return account, password

    async def change(
        self,
        staff_id: str,
        name: str,
        roles: Sequence[Role],
        desks: Sequence[str],
        warrant: Warrant,
    ) -> None:
        """Give an account another name, roles and desks.

        New roles that take two administrators are asked for. Raises LastAdministratorError, and
        OwnRightsError: nobody gives themselves anything.
        """
        async with self._database.transaction() as session:
            account = await self.lock(session, staff_id)
            self._check(account.login, name.strip(), roles, desks)
            was_administrator = self._is_administrator(account)
            asked = {role.value for role in roles}, set(desks)
            if warrant.actor == staff_id and asked != (set(account.roles), set(account.desks)):
                raise OwnRightsError
            before = {"roles_before": account.roles, "desks_before": account.desks}
            account.name = name.strip()
            # Who is to have nothing else stays what they are until it is decided.
            account.roles = _at_once(roles, account.roles, warrant) or account.roles
            account.desks = list(desks)
            account.epoch += 1
            await requests.withdraw(session, What.roles, staff_id)
            told = {"name": account.name, "roles": account.roles, "desks": account.desks}
            self._record(session, "account_changed", staff_id, warrant, **before, **told)
            await self._ask_for_roles(session, account, roles, warrant)
            if was_administrator:
                await self._keep_an_administrator(session)

    async def give_roles(
        self, session: AsyncSession, account: Account, roles: Sequence[str], warrant: Warrant
    ) -> None:
        """Give the roles that two administrators agreed upon, to an account that is locked.

        Raises LastAdministratorError.
        """
        was_administrator = self._is_administrator(account)
        told = {"name": account.name, "desks_before": account.desks, "desks": account.desks}
        told |= {"roles_before": account.roles, "roles": list(roles)}
        account.roles = list(roles)
        account.epoch += 1
        self._record(session, "account_changed", account.id, warrant, **told)
        if was_administrator:
            await self._keep_an_administrator(session)

    async def disable(self, staff_id: str, warrant: Warrant) -> None:
        """Lock an account out. Raises LastAdministratorError."""
        async with self._database.transaction() as session:
            account = await self.lock(session, staff_id)
            was_administrator = self._is_administrator(account)
            account.disabled_at = account.disabled_at or self._clock()
            account.epoch += 1
            self._record(session, "account_disabled", staff_id, warrant)
            if was_administrator:
                await self._keep_an_administrator(session)

    async def enable(self, staff_id: str, warrant: Warrant) -> None:
        """Let a disabled account in again, with the factors that it had."""
        async with self._database.transaction() as session:
            account = await self.lock(session, staff_id)
            account.disabled_at = None
            self._record(session, "account_enabled", staff_id, warrant)

    async def reset(self, staff_id: str, warrant: Warrant) -> str | None:
        """Return a one-time password; the old one, the second factor and all sessions end.

        The same proof as at the beginning is needed then: the password is handed over in person.
        None where it takes a second administrator, who is asked for it.
        """
        async with self._database.transaction() as session:
            account = await self.lock(session, staff_id)
            if needs_second(warrant.actor, account.roles):
                await self._ask(session, What.reset, account, {}, warrant)
                return None
            return await self.reset_locked(session, account, warrant)

    async def reset_locked(self, session: AsyncSession, account: Account, warrant: Warrant) -> str:
        """Reset an account that is locked, whoever else had to agree; see `reset`."""
        password = one_time_password()
        account.password = await self._passwords.hashed(password)
        account.one_time_until = self._clock() + ONE_TIME_LIFE
        account.demonstration = False
        account.epoch += 1
        await self._factor.reset(session, account)
        self._record(session, "factors_reset", account.id, warrant)
        return password

    async def _ask_for_roles(
        self, session: AsyncSession, account: Account, roles: Sequence[Role], warrant: Warrant
    ) -> None:
        asked = [role.value for role in roles]
        if needs_second(warrant.actor, set(asked) - set(account.roles)):
            await self._ask(session, What.roles, account, {"roles": asked}, warrant)

    async def _ask(
        self,
        session: AsyncSession,
        what: What,
        account: Account,
        details: dict[str, object],
        warrant: Warrant,
    ) -> None:
        actor, reason, now = warrant.actor, warrant.reason, self._clock()
        await requests.ask(session, what, account.id, details, actor=actor, reason=reason, now=now)

    def _is_administrator(self, account: Account) -> bool:
        is_usable = account.disabled_at is None and (self._demo or not account.demonstration)
        return is_usable and Role.administrator.value in account.roles

    def _record(
        self, session: AsyncSession, action: str, staff_id: str, warrant: Warrant, **details: object
    ) -> None:
        changes.record(
            session,
            action,
            actor=warrant.actor,
            staff_id=staff_id,
            reason=warrant.reason,
            now=self._clock(),
            **details,
        )

    def _check(self, login: str, name: str, roles: Iterable[Role], desks: Iterable[str]) -> None:
        if LOGIN.fullmatch(login) is None:
            raise BadAccountError("ログイン名は、英小文字で始まる3〜40文字の英数字にしてください。")
        if not 0 < len(name) <= LONGEST_NAME:
            raise BadAccountError(f"氏名を{LONGEST_NAME}文字以内で書いてください。")
        if not set(roles) or not set(desks):
            raise BadAccountError("役割と課を、それぞれ1つ以上選んでください。")
        if not set(desks) <= set(self.desks):
            raise BadAccountError("選んだ課が、この市の課の一覧にありません。")

    async def _keep_an_administrator(self, session: AsyncSession) -> None:
        await session.flush()
        accounts = await session.scalars(select(Account).where(Account.disabled_at.is_(None)))
        if not any(self._is_administrator(account) for account in accounts):
            raise LastAdministratorError

    async def lock(self, session: AsyncSession, staff_id: str) -> Account:
        """Return an account that nobody else changes now; changes wait for each other."""
        # All of them are locked in one order: two administrators could each be the other's last.
        await session.execute(select(Account.id).order_by(Account.id).with_for_update())
        return await self._load(session, Account.id == staff_id)

    async def _load(self, session: AsyncSession, condition: ColumnElement[bool]) -> Account:
        account = await session.scalar(select(Account).where(condition))
        if account is None:
            raise NotFoundError("そのアカウントはありません。")
        return account


def _at_once(roles: Iterable[Role], held: Iterable[str], warrant: Warrant) -> list[str]:
    """Return which of the roles an account gets without a second administrator."""
    had = set(held)
    return [
        role.value for role in roles if role in had or not needs_second(warrant.actor, [role.value])
    ]
