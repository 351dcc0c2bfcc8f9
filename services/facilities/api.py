"""HTTP of the places skill. Positions and words come in bodies, so that no log holds them."""

from fastapi import APIRouter, Depends, Request

from kit.container import part
from kit.guard import require_internal
from services.facilities.contract import (
    Kind,
    Listing,
    Nearest,
    NearestQuery,
    Reading,
    Suggestions,
    Words,
)
from services.facilities.service import FacilitiesService

router = APIRouter(
    prefix="/services/facilities", tags=["facilities"], dependencies=[Depends(require_internal)]
)


@router.post("/nearest")
async def nearest(query: NearestQuery, request: Request) -> Nearest:
    """Return the nearest places of a kind, nearest first."""
    service = part(request, FacilitiesService)
    return await service.nearest(query)


@router.post("/readings")
async def read(body: Words, request: Request) -> Reading:
    """Return what a sentence names: hazards, a category, places, a point to count from."""
    service = part(request, FacilitiesService)
    return await service.read(body.words)


@router.get("/suggestions")
async def suggestions(request: Request) -> Suggestions:
    """Return categories and landmarks to choose from."""
    service = part(request, FacilitiesService)
    return await service.suggestions()


@router.get("/listings/{kind}")
async def listing(kind: Kind, request: Request) -> Listing:
    """Return every place of a kind."""
    service = part(request, FacilitiesService)
    return await service.listing(kind)
