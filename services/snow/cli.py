"""`concierge snow …`: try the engine on files. Nothing is stored, no database is needed.

Results are JSON Lines on standard output. A line that cannot be used is left out and named on
standard error (`file:line reason`). Exit status: 0 when every line was used, 1 when some were
left out, 2 when nothing could be done at all. Heavy imports happen inside the commands.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from services.snow.nearby import OpenReports
    from services.snow.parsing import BadLine, Happening

app = typer.Typer(help="Snow reports and ploughs, tried on files.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Snow reports and ploughs, tried on files."""


@app.command()
def replay(
    tracks: Annotated[
        Path, typer.Argument(help="JSON Lines of {vehicle, time, lat, lon, plough_down}.")
    ],
    roads: Annotated[
        Path | None,
        typer.Option(help="GeoJSON LineStrings with property section; the city's if left out."),
    ] = None,
) -> None:
    """Print the passages of ploughs, {section, vehicle, entered, left}, in order of time.

    Lines may be doubled or out of order. A line that cannot be used is left out and named on
    standard error; then exit status is 1.
    """
    from kit.errors import ConciergeError
    from services.snow.geojson import read_roads
    from services.snow.network import Network
    from services.snow.parsing import read_fix, read_lines
    from services.snow.passages import passages

    bad: list[BadLine] = []
    try:
        network = Network(read_roads(roads or _city_dir() / "snow" / "roads.geojson"))
        fixes = [fix for _, fix in read_lines(tracks, read_fix, bad)]
    except ConciergeError as error:
        _give_up(error.message)
    for passage in passages(fixes, network):
        times = {
            "entered": passage.entered.isoformat(timespec="seconds"),
            "left": passage.left.isoformat(timespec="seconds"),
        }
        _print({"section": passage.section, "vehicle": passage.vehicle, **times})
    _finish(bad)


@app.command()
def nearby(
    reports: Annotated[
        Path,
        typer.Argument(help="JSON Lines of kind report, status, passage and snow."),
    ],
) -> None:
    """Print which open reports each report would be offered as the same place.

    One line {id, offered: [{id, distance_m}]} a report, in order of time, nearest first. A line
    that cannot be used is left out and named on standard error; then exit status is 1.
    """
    from kit.errors import ConciergeError
    from services.snow.categories import read_categories
    from services.snow.nearby import OpenReports
    from services.snow.parsing import BadLine, happening_reader, read_lines

    bad: list[BadLine] = []
    try:
        reader = happening_reader(read_categories(_city_dir()))
        happenings = list(read_lines(reports, reader, bad))
    except ConciergeError as error:
        _give_up(error.message)
    known = OpenReports()
    happenings.sort(key=lambda entry: entry[1].time)
    seen: set[Happening] = set()
    for number, happening in happenings:
        if happening in seen:
            continue  # The line is there twice; a double tap files once.
        seen.add(happening)
        reason = _happen(known, happening)
        if reason:
            bad.append(BadLine(reports.name, number, reason))
    _finish(bad)


def _happen(known: "OpenReports", happening: "Happening") -> str:
    """Let one thing happen, printing what a report is offered; return why it could not."""
    from services.snow.parsing import PloughPassed, ReportFiled, StatusSet

    match happening:
        case ReportFiled(time, report_id, category, place):
            if report_id in known:
                return f"report {report_id} is filed already"
            offers = known.near(category, place, time)
            offered = [{"id": near.id, "distance_m": round(near.distance_m, 1)} for near in offers]
            _print({"id": report_id, "offered": offered})
            known.file(report_id, category, place, time)
        case StatusSet(_, report_id, status):
            if report_id not in known:
                return f"report {report_id} is not filed before that time"
            known.set_status(report_id, status)
        case PloughPassed(time, line):
            known.passed(line, time)
        case _:
            known.snowed(happening.centimetres, happening.time)
    return ""


def _city_dir() -> Path:
    from kit.settings import get_settings

    return get_settings().city_dir


def _print(row: dict[str, Any]) -> None:
    typer.echo(json.dumps(row, ensure_ascii=False))


def _finish(bad: "list[BadLine]") -> None:
    for line in sorted(bad, key=lambda entry: entry.line):
        typer.echo(str(line), err=True)
    if bad:
        raise typer.Exit(1)


def _give_up(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(2)
