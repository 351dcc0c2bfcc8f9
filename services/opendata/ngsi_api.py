"""`/ngsi-v2/entities`: facilities and shelters for whoever speaks NGSI-v2 (FIWARE)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import JSONResponse

from kit.container import part
from kit.errors import ConciergeError, InvalidInputError, NotFoundError
from services.facilities.contract import Kind
from services.opendata.api import RESPONSES
from services.opendata.datasets import NotPublishedError
from services.opendata.ngsi import (
    Entity,
    entity,
    key_values,
    only_attributes,
    read_near,
    read_query,
)
from services.opendata.routing import OpenRoute
from services.opendata.service import SHELTER_KINDS, OpenData

router = APIRouter(
    prefix="/ngsi-v2", tags=["open data"], route_class=OpenRoute, responses=RESPONSES
)
_SETS = {"facilities": (Kind.facility,), "shelters": SHELTER_KINDS}
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

    def of(self, found: Sequence[Entity]) -> list[Entity]:
        """Return the entities that fit, nearest first where a point is given."""
        ids, types = _listed(self.id), _listed(self.type)
        statements = read_query(self.q)
        near = read_near(self.georel, self.geometry, self.coords)
        fitting = [
            one
            for one in found
            if (not ids or one["id"] in ids)
            and (not types or one["type"] in types)
            and all(statement.holds(one) for statement in statements)
            and (near is None or near.holds(one))
        ]
        return fitting if near is None else sorted(fitting, key=near.metres)


def _listed(text: str) -> set[str]:
    return set(filter(None, text.split(",")))


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
        found = wanted.of(await _all(part(request, OpenData)))
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
    found = Wanted(id=entity_id).of(await _all(part(request, OpenData)))
    if not found:
        return _refusal(NotFoundError("The requested entity has not been found. Check type and id"))
    return JSONResponse(view.show(found[0]))


async def _all(data: OpenData) -> list[Entity]:
    found: list[Entity] = []
    for name, kinds in _SETS.items():
        try:
            source, items = await data.places(name, *kinds)
        except NotPublishedError:
            continue
        found += [entity(item, source.licence, source.credit) for item in items]
    return found


def _refusal(error: ConciergeError) -> JSONResponse:
    """Return an error as NGSI-v2 has it."""
    body = {"error": _ERRORS[error.status], "description": error.message}
    return JSONResponse(body, error.status)
