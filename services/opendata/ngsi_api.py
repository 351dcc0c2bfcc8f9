"""`/ngsi-v2/entities`: places, reports, alerts and rivers for whoever speaks NGSI-v2."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse

from kit.container import part
from kit.errors import ConciergeError, InvalidInputError, NotFoundError
from services.opendata.entities import Entities
from services.opendata.ngsi import (
    Entity,
    Selection,
    key_values,
    only_attributes,
    read_selection,
)
from services.opendata.parameters import RESPONSES
from services.opendata.routing import OpenRoute

router = APIRouter(
    prefix="/ngsi-v2", tags=["open data"], route_class=OpenRoute, responses=RESPONSES
)
_ERRORS = {404: "NotFound", 400: "BadRequest"}

Text = Annotated[str, Query(max_length=300)]


@dataclass
class View:
    """How entities are shown: `options` (keyValues, count) and `attrs`."""

    options: Text = ""
    attrs: Text = ""

    def show(self, found: Entity) -> Entity:
        """Return an entity as it was asked for."""
        kept = only_attributes(found, list(filter(None, self.attrs.split(","))))
        return key_values(kept) if "keyValues" in self.options.split(",") else kept


@dataclass
class Wanted:
    """Which entities are asked for."""

    id: Annotated[str, Query(max_length=1000)] = ""
    type: Text = ""
    q: Text = ""
    georel: Text = ""
    geometry: Text = ""
    coords: Text = ""

    def selection(self) -> Selection:
        """Return what is asked for. Raises InvalidInputError."""
        return read_selection(vars(self))


@router.get("/entities")
async def entities(
    request: Request,
    wanted: Annotated[Wanted, Depends()],
    view: Annotated[View, Depends()],
    limit: Annotated[int, Query(ge=1, le=1000)] = 20,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> JSONResponse:
    """Entities by type, id, attributes (`q`) and distance (`georel=near`); as NGSI-v2 has it."""
    try:
        selection = wanted.selection()
        found = selection.of(await part(request, Entities).all(selection.types))
    except InvalidInputError as error:
        return _refusal(error)
    counted = {"Fiware-Total-Count": str(len(found))} if "count" in view.options else {}
    return JSONResponse([view.show(one) for one in found[offset : offset + limit]], 200, counted)


@router.get("/entities/{entity_id}")
async def one_entity(
    request: Request,
    entity_id: Annotated[str, Path(max_length=256)],
    view: Annotated[View, Depends()],
) -> JSONResponse:
    """One entity."""
    every = await part(request, Entities).all()
    found = [one for one in every if one["id"] == entity_id]
    if not found:
        return _refusal(NotFoundError("The requested entity has not been found. Check type and id"))
    return JSONResponse(view.show(found[0]))


def _refusal(error: ConciergeError) -> JSONResponse:
    """Return an error as NGSI-v2 has it."""
    body = {"error": _ERRORS[error.status], "description": error.message}
    return JSONResponse(body, error.status)
