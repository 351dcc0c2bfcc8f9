"""Rich menus, their images, aliases, the default, and each person's own."""

from starlette.routing import Route

from emulators.line.api.account import person_of
from emulators.line.api.call import Answer, Call, line_route
from emulators.line.api.menu_batches import give
from emulators.line.errors import LineError
from emulators.line.menus import Menu
from emulators.line.validation.requests import check_body
from emulators.line.validation.rich_menus import check_image

_BASE = "/v2/bot/richmenu"
_ALL = "/v2/bot/user/all/richmenu"
_ONE = "/v2/bot/user/{userId}/richmenu"


def routes() -> list[Route]:
    """Return the endpoints; fixed words stand before ids."""
    return [
        line_route("POST", _BASE, create),
        line_route("POST", f"{_BASE}/validate", validate),
        line_route("GET", f"{_BASE}/list", list_menus),
        line_route("POST", f"{_BASE}/alias", create_alias),
        line_route("GET", f"{_BASE}/alias/list", list_aliases),
        line_route("GET", f"{_BASE}/alias/{{richMenuAliasId}}", get_alias),
        line_route("POST", f"{_BASE}/alias/{{richMenuAliasId}}", change_alias),
        line_route("DELETE", f"{_BASE}/alias/{{richMenuAliasId}}", delete_alias),
        line_route("GET", f"{_BASE}/{{richMenuId}}/content", get_image),
        line_route("POST", f"{_BASE}/{{richMenuId}}/content", set_image),
        line_route("GET", f"{_BASE}/{{richMenuId}}", get),
        line_route("DELETE", f"{_BASE}/{{richMenuId}}", delete),
        line_route("POST", f"{_ALL}/{{richMenuId}}", set_default),
        line_route("GET", _ALL, get_default),
        line_route("DELETE", _ALL, clear_default),
        line_route("GET", _ONE, get_of_user),
        line_route("DELETE", _ONE, unlink),
        line_route("POST", f"{_ONE}/{{richMenuId}}", link),
    ]


async def create(call: Call) -> Answer:
    """Add a menu; it is shown nowhere before it has an image."""
    body = call.json()
    check_body("rich_menu", body, call.platform.options.strict)
    return Answer({"richMenuId": call.platform.menus.create(body).rich_menu_id})


async def validate(call: Call) -> Answer:
    """Check a menu without adding it."""
    check_body("rich_menu", call.json(), call.platform.options.strict)
    return Answer()


async def list_menus(call: Call) -> Answer:
    """Return every menu."""
    return Answer({"richmenus": [menu.as_dict() for menu in call.platform.menus.all()]})


async def get(call: Call) -> Answer:
    """Return one menu."""
    return Answer(_menu(call).as_dict())


async def delete(call: Call) -> Answer:
    """Remove a menu; people who held it see the default when they look again."""
    call.platform.menus.delete(call.param("richMenuId"))
    _show_everybody(call)
    return Answer()


async def get_image(call: Call) -> Answer:
    """Return the image."""
    menu = _menu(call)
    if menu.image is None:
        raise LineError(404, "not found", reason="no image was uploaded for this rich menu")
    return Answer(menu.image, media_type=menu.media_type)


async def set_image(call: Call) -> Answer:
    """Take the image. It can never be replaced."""
    menu = _menu(call)
    media_type = call.request.headers.get("content-type", "")
    if menu.image is not None:
        raise LineError(400, "An image has already been uploaded to the richmenu")
    check_image(call.raw, media_type)
    menu.image, menu.media_type = call.raw, media_type.partition(";")[0].strip()
    return Answer()


async def set_default(call: Call) -> Answer:
    """Show a menu to everybody who has none of their own."""
    menu = call.platform.menus.usable(call.param("richMenuId"))
    call.platform.menus.default_id = menu.rich_menu_id
    _show_everybody(call)
    return Answer()


async def get_default(call: Call) -> Answer:
    """Return the default's id."""
    rich_menu_id = call.platform.menus.default_id
    if rich_menu_id is None:
        raise LineError(404, "no default richmenu")
    return Answer({"richMenuId": rich_menu_id})


async def clear_default(call: Call) -> Answer:
    """Show no default any more."""
    call.platform.menus.default_id = None
    _show_everybody(call)
    return Answer()


async def link(call: Call) -> Answer:
    """Give one person a menu of their own; for anybody who is no friend it has no effect."""
    menu = call.platform.menus.usable(call.param("richMenuId"))
    give(call.platform, person_of(call), menu.rich_menu_id)
    return Answer()


async def unlink(call: Call) -> Answer:
    """Take a person's own menu away."""
    give(call.platform, person_of(call), None)
    return Answer()


async def get_of_user(call: Call) -> Answer:
    """Return the id of a person's own menu."""
    person = person_of(call)
    if person is None or person.rich_menu_id is None:
        raise LineError(404, "the user has no richmenu")
    return Answer({"richMenuId": person.rich_menu_id})


async def create_alias(call: Call) -> Answer:
    """Name a menu that has an image."""
    body = call.json()
    check_body("new_alias", body, call.platform.options.strict)
    if body["richMenuAliasId"] in call.platform.menus.aliases:
        raise LineError(400, "conflict richmenu alias id")
    _point(call, body["richMenuAliasId"], body["richMenuId"])
    return Answer()


async def change_alias(call: Call) -> Answer:
    """Point an alias at another menu; only later taps notice."""
    body = call.json()
    check_body("alias_change", body, call.platform.options.strict)
    alias, _ = _alias(call)
    _point(call, alias, body["richMenuId"])
    return Answer()


async def get_alias(call: Call) -> Answer:
    """Return one alias."""
    alias, rich_menu_id = _alias(call)
    return Answer({"richMenuAliasId": alias, "richMenuId": rich_menu_id})


async def list_aliases(call: Call) -> Answer:
    """Return every alias."""
    aliases = call.platform.menus.aliases.items()
    listed = [{"richMenuAliasId": alias, "richMenuId": menu} for alias, menu in aliases]
    return Answer({"aliases": listed})


async def delete_alias(call: Call) -> Answer:
    """Remove an alias."""
    alias, _ = _alias(call)
    del call.platform.menus.aliases[alias]
    return Answer()


def _menu(call: Call) -> Menu:
    return call.platform.menus.get(call.param("richMenuId"))


def _alias(call: Call) -> tuple[str, str]:
    alias = call.param("richMenuAliasId")
    rich_menu_id = call.platform.menus.aliases.get(alias)
    if rich_menu_id is None:
        raise LineError(404, "richmenu alias not found")
    return alias, rich_menu_id


def _point(call: Call, alias: str, rich_menu_id: str) -> None:
    menus = call.platform.menus
    found = {menu.rich_menu_id: menu for menu in menus.all()}.get(rich_menu_id)
    if found is None or found.image is None:
        raise LineError(400, "richmenu not found", reason="unknown, or it has no image yet")
    menus.aliases[alias] = rich_menu_id


def _show_everybody(call: Call) -> None:
    for person in call.platform.people:
        call.platform.show_menu(person)
