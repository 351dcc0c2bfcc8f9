"""`/snow/`: the reports on the city's own map, as a list that says the same, and as files."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from kit.container import part
from kit.errors import InvalidInputError
from kit.maps import Drawing, Pin, Spot, draw
from kit.settings import Settings
from kit.web import SECURITY_HEADERS, make_templates
from services.snow import feeds, open311
from services.snow.geometry import Box, Place
from services.snow.photos import Photos
from services.snow.publication import (
    Filter,
    Outline,
    PublicReport,
    feature_collection,
    read_filter,
)
from services.snow.publishing import Publishing
from services.snow.repository import box_around
from services.snow.service import SnowService

PATH = "/snow"
ON_A_PAGE = 50
AT_ONCE = 300
"""So many spots stand in the page itself, the latest changes; scripts fetch what is more."""
_CHOICES = ("status", "type", "bbox", "since", "area")
FEED_LENGTH = 100
_STATES = {"open": "対応中", "closed": "終わったもの", "": "すべて"}
_LONGEST_KEY = 300
_FROM_ANYWHERE = {"Access-Control-Allow-Origin": "*"}

_templates = make_templates(Path(__file__).parent / "templates")

router = APIRouter(prefix=PATH, tags=["snow"])


def _publishing(request: Request) -> Publishing:
    publishing = part(request, Publishing)
    return publishing


def _service(request: Request) -> SnowService:
    service = part(request, SnowService)
    return service


Public = Annotated[Publishing, Depends(_publishing)]
Service = Annotated[SnowService, Depends(_service)]


@router.get("/", include_in_schema=False)
async def overview(request: Request, publishing: Public, service: Service) -> Response:
    """Show the map and the list of the same reports."""
    return await _map(request, publishing, service, "snow/map.html")


@router.get("/embed", include_in_schema=False)
async def embedded(request: Request, publishing: Public, service: Service) -> Response:
    """Show the same for a frame in another page."""
    page = await _map(request, publishing, service, "snow/embed.html")
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    page.headers["Content-Security-Policy"] = policy.replace(
        "frame-ancestors 'none'", "frame-ancestors *"
    )
    return page


async def _map(
    request: Request, publishing: Publishing, service: SnowService, template: str
) -> Response:
    asked = {"status": "open", **request.query_params}
    try:
        wanted, problem = read_filter(asked, publishing.categories), ""
    except InvalidInputError as error:
        wanted, problem = Filter(), error.message

    async def make() -> bytes:
        points = await publishing.outlines(wanted)
        pages = max(1, -(-len(points) // ON_A_PAGE))
        number = min(pages, _number(asked.get("page", "1")))
        of_page = points[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
        shown = {
            "map": _drawn(service, wanted, asked, points, AT_ONCE),
            "at_once": AT_ONCE,
            "others": urlencode({name: asked.get(name, "") for name in _CHOICES}),
            "reports": await publishing.numbered([point.id for point in of_page]),
            "count": len(points),
            "page": number,
            "pages": pages,
            "asked": {name: asked.get(name, "") for name in ("status", "type", "area")},
            "kinds": service.categories.all,
            "demonstration": service.roads.demonstration,
            "problem": problem,
        }
        return bytes(_page(request, template, **shown).body)

    key = _key(template, asked, "page")
    body = await publishing.once(key, make) if len(key) < _LONGEST_KEY else await make()
    return HTMLResponse(body, 400 if problem else 200)


@router.get("/spots.json", include_in_schema=False)
async def spots(request: Request, publishing: Public, service: Service) -> Response:
    """Give every spot of such a map: `[x, y, kind, address, label]`, what lies on top last.

    A page with thousands of points is there at once with the newest; its script fetches the others.
    """
    asked = {"status": "open", **request.query_params}
    wanted = read_filter(asked, publishing.categories)

    async def make() -> bytes:
        drawing = _drawn(service, wanted, asked, await publishing.outlines(wanted), None)
        return _json([_spot(spot) for spot in drawing.spots])

    key = _key("spots", asked)
    body = await publishing.once(key, make) if len(key) < _LONGEST_KEY else await make()
    return _tagged(request, body, "application/json")


def _spot(spot: Spot) -> list[int | str]:
    return [spot.x, spot.y, spot.pin.kind, spot.pin.href, spot.pin.label]


def _key(kind: str, asked: Mapping[str, str], *more: str) -> str:
    return json.dumps([kind, *(asked.get(name, "") for name in (*_CHOICES, *more))])


def _drawn(
    service: SnowService,
    wanted: Filter,
    asked: Mapping[str, str],
    points: Sequence[Outline],
    most: int | None,
) -> Drawing:
    return draw(
        service.roads.ways,
        [_pin(point) for point in points],
        service.bounds.centre,
        box=wanted.box,
        whole=asked.get("area") == "whole",
        most=most,
    )


@router.get("/reports/{number}", include_in_schema=False)
async def one(request: Request, publishing: Public, service: Service, number: str) -> Response:
    """Show one report: the address that can be shared."""
    report = await publishing.one(number)
    if report is None:
        return _page(request, "snow/none.html", 404)
    pins, box = [_pin(report)], _around(report, 500)
    drawing = draw(service.roads.ways, pins, service.bounds.centre, box=box)
    demonstration = service.roads.demonstration
    return _page(
        request, "snow/report.html", report=report, map=drawing, demonstration=demonstration
    )


@router.get("/photos/{photo_id}.jpg", include_in_schema=False)
async def photo(request: Request, photo_id: int) -> Response:
    """Give an approved photo."""
    jpeg = await part(request, Photos).jpeg(photo_id, approved=True)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "max-age=300"})


@router.get("/reports.geojson")
async def geojson(request: Request, publishing: Public) -> Response:
    """Reports as GeoJSON; `bbox`, `status`, `type` and `since` choose. It has an ETag."""
    wanted = read_filter(request.query_params, publishing.categories)

    async def make() -> bytes:
        return _json(feature_collection(await publishing.found(wanted)))

    key = json.dumps(["geojson", sorted(request.query_params.items())])
    body = await publishing.once(key, make) if len(key) < _LONGEST_KEY else await make()
    return _tagged(request, body, "application/geo+json")


@router.get("/reports.rss")
async def rss(request: Request, publishing: Public, service: Service) -> Response:
    """The latest changes as RSS."""
    wanted = read_filter(request.query_params, publishing.categories)
    base = part(request, Settings).public_base_url
    title = f"{service.bounds.name} 雪みちと道路の報告"
    found = (await publishing.found(wanted))[:FEED_LENGTH]
    body = feeds.rss(found, title, f"{base}{PATH}/reports/")
    return _tagged(request, body, "application/rss+xml; charset=utf-8")


@router.get("/entities.json")
async def entities(request: Request, publishing: Public) -> Response:
    """The same as NGSI-v2 entities (keyValues) of the smart data model."""
    wanted = read_filter(request.query_params, publishing.categories)
    found = [open311.ngsi_entity(report) for report in await publishing.found(wanted)]
    return JSONResponse(found, headers=_FROM_ANYWHERE)


def _json(body: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _tagged(request: Request, body: bytes, media_type: str) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {**_FROM_ANYWHERE, "ETag": tag, "Cache-Control": "no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _pin(report: Outline) -> Pin:
    label = f"{report.id} {report.category.name} {report.status.value}"
    place = Place(report.lat, report.lon)
    kind = "open" if report.is_open else "closed"
    return Pin(place, label, f"{PATH}/reports/{report.id}", kind)


def _around(report: PublicReport, metres: float) -> Box:
    return box_around(Place(report.lat, report.lon), metres)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> HTMLResponse:
    service = part(request, SnowService)
    told = {
        "path": PATH,
        "city": service.bounds.name,
        "phone": service.bounds.phone,
        "desk": service.desk,
        "states": _STATES,
        **shown,
    }
    return HTMLResponse(_templates.get_template(name).render(told), status)
