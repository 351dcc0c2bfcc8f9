"""`/services/health`: the published schedule for everybody, handbooks behind the gate."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request

from auth.gate import demand
from auth.grants import Grant
from kit.container import part
from kit.guard import require_internal
from services.health import contract
from services.health.general import OLDEST_MONTHS, at_age, of_vaccine
from services.health.reminding import Reminders
from services.health.scopes import SCOPES
from services.health.service import HealthService, Records
from services.health.sharing import Sharing

router = APIRouter(prefix="/services/health", tags=["health"])

# Any text is taken, so that an id that cannot exist is answered as one that does not.
PersonId = Annotated[str, Path()]
EntryId = Annotated[str, Path()]

Reminds = Annotated[Grant, Depends(demand(SCOPES["health:reminder:write"]))]
Reads = Annotated[Grant, Depends(demand(SCOPES["health:record:read"]))]
Writes = Annotated[Grant, Depends(demand(SCOPES["health:record:write"]))]
Withdraws = Annotated[Grant, Depends(demand(SCOPES["health:record:withdraw"]))]
ReadsShares = Annotated[Grant, Depends(demand(SCOPES["health:share:read"]))]
Shares = Annotated[Grant, Depends(demand(SCOPES["health:share:write"]))]
Revokes = Annotated[Grant, Depends(demand(SCOPES["health:share:revoke"]))]


def get_service(request: Request) -> HealthService:
    """Return the service that the application was assembled with."""
    service = part(request, HealthService)
    return service


def get_sharing(request: Request) -> Sharing:
    """Return the sharings that the application was assembled with."""
    sharing = part(request, Sharing)
    return sharing


Service = Annotated[HealthService, Depends(get_service)]
Sharings = Annotated[Sharing, Depends(get_sharing)]


@router.get("/people/{person_id}/shares")
async def shares(person_id: PersonId, grant: ReadsShares, sharing: Sharings) -> contract.Shares:
    """What the citizen shows of a person."""
    return await sharing.all_of(grant.citizen_id, person_id)


@router.post("/people/{person_id}/shares")
async def share(
    person_id: PersonId, new: contract.NewShare, grant: Shares, sharing: Sharings
) -> contract.Shared:
    """Show parts of a handbook for a time."""
    return await sharing.begin(grant.citizen_id, person_id, new)


@router.delete("/people/{person_id}/shares/{number}", status_code=204)
async def revoke(person_id: PersonId, number: int, grant: Revokes, sharing: Sharings) -> None:
    """End a sharing."""
    await sharing.revoke(grant.citizen_id, person_id, number)


@router.put("/people/{person_id}/reminder", status_code=204)
async def remind(
    person_id: PersonId, born: contract.Born, grant: Reminds, request: Request
) -> None:
    """Tell the citizen when a vaccination is due."""
    await part(request, Reminders).begin(grant.citizen_id, person_id, born)


@router.delete("/people/{person_id}/reminder", status_code=204)
async def stop_reminding(person_id: PersonId, grant: Reminds, request: Request) -> None:
    """Tell them no more."""
    await part(request, Reminders).end(grant.citizen_id, person_id)


@router.get("/schedule", dependencies=[Depends(require_internal)])
async def schedule(
    request: Request, months: Annotated[int, Query(ge=0, le=OLDEST_MONTHS)]
) -> contract.AgeVaccines:
    """What the published schedule has for an age."""
    return at_age(months, part(request, Records).today())


@router.get("/vaccines", dependencies=[Depends(require_internal)])
async def vaccine(
    request: Request, vaccine: Annotated[str, Query(max_length=50)]
) -> contract.VaccineAges:
    """The published ages of a vaccine."""
    return of_vaccine(vaccine, part(request, Records).today())


@router.get("/people/{person_id}/entries")
async def handbook(
    person_id: PersonId,
    grant: Reads,
    service: Service,
    kinds: Annotated[str, Query(max_length=100)] = "",
) -> contract.Handbook:
    """The entries of a person, of the kinds named, or all."""
    wanted = tuple(kind for kind in kinds.split(",") if kind)
    return await service.handbook(grant.citizen_id, person_id, wanted)


@router.post("/people/{person_id}/entries", status_code=204)
async def write(
    person_id: PersonId, new: contract.NewEntry, grant: Writes, service: Service
) -> None:
    """Keep an entry, or correct an own one."""
    await service.write(grant.citizen_id, person_id, new)


@router.delete("/people/{person_id}/entries/{entry_id}", status_code=204)
async def withdraw(
    person_id: PersonId, entry_id: EntryId, grant: Withdraws, service: Service
) -> None:
    """End an own entry."""
    await service.withdraw(grant.citizen_id, person_id, entry_id)
