"""Logging in, step by step: password, second factor, a password of one's own.

Nothing tells whether an account exists: unknown, disabled and wrong sound alike and take as long.
"""

from collections.abc import Awaitable, Callable

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import Role, permissions_of
from auth.staff import StaffMember
from identity.staff import changes
from identity.staff.models import Account
from identity.staff.passwords import Passwords, WeakPasswordError, check_new
from identity.staff.problems import FormProblemError
from identity.staff.second_factor import SecondFactor
from identity.staff.sessions import StaffSession, StaffSessions, Stage
from identity.staff.throttle import (
    Throttle,
    TooManyTriesError,
    coarse_network,
    of_account,
    of_address,
)
from kit.clock import Clock
from kit.crypto import blind_index
from kit.db import Database
from kit.errors import ConciergeError
from kit.logging import get_logger
from kit.settings import Settings

log = get_logger(__name__)

Entered = tuple[str, StaffSession]
"""A new cookie and its session."""


class WrongLoginError(FormProblemError):
    """ログイン名かパスワードが違います。または、使えないアカウントです。"""

    status = 401
    code = "wrong_login"


class WrongCodeError(FormProblemError):
    """数字が違うか、すでに使われています。認証アプリに次の数字が出たら、入力してください。"""

    status = 401
    code = "wrong_code"


class DifferentPasswordsError(FormProblemError):
    """2回の入力が一致しません。同じパスワードを2回入力してください。"""

    code = "different_passwords"


class LoginOverError(ConciergeError):
    """ログインの手続きの時間が過ぎました。お手数ですが、最初からやり直してください。"""

    status = 410
    code = "login_over"


