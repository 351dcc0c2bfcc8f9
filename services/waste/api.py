"""`/services/waste`: JSON for actions and for other programs of the city."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from kit.container import part
from kit.guard import require_internal
from services.waste import contract
from services.waste.service import WasteService

router = APIRouter(
    prefix="/services/waste", tags=["waste"], dependencies=[Depends(require_internal)]
)

CitizenId = Annotated[str, Path(min_length=1, max_length=100)]


class AreaWords(BaseModel):
    """What a resident calls their district."""

    text: str = Field(max_length=contract.TEXT_LIMIT)


def get_service(request: Request) -> WasteService:
    """Return the service that the application was assembled with."""
    service = part(request, WasteService)
    return service


Service = Annotated[WasteService, Depends(get_service)]


@router.get("/areas")
async def areas(service: Service) -> contract.AreaList:
    """Every district of the calendar."""
    return await service.areas()


@router.post("/areas/resolve")
async def resolve_area(words: AreaWords, service: Service) -> contract.AreaMatch:
    """The district that the words mean, or those that they may mean."""
    return await service.resolve_area(words.text)


@router.get("/schedule")
async def schedule(
    service: Service,
    area: Annotated[str, Query(max_length=100)],
    first: date,
    last: date,
) -> contract.Schedule:
    """The collections of a district between two days."""
    return await service.schedule(area, first, last)


@router.post("/days")
async def ask_day(question: contract.DayQuestion, service: Service) -> contract.DayAnswer:
    """Answer a question about collection days."""
    return await service.ask_day(question)


@router.get("/items")
async def things(service: Service) -> contract.ThingList:
    """The whole list of things and their kinds."""
    return await service.things()


@router.post("/items")
async def ask_item(question: contract.ItemQuestion, service: Service) -> contract.ItemAnswer:
    """Answer a question about throwing a thing away."""
    return await service.ask_item(question)


@router.post("/reminders")
async def remind(wish: contract.ReminderRequest, service: Service) -> contract.ReminderAnswer:
    """Carry a wish about reminders out as far as it goes. Repeats of one `key` change nothing."""
    return await service.remind(wish)


@router.get("/subscriptions/{citizen_id}")
async def subscription(citizen_id: CitizenId, service: Service) -> contract.Subscription:
    """What is kept about a resident."""
    return await service.subscription(citizen_id)


@router.put("/subscriptions/{citizen_id}")
async def save_area(
    citizen_id: CitizenId, change: contract.AreaChange, service: Service
) -> contract.Subscription:
    """Remember a resident's district. Repeats of one `key` change nothing."""
    return await service.save_area(citizen_id, change)
