"""What LINE has of our menus. Nothing of it is kept by us.

A menu carries its key and a digest of its content in its name; its alias is its key. One more
alias, `MODE`, points at a menu of the kind (everyday or disaster) to which everybody was moved.
"""

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from bot.menus.line_api import MenuApi
from bot.menus.plan import PREFIX, is_disaster

MODE = f"{PREFIX}mode"
_NAME = re.compile(rf".+ \[({PREFIX}[a-z0-9_-]+) ([0-9a-f]{{16}})\]", re.DOTALL)

Json = dict[str, Any]


@dataclass(frozen=True)
class Existing:
    """A menu of ours at LINE."""

    rich_menu_id: str
    key: str
    digest: str


@dataclass(frozen=True)
class State:
    """Our menus, our aliases (alias → menu id), and the default's id, whosever it is."""

    menus: tuple[Existing, ...]
    aliases: dict[str, str]
    default_id: str | None

    def named(self, alias: str) -> Existing | None:
        """Return the menu that an alias points at."""
        return self.by_id(self.aliases.get(alias))

    def by_id(self, rich_menu_id: str | None) -> Existing | None:
        """Return a menu of ours."""
        return next((m for m in self.menus if m.rich_menu_id == rich_menu_id), None)

    @property
    def is_moved_to_disaster(self) -> bool:
        """Whether LINE was asked last to move everybody to the disaster menus."""
        menu = self.named(MODE)
        return menu is not None and is_disaster(menu.key)


def name_of(title: str, key: str, digest: str) -> str:
    """Return the name under which a menu is kept at LINE; residents never see it."""
    return f"{title} [{key} {digest}]"


async def read_state(api: MenuApi) -> State:
    """Ask LINE what there is."""
    listed, aliases, default_id = await asyncio.gather(api.menus(), api.aliases(), api.default())
    menus = [_existing(menu) for menu in listed]
    ours = {alias: menu for alias, menu in aliases.items() if alias.startswith(PREFIX)}
    return State(tuple(menu for menu in menus if menu is not None), ours, default_id)


def _existing(menu: Json) -> Existing | None:
    found = _NAME.fullmatch(str(menu.get("name", "")))
    return Existing(str(menu["richMenuId"]), found[1], found[2]) if found else None
