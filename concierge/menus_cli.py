"""`concierge menus`: the account's rich menus."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kit.settings import get_settings
from kit.terminal import console, run

menus_app = typer.Typer(help="The account's rich menus.", no_args_is_help=True)

Dry = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
Wait = Annotated[
    float, typer.Option(help="Minutes to wait until LINE has moved everybody to the new menus.")
]


class Switching(StrEnum):
    """Whether the disaster menus are shown."""

    on = "on"
    off = "off"


@menus_app.command()
def sync(dry_run: Dry = False, wait: Wait = 1.0) -> None:
    """Bring LINE's menus in step with the city's files; can be repeated at any time."""
    from concierge.menus import sync_menus

    is_done = run(sync_menus(get_settings(), _tell, wait * 60, dry=dry_run))
    if not is_done:
        _tell("LINE is still moving people; run this again later to delete the old menus.")


@menus_app.command()
def disaster(
    switch: Annotated[Switching, typer.Argument(help="on, or off for the way back.")],
    dry_run: Dry = False,
    wait: Wait = 0.1,
) -> None:
    """Show the disaster menus to everybody, or the everyday menus again."""
    from concierge.menus import switch_menus

    to_disaster = switch is Switching.on
    settings = get_settings()
    is_done = run(switch_menus(settings, _tell, wait * 60, to_disaster=to_disaster, dry=dry_run))
    if not is_done:
        _tell("LINE took the order and is still moving people; this may take more than an hour.")


@menus_app.command()
def draw(
    folder: Annotated[Path, typer.Argument(help="Where the pictures are written.")],
) -> None:
    """Write the menus' pictures into a folder, to be looked at."""
    from concierge.menus import write_pictures

    async def write() -> list[Path]:
        return await asyncio.to_thread(write_pictures, get_settings(), folder)

    _tell(f"{len(run(write()))} pictures in {folder}")


def _tell(line: str) -> None:
    console.print(line, markup=False, highlight=False, soft_wrap=True)
