"""`/open311/v2/`: GeoReport v2 for foreign clients, as XML and as JSON.

A client's e-mail, telephone and names are read and not kept: the city answers on the public page.
"""

import hashlib
import uuid
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncSession

from kit.container import part
from kit.errors import ConciergeError, InvalidInputError, NotFoundError, TooManyRequestsError
from kit.forms import read_fields
from kit.settings import Settings
from services.places.contract import PlacesClient
from services.snow import open311, repository
from services.snow.geometry import Place
from services.snow.open311 import Document, Endpoint
from services.snow.open311_reading import NewRequest, check_key, read_query, read_request
from services.snow.publishing import Publishing
from services.snow.report_parsing import public_number
from services.snow.service import Filing, SnowService

PATH = "/open311/v2"
MOST_A_MINUTE = 120
"""POSTs of one key."""
_NOTICE = "受け付けました。写真と文章は、市が確認してから公開します。"
_CHANGED = datetime(2026, 11, 30, tzinfo=UTC)
_FORMATS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "xml": ("text/xml; charset=utf-8", open311.as_xml),
    "json": ("application/json; charset=utf-8", open311.as_json),
}
_STATUSES = frozenset({400, 403, 404, 413, 429, 503})


class Open311Route(APIRoute):
    """Says what went wrong as the specification does, in the format of the path."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the errors of the program as documents."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except ConciergeError as error:
                # Whatever else is wrong with a request is a 400 in this specification.
                status = error.status if error.status in _STATUSES else 400
                document = open311.errors(status, error.message)
                known = request.path_params.get("ending") in _FORMATS
                return _answer(request.path_params["ending"] if known else "xml", document, status)

        return handle


router = APIRouter(prefix=PATH, tags=["open311"], route_class=Open311Route)


def _answer(ending: str, document: Document, status: int = 200) -> Response:
    if ending not in _FORMATS:
        raise NotFoundError("paths end in .xml or .json")
    media, write = _FORMATS[ending]
    headers = {"Access-Control-Allow-Origin": "*"} if status == 200 else {}
    return Response(write(document), status, headers, media)


def _service(request: Request) -> SnowService:
    service = part(request, SnowService)
    return service


def _publishing(request: Request) -> Publishing:
    publishing = part(request, Publishing)
    return publishing


Service = Annotated[SnowService, Depends(_service)]
Public = Annotated[Publishing, Depends(_publishing)]


@router.get("/discovery.{ending}")
async def discovery(request: Request, service: Service, ending: str) -> Response:
    """Where the service is found, and how a key is asked for."""
    settings, bounds = part(request, Settings), service.bounds
    desk = f"{bounds.name}{service.desk} {bounds.phone}"
    endpoint = Endpoint(
        url=f"{settings.public_base_url}{PATH}",
        changed_at=_CHANGED,
        contact=desk,
        key_service=f"{desk} にお申し込みください。",
        production=not settings.is_demo,
    )
    return _answer(ending, open311.discovery(endpoint))


@router.get("/services.{ending}")
async def services(service: Service, ending: str) -> Response:
    """Every kind of matter that can be requested."""
    return _answer(ending, open311.services(service.categories))


@router.get("/services/{code}.{ending}")
async def definition(service: Service, code: str, ending: str) -> Response:
    """The attributes of one service."""
    kind = service.categories.by_code.get(code)
    if kind is None:
        raise NotFoundError("service_code is not one of /services")
    return _answer(ending, open311.definition(kind))


@router.get("/requests.{ending}")
async def requests(request: Request, service: Service, publishing: Public, ending: str) -> Response:
    """Requests by id, or by service, time and state."""
    query = read_query(request.query_params, service.categories, publishing.now())
    return _answer(ending, open311.requests(await publishing.requested(query)))


@router.get("/requests/{number}.{ending}")
async def one(publishing: Public, number: str, ending: str) -> Response:
    """One request."""
    found = await publishing.one(number)
    if found is None:
        raise NotFoundError("there is no such service_request_id")
    return _answer(ending, open311.requests([found]))


@router.post("/requests.{ending}")
async def file(request: Request, service: Service, ending: str) -> Response:
    """File a request; it is listed at once, its text and picture after approval."""
    if ending not in _FORMATS:
        raise NotFoundError("paths end in .xml or .json")
    form = await _form(request)
    settings = part(request, Settings)
    source = _source(check_key(form, settings.known_open311_keys))
    new = read_request(form, service.categories, service.bounds.box)
    async with service.database.transaction() as session:
        await _check_rate(session, source, service.clock())
    place = new.place or await _resolved(part(request, PlacesClient), new.address)
    row, _ = await service.take_in(_filing(new, place, source))
    return _answer(ending, open311.accepted(public_number(row.id), _NOTICE), 201)


async def _form(request: Request) -> Mapping[str, str]:
    """Return the fields of a POST. Raises InvalidInputError for another form or repeated fields."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise InvalidInputError("send application/x-www-form-urlencoded")
    fields = await read_fields(request)
    repeated = [name for name, values in fields.items() if len(values) > 1]
    if repeated:
        raise InvalidInputError(f"{repeated[0][:40]} is there twice")
    return {**request.query_params, **{name: values[0] for name, values in fields.items()}}


def _source(key: str) -> str:
    """Return how a client is called in the table; its key is kept nowhere."""
    return f"open311:{hashlib.sha256(key.encode()).hexdigest()[:12]}"


async def _check_rate(session: AsyncSession, source: str, now: datetime) -> None:
    since = now - timedelta(minutes=1)
    if await repository.filed_since(session, source, since) >= MOST_A_MINUTE:
        raise TooManyRequestsError


async def _resolved(places: PlacesClient, address: str) -> Place:
    found = await places.resolve(address)
    position = next((place.position for place in found.places if place.position), None)
    if position is None:
        raise InvalidInputError("address_string is no place of the city; send lat and long")
    return Place(position.latitude, position.longitude)


def _filing(new: NewRequest, place: Place, source: str) -> Filing:
    return Filing(
        key=f"{source}:{uuid.uuid4()}",
        source=source,
        category=new.category,
        place=place,
        severity=new.severity,
        place_words=new.address[:200],
        words=new.description,
        media_url=new.media_url,
    )
