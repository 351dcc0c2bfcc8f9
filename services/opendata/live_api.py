"""`/open/v1/…` of what changes by the minute."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from kit.container import part
from services.opendata.live import LiveData
from services.opendata.parameters import PATH, RESPONSES, Limit, Offset, Words
from services.opendata.routing import OpenRoute
from services.opendata.service import page_of
from services.opendata.wire import Alert, Page, River, RoadReport, ShelterState, Vacancy

router = APIRouter(prefix=PATH, tags=["open data"], route_class=OpenRoute, responses=RESPONSES)


async def _live(request: Request) -> LiveData:
    live = part(request, LiveData)
    return live


Live = Annotated[LiveData, Depends(_live)]


@router.get("/reports")
async def reports(
    live: Live,
    open: Annotated[bool | None, Query(description="Only open ones, or only ended ones.")] = None,
    type: Words = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[RoadReport]:
    """Reports of roads as the public map shows them, all or those of a type."""
    source, items = await live.reports()
    fitting = [
        item
        for item in items
        if (open is None or item.open is open) and (not type or item.type == type)
    ]
    said = {"open": "" if open is None else str(open).lower(), "type": type}
    return page_of(f"{PATH}/reports", (source, fitting), offset, limit, **said)


@router.get("/alerts")
async def alerts(live: Live, offset: Offset = 0, limit: Limit = 50) -> Page[Alert]:
    """Warnings and orders in force now; orders first, then the gravest."""
    return page_of(f"{PATH}/alerts", await live.alerts(), offset, limit)


@router.get("/open-shelters")
async def open_shelters(live: Live, offset: Offset = 0, limit: Limit = 50) -> Page[ShelterState]:
    """How the shelters stand of which something was said; open ones first."""
    return page_of(f"{PATH}/open-shelters", await live.open_shelters(), offset, limit)


@router.get("/vacancies")
async def vacancies(
    live: Live,
    age: Annotated[int | None, Query(ge=0, le=5, description="Free for this age.")] = None,
    district: Words = "",
    offset: Offset = 0,
    limit: Limit = 50,
) -> Page[Vacancy]:
    """Free seats of nurseries by class, most first."""
    source, items = await live.vacancies()
    fitting = [
        item
        for item in items
        if (age is None or item.first_age <= age <= item.last_age)
        and district in ("", item.district)
    ]
    said = {"age": "" if age is None else str(age), "district": district}
    return page_of(f"{PATH}/vacancies", (source, fitting), offset, limit, **said)


@router.get("/rivers")
async def rivers(live: Live, offset: Offset = 0, limit: Limit = 50) -> Page[River]:
    """The newest levels of the rivers' gauges."""
    return page_of(f"{PATH}/rivers", await live.rivers(), offset, limit)
