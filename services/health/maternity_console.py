"""`/console/health/pregnancy`: the desk's record of a pregnancy, from its notification to its end.

A look is noted for the pregnant person alone, also where others may act for them.
"""

from datetime import date
from typing import TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from auth.desks import desk_router
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.container import part
from kit.errors import NotFoundError
from kit.forms import only, read_fields
from services.health.console import (
    CHECK,
    DESK,
    PATH,
    READ,
    WRITE,
    Wrong,
    a_key,
    note,
    read_typed,
    show,
    sought,
    today_of,
)
from services.health.contract import MaternalCheck, Pregnancy, PregnancyEnd
from services.health.forms import new_key
from services.health.maternity import WHOLE, Course, courses
from services.health.maternity_pages import ENDS
from services.health.service import HealthService
from services.residents.contract import Confirmed

_MALE = "この方の妊娠の記録は作れません。宛名番号をお確かめください。"
_DUE = "出産予定日を、今日の前後40週までの日付で入力してください。"
_END = "終わった日（今日まで）と経過を入力してください。"
_NONE = "先に、妊娠の届け出を記録してください。"
_ENTERED = ("notified", "check", "ended")
_FIELDS = ("date", "place", "weight", "systolic", "diastolic", "result", "advice", "due", "how")

Kind = TypeVar("Kind", bound=BaseModel)

router = desk_router(f"{PATH}/pregnancy", Permission.residents_read, DESK)


@router.post("")
async def look(request: Request) -> Response:
    """Note the look, then show the record of a pregnancy."""
    typed = await read_typed(request)
    try:
        found, birth = await _meant(request, typed)
    except Wrong as wrong:
        return show(request, "desk", 422, typed=typed, problem=wrong.words)
    return await _record(request, typed, found, birth)


@router.post("/{what}")
async def enter(request: Request, what: str) -> Response:
    """Enter a notification, a check-up or an end, or say what has to be corrected."""
    if what not in _ENTERED:
        raise NotFoundError
    typed = await read_typed(request)
    fields = await read_fields(request)
    told = {name: only(fields, name).strip() for name in _FIELDS}
    try:
        found, birth = await _meant(request, typed)
    except Wrong as wrong:
        return show(request, "desk", 422, typed=typed, problem=wrong.words)
    try:
        body = await _body(request, what, told, found)
    except Wrong as wrong:
        return await _record(request, typed, found, birth, told=told, problem=wrong.words)
    await note(request, found, WRITE, typed["reason"])
    member: StaffMember = request.state.member
    service = part(request, HealthService)
    await service.enter(found.resident_id, body, member.id, a_key(typed))
    return await _record(request, typed | {"key": ""}, found, birth, done="記録しました。")


async def _meant(request: Request, typed: dict[str, str]) -> tuple[Confirmed, date]:
    found, birth = await sought(request, typed)
    if found.sex == "male":
        raise Wrong(_MALE)
    own = () if found.self_is is None else (found.self_is,)
    return found.model_copy(update={"acted_for_by": own}), birth


async def _body(
    request: Request, what: str, told: dict[str, str], found: Confirmed
) -> MaternalCheck | Pregnancy | PregnancyEnd:
    today = today_of(request)
    if what == "notified":
        new = _made(Pregnancy, {"due_date": told["due"]}, _DUE)
        if not today - WHOLE <= new.due_date <= today + WHOLE:
            raise Wrong(_DUE)
        return new
    every = await _courses(request, found)
    if not every:
        raise Wrong(_NONE)
    if what == "ended":
        end = _made(PregnancyEnd, {"date": told["date"], "how": told["how"]}, _END)
        if not every[0].start <= end.date <= today:
            raise Wrong(_END)
        return end
    names = ("date", "place", "weight", "systolic", "diastolic", "result", "advice")
    check = _made(MaternalCheck, {name: told[name] for name in names if told[name]}, CHECK)
    if not every[0].start <= check.date <= today:
        raise Wrong(CHECK)
    return check


def _made(kind: type[Kind], fields: dict[str, str], words: str) -> Kind:
    try:
        return kind.model_validate(fields)
    except ValidationError:
        raise Wrong(words) from None


async def _courses(request: Request, found: Confirmed) -> list[Course]:
    entries = (await part(request, HealthService).of_desk(found.resident_id)).entries
    return courses(entry.body for entry in entries if entry.ended_at is None)


async def _record(
    request: Request,
    typed: dict[str, str],
    found: Confirmed,
    birth: date,
    *,
    told: dict[str, str] | None = None,
    problem: str = "",
    done: str = "",
) -> Response:
    await note(request, found, READ, typed["reason"])
    return show(
        request,
        "desk_pregnancy",
        422 if problem else 200,
        typed=typed | {"key": typed["key"] or new_key()},
        told=dict.fromkeys(_FIELDS, "") | (told or {}),
        birth=birth,
        today=today_of(request),
        every=await _courses(request, found),
        ends=ENDS,
        problem=problem,
        done=done,
    )
