"""Accounts of staff, for the command line and the supervisor."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from identity.staff.accounts import Accounts, NewAccount, Warrant
from identity.staff.changes import COMMAND_LINE
from identity.staff.container import make_accounts
from identity.staff.demonstration import seed
from kit.clock import system_clock
from kit.db import Database
from kit.errors import ConciergeError
from kit.settings import Settings

__all__ = ["NewAccount", "add", "disable", "lines", "reset", "seed_demonstration"]


class NoDemonstrationError(ConciergeError):
    """Production has no demonstration accounts. Add people with `concierge staff add`."""

    status = 409
    code = "no_demonstration"


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Accounts]:
    """Yield the accounts of one database."""
    database = Database(settings)
    try:
        yield make_accounts(settings, database, system_clock)
    finally:
        await database.close()


async def seed_demonstration(settings: Settings) -> None:
    """Add the demonstration accounts. Raises NoDemonstrationError in production."""
    if not settings.is_demo:
        raise NoDemonstrationError
    async with _opened(settings) as accounts:
        await seed(accounts)


async def add(settings: Settings, new: NewAccount, reason: str) -> str:
    """Add an account; return its one-time password."""
    async with _opened(settings) as accounts:
        _, password = await accounts.add(new, Warrant(COMMAND_LINE, reason))
        return password


async def reset(settings: Settings, login: str, reason: str) -> str:
    """Reset an account's factors; return its one-time password."""
    async with _opened(settings) as accounts:
        account = await accounts.find(login)
        # The command line waits for nobody.
        return await accounts.reset(account.id, Warrant(COMMAND_LINE, reason)) or ""


async def disable(settings: Settings, login: str, reason: str) -> None:
    """Lock an account out."""
    async with _opened(settings) as accounts:
        account = await accounts.find(login)
        await accounts.disable(account.id, Warrant(COMMAND_LINE, reason))


async def lines(settings: Settings) -> list[str]:
    """Return every account in a line each."""
    async with _opened(settings) as accounts:
        return [
            f"{account.login}  {','.join(account.roles)}  {','.join(account.desks)}"
            f"{'  disabled' if account.disabled_at else ''}"
            f"{'  demonstration' if account.demonstration else ''}"
            for account in await accounts.all()
        ]
