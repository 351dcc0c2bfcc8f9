"""Rich menus of the account, their images, aliases and the default."""

from dataclasses import dataclass, field
from datetime import datetime

from emulators.line import ids
from emulators.line.errors import NOT_FOUND, Json, LineError
from emulators.line.instants import timestamp
from emulators.line.people import Person

MAX_MENUS = 1000


@dataclass
class Menu:
    """One rich menu; `image` is None until it was uploaded, and cannot be replaced then."""

    rich_menu_id: str
    body: Json
    image: bytes | None = None
    media_type: str = ""

    def as_dict(self) -> Json:
        """Return the menu as LINE lists it."""
        return {"richMenuId": self.rich_menu_id, **self.body}


@dataclass
class Batch:
    """A replacement of menus for everybody who holds them: ongoing, then succeeded."""

    accepted: datetime
    completed: datetime | None = None

    def as_dict(self) -> Json:
        """Return the progress as LINE tells it."""
        told = {"phase": "ongoing", "acceptedTime": timestamp(self.accepted)}
        if self.completed:
            told |= {"phase": "succeeded", "completedTime": timestamp(self.completed)}
        return told


@dataclass
class Menus:
    """Everything the account has."""

    default_id: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    _menus: dict[str, Menu] = field(default_factory=dict)

    def create(self, body: Json) -> Menu:
        """Add a menu. Raises LineError 400 beyond 1,000."""
        if len(self._menus) >= MAX_MENUS:
            raise LineError(400, "The maximum number of rich menus has been reached")
        menu = Menu(ids.rich_menu_id(), body)
        self._menus[menu.rich_menu_id] = menu
        return menu

    def get(self, rich_menu_id: str, message: str = NOT_FOUND) -> Menu:
        """Return the menu. Raises LineError 404 with the words of that endpoint."""
        menu = self._menus.get(rich_menu_id)
        if menu is None:
            raise LineError(404, message, reason="there is no rich menu with this id")
        return menu

    def usable(self, rich_menu_id: str) -> Menu:
        """Return a menu that may be shown. Raises LineError 404, or 400 without an image."""
        menu = self.get(rich_menu_id)
        if menu.image is None:
            raise LineError(400, "must upload richmenu image before applying it to user")
        return menu

    def delete(self, rich_menu_id: str) -> None:
        """Remove a menu; aliases to it stay and lead nowhere. Raises LineError 404."""
        self.get(rich_menu_id)
        del self._menus[rich_menu_id]
        if self.default_id == rich_menu_id:
            self.default_id = None

    def all(self) -> list[Menu]:
        """Return the menus, oldest first."""
        return list(self._menus.values())

    def shown_to(self, person: Person) -> Menu | None:
        """Return what this person sees: their own menu before the default."""
        for rich_menu_id in (person.rich_menu_id, self.default_id):
            menu = self._menus.get(rich_menu_id or "")
            if menu is not None and menu.image is not None:
                return menu
        return None

    def switch(self, person: Person, alias: str) -> Json:
        """Follow a tab: the alias's menu becomes the person's own. Returns the postback params."""
        if alias not in self.aliases:
            return {"status": "RICHMENU_ALIAS_ID_NOTFOUND"}
        menu = self._menus.get(self.aliases[alias])
        if menu is None or menu.image is None:
            return {"status": "RICHMENU_NOTFOUND"}
        person.rich_menu_id = menu.rich_menu_id
        return {"newRichMenuAliasId": alias, "status": "SUCCESS"}

    def clear(self) -> None:
        """Remove menus, aliases and the default."""
        self._menus.clear()
        self.aliases.clear()
        self.default_id = None
