"""`/hooks/jma`, `/hooks/lalert`: for the authorities; `/services/disaster`: for other packages."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request

from kit.container import part
from kit.guard import check_bearer, require_internal
from kit.settings import Settings
from kit.web import takes_bytes
from services.disaster.areas import areas
from services.disaster.cityfiles import load_matrix
from services.disaster.contract import (
    AlertQuestion,
    Alerts,
    AlertStatus,
    Mode,
    RiverSection,
    RiverSections,
    SafetyPlace,
    SafetyReport,
    SafetyTaken,
    Shelters,
    TimelineOf,
)
from services.disaster.intake import Intake
from services.disaster.safety import SafetyBook
from services.disaster.status import StatusService
from services.disaster.timelines import TimelineBook
from services.disaster.xml import MAX_BYTES


async def _hook(request: Request, authorization: Annotated[str | None, Header()] = None) -> None:
    check_bearer(authorization, part(request, Settings).known_disaster_token)


hooks = APIRouter(prefix="/hooks", tags=["disaster"], dependencies=[Depends(_hook)])
router = APIRouter(
    prefix="/services/disaster", tags=["disaster"], dependencies=[Depends(require_internal)]
)


@hooks.post("/jma", status_code=202)
@takes_bytes(MAX_BYTES)
async def receive_jma(request: Request) -> dict[str, bool]:
    """Keep a telegram of the Meteorological Agency; the same bytes are kept once."""
    return {"new": await part(request, Intake).receive("jma", await request.body())}


@hooks.post("/cap", status_code=202)
@takes_bytes(MAX_BYTES)
async def receive_cap(request: Request) -> dict[str, bool]:
    """Keep an alert in CAP 1.2: of the city's receiver of J-Alert, or of another system."""
    return {"new": await part(request, Intake).receive("cap", await request.body())}


@hooks.post("/lalert", status_code=202)
@takes_bytes(MAX_BYTES)
async def receive_lalert(request: Request) -> dict[str, bool]:
    """Keep a message of L-Alert, bare or in a SOAP envelope."""
    return {"new": await part(request, Intake).receive("lalert", await request.body())}


@router.post("/status")
async def status(asked: AlertQuestion, request: Request) -> AlertStatus:
    """What is in force now, in the citizen's language."""
    return await part(request, StatusService).status(asked)


@router.get("/alerts")
async def in_force(request: Request) -> Alerts:
    """What is in force now, item by item."""
    return await part(request, StatusService).alerts()


@router.get("/rivers")
async def rivers(request: Request) -> RiverSections:
    """The sections of rivers, with the districts along them."""
    folder = part(request, Settings).city_dir
    known = load_matrix(folder).rivers if (folder / "disaster").is_dir() else {}
    return RiverSections(
        sections=tuple(
            RiverSection(code=code, name=areas().rivers.get(code, code), districts=districts)
            for code, districts in known.items()
        )
    )


@router.get("/mode")
async def mode(request: Request) -> Mode:
    """Whether something grave is in force, for the menus."""
    return Mode(grave=(await part(request, StatusService).situation()).is_grave)


@router.get("/shelters")
async def open_shelters(request: Request) -> Shelters:
    """How the shelters of which something was said stand."""
    return await part(request, StatusService).shelters()


@router.post("/safety")
async def report_safety(report: SafetyReport, request: Request) -> SafetyTaken:
    """Take a safety report; the same key changes it and adds none."""
    return await part(request, SafetyBook).take(report)


@router.post("/safety/places")
async def place_of_safety(place: SafetyPlace, request: Request) -> SafetyTaken:
    """Add where the person is to the citizen's newest report."""
    return await part(request, SafetyBook).add_place(place)


@router.post("/timelines")
async def timeline(whose: TimelineOf, request: Request) -> TimelineOf:
    """Keep what a household decided, where it is given; return what stands."""
    book = part(request, TimelineBook)
    if whose.timeline is not None:
        await book.put(whose.citizen_id, whose.timeline)
    return TimelineOf(citizen_id=whose.citizen_id, timeline=await book.of(whose.citizen_id))
