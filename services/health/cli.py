"""`concierge health`: the forecast of one child, and the percentile of one measurement."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="The maternal and child handbook.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_IMPOSSIBLE = 2


def _print(line: dict[str, object]) -> None:
    typer.echo(json.dumps(line, ensure_ascii=False))


def _refuse(kind: str) -> typer.Exit:
    _print({"error": kind})
    return typer.Exit(_IMPOSSIBLE)


def _read(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        raise _refuse("bad_file") from None


def _today() -> date:
    """The day in Japan, whatever the machine's zone is."""
    from zoneinfo import ZoneInfo

    from kit.clock import system_clock

    return system_clock().astimezone(ZoneInfo("Asia/Tokyo")).date()


@app.command()
def forecast(
    child: Annotated[Path, typer.Argument(help="CHILD.json: birth_date, sex, given, …")],
    on: Annotated[str | None, typer.Option(help="The day asked about, YYYY-MM-DD.")] = None,
    explain: Annotated[bool, typer.Option(help="Add each rule and its first day.")] = False,
) -> None:
    """Print, as JSON lines, the verdict on each dose given and the next dose of each vaccine."""
    from services.health.dates import parse_day
    from services.health.forecast import forecast as lines_of
    from services.health.parsing import FileError, parse_child

    day = _today() if on is None else parse_day(on)
    if day is None:
        raise _refuse("bad_date")
    try:
        lines = lines_of(parse_child(_read(child)), day)
    except FileError as error:
        raise _refuse(error.kind) from None
    for line in lines:
        _print(line.explained() if explain else line.printed())


@app.command()
def percentile(
    measure: Annotated[Path, typer.Argument(help="MEASURE.json: sex, birth_date, date, …")],
) -> None:
    """Print the percentile of one measurement with the edition of the tables, or why not."""
    from services.health.growth import percentile_of

    _print(percentile_of(_read(measure)).printed())
