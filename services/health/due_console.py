"""`/console/health/due`: which children are to come for which vaccination or check, and when.

The page counts and names nobody. Names open with a reason, a part of the list at a time, to be
printed or saved; everybody who may act for a child that is named reads it in their log.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from kit.clock import Clock
from kit.console import redirect
from kit.container import part
from kit.db import Database
from kit.forms import Fields, only, read_fields
from kit.jobs import NewJob, enqueue
from kit.masking import mask_numbers
from kit.spreadsheets import as_csv
from services.health import due_repository
from services.health.console import DESK, LONGEST_REASON, PATH, REASON, note, show
from services.health.contract import VACCINES
from services.health.due_repository import Wanted
from services.health.jobs import RECKON_NOW
from services.health.models import HealthDue, HealthDueRun
from services.residents.contract import Confirmed, Listed, ResidentsClient

LIST = "health:desk:list"
ON_A_PAGE = 100
IN_A_FILE = 500
STATES = {
    "overdue": "標準の時期を過ぎた",
    "due": "受ける時期",
    "due_soon": "30日以内に始まる",
    "ask": "確認が必要",
}
_TOO_LONG = timedelta(hours=2)
"""A reckoning that has run for longer was cut off."""
_UNCLEAR = "記録に合わないところがある"
_FIELDS = ("what", "state", "month", "town")
_HEAD = (
    "氏名",
    "生年月日",
    "住所",
    "種類",
    "回",
    "状態",
    "標準の時期から",
    "標準の時期まで",
    "最終日",
)
_DONE = {"begun": "計算を始めました。終わると、この画面の数が変わります。"}

router = desk_router(f"{PATH}/due", Permission.residents_read, DESK)


@dataclass(frozen=True)
class Named:
    """A line of the list, with the child's name."""

    who: Listed
    row: HealthDue


@router.get("")
async def overview(
    request: Request,
    what: str = "",
    state: str = "",
    month: str = "",
    town: str = "",
    done: str = "",
) -> Response:
    """Show how many children are due for what, and ask for the reason of a list."""
    return await _overview(request, Wanted(what, state, month, town), done=_DONE.get(done, ""))


@router.post("")
async def reckon(request: Request) -> Response:
    """Have the list reckoned anew, unless that is under way."""
    database = part(request, Database)
    async with database.transaction() as session:
        if await due_repository.running(session, _since(request)) is None:
            await enqueue(session, NewJob(RECKON_NOW, {}, lock=RECKON_NOW.name))
    return redirect(f"{PATH}/due?done=begun")


@router.post("/list")
async def names(request: Request) -> Response:
    """Note the look at each child, then show part of the list with names."""
    fields = await read_fields(request)
    wanted, reason, number = _wanted(fields), only(fields, "reason").strip(), _number(fields)
    problem = reason_problem(reason)
    if problem:
        return await _overview(request, wanted, problem=problem, status=422)
    run, found, more = await _part(request, wanted, reason, number, ON_A_PAGE)
    return show(
        request,
        "due_names",
        run=run,
        found=found,
        wanted=wanted,
        reason=reason,
        number=number,
        more=more,
        states=STATES,
        name_of=what_words,
    )


@router.post("/csv")
async def as_file(request: Request) -> Response:
    """The same as a file, 500 lines at a time."""
    fields = await read_fields(request)
    wanted, reason, number = _wanted(fields), only(fields, "reason").strip(), _number(fields)
    problem = reason_problem(reason)
    if problem:
        return await _overview(request, wanted, problem=problem, status=422)
    _, found, _ = await _part(request, wanted, reason, number, IN_A_FILE)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="due-{number}.csv"',
    }
    body = as_csv([_HEAD, *map(_cells, found)])
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)


async def _part(
    request: Request, wanted: Wanted, reason: str, number: int, most: int
) -> tuple[HealthDueRun | None, list[Named], bool]:
    """Return one part of the list; everybody in it has been noted. Who moved away is left out."""
    async with part(request, Database).transaction() as session:
        run = await due_repository.shown_run(session)
        if run is None:
            return None, [], False
        start = (number - 1) * most
        rows = await due_repository.page(session, run.id, wanted, start, most + 1)
    people = await _noted(request, rows[:most], reason)
    found = [Named(people[row.child_id], row) for row in rows[:most] if row.child_id in people]
    return run, found, len(rows) > most


async def _noted(request: Request, rows: Sequence[HealthDue], reason: str) -> dict[str, Listed]:
    ids = list(dict.fromkeys(row.child_id for row in rows))
    people = await part(request, ResidentsClient).listed(ids) if ids else ()
    for who in people:
        await note(request, _confirmed(who), LIST, reason)
    return {who.resident_id: who for who in people}


async def _overview(
    request: Request, wanted: Wanted, *, problem: str = "", done: str = "", status: int = 200
) -> Response:
    async with part(request, Database).transaction() as session:
        run = await due_repository.shown_run(session)
        under_way = await due_repository.running(session, _since(request))
        own = 0 if run is None else run.id
        counted = await due_repository.counts(session, own, wanted)
        months, towns = await due_repository.choices(session, own)
    table: dict[str, dict[str, int]] = {}
    for what, state, count in counted:
        table.setdefault(what, {})[state] = count
    order = list(VACCINES)
    names = sorted(table, key=lambda one: order.index(one) if one in order else len(order))
    return show(
        request,
        "due",
        status,
        run=run,
        under_way=under_way,
        table=[(what_words(what), table[what]) for what in names],
        total=sum(count for _, _, count in counted),
        wanted=wanted,
        kinds={name: what_words(name) for name in names} | _kept(wanted),
        months=[(month, _month_words(month)) for month in months],
        towns=[(town, town) for town in towns],
        states=STATES,
        problem=problem,
        done=done,
        in_a_file=IN_A_FILE,
    )


def what_words(what: str) -> str:
    """Return what a vaccine or a check is called."""
    return VACCINES.get(what, what) or _UNCLEAR


def reason_problem(reason: str) -> str:
    """Say what is wrong with a reason, nothing where it will do."""
    if reason and len(reason) <= LONGEST_REASON and not mask_numbers(reason)[1]:
        return ""
    return REASON


def _month_words(month: str) -> str:
    return f"{month[:4]}年{int(month[5:])}月"


def _confirmed(who: Listed) -> Confirmed:
    return Confirmed(resident_id=who.resident_id, sex="", acted_for_by=who.acted_for_by)


def _kept(wanted: Wanted) -> dict[str, str]:
    return {wanted.what: what_words(wanted.what)} if wanted.what else {}


def _wanted(fields: Fields) -> Wanted:
    return Wanted(*(only(fields, name) for name in _FIELDS))


def _number(fields: Fields) -> int:
    text = only(fields, "number")
    is_number = text.isascii() and text.isdigit() and len(text) < 7
    return max(1, int(text)) if is_number else 1


def _since(request: Request) -> datetime:
    return part(request, Clock)() - _TOO_LONG


def _cells(one: Named) -> tuple[object, ...]:
    row = one.row
    return (
        one.who.name,
        one.who.birthdate.isoformat(),
        one.who.address,
        what_words(row.what),
        row.dose or "",
        STATES.get(row.state, row.state),
        row.due_from.isoformat(),
        row.due_to.isoformat(),
        "" if row.latest is None else row.latest.isoformat(),
    )
