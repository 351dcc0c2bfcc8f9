"""`/hooks/ploughs` and `/hooks/surfaces`: what vehicles send, from the contractors' systems.

`position_forms` says in which forms. Entries may come twice and out of order.
"""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Header, Request

from kit.container import part
from kit.errors import InvalidInputError, PayloadTooLargeError
from kit.guard import check_bearer
from kit.settings import Settings
from kit.web import takes_bytes
from services.snow.parsing import LineError, read_fix
from services.snow.ploughs import Ploughs
from services.snow.position_forms import read_entries
from services.snow.surface import read_measurement
from services.snow.surfaces import Surfaces

MOST_BYTES = 4 * 1024 * 1024
MOST_POSITIONS = 20_000
_LONGEST_NAME = 100

T = TypeVar("T")
Refused = list[dict[str, Any]]
Token = Annotated[str | None, Header()]

router = APIRouter(tags=["snow"])


@router.post("/hooks/ploughs", status_code=202)
@takes_bytes(MOST_BYTES)
async def positions(request: Request, authorization: Token = None) -> dict[str, Any]:
    """Keep positions of ploughs. Entries that cannot be used are named, the others are kept."""
    fixes, refused = await _read(request, authorization, read_fix)
    new = await part(request, Ploughs).take(fixes)
    return {"received": len(fixes), "new": new, "refused": refused}


@router.post("/hooks/surfaces", status_code=202)
@takes_bytes(MOST_BYTES)
async def surfaces(request: Request, authorization: Token = None) -> dict[str, Any]:
    """Keep what vehicles measured. What lies beside every road of the city is left out."""
    found, refused = await _read(request, authorization, read_measurement)
    on_road, new = await part(request, Surfaces).take(found)
    return {"received": len(found), "on_road": on_road, "new": new, "refused": refused}


async def _read(
    request: Request, authorization: str | None, read: Callable[[dict[str, Any]], T]
) -> tuple[list[T], Refused]:
    check_bearer(authorization, part(request, Settings).known_plough_token)
    entries = read_entries(await request.body())
    if len(entries) > MOST_POSITIONS:
        raise PayloadTooLargeError
    taken: list[T] = []
    refused: Refused = []
    for number, entry in enumerate(entries, start=1):
        try:
            taken.append(read(_checked(entry)))
        except LineError as error:
            refused.append({"position": number, "why": str(error)})
    if refused and not taken:
        raise InvalidInputError(f"position 1: {refused[0]['why']}")
    return taken, refused[:100]


def _checked(entry: Any) -> dict[str, Any]:
    if not isinstance(entry, dict):
        raise LineError("is not a JSON object")
    if len(str(entry.get("vehicle", ""))) > _LONGEST_NAME:
        raise LineError("vehicle has at most 100 characters")
    return entry
