"""HTTP of the places skill. Words and positions come in bodies, so that no log holds them."""

from fastapi import APIRouter, Depends, Request

from kit.container import part
from kit.guard import require_internal
from services.places.contract import (
    Districts,
    NearestDistrict,
    Point,
    Resolution,
    Shape,
    Words,
)
from services.places.service import PlacesService

router = APIRouter(
    prefix="/services/places", tags=["places"], dependencies=[Depends(require_internal)]
)


@router.post("/resolve")
async def resolve(body: Words, request: Request) -> Resolution:
    """Return the places that a text names, and the districts they belong to."""
    service = part(request, PlacesService)
    return service.resolve(body.text, asked=body.asked, about=body.about, among=body.among)


@router.post("/nearest")
async def nearest(body: Point, request: Request) -> NearestDistrict:
    """Return the district of a position."""
    return part(request, PlacesService).nearest(body.latitude, body.longitude)


@router.post("/touched")
async def touched(body: Shape, request: Request) -> Districts:
    """Return the districts that a circle or an outline touches."""
    return part(request, PlacesService).touched(body)
