"""`concierge identity …`: the access log checked, and deletions that outlive a restored backup."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kit.settings import Settings
from kit.terminal import command_settings, console, run

if TYPE_CHECKING:
    from identity.account.deletions import Deletions, Tombstone


def check_log() -> None:
    """Check the whole access log. A changed or missing record is named; exit status is 1 then.

    Nobody makes another whole chain without MASTER_KEY. Prints the newest hash: kept elsewhere, it
    shows a log whose end was cut off.
    """
    count, newest, fault = run(_check_log(command_settings()))
    if fault is not None:
        console.print(f"record {fault} was changed, or one before it is missing", style="red")
        raise typer.Exit(1)
    console.print(f"{count} records, none changed, none missing; newest {newest}", highlight=False)


def deletions(
    output: Annotated[Path, typer.Argument(help="File to write; keep it apart from backups.")],
) -> None:
    """Write down who was deleted: one pseudonymous id and its time a line."""
    tombstones: Sequence[Tombstone] = run(_all(command_settings()))
    lines = [f"{x.citizen_id}\t{x.requested_at.isoformat()}\n" for x in tombstones]
    output.write_text("".join(lines), encoding="utf-8")
    console.print(f"{len(lines)} deletions written", highlight=False)


def reapply_deletions(
    known: Annotated[
        Path | None, typer.Argument(help="What `concierge identity deletions` wrote last.")
    ] = None,
) -> None:
    """Delete again whoever a restored backup has brought back. Run it before the city writes."""
    listed = [] if known is None else known.read_text(encoding="utf-8").splitlines()
    ids = [line.partition("\t")[0].strip() for line in listed]
    done, waiting = run(reapply(command_settings(), [x for x in ids if x]))
    console.print(f"{done} deleted again, {waiting} wait for a worker", highlight=False)


async def reapply(settings: Settings, known: Iterable[str]) -> tuple[int, int]:
    """Repeat the deletions that are known here or listed; return (done, left to a job)."""
    from identity.account.deletions import Cause

    done = waiting = 0
    async with _deletions(settings) as container:
        here = [tombstone.citizen_id for tombstone in await container.all()]
        for citizen_id in dict.fromkeys([*here, *known]):
            if await container.request(citizen_id, Cause.restored):
                done += 1
            else:
                waiting += 1
    return done, waiting


async def _all(settings: Settings) -> "Sequence[Tombstone]":
    async with _deletions(settings) as container:
        return await container.all()


@asynccontextmanager
async def _deletions(settings: Settings) -> "AsyncIterator[Deletions]":
    """Assemble every package in this process: nobody else has to run yet."""
    from concierge.app import build_web
    from identity.account.deletions import Deletions
    from identity.container import IdentityContainer

    app = build_web(settings)
    async with app.router.lifespan_context(app):
        yield Deletions(app.state.container.get(IdentityContainer))


async def _check_log(settings: Settings) -> tuple[int, str, int | None]:
    from sqlalchemy import select

    from identity.audit.log import first_fault
    from identity.models import Access
    from kit.clock import system_clock
    from kit.db import Database

    database = Database(settings)
    try:
        async with database.transaction() as session:
            query = select(Access.id, Access.hash).order_by(Access.id.desc()).limit(1)
            newest = (await session.execute(query)).one_or_none()
            count, head = (0, "-") if newest is None else (newest.id, newest.hash)
            return count, head, await first_fault(session, system_clock())
    finally:
        await database.close()
