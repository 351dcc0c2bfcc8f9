"""`concierge residents …`: the city's register of residents, as its feed brings it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kit.terminal import command_settings, console, run

if TYPE_CHECKING:
    from services.residents.importer import RegisterReport

app = typer.Typer(help="The city's register of residents.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `import` a command of its own, though it is the only one."""


@app.command("import")
def import_file(
    residents: Annotated[Path, typer.Argument(help="CSV of residents (UTF-8 or Shift_JIS).")],
    authorities: Annotated[
        Path | None, typer.Option(help="CSV of who may act for whom, from when until when.")
    ] = None,
) -> None:
    """Import the register's files. With any unusable cell nothing changes, and exit status is 1."""
    report = run(_import(residents, authorities))
    state = "imported" if report.ok else "refused, nothing has changed"
    console.print(f"{report.rows} rows {state}")
    console.print(
        f"added {report.added}, changed {report.changed}, ended {report.ended}, "
        f"unchanged {report.unchanged}, cells refused {len(report.problems)}",
        highlight=False,
    )
    for problem in report.problems:
        console.print(f"  {problem}", markup=False, highlight=False)
    if not report.ok:
        raise typer.Exit(1)


async def _import(residents: Path, authorities: Path | None) -> "RegisterReport":
    from kit.clock import system_clock
    from kit.db import Database
    from services.residents.importer import import_register
    from services.residents.register import Register

    settings = command_settings()
    database = Database(settings)
    try:
        register = Register(database, system_clock, settings)
        return await import_register(register, residents, authorities)
    finally:
        await database.close()
