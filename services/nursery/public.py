"""`/nursery/`: what is free, as a list and a map that say the same; what points somebody has.

Nothing is kept here, and what somebody answers stands in no address.
"""

import tomllib
from collections.abc import Sequence
from datetime import datetime, tzinfo
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from kit.container import part
from kit.forms import only, read_fields
from kit.settings import Settings
from kit.web import make_templates
from kit.wording import date_words
from services.nursery import repository, vacancies
from services.nursery.applications import Files
from services.nursery.forms import fields_of, read_application
from services.nursery.letters import reason_words, result_words
from services.nursery.points import Application, Points, calculate
from services.nursery.scopes import DESK
from services.nursery.vacancies import Listed

PATH = "/nursery"
AGES = range(6)
_WIDTH, _HEIGHT, _MARGIN = 320, 240, 20

_templates = make_templates(Path(__file__).parent / "templates")

router = APIRouter(prefix=PATH, include_in_schema=False)

Asked = Annotated[str, Query(max_length=40)]


@router.get("/")
async def overview(request: Request, age: Asked = "", district: Asked = "") -> Response:
    """Show what is free for an age in a district; everything where nothing fits is chosen."""
    files = part(request, Files)
    wanted = _age(age)
    async with files.database.transaction() as session:
        every = await repository.facilities(session)
        districts = list(dict.fromkeys(facility.district for facility in every))
        where = district if district in districts else ""
        found = await vacancies.listed(session, wanted, where)
        rounds = [files.round_info(row) for row in await repository.rounds(session)]
    return render(
        request,
        "vacancies",
        found=found,
        marks=_marks(found),
        districts=districts,
        age=wanted,
        district=where,
        rounds=[one for one in rounds if one.is_open],
        papers=files.papers,
    )


@router.get("/points")
async def simulator(request: Request) -> Response:
    """Show the first questions."""
    return await _simulated(request, Application(({}, {}), {}), None, is_answer=False)


@router.post("/points")
async def simulate(request: Request) -> Response:
    """Show the points so far with their rows, and what can still change them. Nothing is kept."""
    files, fields = part(request, Files), await read_fields(request)
    names = await _names(files)
    known = read_application(files.table, fields, names)
    return await _simulated(request, known, _age(only(fields, "age")), is_answer=True)


async def _simulated(
    request: Request, known: Application, age: int | None, *, is_answer: bool
) -> Response:
    files = part(request, Files)
    names = await _names(files)
    # What only orders equals changes no point.
    table = files.table._replace(ties=())
    points = calculate(files.table, known)
    return render(
        request,
        "points",
        table=files.table,
        fields=fields_of(table, known, names),
        points=points if is_answer else None,
        names=names,
        age=age,
        compared=await _compared(files, points, age) if is_answer else (),
    )


async def _names(files: Files) -> dict[str, str]:
    async with files.database.transaction() as session:
        return {row.id: row.name for row in await repository.facilities(session)}


async def _compared(
    files: Files, points: Points, age: int | None
) -> Sequence[tuple[str, int, int, bool]]:
    """Return (nursery, lowest points last year, own, whether that was enough), for one age."""
    if age is None:
        return ()
    async with files.database.transaction() as session:
        found = await vacancies.listed(session, age)
    rows = []
    for one in found:
        for row in one.classes:
            if row.last_points is not None:
                own = points.at(one.facility.id)
                rows.append((one.facility.name, row.last_points, own, own >= row.last_points))
    return sorted(rows, key=lambda row: row[1])


def _age(text: str) -> int | None:
    return int(text) if text in {str(age) for age in AGES} else None


def _marks(found: Sequence[Listed]) -> list[tuple[int, float, float, bool]]:
    """Return (number in the list, x, y, whether a seat is free) on a plain map, north up."""
    if not found:
        return []
    east = [one.facility.longitude for one in found]
    north = [one.facility.latitude for one in found]
    across = (_WIDTH - 2 * _MARGIN) / (max(east) - min(east) or 1.0)
    down = (_HEIGHT - 2 * _MARGIN) / (max(north) - min(north) or 1.0)
    return [
        (
            number,
            round(_MARGIN + (one.facility.longitude - min(east)) * across, 1),
            round(_MARGIN + (max(north) - one.facility.latitude) * down, 1),
            one.seats > 0,
        )
        for number, one in enumerate(found, start=1)
    ]


def _at(zone: tzinfo, at: datetime) -> str:
    local = at.astimezone(zone)
    return f"{date_words(local.date())} {local:%H:%M:%S}"


@cache
def _city_name(folder: Path) -> str:
    told = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
    return str(told["name"])


def city_name(settings: Settings) -> str:
    """Return what the city is called."""
    return _city_name(settings.city_dir)


def render(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    """Render a page of nursery places; none is kept by browsers or proxies."""
    settings = part(request, Settings)
    values = {
        "city": city_name(settings),
        "reason_words": reason_words,
        "result_words": result_words,
        "desk": DESK,
        "path": PATH,
        "ages": AGES,
        "day": date_words,
        "at": partial(_at, settings.timezone),
        "demonstration": settings.is_demo,
        **shown,
    }
    html = _templates.get_template(f"nursery/{name}.html").render(values)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
