"""`/console/safety/`: the map of safety reports beside the list to call, and what came of calls."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from auth.manifests import read_manifest
from auth.permissions import Permission
from auth.staff import StaffMember, StaffNotAllowedError, require_staff
from kit.clock import Clock
from kit.console import ConsoleRoute, page, redirect
from kit.container import part
from kit.errors import InvalidInputError, NotFoundError, UnavailableError
from kit.forms import Fields, only, read_fields
from kit.http import InternalClient
from kit.maps import Drawing, Pin, Place, Way, around, draw
from kit.settings import Settings
from kit.web import make_templates
from services.disaster.calling import CallList, Person
from services.disaster.cityfiles import city_file
from services.disaster.pages import when
from services.disaster.rules import CALL_STATES
from services.snow.contract import SnowClient

PATH = "/console/safety"
MANIFEST = read_manifest(Path(__file__).parent)
_templates = make_templates(Path(__file__).parent / "templates")
OUTCOMES = {
    "waiting": "まだ",
    "called": "呼びかけた（応答なし）",
    "reached": "連絡がついた",
    "passed_119": "119へ引き継いだ",
    "safe": "無事を確認",
}
_MARKS = {"waiting": "open", "called": "open", "reached": "taken", "passed_119": "taken"}
LEGEND = (
    ("open", "助けが必要（連絡がついていない）"),
    ("taken", "連絡がついた・119へ引き継いだ"),
    ("closed", "無事"),
)

_Reporter = Annotated[StaffMember, Depends(require_staff(Permission.reports_handle))]


async def _of_the_desk(member: _Reporter) -> StaffMember:
    """Where somebody is who needs help is for the desk that sends it."""
    if not member.sees(MANIFEST.desk):
        raise StaffNotAllowedError
    return member


Desk = Annotated[StaffMember, Depends(_of_the_desk)]
router = APIRouter(prefix=PATH, include_in_schema=False, route_class=ConsoleRoute)


@router.get("/")
async def show(request: Request, member: Desk, done: str = "") -> Response:
    """Show who needs help on the city's own map and, all of it, as a list to call."""
    settings, now = part(request, Settings), part(request, Clock)()
    board = await part(request, CallList).board()
    placed = [one for one in (*board.to_call, *board.others) if _place(one) is not None]
    return page(
        _templates,
        "disaster/safety.html",
        member=member,
        path=PATH,
        board=board,
        map=await _drawing(request, placed) if placed else None,
        unplaced=sum(_place(one) is None for one in board.to_call),
        outcomes=OUTCOMES,
        steps=CALL_STATES,
        legend=LEGEND,
        done=(OUTCOMES | {"waiting": "取り消し"}).get(done, ""),
        ago=lambda at: ago(now - at),
        now=now,
        when=lambda at: when(at, settings),
    )


@router.post("/{report_id}/calls")
async def note(request: Request, member: Desk, report_id: int) -> Response:
    """Note what came of it with one tap; `line` asks the person by LINE to call the city."""
    fields, calls = await read_fields(request), part(request, CallList)
    outcome = only(fields, "outcome")
    if outcome == "line":
        await calls.call_out(report_id, _seen(fields), member)
        return _back(report_id, "called")
    await calls.note(report_id, outcome, _seen(fields), member)
    return _back(report_id, outcome)


def _back(report_id: int, outcome: str) -> Response:
    return redirect(f"{PATH}/?done={outcome}#r{report_id}")


def _seen(fields: Fields) -> int:
    text = only(fields, "seen")
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise InvalidInputError
    return int(text)


async def _drawing(request: Request, people: Iterable[Person]) -> Drawing:
    """The reports that have a place, on the city's roads; without roads they still lie apart."""
    told = city_file(part(request, Settings).city_dir)["centre"]
    centre = Place(told["latitude"], told["longitude"])
    pins = [_pin(one, place) for one in people if (place := _place(one)) is not None]
    return draw(await _ways(request), pins, centre, box=around(pins, centre))


async def _ways(request: Request) -> list[Way]:
    try:
        known = await SnowClient(part(request, InternalClient)).road_lines()
    except (NotFoundError, UnavailableError):
        return []
    return [Way(tuple(Place(*at) for at in road.line), road.kind) for road in known.roads]


def _place(one: Person) -> Place | None:
    report = one.report
    if report.latitude is None or report.longitude is None:
        return None
    return Place(report.latitude, report.longitude)


def _pin(one: Person, place: Place) -> Pin:
    report = one.report
    needed = report.state == "needs_help"
    state = f"助けが必要・{OUTCOMES[report.outcome]}" if needed else "無事"
    people = f"・{report.people}人" if report.people else ""
    kind = _MARKS.get(report.outcome, "closed") if needed else "closed"
    return Pin(place, f"番号{report.id} {state}{people}", f"#r{report.id}", kind)


def ago(age: timedelta) -> str:
    """How long ago in words: 12分前, 3時間20分前, 2日前."""
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes}分前"
    if minutes < 48 * 60:
        return f"{minutes // 60}時間{minutes % 60}分前"
    return f"{minutes // 60 // 24}日前"
