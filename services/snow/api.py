"""`/services/snow`: JSON for actions. Citizens change only what they file or follow themselves."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from kit.container import part
from kit.guard import require_internal
from services.snow import contract
from services.snow.report_parsing import read_category, read_number, read_severity
from services.snow.roads_known import RoadsKnown
from services.snow.service import SnowService
from services.snow.underfoot import Underfoot

router = APIRouter(prefix="/services/snow", tags=["snow"], dependencies=[Depends(require_internal)])

Number = Annotated[str, Path(max_length=20)]


def get_service(request: Request) -> SnowService:
    """Return the service that the application was assembled with."""
    service = part(request, SnowService)
    return service


def get_roads(request: Request) -> RoadsKnown:
    """Return what the application knows of roads."""
    roads = part(request, RoadsKnown)
    return roads


def get_underfoot(request: Request) -> Underfoot:
    """Return what the application knows of slippery roads."""
    underfoot = part(request, Underfoot)
    return underfoot


Service = Annotated[SnowService, Depends(get_service)]
TheUnderfoot = Annotated[Underfoot, Depends(get_underfoot)]
Roads = Annotated[RoadsKnown, Depends(get_roads)]


@router.get("/kinds")
async def kinds(service: Service) -> contract.Kinds:
    """Every kind of matter that the city takes."""
    found = tuple(
        contract.Kind(
            code=kind.code, name=kind.name, group=kind.group, is_snow="snow" in kind.reset_by
        )
        for kind in service.categories.all
    )
    return contract.Kinds(kinds=found, desk=service.desk)


@router.get("/road-lines")
async def road_lines(service: Service) -> contract.RoadLines:
    """The city's roads, for maps of other packages."""
    centre = service.bounds.centre
    return contract.RoadLines(
        roads=tuple(
            contract.RoadLine(line=tuple((p.lat, p.lon) for p in way.line), kind=way.kind)
            for way in service.roads.ways
        ),
        centre=(centre.lat, centre.lon),
        demonstration=service.roads.demonstration,
    )


@router.post("/readings")
async def read(words: contract.Words, service: Service) -> contract.Reading:
    """What a sentence says of a report."""
    kind = read_category(words.text, service.categories)
    return contract.Reading(
        category=kind.code if kind else "",
        severity=read_severity(words.text),
        number=read_number(words.text),
        place=service.spoken_place(words.text),
    )


@router.post("/nearby")
async def nearby(question: contract.NearbyQuestion, service: Service) -> contract.Nearby:
    """The open reports that may be of the same place."""
    return await service.nearby(question)


@router.post("/reports")
async def file(new: contract.NewReport, service: Service) -> contract.Report:
    """File a report. Repeats of one `key` file once."""
    return await service.file(new)


@router.post("/reports/{number}/followers")
async def follow(number: Number, who: contract.Following, service: Service) -> contract.Report:
    """Join a report. Repeats count once."""
    return await service.follow(number, who.citizen_id)


@router.post("/reports/{number}/still")
async def still(number: Number, who: contract.Following, service: Service) -> contract.Report:
    """It is still so."""
    return await service.still_there(number, who.citizen_id)


@router.post("/reports/{number}/gone")
async def gone(number: Number, who: contract.Following, service: Service) -> contract.Report:
    """It is settled, or taken back."""
    return await service.is_gone(number, who.citizen_id)


@router.post("/reports/{number}/sanded")
async def sanded(number: Number, who: contract.Following, service: Service) -> contract.Report:
    """Somebody spread sand there."""
    return await service.sanded(number, who.citizen_id)


@router.post("/status")
async def status(question: contract.StatusQuestion, service: Service) -> contract.Reports:
    """Where a report stands, or a citizen's reports."""
    return await service.status(question)


@router.post("/roads")
async def roads(question: contract.RoadQuestion, known: Roads) -> contract.RoadFacts:
    """What is known of the ploughing around a place."""
    return await known.facts(question)


@router.post("/slippery")
async def slippery(
    question: contract.SlipperyQuestion, underfoot: TheUnderfoot
) -> contract.Slippery:
    """What is known of slippery roads."""
    return await underfoot.slippery(question)
