"""`concierge identity …`: keys that sign and keys that wrap, the access log, deletions."""

import re
from typing import Annotated

import typer

from concierge.deletions_cli import check_log, deletions, reapply_deletions
from kit.settings import get_settings
from kit.terminal import console, run

identity_app = typer.Typer(
    help="Keys of identity and of personal data, the access log, deletions.", no_args_is_help=True
)
identity_app.command()(check_log)
identity_app.command()(deletions)
identity_app.command()(reapply_deletions)


@identity_app.command()
def rotate(
    purpose: Annotated[
        str, typer.Argument(help="`grants`, or `client:NAME` of a provider.")
    ] = "grants",
) -> None:
    """Sign with a new key from now on. The old one is published for another hour."""
    if re.fullmatch(r"grants|client:[a-z][a-z0-9-]*", purpose) is None:
        raise typer.BadParameter("grants, or client: and the name of a provider")
    kid = run(_rotate(purpose))
    console.print(f"{purpose}: the new key is {kid}", markup=False, highlight=False)


@identity_app.command()
def rewrap() -> None:
    """Wrap every key by MASTER_KEY; until it has run, MASTER_KEY_PREVIOUS still unwraps.

    Run it when every process has the new MASTER_KEY, and again if one was late. Rows and what
    stands in them stay as they are.
    """
    people, signing = run(_rewrap())
    console.print(
        f"{people} keys of people and {signing} keys of identity are under MASTER_KEY now; "
        "MASTER_KEY_PREVIOUS may be removed",
        highlight=False,
    )


async def _rotate(purpose: str) -> str:
    from identity.keys import KeyRing
    from kit.clock import system_clock
    from kit.db import Database

    settings = get_settings()
    database = Database(settings)
    try:
        return await KeyRing(database, settings.master_keys, system_clock).rotate(purpose)
    finally:
        await database.close()


async def _rewrap() -> tuple[int, int]:
    from identity.keys import KeyRing
    from kit.clock import system_clock
    from kit.db import Database
    from kit.vault import Vault

    settings = get_settings()
    master, database = settings.master_keys, Database(settings)
    try:
        async with database.transaction() as session:
            people = await Vault(master, system_clock).rewrap(session)
            return people, await KeyRing(database, master, system_clock).rewrap(session)
    finally:
        await database.close()
