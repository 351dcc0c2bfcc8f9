"""`/open/v1/…`: the city's open data, to be read by anybody."""

from datetime import date, timedelta
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from kit.clock import Clock
from kit.container import part
from kit.settings import Settings
from messages.hazards import Hazard
from services.facilities.contract import Kind
from services.opendata import live_api
from services.opendata.parameters import PATH, RESPONSES, Data, Limit, Offset, Words
from services.opendata.routing import OpenRoute
from services.opendata.service import SHELTER_KINDS, page_of
from services.opendata.wire import (
    FaqItem,
    Page,
    PlaceItem,
    WasteArea,
    WasteDay,
    WasteThing,
)

router = APIRouter(prefix=PATH, tags=["open data"], route_class=OpenRoute, responses=RESPONSES)


@router.get("/openapi.json", include_in_schema=False)
def description(request: Request) -> JSONResponse:
    """Return the description of these paths alone (OpenAPI 3.1); made in a thread."""
    settings = part(request, Settings)
    servers = [{"url": settings.public_base_url}]
    return JSONResponse({**_described(settings.city), "servers": servers})


@cache
def _described(city: str) -> dict[str, Any]:
    """Return the paths of a city, described once: it takes a tenth of a second."""
    return get_openapi(
        title=f"Open data of {city}",
        version="1.0.0",
        description=(
            "Read access to the city's open data. No key is needed. Every page names its"
            " licence and the credit that has to stand beside the data."
        ),
        routes=[*router.routes, *live_api.router.routes],
    )


@router.get("/waste/areas")
async def areas(data: Data, offset: Offset = 0, limit: Limit = 100) -> Page[WasteArea]:
    """The districts of the waste calendar."""
    return page_of(f"{PATH}/waste/areas", await data.areas(), offset, limit)


@router.get("/waste/days")
async def waste_days(
    request: Request,
    data: Data,
    area: Annotated[str, Query(min_length=1, max_length=100, examples=["城西"])],
    first: Annotated[date | None, Query(description="Today, unless given.")] = None,
    last: Annotated[date | None, Query(description="30 days after `first`.")] = None,
    offset: Offset = 0,
    limit: Limit = 100,
) -> Page[WasteDay]:
    """The collections of a district between two days, both included; at most 400 days."""
    zone = part(request, Settings).timezone
    start = first or part(request, Clock)().astimezone(zone).date()
    end = last or min(start, date.max - timedelta(days=30)) + timedelta(days=30)
    found = await data.waste_days(area, start, end)
    said = {"area": area, "first": start.isoformat(), "last": end.isoformat()}
    return page_of(f"{PATH}/waste/days", found, offset, limit, **said)


@router.get("/waste/items")
async def things(
    data: Data, q: Words = "", offset: Offset = 0, limit: Limit = 100
) -> Page[WasteThing]:
    """The things whose names hold the words `q`, each with its kind of waste."""
    return page_of(f"{PATH}/waste/items", await data.things(q), offset, limit, q=q)


@router.get("/facilities")
async def facilities(
    data: Data, category: Words = "", offset: Offset = 0, limit: Limit = 50
) -> Page[PlaceItem]:
    """Public facilities, all or those of a category (図書館, AED …)."""
    source, items = await data.places("facilities", Kind.facility)
    fitting = [item for item in items if not category or category in item.categories]
    return page_of(f"{PATH}/facilities", (source, fitting), offset, limit, category=category)


@router.get("/shelters")
async def shelters(
    data: Data,
    kind: Annotated[Kind | None, Query(description="One kind of them.")] = None,
    hazard: Annotated[Hazard | None, Query(description="Designated for this hazard.")] = None,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[PlaceItem]:
    """Emergency sites, shelters and welfare shelters."""
    source, items = await data.places("shelters", *SHELTER_KINDS)
    fitting = [
        item
        for item in items
        if (kind is None or item.kind == kind) and (hazard is None or hazard in item.hazards)
    ]
    said = {"kind": kind or "", "hazard": hazard or ""}
    return page_of(f"{PATH}/shelters", (source, fitting), offset, limit, **said)


@router.get("/faq")
async def faq(
    data: Data, category: Words = "", q: Words = "", offset: Offset = 0, limit: Limit = 50
) -> Page[FaqItem]:
    """Questions and answers, all or those of a category, or whose question holds the words `q`."""
    source, items = await data.faq()
    fitting = [i for i in items if (not category or i.category == category) and q in i.question]
    return page_of(f"{PATH}/faq", (source, fitting), offset, limit, category=category, q=q)


@router.get("/faq/{entry_id}")
async def faq_entry(
    data: Data, entry_id: Annotated[str, Path(pattern=r"^[a-z0-9-]+$", max_length=50)]
) -> FaqItem:
    """One question with its answer."""
    return await data.faq_entry(entry_id)
