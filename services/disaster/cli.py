"""`concierge disaster`: what telegrams mean, without sending anything."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from kit.settings import Settings

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


@app.command()
def drill(
    level: Annotated[int, typer.Argument(help="3, 4 or 5 to warn, 2 for an advisory, 0 to lift.")],
    hazard: Annotated[str, typer.Option(help="rain or landslide.")] = "landslide",
) -> None:
    """Practise: have the running installation treat an exercise as it would treat a warning.

    It goes the whole way, apart from the real state. Messages are marked 【訓練】, and sent in a
    demonstration only: production notes what it would have told.
    """
    from kit.terminal import command_settings, run
    from services.disaster.drill import LEVELS, TITLES

    if level not in LEVELS or hazard not in TITLES:
        raise typer.BadParameter("choose a level of 0, 2, 3, 4 or 5, and rain or landslide")
    for city in command_settings().cities:
        run(_drill(city, hazard, level))
        typer.echo(f"{city.city}: exercise, {hazard}, level {level}")


async def _drill(settings: "Settings", hazard: str, level: int) -> None:
    from kit.clock import system_clock
    from kit.db import Database
    from services.disaster.cityfiles import city_name, jis_code
    from services.disaster.drill import drill_telegram
    from services.disaster.intake import Intake

    folder = settings.city_dir
    body = drill_telegram(
        *(hazard, level, jis_code(folder), city_name(folder), system_clock(), settings.timezone)
    )
    database = Database(settings)
    try:
        await Intake(database, system_clock).receive("drill", body)
    finally:
        await database.close()


@app.command()
def reprocess(
    since: Annotated[str, typer.Argument(help="From when on (RFC 3339 with offset).")],
) -> None:
    """Read kept messages anew, after their reading was mended. Nothing is told twice."""
    from kit.terminal import command_settings, run

    moment = _time(since)
    assert moment is not None  # noqa: S101  an argument is never empty
    for city in command_settings().cities:
        typer.echo(f"{city.city}: {run(_reprocess(city, moment))} messages")


async def _reprocess(settings: "Settings", since: datetime) -> int:
    from kit.clock import system_clock
    from kit.db import Database
    from kit.http import internal_client
    from services.disaster.orders import OrderBook
    from services.disaster.service import StateKeeper
    from services.places.contract import PlacesClient

    database = Database(settings)
    token = settings.internal_token.get_secret_value()
    http = internal_client(settings.internal_base_url, token, city=settings.city)
    try:
        book = OrderBook(database, system_clock, settings, PlacesClient(http))
        return await StateKeeper(database, system_clock, settings, book).reprocess(since)
    finally:
        await http.aclose()
        await database.close()
