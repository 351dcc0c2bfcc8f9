"""`POST /hooks/ploughs`: positions of ploughs, from the contractors' systems.

Body: a JSON list, an object with `positions`, or JSON Lines, of
`{vehicle, time, lat, lon, plough_down}`. Positions may come twice and out of order.
"""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request

from kit.container import part
from kit.errors import InvalidInputError, PayloadTooLargeError
from kit.guard import check_bearer
from kit.settings import Settings
from kit.web import takes_bytes
from services.snow.parsing import LineError, read_fix
from services.snow.ploughs import Ploughs
from services.snow.tracks import Fix

MOST_BYTES = 4 * 1024 * 1024
MOST_POSITIONS = 20_000

router = APIRouter(tags=["snow"])


@router.post("/hooks/ploughs", status_code=202)
@takes_bytes(MOST_BYTES)
async def positions(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> dict[str, Any]:
    """Keep positions. Lines that cannot be used are named, the others are kept."""
    check_bearer(authorization, part(request, Settings).known_plough_token)
    fixes, refused = _read(await request.body())
    new = await part(request, Ploughs).take(fixes)
    return {"received": len(fixes), "new": new, "refused": refused}


def _read(body: bytes) -> tuple[list[Fix], list[dict[str, Any]]]:
    fixes: list[Fix] = []
    refused: list[dict[str, Any]] = []
    entries = _entries(body)
    if len(entries) > MOST_POSITIONS:
        raise PayloadTooLargeError
    for number, entry in enumerate(entries, start=1):
        try:
            if not isinstance(entry, dict):
                raise LineError("is not a JSON object")
            fix = read_fix(entry)
            if len(str(fix.vehicle)) > 100:
                raise LineError("vehicle has at most 100 characters")
            fixes.append(fix)
        except LineError as error:
            refused.append({"position": number, "why": str(error)})
    if refused and not fixes:
        raise InvalidInputError(f"position 1: {refused[0]['why']}")
    return fixes, refused[:100]


def _entries(body: bytes) -> list[Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return _lines(body)
    if isinstance(told, dict):
        told = told.get("positions", [told])
    if not isinstance(told, list):
        raise InvalidInputError("Send a list of positions.")
    return told


def _lines(body: bytes) -> list[Any]:
    try:
        return [json.loads(line) for line in body.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        raise InvalidInputError("Send JSON: a list of positions, or one a line.") from None
