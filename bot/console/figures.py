"""`/console/figures/`: what the desks' talks come to, as a page and as CSV."""

from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from bot.handoff import figures
from bot.handoff.figures import DeskFigures
from bot.handoff.hours import load_desk_plan
from bot.handoff.labels import QUALITIES
from bot.handoff.rules import ABANDONED_REASONS, END_REASONS
from identity.contract import IdentityClient
from kit.clock import Clock
from kit.console import ConsoleRoute, page
from kit.container import part
from kit.db import Database
from kit.errors import UnavailableError
from kit.settings import Settings
from kit.spreadsheets import as_csv
from kit.web import make_templates
from services.faq.contract import FaqClient

T = TypeVar("T")

PATH = "/console/figures"
PERIODS = {7: "7日間", 30: "30日間", 90: "90日間"}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=ConsoleRoute)
_templates = make_templates(Path(__file__).parent / "templates")
Reader = Annotated[StaffMember, Depends(require_staff(Permission.metrics_read))]

COLUMNS = {
    "desk": "課",
    "queued": "受け付け",
    "messages": "うち時間外の伝言",
    "urgent": "うち緊急",
    "replied": "返信した",
    "abandoned": "返信前に取りやめ",
    "closed": "終わった",
    "rated": "評価の回答",
    "satisfied": "満足",
    "dissatisfied": "不満",
    "settled": "終わって72時間たった",
    "back": "うち72時間以内にまた相談",
    "talk_median": "最初の返信まで：中央値（時間内）",
    "talk_p90": "最初の返信まで：90%（時間内）",
    "message_median": "最初の返信まで：中央値（伝言）",
    "message_p90": "最初の返信まで：90%（伝言）",
}


@router.get("/")
async def overview(
    request: Request, member: Reader, chosen: Annotated[int, Query(alias="days")] = 30
) -> Response:
    """Show the figures of the member's desks."""
    chosen = chosen if chosen in PERIODS else 30
    settings = part(request, Settings)
    until = part(request, Clock)().astimezone(settings.timezone)
    since = until - timedelta(days=chosen)
    plan = load_desk_plan(settings.city_dir)
    async with part(request, Database).transaction() as session:
        rows = await figures.of_desks(session, member.desks, since, until)
        bot = await figures.of_bot(session, since, until)
        ends = await figures.ends(session, member.desks, since, until)
        days = await figures.by_day(session, member.desks, since, until)
        reach = await figures.reach(session, since, until)
        themes = await figures.themes(session, member.desks, since, until)
        judged = await figures.qualities(session, member.desks, since, until)
    words = END_REASONS | ABANDONED_REASONS
    return page(
        _templates,
        "figures.html",
        member=member,
        path=PATH,
        days=chosen,
        periods=PERIODS,
        views=[
            (number, f"{PATH}/?days={number}", label, None) for number, label in PERIODS.items()
        ],
        rows=rows,
        bot=bot,
        by_day=[(f"{day.month}月{day.day}日", number) for day, number in days],
        reach=reach,
        residents=plan.residents if plan else None,
        columns=COLUMNS,
        shown=shown,
        share=share,
        themes=[(theme or "分類していない", number) for theme, number in themes],
        judged=[(label, judged.get(key, 0)) for key, label in QUALITIES.items()],
        reviewed=sum(judged.values()),
        right=judged.get("right", 0),
        opinions=await _known(part(request, FaqClient).opinions(since, until)),
        linked=await _known(part(request, IdentityClient).linked()),
        ends=[(words.get(reason, reason), number) for reason, number in ends],
        total=_total(rows),
    )


async def _known(figure: Awaitable[T]) -> T | None:
    """Return another package's figure, None while that is away: the page has all the rest."""
    try:
        return await figure
    except UnavailableError:
        return None


@router.get("/figures.csv")
async def download(request: Request, member: Reader, days: int = 30) -> Response:
    """Hand out the table; times in seconds."""
    chosen = days if days in PERIODS else 30
    until = part(request, Clock)()
    async with part(request, Database).transaction() as session:
        rows = await figures.of_desks(session, member.desks, until - timedelta(days=chosen), until)
    table = [list(COLUMNS.values()), *([getattr(row, name) for name in COLUMNS] for row in rows)]
    headers = {
        "Content-Disposition": f'attachment; filename="figures-{chosen}days.csv"',
        "Cache-Control": "no-store",
    }
    return Response(as_csv(table), 200, headers, "text/csv; charset=utf-8")


def shown(name: str, row: DeskFigures) -> str:
    """Return a figure as people read it."""
    value = getattr(row, name)
    if not name.endswith(("median", "p90")):
        return str(value)
    if value is None:
        return "－"
    seconds = round(value)
    if seconds < 60:
        return f"{seconds}秒"
    minutes = round(seconds / 60)
    return f"{minutes}分" if minutes < 120 else f"{minutes / 60:.1f}時間"


def share(part: int, whole: int) -> str:
    """Return a share in percent with both numbers; honest about nothing."""
    return f"{part / whole:.0%}（{whole}件のうち{part}件）" if whole else "まだありません"


def _total(rows: list[DeskFigures]) -> dict[str, int]:
    names = ("queued", "replied", "abandoned", "closed", "rated", "satisfied", "settled", "back")
    return {name: sum(getattr(row, name) for row in rows) for name in names}
