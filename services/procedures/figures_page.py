"""`/console/procedures/figures/`: what the guides come to, month by month, and as CSV."""

from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from kit.console import ConsoleRoute, page
from kit.container import part
from kit.spreadsheets import as_csv
from kit.web import make_templates
from services.procedures import figures
from services.procedures.figures import EventFigures, LeftAt
from services.procedures.guides import Guides
from services.procedures.reminding import KEEP

PATH = "/console/procedures/figures"
MONTHS = 12
COLUMNS = {
    "title": "手続き",
    "begun": "始めた",
    "finished": "一覧まで進んだ",
    "left": "途中で離れた",
    "ticks": "済んだ印",
    "helped": "役に立った",
    "not_helped": "役に立たなかった",
}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")
Reader = Annotated[StaffMember, Depends(require_staff(Permission.metrics_read))]


@dataclass(frozen=True)
class Month:
    """One month's figures, ready to be shown."""

    first: date
    choices: tuple[date, ...]
    """The first days of the months to choose from, this one first."""
    rows: tuple[tuple[str, EventFigures], ...]
    """(title, figures)"""
    left: tuple[tuple[str, str, int], ...]
    """(title, question, number)"""

    @property
    def total(self) -> EventFigures:
        """All events together."""
        return EventFigures(
            "", *(sum(getattr(row, name) for _, row in self.rows) for name in list(COLUMNS)[1:])
        )


@router.get("/")
async def overview(request: Request, member: Reader, month: str = "") -> Response:
    """Show one month."""
    found = await _month(request, month)
    return page(
        _templates,
        "procedures/desk_figures.html",
        member=member,
        path=PATH,
        found=found,
        columns=COLUMNS,
        rate=rate,
        keep=KEEP.days,
    )


@router.get("/figures.csv")
async def download(request: Request, _member: Reader, month: str = "") -> Response:
    """Hand out the table of one month."""
    found = await _month(request, month)
    names = list(COLUMNS)[1:]
    rows = [[title, *(getattr(row, name) for name in names)] for title, row in found.rows]
    name = f"procedures-{found.first:%Y-%m}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    table = [list(COLUMNS.values()), *rows]
    return Response(as_csv(table), 200, headers, "text/csv; charset=utf-8")


async def _month(request: Request, asked: str) -> Month:
    guides = part(request, Guides)
    choices = _months(guides.today())
    first = next((one for one in choices if f"{one:%Y-%m}" == asked), choices[0])
    zone = guides.settings.timezone
    since = datetime.combine(first, time(), zone)
    until = datetime.combine(_month_after(first), time(), zone)
    async with guides.database.transaction() as session:
        by_event = await figures.of_events(session, since, until, guides.clock())
        left = await figures.left_at(session, since, until, guides.clock())
    return Month(
        first=first,
        choices=choices,
        rows=tuple((_title(guides, key), row) for key, row in sorted(by_event.items())),
        left=tuple(_left(guides, one) for one in left),
    )


def _left(guides: Guides, one: LeftAt) -> tuple[str, str, int]:
    event = guides.book.events.get(one.event)
    fact = event.by_name.get(one.question) if event else None
    # A question that is asked no more keeps its name.
    return _title(guides, one.event), fact.question if fact else one.question, one.number


def _title(guides: Guides, key: str) -> str:
    event = guides.book.events.get(key)
    return event.title if event else key


def _months(today: date) -> tuple[date, ...]:
    months = [today.replace(day=1)]
    while len(months) < MONTHS:
        before = months[-1]
        year, month = (before.year, before.month - 1) if before.month > 1 else (before.year - 1, 12)
        months.append(date(year, month, 1))
    return tuple(months)


def _month_after(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def rate(part: int, whole: int) -> str:
    """Return a share in percent; a dash where there is nothing to share."""
    return f"{part / whole:.0%}" if whole else "－"
