"""What every command needs: the terminal, and a clear end when something is wrong."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import typer
from rich.console import Console

from kit.errors import ConciergeError

console = Console(stderr=True)


def run(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run to the end; a known error becomes one clear message and exit status 1."""
    try:
        return asyncio.run(coroutine)
    except ConciergeError as error:
        console.print(error.message, style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
