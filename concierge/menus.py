"""Rich menus as the command line and `make run` use them."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from bot.menus.mode import menu_api
from bot.menus.plan import plan_menus
from bot.menus.state import read_state
from bot.menus.switch import apply_switch, plan_switch
from bot.menus.sync import apply, compare, draw_all
from kit.settings import Settings

Tell = Callable[[str], None]


async def sync_menus(settings: Settings, tell: Tell, wait_seconds: float, *, dry: bool) -> bool:
    """Bring LINE in step with the city's files; returns whether nothing is left to do."""
    menus = await asyncio.to_thread(plan_menus, settings.city_dir / "menus")
    drawn = await asyncio.to_thread(draw_all, menus)
    async with menu_api(settings) as api:
        state = await read_state(api)
        changes = compare(drawn, state)
        for line in changes.describe():
            tell(line)
        return True if dry else await apply(api, state, changes, wait_seconds)


async def switch_menus(
    settings: Settings, tell: Tell, wait_seconds: float, *, to_disaster: bool, dry: bool
) -> bool:
    """Show the disaster menus or the everyday ones; returns whether all people were moved."""
    async with menu_api(settings) as api:
        state = await read_state(api)
        switch = plan_switch(state, to_disaster=to_disaster)
        for line in switch.describe():
            tell(line)
        return True if dry else await apply_switch(api, state, switch, wait_seconds)


def write_pictures(settings: Settings, folder: Path) -> list[Path]:
    """Draw every menu into `folder`, to be looked at."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for drawn in draw_all(plan_menus(settings.city_dir / "menus")):
        path = folder / f"{drawn.menu.key}.png"
        path.write_bytes(drawn.picture)
        paths.append(path)
    return paths
