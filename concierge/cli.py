"""`concierge`: the command line. Heavy imports happen inside the commands."""

import asyncio
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from concierge.identity_cli import identity_app
from concierge.menus_cli import menus_app
from concierge.nlu_cli import nlu_app
from concierge.staff_cli import staff_app
from kit.settings import DEMO_OPEN311_KEY, ROOT, get_settings
from kit.terminal import command_settings, console
from kit.terminal import run as _run

if TYPE_CHECKING:
    from concierge.plan import Ports
    from concierge.supervisor import Supervisor
    from kit.tables import ImportReport


class _WithServices(TyperGroup):
    """The commands of this file, and those of every service that has a `cli.py` with an `app`.

    A service's commands are imported when one of them runs, and nothing else of it.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of all commands."""
        return sorted({*super().list_commands(ctx), *_service_commands()})

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command, or None."""
        if cmd_name in _service_commands():
            group = get_command(import_module(f"services.{cmd_name}.cli").app)
            group.name = cmd_name
            return group
        return super().get_command(ctx, cmd_name)


def _service_commands() -> set[str]:
    return {file.parent.name for file in (ROOT / "services").glob("*/cli.py")}


app = typer.Typer(
    cls=_WithServices,
    help="The citizen concierge: run it, load a city's data, train its language model.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
city_app = typer.Typer(help="A municipality's own data.", no_args_is_help=True)
emulate_app = typer.Typer(help="The outside world on one machine.", no_args_is_help=True)
app.add_typer(city_app, name="city")
app.add_typer(emulate_app, name="emulate")
app.add_typer(identity_app, name="identity")
app.add_typer(menus_app, name="menus")
app.add_typer(nlu_app, name="nlu")
app.add_typer(staff_app, name="staff")


@app.command()
def run(
    data: Annotated[Path, typer.Option(help="Where databases and logs are kept.")] = ROOT / ".data",
    web_port: Annotated[int, typer.Option(help="Port of the web application.")] = 8000,
    line_port: Annotated[int, typer.Option(help="Port of the LINE emulator.")] = 8100,
    my_id_port: Annotated[int, typer.Option(help="Port of the My-ID stand-in.")] = 8101,
    digital_auth_port: Annotated[
        int, typer.Option(help="Port of the Digital Authentication App stand-in.")
    ] = 8102,
    rasa_port: Annotated[int, typer.Option(help="Port of Rasa.")] = 5005,
    redis_port: Annotated[int, typer.Option(help="Port of the embedded Redis.")] = 6380,
) -> None:
    """Start everything on this machine: databases, Rasa, web, worker, LINE, logins."""
    from concierge.plan import Ports

    ports = Ports(
        web=web_port,
        line=line_port,
        my_id=my_id_port,
        digital_auth=digital_auth_port,
        rasa=rasa_port,
        redis=redis_port,
    )
    _run(_run_all(data.resolve(), ports))


async def _run_all(data: Path, ports: "Ports") -> None:
    from concierge.plan import make_plan
    from concierge.supervisor import Supervisor

    plan = make_plan(get_settings(), ports, data)
    supervisor = Supervisor(plan, console)
    announced = asyncio.create_task(_announce(supervisor, ports))
    try:
        await supervisor.run()
    finally:
        announced.cancel()
        console.print("stopped")


async def _announce(supervisor: "Supervisor", ports: "Ports") -> None:
    await supervisor.ready.wait()
    web = f"http://127.0.0.1:{ports.web}"
    console.print(
        "\nThe concierge is ready.\n"
        f"  chat page  http://127.0.0.1:{ports.line}/  talk to it here\n"
        f"  My-ID      http://127.0.0.1:{ports.my_id}/  and the card"
        f" http://127.0.0.1:{ports.digital_auth}/: stand-ins, with test residents\n"
        f"  console    {web}/console/  for staff (demo-operator, demo-administrator and others;"
        " password demo-console-password)\n"
        f"  API        {web}/developers/\n"
        f"  snow       {web}/snow/  reports on the map; Open311 at {web}/open311/v2/"
        f" (test key {DEMO_OPEN311_KEY})\n"
        "Ctrl-C stops everything.\n",
        highlight=False,
    )


@app.command()
def worker() -> None:
    """Work: turns, sends and periodic jobs (needs DATABASE_URL and REDIS_URL)."""
    import uvloop

    from concierge.worker import run_worker
    from kit.logging import configure_logging

    settings = get_settings()
    configure_logging(settings.log_level, settings.log_format)
    uvloop.install()
    _run(run_worker(settings))


@app.command()
def migrate() -> None:
    """Bring the database of DATABASE_URL up to date."""
    from concierge.database import migrate as apply

    apply(get_settings())


@app.command()
def train() -> None:
    """Train the language model if anything under nlu/ has changed."""
    from concierge.training import train as train_model

    log_path = ROOT / ".data" / "log" / "training.log"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    _run(train_model(log_path, console))


@city_app.command("load")
def city_load(
    noun: Annotated[
        str | None, typer.Argument(help="waste, facilities, faq …; all if left out")
    ] = None,
) -> None:
    """Import the city's files. With any unusable row the old data stays, and exit status is 1.

    Without DATABASE_URL they go into the database of the running `make run`.
    """
    from concierge.city import importers, load_city
    from concierge.database import migrate as bring_up_to_date

    nouns = [importer.noun for importer in importers(get_settings())]
    if noun is not None and noun not in nouns:
        console.print(f"There is no {noun}; choose one of: {', '.join(nouns)}", style="red")
        raise typer.Exit(2)

    settings = command_settings()
    # A city that is new here has no tables yet.
    bring_up_to_date(settings)
    cities = settings.cities
    reports = [report for city in cities for report in _run(load_city(city, noun))]
    _tell(reports, "imported", "refused, the old data stays in use")


@city_app.command("check")
def city_check(
    folder: Annotated[Path, typer.Argument(help="The folder of a city, such as city/<name>.")],
) -> None:
    """Say what `load` would import of a folder and what it would refuse; needs no database.

    Each place reads `file:line [column] reason`. Exit status is 1 if anything would be refused.
    """
    from concierge.city import check_city

    if not folder.is_dir():
        console.print(f"There is no folder {folder}.", style="red", markup=False)
        raise typer.Exit(2)
    _tell(check_city(folder), "would be imported", "would be refused")


def _tell(reports: "list[ImportReport]", done: str, refused: str) -> None:
    """Print every report; exit status 1 if anything was refused."""
    for report in reports:
        typer.echo(f"{report.source}: {report.rows} rows {done if report.ok else refused}")
        for problem in report.problems:
            typer.echo(f"  {problem}")
        for warning in report.warnings:
            typer.echo(f"  (imported all the same) {warning}")
    if not all(report.ok for report in reports):
        raise typer.Exit(1)


_PASSED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@emulate_app.command("line", context_settings=_PASSED_ON)
def emulate_line(context: typer.Context) -> None:
    """Run the LINE emulator alone; its options follow (`--help` lists them)."""
    _become("emulators.line", context)


@emulate_app.command("my-id", context_settings=_PASSED_ON)
def emulate_my_id(context: typer.Context) -> None:
    """Run the stand-in for a city's My-ID alone; its options follow (`--help` lists them)."""
    _become("emulators.my_id", context)


@emulate_app.command("digital-auth", context_settings=_PASSED_ON)
def emulate_digital_auth(context: typer.Context) -> None:
    """Run the stand-in for the Digital Authentication App alone; its options follow."""
    _become("emulators.digital_auth", context)


def _become(module: str, context: typer.Context) -> None:
    import os
    import sys

    # It is a program of its own: this process becomes it.
    os.execv(sys.executable, [sys.executable, "-m", module, *context.args])  # noqa: S606
