"""Bringing LINE's menus in step with the city's files. Done twice, the second time writes nothing.

A menu at LINE cannot be changed: a new one is made, its alias is pointed at it, and whoever holds
the old one is moved by one batch. The old one is deleted once that batch has ended.
"""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.menus.draw import draw, encode
from bot.menus.line_api import MenuApi
from bot.menus.plan import Menu, is_disaster
from bot.menus.state import MODE, Existing, State, name_of
from kit.errors import ConciergeError

# LINE allows 100 questions an hour about batches.
_LONGEST_PAUSE_SECONDS = 40.0

Json = dict[str, Any]


class BatchFailedError(ConciergeError):
    """LINE could not move everybody to the new menus. Run the same command again."""

    status = 502
    code = "menu_batch_failed"


@dataclass(frozen=True)
class Drawn:
    """A planned menu with its picture and the digest of all that people see and tap."""

    menu: Menu
    picture: bytes
    digest: str

    @property
    def body(self) -> Json:
        """LINE's rich menu object; the name tells key and digest."""
        return self.menu.body(name_of(self.menu.title, self.menu.key, self.digest))


@dataclass(frozen=True)
class Changes:
    """What has to be done at LINE."""

    make: tuple[Drawn, ...]
    """To be created. A menu that an interrupted run left without an alias is finished instead."""
    finish: dict[str, str]
    keep: dict[str, str]
    """Key → id of the menus that stay as they are."""
    default_key: str
    default_changes: bool
    mode_key: str | None
    """Where the alias MODE has to point anew."""
    old: tuple[Existing, ...]
    lost_aliases: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether LINE is in step already."""
        changes = (self.make, self.default_changes, self.mode_key, self.old, self.lost_aliases)
        return not any(changes)

    def describe(self) -> list[str]:
        """Return one line per change."""
        lines = [f"new: {drawn.menu.title} ({drawn.menu.key})" for drawn in self.make]
        if self.default_changes:
            lines.append(f"everybody's menu: {self.default_key}")
        lines += [f"replaced and deleted: {menu.key} ({menu.rich_menu_id})" for menu in self.old]
        lines += [f"alias deleted: {alias}" for alias in self.lost_aliases]
        return lines or ["LINE's menus are in step with the city's files; nothing to do"]


def draw_all(menus: Sequence[Menu]) -> list[Drawn]:
    """Draw every menu; equal pictures are made once. Takes about 0.1 s each."""
    pictures: dict[str, bytes] = {}
    drawn = []
    for menu in menus:
        image = draw(menu)
        look = _digest(image.tobytes())
        if look not in pictures:
            pictures[look] = encode(image, menu.tone)
        content = json.dumps(menu.body(menu.title), sort_keys=True).encode()
        drawn.append(Drawn(menu, pictures[look], _digest(look.encode() + content)))
    return drawn


def compare(wanted: Sequence[Drawn], state: State) -> Changes:
    """Return what is missing at LINE; the first wanted menu is everybody's."""
    keep, finish, make = {}, {}, []
    for drawn in wanted:
        key = drawn.menu.key
        alike = [m for m in state.menus if (m.key, m.digest) == (key, drawn.digest)]
        named = state.named(key)
        if named in alike:
            keep[key] = state.aliases[key]
            continue
        make.append(drawn)
        if alike:
            finish[key] = alike[0].rich_menu_id
    in_use = {*keep.values(), *finish.values()}
    keys = [drawn.menu.key for drawn in wanted]
    default_key = _successor(state.by_id(state.default_id), keys)
    mode = state.named(MODE)
    mode_key = None if mode is None or mode.rich_menu_id in in_use else _successor(mode, keys)
    return Changes(
        make=tuple(make),
        finish=finish,
        keep=keep,
        default_key=default_key,
        default_changes=keep.get(default_key, "") != state.default_id,
        mode_key=mode_key,
        old=tuple(menu for menu in state.menus if menu.rich_menu_id not in in_use),
        lost_aliases=tuple(a for a in state.aliases if a not in {*keys, MODE}),
    )


async def apply(api: MenuApi, state: State, changes: Changes, wait_seconds: float) -> bool:
    """Make the changes; returns whether all of them are done.

    False: LINE is still moving people, and the old menus are left for the next run. Every step
    may be interrupted; the next run goes on from what LINE has.
    """
    ids = dict(changes.keep)
    for drawn in changes.make:
        ids[drawn.menu.key] = await _made(api, drawn, changes.finish.get(drawn.menu.key))
    for drawn in changes.make:
        await point(api, state, drawn.menu.key, ids[drawn.menu.key])
    if changes.default_changes:
        await api.set_default(ids[changes.default_key])
    if changes.mode_key is not None:
        await point(api, state, MODE, ids[changes.mode_key])
    if changes.old:
        moves = {menu.rich_menu_id: ids[_successor(menu, list(ids))] for menu in changes.old}
        if not await ended(api, await api.move(moves), wait_seconds):
            return False
    for menu in changes.old:
        await api.delete(menu.rich_menu_id)
    for alias in changes.lost_aliases:
        await api.delete_alias(alias)
    return True


async def point(api: MenuApi, state: State, alias: str, rich_menu_id: str) -> None:
    """Let an alias name a menu, whether the alias exists or not."""
    if alias in state.aliases:
        await api.rename(alias, rich_menu_id)
    else:
        await api.name(alias, rich_menu_id)


async def ended(api: MenuApi, batch_id: str, wait_seconds: float) -> bool:
    """Wait for a batch; returns whether it ended in that time. Raises BatchFailedError."""
    deadline = asyncio.get_running_loop().time() + wait_seconds
    pause = 0.5
    while (phase := await api.progress(batch_id)) == "ongoing":
        left = deadline - asyncio.get_running_loop().time()
        if left <= 0:
            return False
        await asyncio.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
    if phase != "succeeded":
        raise BatchFailedError(batch_id=batch_id)
    return True


async def _made(api: MenuApi, drawn: Drawn, begun: str | None) -> str:
    rich_menu_id = begun or await api.create(drawn.body)
    if begun is None or not await api.has_picture(begun):
        await api.upload(rich_menu_id, drawn.picture)
    return rich_menu_id


def _successor(menu: Existing | None, keys: Sequence[str]) -> str:
    """Return the key whose menu takes this one's place: its own, else the first of its kind."""
    if menu is None:
        return keys[0]
    if menu.key in keys:
        return menu.key
    return next(key for key in keys if is_disaster(key) == is_disaster(menu.key))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
