"""`concierge procedures …`: check a city's life events and measure them. No database is needed."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Life events: check them, count their questions.", no_args_is_help=True)

BAD_INPUT = 2
_MEASURED = 200


@app.callback()
def _group() -> None:
    """Life events: check them, count their questions."""


@app.command()
def check(
    city: Annotated[Path, typer.Argument(help="A city's folder, such as city/aizuwakamatsu.")],
    households: Annotated[
        int, typer.Option(help="How many invented households are asked, an event.")
    ] = _MEASURED,
) -> None:
    """Read every event, run its examples, and tell how many questions it takes.

    Exit status 2 where an event cannot be used; each fault is named by file, line and reason.
    """
    from datetime import date
    from statistics import median

    from kit.tables import ImportReport
    from services.procedures.households import ask_all
    from services.procedures.households import households as invented
    from services.procedures.reading import read_guidebook

    report = ImportReport("procedures")
    book = read_guidebook(city / "procedures", report)
    for problem in (*report.problems, *report.warnings):
        typer.echo(str(problem), err=True)
    for key, event in book.events.items():
        today = date.today()
        asked = sorted(
            len(ask_all(event, known, today).names) for known in invented(event, households, today)
        )
        typer.echo(
            f"{key}: {len(event.procedures)} procedures, {len(event.facts)} questions;"
            f" asked: median {median(asked):g}, most {asked[-1]}"
        )
    if report.problems:
        raise typer.Exit(BAD_INPUT)
