"""`concierge disaster`: what telegrams mean, without sending anything."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Warnings and alerts of the authorities.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def _disaster() -> None:
    """Warnings and alerts of the authorities."""


def _area(text: str | None) -> str | None:
    """Five digits; the agency's seven and the open data's six (with check digit) are cut."""
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and 5 <= len(text) <= 7):
        raise typer.BadParameter("a municipality's JIS code has five digits, such as 07202")
    return text[:5]


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter("use RFC 3339, such as 2026-07-28T18:42:00+09:00") from error
    if moment.tzinfo is None:
        raise typer.BadParameter("the time needs its offset, such as +09:00")
    return moment


@app.command()
def replay(
    files: Annotated[
        list[Path], typer.Argument(help="Telegrams (XML), applied in this order.", metavar="FILE…")
    ],
    area: Annotated[
        str | None,
        typer.Option(help="Only this municipality (JIS code) and its parts.", metavar="JIS5"),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Leave out what was reported later, and age the state to then."),
    ] = None,
) -> None:
    """Apply telegrams to an empty state and print changes and state as JSON lines.

    Nothing is sent and no database is needed. A file that cannot be read is named on standard
    error, and the exit status is 1.
    """
    from services.disaster.areas import areas
    from services.disaster.facts import Telegram
    from services.disaster.replay import read_files, write_line
    from services.disaster.replay import replay as run

    city, until = _area(area), _time(as_of)
    telegrams: list[Telegram] = []
    refused = False
    for path, outcome in read_files(files, areas()):
        if isinstance(outcome, Telegram):
            telegrams.append(outcome)
        else:
            refused = True
            typer.echo(f"{path}: {outcome}", err=True)
    for line in run(telegrams, areas(), until).lines(city):
        typer.echo(write_line(line))
    if refused:
        raise typer.Exit(1)
