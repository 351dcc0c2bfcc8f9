"""`/services/opendata`: entities for the other packages, without the limit of the open paths."""

from fastapi import APIRouter, Depends, Request

from kit.container import part
from kit.guard import require_internal
from services.opendata.contract import EntityList, EntityQuery
from services.opendata.entities import Entities
from services.opendata.ngsi import read_selection

router = APIRouter(
    prefix="/services/opendata", tags=["open data"], dependencies=[Depends(require_internal)]
)


@router.post("/entities")
async def entities(asked: EntityQuery, request: Request) -> EntityList:
    """Return the entities that fit."""
    selection = read_selection(asked.model_dump())
    found = selection.of(await part(request, Entities).all(selection.types))
    return EntityList(entities=tuple(found))
