"""`/services/residents`: internal questions of other packages, and records behind the gate."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from auth.gate import demand
from auth.grants import Grant
from kit.container import part
from kit.guard import require_internal
from services.residents import contract
from services.residents.cases import Cases
from services.residents.cohorts import Cohorts
from services.residents.scopes import SCOPES
from services.residents.service import ResidentsService

INTERNAL = [Depends(require_internal)]

router = APIRouter(prefix="/services/residents", tags=["residents"])

CitizenId = Annotated[str, Path(min_length=1, max_length=100)]
# Any text is taken, so that an id that cannot exist is answered as one that does not.
ResidentId = Annotated[str, Path()]

ReadsPeople = Annotated[Grant, Depends(demand(SCOPES["residents:people:read"]))]
ReadsContact = Annotated[Grant, Depends(demand(SCOPES["residents:contact:read"]))]
WritesContact = Annotated[Grant, Depends(demand(SCOPES["residents:contact:write"]))]
DeletesContact = Annotated[Grant, Depends(demand(SCOPES["residents:contact:delete"]))]
Exports = Annotated[Grant, Depends(demand(SCOPES["residents:export"]))]
ReadsCase = Annotated[Grant, Depends(demand(SCOPES["residents:case:read"]))]
DecidesCase = Annotated[Grant, Depends(demand(SCOPES["residents:case:decide"]))]


def get_service(request: Request) -> ResidentsService:
    """Return the service that the application was assembled with."""
    service = part(request, ResidentsService)
    return service


def get_cases(request: Request) -> Cases:
    """Return the cases that the application was assembled with."""
    cases = part(request, Cases)
    return cases


Service = Annotated[ResidentsService, Depends(get_service)]
StaffsCases = Annotated[Cases, Depends(get_cases)]


@router.post("/identifications", dependencies=INTERNAL)
async def identify(who: contract.Identification, service: Service) -> contract.IdentifyAnswer:
    """Find a citizen in the register by the card's four items."""
    return await service.identifications.identify(who)


@router.get("/citizens/{citizen_id}/authority", dependencies=INTERNAL)
async def may_act(
    citizen_id: CitizenId,
    resident_id: Annotated[str, Query(max_length=100)],
    on: date,
    service: Service,
) -> contract.MayAct:
    """Whether a citizen may act for a resident on a day."""
    return await service.authority(citizen_id, resident_id, on)


@router.post("/numbers", dependencies=INTERNAL)
async def ids_of(asked: contract.Numbers, service: Service) -> contract.ResidentIds:
    """The ids of those whom the register's own numbers name."""
    return contract.ResidentIds(ids=await service.ids_of(asked.numbers))


@router.post("/confirmations", dependencies=INTERNAL)
async def confirm(asked: contract.Confirmation, service: Service) -> contract.ConfirmAnswer:
    """Whom a number and a birth date mean together."""
    found = await service.confirm(asked.number, asked.birthdate)
    return contract.ConfirmAnswer(found=found)


@router.get("/cohorts", dependencies=INTERNAL)
async def born(first: date, last: date, request: Request) -> contract.Cohort:
    """Those born in some days, without their names."""
    return contract.Cohort(people=await part(request, Cohorts).born(first, last))


@router.post("/lists", dependencies=INTERNAL)
async def listed(asked: contract.ListWish, request: Request) -> contract.ListedPeople:
    """Who some residents are, for a desk's list."""
    return contract.ListedPeople(people=await part(request, Cohorts).listed(asked.ids))


@router.get("/citizens/{citizen_id}/births", dependencies=INTERNAL)
async def births(citizen_id: CitizenId, since: date, request: Request) -> contract.HasChild:
    """Whether a citizen has a child born since a day."""
    found = await part(request, Cohorts).has_child_born(citizen_id, since)
    return contract.HasChild(has_child=found)


@router.delete("/citizens/{citizen_id}", status_code=204, dependencies=INTERNAL)
async def forget(citizen_id: CitizenId, service: Service) -> None:
    """End what ties a citizen to the register."""
    await service.identifications.forget(citizen_id)


@router.get("/cases", dependencies=INTERNAL)
async def open_cases(cases: StaffsCases) -> contract.OpenCases:
    """What waits for staff."""
    return contract.OpenCases(cases=await cases.waiting())


@router.get("/case")
async def case(grant: ReadsCase, cases: StaffsCases) -> contract.CaseDetails:
    """The open case of the grant's citizen."""
    return await cases.card((await cases.of_citizen(grant.citizen_id)).case_id)


@router.post("/case/decision", status_code=204)
async def decide(decision: contract.Decision, grant: DecidesCase, cases: StaffsCases) -> None:
    """Decide that case."""
    officer = "" if grant.staff is None else grant.staff.id
    case_id = (await cases.of_citizen(grant.citizen_id)).case_id
    await cases.decide(case_id, decision.number, officer)


@router.get("/people")
async def people(grant: ReadsPeople, service: Service) -> contract.PeopleList:
    """Those for whom the grant's citizen may act today."""
    return contract.PeopleList(people=await service.people(grant.citizen_id))


@router.get("/people/{resident_id}/contact")
async def contact(
    resident_id: ResidentId, grant: ReadsContact, service: Service
) -> contract.ContactDetails:
    """Where notices about a resident go."""
    return await service.contact(grant.citizen_id, resident_id)


@router.put("/people/{resident_id}/contact")
async def save_contact(
    resident_id: ResidentId,
    details: contract.ContactDetails,
    grant: WritesContact,
    service: Service,
) -> contract.ContactDetails:
    """Replace that."""
    return await service.save_contact(grant.citizen_id, resident_id, details)


@router.delete("/people/{resident_id}/contact", status_code=204)
async def delete_contact(resident_id: ResidentId, grant: DeletesContact, service: Service) -> None:
    """Delete that."""
    await service.delete_contact(grant.citizen_id, resident_id)


@router.get("/people/{resident_id}/export")
async def export(resident_id: ResidentId, grant: Exports, service: Service) -> contract.Export:
    """Everything kept of a resident."""
    return await service.export(grant.citizen_id, resident_id)
