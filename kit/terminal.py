"""What every command needs: the terminal, and a clear end when something is wrong."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import typer
from rich.console import Console

from kit.errors import ConciergeError
from kit.running import running_settings
from kit.settings import Settings

console = Console(stderr=True)


def command_settings() -> Settings:
    """Return settings with a database, that of `make run` where the environment names none.

    Without any, a clear message and exit status 1.
    """
    try:
        return running_settings()
    except ConciergeError as error:
        _say(error)
        raise typer.Exit(1) from None


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; a known error becomes one clear message and exit status 1."""
    try:
        return asyncio.run(coroutine)
    except ConciergeError as error:
        _say(error)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _say(error: ConciergeError) -> None:
    console.print(error.message, style="red", markup=False, highlight=False, soft_wrap=True)
