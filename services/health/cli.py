"""`concierge health`: the forecast of one child, and the percentile of one measurement."""

import json
from collections.abc import Iterator
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
def due(
    children: Annotated[Path, typer.Argument(help="A CHILD.json a line, each with its number.")],
    on: Annotated[str | None, typer.Option(help="The day asked about, YYYY-MM-DD.")] = None,
) -> None:
    """Print, as JSON lines, each dose that somebody has to do something about, with its child.

    An impossible record prints its number and the class of the error; then the exit status is 2.
    """
    from services.health.dates import parse_day
    from services.health.due_list import wanted_lines
    from services.health.parsing import FileError, parse_child

    day = _today() if on is None else parse_day(on)
    if day is None:
        raise _refuse("bad_date")
    status = 0
    for number, record in _records(children):
        try:
            lines = wanted_lines(parse_child(record), day)
        except FileError as error:
            status = _IMPOSSIBLE
            _print({"number": number, "error": error.kind})
            continue
        for line in lines:
            _print({"number": number} | line.printed())
    raise typer.Exit(status)


def _records(path: Path) -> Iterator[tuple[object, object]]:
    """Yield each line's number and record; what is no record is None."""
    with path.open(encoding="utf-8-sig") as file:
        for line in filter(str.strip, file):
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            yield record.get("number") if isinstance(record, dict) else None, record


@app.command()
def percentile(
    measure: Annotated[Path, typer.Argument(help="MEASURE.json: sex, birth_date, date, …")],
) -> None:
    """Print the percentile of one measurement with the edition of the tables, or why not."""
    from services.health.growth import percentile_of

    _print(percentile_of(_read(measure)).printed())
