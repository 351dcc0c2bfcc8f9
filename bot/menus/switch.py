"""The disaster switch: everybody's menu, and one batch for all who hold a menu of their own.

Each everyday menu has its own disaster menu, so the way back gives everyone the tab they had. LINE
allows three batches an hour; switching on and back again takes two.
"""

from dataclasses import dataclass

from bot.menus.line_api import MenuApi
from bot.menus.plan import is_disaster, partner
from bot.menus.state import MODE, Existing, State
from bot.menus.sync import ended, point
from kit.errors import ConciergeError


class NotSyncedError(ConciergeError):
    """LINE does not have the city's menus yet. Run `concierge menus sync` first."""

    status = 409
    code = "menus_not_synced"


@dataclass(frozen=True)
class Switch:
    """What has to be done at LINE to show one kind of menus."""

    to_disaster: bool
    target: Existing
    """The menu of all who have none of their own."""
    default_changes: bool
    moves: dict[str, str]
    """Menu id → menu id, for the batch. Empty: LINE was asked already."""

    @property
    def is_empty(self) -> bool:
        """Whether it is switched already."""
        return not (self.default_changes or self.moves)

    def describe(self) -> list[str]:
        """Return one line per step."""
        kind = "disaster" if self.to_disaster else "everyday"
        if self.is_empty:
            return [f"the {kind} menus are on already; nothing to do"]
        lines = [f"everybody's menu: {self.target.key}"] if self.default_changes else []
        if self.moves:
            count = len(self.moves)
            lines.append(f"one batch: whoever holds one of {count} menus gets its {kind} menu")
        return lines


def plan_switch(state: State, *, to_disaster: bool) -> Switch:
    """Compare with what LINE shows now. Raises NotSyncedError."""
    default = state.by_id(state.default_id)
    if default is None:
        raise NotSyncedError
    target = default if is_disaster(default.key) == to_disaster else _other(state, default)
    if target is None:
        raise NotSyncedError
    moves = {}
    if state.is_moved_to_disaster != to_disaster:
        left = [menu for menu in state.menus if is_disaster(menu.key) != to_disaster]
        # A menu whose tab is gone from the city's files leads to everybody's.
        moves = {m.rich_menu_id: (_other(state, m) or target).rich_menu_id for m in left}
    return Switch(to_disaster, target, target is not default, moves)


async def apply_switch(api: MenuApi, state: State, switch: Switch, wait_seconds: float) -> bool:
    """Switch; returns whether LINE has moved everybody already.

    The default comes first: it reaches most people, and no limit of LINE's is in its way. MODE
    changes last, so that a switch that was interrupted or failed sends the batch when run again.
    """
    if switch.default_changes:
        await api.set_default(switch.target.rich_menu_id)
    if not switch.moves:
        return True
    is_done = await ended(api, await api.move(switch.moves), wait_seconds)
    await point(api, state, MODE, switch.target.rich_menu_id)
    return is_done


def _other(state: State, menu: Existing) -> Existing | None:
    return state.named(partner(menu.key))
