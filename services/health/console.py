"""`/console/health/`: public-health nurses see a child's handbook and enter a check-up.

A child is named by the register's number and the birth date together, both in the form's body:
twins and siblings are not taken for each other, and neither stands in an address. Each look has a
reason and is noted, for everybody who may act for the child, before anything is opened.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fastapi import Request, Response
from pydantic import ValidationError

from auth.desks import desk_router
from auth.permissions import Permission
from auth.staff import StaffAccess, StaffClient, StaffMember, cookie_name
from kit.clock import Clock
from kit.console import page
from kit.container import part
from kit.errors import InvalidInputError, NotFoundError
from kit.forms import only, read_fields
from kit.masking import mask_numbers
from kit.settings import Settings
from kit.web import make_templates
from kit.wording import date_words
from services.health.conflicts import conflicts
from services.health.contract import Check
from services.health.forms import new_key
from services.health.handbook import SOURCES, Person, age_on, counting, entry_words, schedule_of
from services.health.scopes import MANIFEST
from services.health.service import HealthService
from services.residents.contract import Confirmed, ResidentsClient

PATH = "/console/health"
DESK = MANIFEST.desk
READ, WRITE = "health:desk:read", "health:desk:write"
LONGEST_REASON = 200
_LONGEST_NUMBER, _LONGEST_KEY = 40, 64
_NOBODY = "宛名番号と生年月日が合う方はいません。もう一度お確かめください。"
REASON = "理由を、200文字以内で書いてください。番号や氏名は書かないでください。"
_MY_NUMBER = "12桁の番号は入力しないでください。マイナンバーは、ここではお預かりしません。"
CHECK = "健診の名前と、今日までの実施日を入力してください。"
_SETTLED = "この食い違いは、もうありません。いまの記録をご確認ください。"
_CHECKED = ("name", "date", "place", "result", "advice")
_TYPED = ("number", "birthdate", "reason", *_CHECKED, "key", "ends")

_templates = make_templates(Path(__file__).parent / "templates")


router = desk_router(PATH, Permission.residents_read, DESK)


@dataclass(frozen=True)
class Wrong(Exception):  # noqa: N818  said beside the form, not raised any further
    """What has to be corrected."""

    words: str


@router.get("/")
async def ask(request: Request) -> Response:
    """Ask for a child and a reason, before anything is opened."""
    return show(request, "desk", typed=dict.fromkeys(_TYPED, ""), problem="")


@router.post("/")
async def look(request: Request) -> Response:
    """Note the look, then show the handbook."""
    typed = await read_typed(request)
    try:
        found, birth = await sought(request, typed)
        return await _handbook(request, typed, found, birth)
    except Wrong as wrong:
        return show(request, "desk", 422, typed=typed, problem=wrong.words)


@router.post("/checks")
async def enter(request: Request) -> Response:
    """Enter a check-up, or say what has to be corrected beside the handbook."""
    typed = await read_typed(request)
    try:
        found, birth = await sought(request, typed)
    except Wrong as wrong:
        return show(request, "desk", 422, typed=typed, problem=wrong.words)
    try:
        check = _check(typed, birth, today_of(request))
    except Wrong as wrong:
        return await _handbook(request, typed, found, birth, problem=wrong.words)
    await note(request, found, WRITE, typed["reason"])
    member: StaffMember = request.state.member
    service = part(request, HealthService)
    await service.enter(found.resident_id, check, member.id, a_key(typed))
    cleared = typed | dict.fromkeys((*_CHECKED, "key"), "")
    return await _handbook(request, cleared, found, birth, done="記録しました。")


@router.post("/conflicts")
async def settle(request: Request) -> Response:
    """End the entry of two that differ which was found wrong."""
    typed = await read_typed(request)
    try:
        found, birth = await sought(request, typed)
    except Wrong as wrong:
        return show(request, "desk", 422, typed=typed, problem=wrong.words)
    await note(request, found, WRITE, typed["reason"])
    try:
        await part(request, HealthService).settle(found.resident_id, typed["ends"])
    except NotFoundError:
        return await _handbook(request, typed, found, birth, problem=_SETTLED)
    return await _handbook(request, typed, found, birth, done="取り消しました。履歴に残ります。")


async def read_typed(request: Request) -> dict[str, str]:
    """Return what the desk's forms hold."""
    fields = await read_fields(request)
    return {name: only(fields, name).strip() for name in _TYPED}


