"""`/services/health/fhir/`: FHIR R4 for the city's own systems, and for who may act for a person.

The register's number of a person comes in a body, so that no log holds it.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from auth.gate import demand
from auth.grants import Grant
from kit.container import part
from kit.forms import only, read_fields
from kit.guard import require_internal
from kit.settings import Settings
from kit.web import takes_bytes
from services.health.fhir import codec
from services.health.fhir.bundles import export, response
from services.health.fhir.capability import FORMAT, capability
from services.health.fhir.exchange import FhirExchange
from services.health.fhir.immds import immds_forecast
from services.health.fhir.problems import FhirError, operation_outcome
from services.health.repository import fhir_id
from services.health.scopes import SCOPES
from services.health.service import HealthService
from services.residents.contract import ResidentsClient

PATH = "/services/health/fhir"
REGISTER_NUMBERS = "urn:concierge:register-number"
_SINCE = "2026-11-30"
_STATUS = {"forbidden": 403, "conflict": 409, "too-long": 413}
_REFUSED = 422
_INTERNAL = [Depends(require_internal)]

router = APIRouter(prefix=PATH, tags=["health"])

Exports = Annotated[Grant, Depends(demand(SCOPES["health:record:export"]))]
Route = Callable[..., Awaitable[Response]]


def _answer(resource: dict[str, Any], status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(codec.write(resource), status, headers, media_type=FORMAT)


def _outcomes(route: Route) -> Route:
    """Answer what is refused with an OperationOutcome."""

    @wraps(route)
    async def answered(*args: Any, **kwargs: Any) -> Response:
        try:
            return await route(*args, **kwargs)
        except FhirError as error:
            status = _STATUS.get(error.problems[0].code, _REFUSED)
            return _answer(operation_outcome(error.problems), status)

    return answered


def base_of(request: Request) -> str:
    """Return the address of these routes, as others reach them."""
    return f"{part(request, Settings).public_base_url}{PATH}"


@router.get("/metadata")
async def metadata(request: Request) -> Response:
    """What these routes can do."""
    return _answer(capability(base_of(request), _SINCE))


@router.post("/", dependencies=_INTERNAL)
@takes_bytes(codec.MAX_BYTES)
@_outcomes
async def transaction(request: Request) -> Response:
    """Take a Bundle: everything in it, or nothing."""
    bundle = codec.read(await request.body())
    return _answer(response(await part(request, FhirExchange).take(bundle)))


@router.post("/Patient/_search", dependencies=_INTERNAL)
@_outcomes
async def search(request: Request) -> Response:
    """Find a person's id by the register's own number; who they are is not told."""
    system, _, number = only(await read_fields(request), "identifier").partition("|")
    if system != REGISTER_NUMBERS or not number:
        raise FhirError.of("identifier", "invalid", f"write identifier={REGISTER_NUMBERS}|NUMBER")
    ids = await part(request, ResidentsClient).ids_of([number[:40]])
    found = [
        {
            "fullUrl": f"{base_of(request)}/Patient/{fhir_id(person)}",
            "resource": {"resourceType": "Patient", "id": fhir_id(person)},
            "search": {"mode": "match"},
        }
        for person in ids.values()
    ]
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": len(found)}
    return _answer(bundle | ({"entry": found} if found else {}))


@router.get("/Patient/{patient_id}/$everything")
async def everything(request: Request, patient_id: str, grant: Exports) -> Response:
    """Everything of a person that is exchanged, as a Bundle that can be taken in again."""
    person_id = patient_id.replace("-", "_")
    is_self = await part(request, HealthService).check(grant.citizen_id, person_id)
    return await taken_out(request, person_id, is_self=is_self)


async def taken_out(request: Request, person_id: str, *, is_self: bool) -> Response:
    """Return a person's Bundle; who asks has been checked."""
    resources = await part(request, FhirExchange).everything(person_id, is_self=is_self)
    person = {"resourceType": "Patient", "id": fhir_id(person_id)}
    return _answer(export([person, *resources], base=base_of(request)))


@router.post("/$immds-forecast", dependencies=_INTERNAL)
@_outcomes
async def forecast(request: Request) -> Response:
    """The forecast for the doses in the request; no record is looked at."""
    return _answer(immds_forecast(codec.read(await request.body())))
