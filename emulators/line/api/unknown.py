"""Everything of LINE's that this emulator does not have: a 404 that says so in the journal."""

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import NOT_FOUND, LineError

_METHODS = ("GET", "POST", "PUT", "DELETE")
_PATHS = ("/v2/{rest:path}", "/oauth2/{rest:path}", "/bot/{rest:path}", "/liff/{rest:path}")


def routes() -> list[Route]:
    """Return the routes; they must stand behind all others."""
    return [line_route(m, path, refuse, bearer=False) for path in _PATHS for m in _METHODS]


async def refuse(call: Call) -> Answer:
    """Answer 404."""
    reason = f"the emulator has no {call.request.method} {call.request.url.path}"
    raise LineError(404, NOT_FOUND, reason=reason)
