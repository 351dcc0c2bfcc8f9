"""Rich menus of many people at once: bulk links, and batches that replace a menu everywhere."""

from collections.abc import Callable

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import NOT_FOUND, Json, LineError, invalid_property
from emulators.line.instants import still_told
from emulators.line.menus import Batch
from emulators.line.people import USER_ID, Person
from emulators.line.platform import Platform
from emulators.line.validation.requests import check_body

_BASE = "/v2/bot/richmenu"


def routes() -> list[Route]:
    """Return the endpoints."""
    return [
        line_route("POST", f"{_BASE}/bulk/link", link_many),
        line_route("POST", f"{_BASE}/bulk/unlink", unlink_many),
        line_route("POST", f"{_BASE}/batch", replace),
        line_route("POST", f"{_BASE}/validate/batch", validate),
        line_route("GET", f"{_BASE}/progress/batch", progress),
    ]


async def link_many(call: Call) -> Answer:
    """Give up to 500 people a menu, a little later."""
    body = call.json()
    check_body("bulk_link", body, call.platform.options.strict)
    menu = call.platform.menus.get(body["richMenuId"], "richmenu not found")
    _give_later(call, body, menu.rich_menu_id)
    return Answer({}, 202)


async def unlink_many(call: Call) -> Answer:
    """Take the menus of up to 500 people away, a little later."""
    body = call.json()
    check_body("bulk_unlink", body, call.platform.options.strict)
    _give_later(call, body, None)
    return Answer({}, 202)


async def replace(call: Call) -> Answer:
    """Replace or take away menus for everybody who holds them.

    Every operation looks at what people held before the batch, so two menus can be exchanged.
    """
    body = call.json()
    _check(call, body)
    platform = call.platform
    batch = platform.batches[call.request_id] = Batch(platform.now())

    def work() -> None:
        plan = _plan(body["operations"])
        for person in platform.people:
            if person.rich_menu_id is not None:
                give(platform, person, plan(person.rich_menu_id))
        batch.completed = platform.now()

    platform.later.after(platform.options.job_seconds, work)
    return Answer({}, 202)


async def validate(call: Call) -> Answer:
    """Check a batch without doing it."""
    _check(call, call.json())
    return Answer()


async def progress(call: Call) -> Answer:
    """Tell how far a batch has come; LINE remembers it for two weeks."""
    platform = call.platform
    batch = platform.batches.get(call.request.query_params.get("requestId", ""))
    if batch is None or not still_told(batch.accepted, platform.now()):
        raise LineError(404, NOT_FOUND, reason="there is no batch with this request id")
    return Answer(batch.as_dict())


def give(platform: Platform, person: Person | None, rich_menu_id: str | None) -> None:
    """Make a menu a person's own, or take it away; on anybody but a friend it has no effect."""
    if person is not None and person.friend and person.rich_menu_id != rich_menu_id:
        person.rich_menu_id = rich_menu_id
        platform.show_menu(person)


def _give_later(call: Call, body: Json, rich_menu_id: str | None) -> None:
    for index, user_id in enumerate(body["userIds"]):
        if not USER_ID.fullmatch(user_id):
            raise invalid_property(f"'userIds[{index}]'")
    platform, user_ids = call.platform, tuple(body["userIds"])
    call.users = user_ids

    def work() -> None:
        for user_id in user_ids:
            give(platform, platform.people.get(user_id), rich_menu_id)

    platform.later.after(platform.options.job_seconds, work)


def _plan(operations: list[Json]) -> Callable[[str], str | None]:
    if operations[0]["type"] == "unlinkAll":
        return lambda _held: None
    changes = {operation["from"]: operation.get("to") for operation in operations}
    return lambda held: changes.get(held, held)


def _check(call: Call, body: Json) -> None:
    """Raise LineError 400 for a batch that contradicts itself or names no usable menu."""
    check_body("rich_menu_batch", body, call.platform.options.strict)
    operations = body["operations"]
    if len(operations) > 1 and any(o["type"] == "unlinkAll" for o in operations):
        raise LineError(400, "'unlinkAll' type can't be combined with other type")
    seen: set[str] = set()
    known = {menu.rich_menu_id: menu for menu in call.platform.menus.all()}
    for index, operation in enumerate(operations):
        for name in ("from", "to"):
            if name in operation and operation[name] not in known:
                where = {"message": "invalid richMenuId"}
                where["property"] = f"operations[{index}].{name}"
                raise LineError(400, "The request body has 1 error(s)", details=[where])
        if "to" in operation and known[operation["to"]].image is None:
            words = f"'to' richmenu ({operation['to']}) must have image but it doesn't"
            raise LineError(400, words)
        if operation.get("from") in seen:
            raise LineError(400, f"from richmenu ({operation['from']}) is duplicated")
        seen.add(operation.get("from", ""))
