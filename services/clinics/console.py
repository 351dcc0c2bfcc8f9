"""`/console/clinics/`: what the desk knows of a day's duty better than the calendar.

A place that is closed after all is no longer told; one that takes its turn is, at once. Residents
are told nothing else of it: they are told to call first in any case.
"""

import re
import unicodedata
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fastapi import Request, Response

from auth.desks import desk_router
from auth.manifests import read_manifest
from auth.permissions import Permission
from auth.staff import StaffMember
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.db import Database
from kit.forms import Fields, only, read_fields
from kit.settings import Settings
from kit.web import make_templates
from kit.wording import date_words
from services.clinics import repository
from services.clinics.importer import KINDS, PHONE, SPLIT
from services.clinics.rules import DAY_MINUTES, Duty

PATH = "/console/clinics"
DESK = read_manifest(Path(__file__).parent).desk
_AHEAD = timedelta(days=60)
_LONGEST = 100
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_TYPED = ("name", "kind", "departments", "address", "phone", "opens", "closes", "note")
_DONE = {
    "closed": "その日の当番から外しました。いまから、案内しません。",
    "added": "当番を加えました。いまから案内します。",
    "back": "変更を取り消しました。",
}
_PROBLEM = "名前、区分、診療科、開始と終了の時刻（例 9:00）を確かめてください。"

_templates = make_templates(Path(__file__).parent / "templates")

router = desk_router(PATH, Permission.residents_tasks, DESK)


@router.get("/")
async def day_of(request: Request, day: str = "", done: str = "") -> Response:
    """Show who is on duty on a day, with the changes."""
    return await _page(request, _day(request, day), done=_DONE.get(done, ""))


@router.post("/closed")
async def close(request: Request) -> Response:
    """Take a place off a day's duty."""
    fields = await read_fields(request)
    day, name = _day(request, only(fields, "day")), only(fields, "name")[:_LONGEST]
    async with part(request, Database).transaction() as session:
        known = {duty.name for duty in await repository.between(session, day, day)}
        if name in known:
            await repository.forget_before(session, _today(request) - timedelta(days=1))
            await repository.put_change(session, _values(request, day, name))
    return redirect(f"{PATH}/?day={day}&done=closed")


@router.post("/added")
async def add(request: Request) -> Response:
    """Put a place on a day's duty."""
    fields = await read_fields(request)
    day = _day(request, only(fields, "day"))
    typed = {name: unicodedata.normalize("NFKC", only(fields, name)).strip() for name in _TYPED}
    duty = _duty(day, typed)
    if duty is None:
        return await _page(request, day, typed=typed, problem=_PROBLEM, status=422)
    async with part(request, Database).transaction() as session:
        await repository.put_change(session, _values(request, day, duty.name, duty))
    return redirect(f"{PATH}/?day={day}&done=added")


@router.post("/back")
async def take_back(request: Request) -> Response:
    """Take a change back."""
    fields: Fields = await read_fields(request)
    number, day = only(fields, "number"), _day(request, only(fields, "day"))
    if number.isascii() and number.isdigit() and len(number) < 18:
        async with part(request, Database).transaction() as session:
            await repository.take_back(session, int(number))
    return redirect(f"{PATH}/?day={day}&done=back")


def _duty(day: date, typed: dict[str, str]) -> Duty | None:
    """Return what was typed, None where something is missing or cannot be."""
    kind, opens, closes = KINDS.get(typed["kind"]), _clock(typed["opens"]), _clock(typed["closes"])
    departments = tuple(one for one in SPLIT.split(typed["departments"]) if one)
    if kind is None or opens is None or closes is None or not departments or not typed["name"]:
        return None
    if any(len(text) > _LONGEST for text in typed.values()):
        return None
    if typed["phone"] and not PHONE.fullmatch(typed["phone"]):
        return None
    ends = closes if closes > opens else closes + DAY_MINUTES
    place = (typed["name"], typed["address"], typed["phone"])
    return Duty(day, kind, departments, *place, ((opens, ends),), typed["note"])


def _clock(text: str) -> int | None:
    found = _CLOCK.fullmatch(text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else DAY_MINUTES + 1
    return minutes if minutes <= DAY_MINUTES else None


def _values(request: Request, day: date, name: str, duty: Duty | None = None) -> dict[str, Any]:
    member: StaffMember = request.state.member
    return {
        "day": day,
        "name": name,
        "is_closed": duty is None,
        "kind": "" if duty is None else duty.kind.value,
        "departments": [] if duty is None else list(duty.departments),
        "address": "" if duty is None else duty.address,
        "phone": "" if duty is None else duty.phone,
        "hours": [] if duty is None else [minute for pair in duty.hours for minute in pair],
        "note": "" if duty is None else duty.note,
        "staff_id": member.id,
        "changed_at": part(request, Clock)(),
    }


async def _page(
    request: Request,
    day: date,
    *,
    typed: dict[str, str] | None = None,
    problem: str = "",
    done: str = "",
    status: int = 200,
) -> Response:
    async with part(request, Database).transaction() as session:
        duties = await repository.between(session, day, day)
        rows = await repository.changes(session, day, day)
    changes = [(row.id, repository.change_of(row)) for row in rows]
    closed = {change.name: number for number, change in changes if change.instead is None}
    return page(
        _templates,
        "clinics/changes.html",
        status,
        path=PATH,
        member=request.state.member,
        today=_today(request),
        last=_today(request) + _AHEAD,
        day=day,
        day_said=date_words(day),
        duties=duties,
        closed=closed,
        added=[(number, one.instead) for number, one in changes if one.instead is not None],
        kinds=list(KINDS),
        typed=typed or dict.fromkeys(_TYPED, ""),
        problem=problem,
        done=done,
        said=_said,
        demonstration=part(request, Settings).is_demo,
    )


def _said(duty: Duty) -> str:
    """Return a place on duty in one line."""
    hours = "、".join(f"{_time(start)}～{_time(end)}" for start, end in duty.hours)
    return "　".join(filter(None, (hours, "・".join(duty.departments), duty.phone, duty.note)))


def _time(minutes: int) -> str:
    days, rest = divmod(minutes, DAY_MINUTES)
    return f"{'翌日' if days else ''}{rest // 60}:{rest % 60:02}"


def _today(request: Request) -> date:
    return part(request, Clock)().astimezone(part(request, Settings).timezone).date()


def _day(request: Request, text: str) -> date:
    """Return the day asked for; today for none, and for one that is over or too far away."""
    today = _today(request)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if today <= day <= today + _AHEAD else today