async def sought(request: Request, typed: dict[str, str]) -> tuple[Confirmed, date]:
    """Return whom number and birth date mean. Raises Wrong."""
    reason, number = typed["reason"], typed["number"]
    if any(mask_numbers(text)[1] for text in typed.values()):
        raise Wrong(_MY_NUMBER)
    if not reason or len(reason) > LONGEST_REASON:
        raise Wrong(REASON)
    try:
        birth = date.fromisoformat(typed["birthdate"])
    except ValueError:
        raise Wrong(_NOBODY) from None
    if not number or len(number) > _LONGEST_NUMBER:
        raise Wrong(_NOBODY)
    found = await part(request, ResidentsClient).confirm(number, birth)
    if found is None:
        raise Wrong(_NOBODY)
    return found, birth


def _check(typed: dict[str, str], birth: date, today: date) -> Check:
    fields = {name: typed[name] for name in _CHECKED}
    try:
        check = Check.model_validate(fields)
    except ValidationError:
        raise Wrong(CHECK) from None
    if not birth <= check.date <= today:
        raise Wrong(CHECK)
    return check


def a_key(typed: dict[str, str]) -> str:
    """Return what tells forms apart. Raises InvalidInputError for what is no form of ours."""
    if not 0 < len(typed["key"]) <= _LONGEST_KEY:
        raise InvalidInputError
    return typed["key"]


async def _handbook(
    request: Request,
    typed: dict[str, str],
    found: Confirmed,
    birth: date,
    *,
    problem: str = "",
    done: str = "",
) -> Response:
    await note(request, found, READ, typed["reason"])
    entries = (await part(request, HealthService).of_desk(found.resident_id)).entries
    sex = found.sex if found.sex in ("male", "female") else None
    person, today = Person(found.resident_id, "", birth, sex), today_of(request)
    checks = counting(entries, Check)
    checks.sort(key=lambda pair: pair[1].date, reverse=True)
    return show(
        request,
        "desk_child",
        422 if problem else 200,
        typed=typed | {"key": typed["key"] or new_key()},
        problem=problem,
        done=done,
        birth=birth,
        age=age_on(person, today),
        today=today,
        schedule=schedule_of(person, entries, today),
        checks=checks,
        conflicts=[[(e, entry_words(e)) for e in pair] for pair in conflicts(entries)],
    )


async def note(request: Request, found: Confirmed, action: str, reason: str) -> None:
    """Note it for everybody who may act for the child; where nobody may, under the child's id."""
    client = part(request, StaffClient)
    cookie = request.cookies.get(cookie_name(part(request, Settings)), "")
    for citizen_id in found.acted_for_by or (found.resident_id,):
        noted = StaffAccess(
            cookie=cookie,
            citizen_id=citizen_id,
            permission=Permission.residents_read,
            desk=DESK,
            action=action,
            reason=reason,
        )
        await client.look(noted)


def today_of(request: Request) -> date:
    """Return the day in the city."""
    return part(request, Clock)().astimezone(part(request, Settings).timezone).date()


def show(request: Request, name: str, status: int = 200, /, **shown: object) -> Response:
    """Render a page of the desk."""
    values = {
        "path": PATH,
        "member": request.state.member,
        "day": date_words,
        "sources": SOURCES,
        "demonstration": part(request, Settings).is_demo,
        **shown,
    }
    return page(_templates, f"health/{name}.html", status, **values)