class Logins:
    """Takes a session from guest to inside, and tells who is inside."""

    def __init__(
        self,
        database: Database,
        sessions: StaffSessions,
        factor: SecondFactor,
        pace: Throttle,
        passwords: Passwords,
        settings: Settings,
        clock: Clock,
    ) -> None:
        """Demonstration accounts work where `settings` says that this is a demonstration."""
        self._database = database
        self._sessions = sessions
        self._factor = factor
        self._pace = pace
        self._passwords = passwords
        self._demo = settings.is_demo
        self._digests = settings.master_keys.derived("staff login names in logs")[0]
        self._clock = clock

    async def with_password(
        self, guest: StaffSession, login: str, password: str, address: str
    ) -> Entered:
        """Check a password; what is asked next is the new session's stage.

        Raises WrongLoginError, TooManyTriesError, LoginOverError.
        """
        login = login.strip().lower()
        try:
            await self._pace.enter(of_address(address), of_account(login))
        except TooManyTriesError:
            self._note("pace", address, login)
            raise
        async with self._database.statement() as session:
            account = await session.scalar(select(Account).where(Account.login == login))
        usable = account is not None and self._is_usable(account) and self._is_in_time(account)
        right = await self._passwords.is_right(
            password, account.password if account and usable else None
        )
        if account is None or not right:
            self._note("password", address, login)
            raise WrongLoginError
        await self._pace.succeeded(of_account(login), of_address(address))
        await self._renew_hash(account, password)
        if account.totp is not None:
            return await self._climb(guest, Stage.factor, account)
        return await self._climb(guest, self._without_factor(account), account)

    async def with_code(self, waiting: StaffSession, code: str, address: str) -> Entered:
        """Check a code of the app, or a recovery code, each of which works once.

        Raises WrongCodeError, TooManyTriesError, LoginOverError.
        """
        counters = of_account(f"code {waiting.staff_id}"), of_address(address)
        await self._pace.enter(*counters)
        async with self._database.transaction() as session:
            account = await self._account(session, waiting, Stage.factor)
            if not await self._is_code(session, account, code):
                self._note("code", address, account.login, staff=account.id)
                raise WrongCodeError
        await self._pace.succeeded(*counters)
        return await self._climb(waiting, _after_factor(account), account)

    async def offer_factor(self, waiting: StaffSession) -> tuple[str, str, StaffSession]:
        """Return (login, the TOTP secret to set up, the session that remembers it)."""
        async with self._database.transaction() as session:
            account = await self._account(session, waiting, Stage.enrol)
            offer = waiting.secret or await self._factor.offer(session, account)
            # Of several pages that ask at once, all show the secret that was kept first.
            kept = await self._sessions.change(waiting.digest, lambda held: held.offering(offer))
            if kept is None:
                raise LoginOverError
            secret = await self._factor.offered(session, account, kept.secret)
        return account.login, secret, kept

    async def enrol(
        self, waiting: StaffSession, code: str, address: str
    ) -> tuple[Entered, list[str]]:
        """Set up the second factor with a code that proves it; return recovery codes too.

        Raises WrongCodeError, TooManyTriesError, LoginOverError.
        """
        counters = of_account(f"code {waiting.staff_id}"), of_address(address)
        await self._pace.enter(*counters)
        async with self._database.transaction() as session:
            account = await self._account(session, waiting, Stage.enrol)
            if account.totp is not None or not waiting.secret:
                raise LoginOverError
            secret = await self._factor.offered(session, account, waiting.secret)
            if not await self._factor.set(session, account, secret, code):
                self._note("enrol", address, account.login, staff=account.id)
                raise WrongCodeError
            codes = await self._factor.new_recovery_codes(session, account)
            self._record(session, "factor_enrolled", account)
        await self._pace.succeeded(*counters)
        return await self._climb(waiting, _after_factor(account), account), codes

    async def first_password(self, waiting: StaffSession, password: str) -> Entered:
        """Replace a one-time password. Raises WeakPasswordError, LoginOverError."""

        async def check(account: Account) -> None:
            if await self._passwords.is_right(password, account.password):
                raise WeakPasswordError("お渡しした仮のパスワードとは別のものにしてください。")

        return await self._set_password(waiting, Stage.password, password, check)

    async def change_password(
        self, inside: StaffSession, current: str, password: str, address: str
    ) -> Entered:
        """Change one's own password; every other session ends.

        Raises WrongLoginError, TooManyTriesError, WeakPasswordError.
        """

        async def check(account: Account) -> None:
            await self._confirm(account, current, address)

        return await self._set_password(inside, Stage.inside, password, check)

    async def new_recovery_codes(
        self, inside: StaffSession, current: str, address: str
    ) -> list[str]:
        """Return new recovery codes in place of the old. Raises as `change_password` does."""
        async with self._database.statement() as session:
            account = await self._account(session, inside, Stage.inside)
        await self._confirm(account, current, address)
        async with self._database.transaction() as session:
            account = await self._account(session, inside, Stage.inside)
            codes = await self._factor.new_recovery_codes(session, account)
            self._record(session, "recovery_codes_made", account)
        return codes

    async def with_single_sign_on(self, guest: StaffSession, staff_id: str) -> Entered:
        """Let in an account whose provider vouched for it. Raises WrongLoginError."""
        async with self._database.statement() as session:
            account = await session.get(Account, staff_id)
        if account is None or not self._is_usable(account):
            log.warning("staff_login_refused", step="single sign-on")
            raise WrongLoginError
        return await self._climb(guest, Stage.inside, account)

    async def account_of(self, session: StaffSession | None) -> Account | None:
        """Return the account that is inside with a session, None for any other session."""
        if session is None or session.stage is not Stage.inside:
            return None
        async with self._database.statement() as database:
            account = await database.get(Account, session.staff_id)
        if account is None or account.epoch != session.epoch or not self._is_usable(account):
            return None
        return account

    async def member(self, cookie: str | None) -> StaffMember | None:
        """Return who is inside with a cookie; that counts as a use of the session."""
        session = await self._sessions.read(cookie)
        account = await self.account_of(session)
        if account is None or session is None:
            return None
        return StaffMember(
            id=account.id,
            name=account.name,
            desks=tuple(account.desks),
            permissions=permissions_of(map(Role, account.roles)),
            form_token=session.form_token,
        )

    async def _set_password(
        self,
        held: StaffSession,
        stage: Stage,
        password: str,
        check: Callable[[Account], Awaitable[None]],
    ) -> Entered:
        async with self._database.statement() as session:
            account = await self._account(session, held, stage)
        await check(account)
        new_hash = await self._passwords.hashed(check_new(password, account.login))
        async with self._database.transaction() as session:
            account = await self._account(session, held, stage)
            account.password, account.one_time_until = new_hash, None
            account.epoch += 1
            self._record(session, "password_changed", account)
        return await self._climb(held, Stage.inside, account)

    async def _confirm(self, account: Account, current: str, address: str) -> None:
        counters = of_account(account.login), of_address(address)
        await self._pace.enter(*counters)
        if not await self._passwords.is_right(current, account.password):
            self._note("confirm", address, account.login, staff=account.id)
            raise WrongLoginError("今のパスワードが違います。")
        await self._pace.succeeded(*counters)

    async def _is_code(self, session: AsyncSession, account: Account, code: str) -> bool:
        if await self._factor.check(session, account, code):
            return True
        if await self._factor.recover(session, account, code):
            self._record(session, "recovery_code_used", account)
            return True
        return False

    async def _account(self, session: AsyncSession, held: StaffSession, stage: Stage) -> Account:
        """Return the account of a session at this stage. Raises LoginOverError."""
        account = await session.get(Account, held.staff_id, with_for_update=True)
        if held.stage is not stage or account is None or account.epoch != held.epoch:
            raise LoginOverError
        if not self._is_usable(account):
            raise LoginOverError
        return account

    async def _climb(self, held: StaffSession, stage: Stage, account: Account) -> Entered:
        entered = await self._sessions.climb(held, stage, account.id, account.epoch)
        if entered is None:
            raise LoginOverError
        if stage is Stage.inside:
            log.info("staff_logged_in", staff=account.id)
        return entered

    async def _renew_hash(self, account: Account, password: str) -> None:
        """Hash a password again when the parameters have changed since."""
        if not self._passwords.is_outdated(account.password):
            return
        new_hash = await self._passwords.hashed(password)
        unchanged = (Account.id == account.id, Account.password == account.password)
        async with self._database.statement() as session:
            await session.execute(update(Account).where(*unchanged).values(password=new_hash))

    def _note(self, step: str, address: str, login: str, **more: str) -> None:
        """Log a refusal so that tries can be put together, without a name or a whole address.

        People type passwords into the field of the name: its digest needs our key to be guessed.
        """
        who = blind_index(self._digests, login)[:16]
        network = coarse_network(address)
        log.warning("staff_login_refused", step=step, login=who, network=network, **more)

    def _without_factor(self, account: Account) -> Stage:
        """Return what follows a password without a second factor: demonstrations need none."""
        return Stage.inside if account.demonstration else Stage.enrol

    def _is_usable(self, account: Account) -> bool:
        return account.disabled_at is None and (self._demo or not account.demonstration)

    def _is_in_time(self, account: Account) -> bool:
        return account.one_time_until is None or self._clock() < account.one_time_until

    def _record(self, session: AsyncSession, action: str, account: Account) -> None:
        now = self._clock()
        changes.record(session, action, actor=account.id, staff_id=account.id, reason="", now=now)


def _after_factor(account: Account) -> Stage:
    return Stage.inside if account.one_time_until is None else Stage.password
