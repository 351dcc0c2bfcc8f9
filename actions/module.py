"""The action server, as the program takes it in."""

from datetime import date
from pathlib import Path

from pydantic import ValidationError
from rasa_sdk.executor import ActionExecutor

from actions.base import ActionContext
from actions.city import load_city
from actions.server import make_executor, quick, router
from auth.modules import Module
from kit.clock import Clock
from kit.container import Container
from kit.http import InternalClient
from kit.settings import Settings
from kit.tables import ImportReport


def provide(container: Container) -> None:
    """Say how the parts are made."""
    container.provide(
        ActionContext,
        lambda c: ActionContext(c.get(InternalClient), c.get(Clock), c.get(Settings)),
    )
    container.provide(ActionExecutor, lambda c: make_executor(c.get(ActionContext)))


def read_files(folder: Path, _today: date) -> ImportReport:
    """Read the city's own settings."""
    report = ImportReport("city.toml")
    try:
        load_city(folder)
        report.rows = 1
    except FileNotFoundError:
        report.reject("city.toml", 0, "", "the file is missing")
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            report.reject("city.toml", 0, ".".join(map(str, fault["loc"])), fault["msg"])
    except (OSError, ValueError) as error:
        report.reject("city.toml", 0, "", f"not readable as TOML: {error}")
    return report


MODULE = Module(
    name="actions",
    provide=provide,
    at_start=(ActionExecutor,),
    routers=(router, quick),
    read_files=read_files,
)
