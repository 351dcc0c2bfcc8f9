"""`/console/frame`: every piece of the console's frame on one page, in a demonstration alone."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from auth.staff import StaffMember, require_staff
from kit.clock import Clock
from kit.console import ConsoleRoute, page
from kit.container import part
from kit.errors import NotFoundError
from kit.forms import only, read_fields
from kit.listing import Column, listed
from kit.settings import Settings
from kit.web import make_templates

PATH = "/console/frame"
VIEWS = {"table": "表", "form": "入力", "states": "状態"}
KINDS = [("road", "道路"), ("waste", "ごみ"), ("other", "そのほか")]
LONGEST = 200

router = APIRouter(include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")


async def _in_demonstration(
    request: Request, member: Annotated[StaffMember, Depends(require_staff())]
) -> StaffMember:
    if not part(request, Settings).is_demo:
        raise NotFoundError
    return member


Member = Annotated[StaffMember, Depends(_in_demonstration)]


@dataclass(frozen=True)
class Row:
    """A made-up row."""

    number: int
    title: str
    kind: str
    until: date


COLUMNS = (
    Column[Row]("number", "番号", lambda row: row.number),
    Column[Row]("title", "件名", lambda row: row.title),
    Column[Row]("kind", "種類", lambda row: row.kind),
    Column[Row]("until", "期限", lambda row: row.until),
)


@router.get(PATH)
async def show(request: Request, member: Member, view: str = "table", done: str = "") -> Response:
    """Show one group of pieces."""
    typed = {"title": "", "kind": "", "words": "", "until": ""}
    return _show(request, member, view, typed, {}, done=bool(done))


@router.post(PATH)
async def send(request: Request, member: Member) -> Response:
    """Check the form of the page, and keep nothing."""
    fields = await read_fields(request)
    typed = {name: only(fields, name).strip() for name in ("title", "kind", "words", "until")}
    problems = _problems(typed)
    return _show(request, member, "form", typed, problems, done=not problems)


def _problems(typed: dict[str, str]) -> dict[str, str]:
    """Return what has to be corrected; nothing and too much are two things."""
    found = {}
    if not typed["title"]:
        found["title"] = "件名を入力してください。"
    if typed["kind"] not in dict(KINDS):
        found["kind"] = "種類を選んでください。"
    if len(typed["words"]) > LONGEST:
        found["words"] = f"内容は、{LONGEST}文字以内にしてください。"
    return found


def _show(
    request: Request,
    member: StaffMember,
    view: str,
    typed: dict[str, str],
    problems: dict[str, str],
    *,
    done: bool,
) -> Response:
    today = part(request, Clock)().astimezone(part(request, Settings).timezone).date()
    asked = request.query_params
    listing = listed(_rows(today), COLUMNS, asked, PATH, lambda row: f"{row.title} {row.kind}")
    chosen = view if view in VIEWS else "table"
    return page(
        _templates,
        "frame.html",
        422 if problems else 200,
        member=member,
        path=PATH,
        views=[(name, f"{PATH}?view={name}", label, None) for name, label in VIEWS.items()],
        view=chosen,
        listing=listing,
        typed=typed,
        problems=problems,
        done=done,
        kinds=KINDS,
        longest=LONGEST,
    )


def _rows(today: date) -> list[Row]:
    kinds = [label for _, label in KINDS]
    return [
        Row(number, f"見本の件{number}", kinds[number % 3], today + timedelta(days=number * 7 % 30))
        for number in range(1, 121)
    ]
