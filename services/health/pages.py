"""`/my/health/`: the handbook of each child for whom the citizen may act, behind the card.

The pages ask for grants as every other package does: the access log has each look and change.
An address holds at most the opaque id of whom it is about.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from auth.citizens import CitizenRoute
from kit.console import redirect
from kit.container import part
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.forms import only, read_fields
from services.health.chart_png import chart_png
from services.health.chart_words import KIND_WORDS
from services.health.contract import (
    AUDIENCE,
    Allergy,
    Birth,
    Born,
    Check,
    Diary,
    Growth,
    HealthClient,
    Medication,
    NewEntry,
    Pregnancy,
    PregnancyEnd,
    Vaccination,
)
from services.health.forms import (
    MEASURES,
    Problems,
    new_key,
    read_diary,
    read_growth,
    read_new,
)
from services.health.handbook import (
    SCHEDULED,
    Person,
    age_on,
    charts_of,
    counting,
    ended,
    measured_words,
    schedule_of,
)
from services.health.maternity import Course, courses
from services.health.photos import DiaryPhotos
from services.health.visiting import PATH, REMIND, WITHDRAW, WRITE, Desk, TheDesk

_DONE = {
    "saved": "記録しました。",
    "withdrawn": "取り消しました。前の内容は履歴に残ります。",
    "reminded": "時期が近づいたら、LINEでお知らせします。",
    "stopped": "お知らせをやめました。",
    "ended": "この記録は、先に直したか取り消してありました。いまの内容をご確認ください。",
}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=CitizenRoute)


@router.get("/")
async def show(desk: TheDesk) -> Response:
    """Show each child with what comes next."""
    if not desk.agrees:
        return desk.page("consent")
    cards = []
    for person in desk.people:
        schedule = schedule_of(person, await desk.entries(person, *SCHEDULED), desk.today)
        pressing = [dose for dose in schedule.next if dose.state != "later"]
        cards.append((person, age_on(person, desk.today), schedule, pressing))
    return desk.page("index", cards=cards, own=desk.own, pregnancies=await _pregnancies(desk))


async def _pregnancies(desk: Desk) -> list[Course]:
    """Return the visitor's own pregnancies, the latest first."""
    me = desk.me
    if me is None or me.sex == "male":
        return []
    found = await desk.entries(me, Pregnancy, PregnancyEnd)
    return courses(entry.body for entry in found if entry.ended_at is None)


@router.get("/vaccinations")
async def vaccinations(desk: TheDesk, child: str = "", done: str = "") -> Response:
    """Show what comes next, with the reason and the rule, and what was given."""
    person = desk.person(child)
    if person is None:
        return desk.which("vaccinations")
    found = await desk.handbook(person, *SCHEDULED)
    schedule, said = schedule_of(person, found.entries, desk.today), _DONE.get(done, "")
    return desk.child_page(
        person,
        "vaccinations",
        schedule=schedule,
        reminds=found.reminds,
        old=ended(found.entries, Vaccination),
        done=said,
    )


@router.post("/vaccinations")
async def change_reminder(request: Request, desk: TheDesk) -> Response:
    """Begin to tell of this child's vaccinations, or stop."""
    fields = await _typed(request)
    person, client = _meant(desk, fields), part(request, HealthClient)
    grant = await desk.visit.grant(AUDIENCE, REMIND)
    if fields["do"] == "stop":
        await client.stop_reminding(grant, person.id)
        return _back(person, "vaccinations", "stopped")
    born = Born.model_validate({"birthdate": person.birth, "sex": person.sex})
    await client.remind(grant, person.id, born)
    return _back(person, "vaccinations", "reminded")


@router.get("/growth")
async def growth(desk: TheDesk, child: str = "", fix: str = "", done: str = "") -> Response:
    """Show the charts, the measurements, and a form for a new one or a correction."""
    person = desk.person(child)
    if person is None:
        return desk.which("growth")
    return await _growth_page(desk, person, fix=fix, done=done)


@router.get("/growth/chart")
async def chart_picture(desk: TheDesk, child: str = "", kind: str = "") -> Response:
    """Give one chart as a picture to keep or to send on."""
    person = desk.person(child) if child else None
    if person is None or kind not in MEASURES:
        raise NotFoundError
    charts = dict(charts_of(person, await desk.entries(person, Growth, Birth)))
    png = await asyncio.to_thread(chart_png, charts[KIND_WORDS[kind]].svg)
    said = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="growth-{kind}.png"',
    }
    return Response(png, media_type="image/png", headers=said)


@router.post("/growth")
async def record_growth(request: Request, desk: TheDesk) -> Response:
    """Keep measurements, correct one, or take one back."""
    fields = await _typed(request, "date", *MEASURES)
    person = _meant(desk, fields)
    if fields["do"] == "withdraw":
        return await _withdraw(desk, person, "growth", fields)
    bodies, problems = read_growth(fields, person, desk.today)
    if problems:
        return await _growth_page(desk, person, typed=fields, problems=problems)
    return await _write(desk, person, "growth", read_new(fields, bodies))


@router.get("/diary")
async def diary(desk: TheDesk, child: str = "", fix: str = "", done: str = "") -> Response:
    """Show the diary and a form."""
    person = desk.person(child)
    if person is None:
        return desk.which("diary")
    return await _diary_page(desk, person, fix=fix, done=done)


@router.post("/diary")
async def write_diary(request: Request, desk: TheDesk) -> Response:
    """Keep a page of the diary, correct one, or take one back."""
    fields = await _typed(request, "date", "text")
    person = _meant(desk, fields)
    if fields["do"] == "withdraw":
        return await _withdraw(desk, person, "diary", fields)
    bodies, problems = read_diary(fields, person, desk.today)
    if problems:
        return await _diary_page(desk, person, typed=fields, problems=problems)
    return await _write(desk, person, "diary", read_new(fields, bodies))


@router.get("/checks")
async def checks(desk: TheDesk, child: str = "") -> Response:
    """Show the health checks, the newest first."""
    person = desk.person(child)
    if person is None:
        return desk.which("checks")
    entries = await desk.entries(person, Check)
    found = counting(entries, Check)
    found.sort(key=lambda pair: pair[1].date, reverse=True)
    return desk.child_page(person, "checks", checks=found, old=ended(entries, Check))


@router.get("/medication")
async def medication(desk: TheDesk, child: str = "") -> Response:
    """Show the medicines, and what the child does not bear."""
    person = desk.person(child)
    if person is None:
        return desk.which("medication")
    entries = await desk.entries(person, Medication, Allergy)
    found = counting(entries, Medication)
    found.sort(key=lambda pair: pair[1].start, reverse=True)
    allergies = counting(entries, Allergy)
    return desk.child_page(person, "medication", medicines=found, allergies=allergies)


async def _growth_page(
    desk: Desk,
    person: Person,
    *,
    fix: str = "",
    done: str = "",
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
) -> Response:
    entries = await desk.entries(person, Growth, Birth)
    rows = counting(entries, Growth)
    rows.sort(key=lambda pair: (pair[1].date, pair[1].measure), reverse=True)
    wanted = fix or (typed or {}).get("corrects", "")
    fixed = next((body for entry, body in rows if entry.id == wanted and entry.is_own), None)
    filled = {"date": desk.today.isoformat()}
    if fixed is not None:
        filled = {"date": fixed.date.isoformat(), "corrects": wanted}
        filled[fixed.measure] = f"{fixed.value.normalize():f}"
    charts = charts_of(person, entries)
    return desk.child_page(
        person,
        "growth",
        422 if problems else 200,
        # Drawn by us, every text in it escaped.
        charts=[(name, Markup(chart.svg), chart.words) for name, chart in charts],  # noqa: S704
        rows=rows,
        old=ended(entries, Growth),
        kinds={words: kind for kind, words in KIND_WORDS.items()},
        measures={n: m for n, m in MEASURES.items() if fixed is None or n == fixed.measure},
        said=measured_words,
        **_form(typed or filled, problems, done),
    )


async def _diary_page(
    desk: Desk,
    person: Person,
    *,
    fix: str = "",
    done: str = "",
    typed: Mapping[str, str] | None = None,
    problems: Problems | None = None,
) -> Response:
    rows = counting(await desk.entries(person, Diary), Diary)
    rows.sort(key=lambda pair: (pair[1].date, pair[0].written_at), reverse=True)
    filled = {"date": desk.today.isoformat()}
    for entry, body in rows:
        if entry.id == fix:
            filled = {"date": body.date.isoformat(), "text": body.text, "corrects": fix}
    status = 422 if problems else 200
    form = _form(typed or filled, problems, done)
    photos = await part(desk.request, DiaryPhotos).of(desk.visit.citizen_id, person.id)
    return desk.child_page(person, "diary", status, rows=rows, photos=photos, **form)


def _form(typed: Mapping[str, str], problems: Problems | None, done: str) -> dict[str, Any]:
    """What every form shows. The key is kept while a form is corrected: it is sent once."""
    key = typed.get("key") or new_key()
    said = _DONE.get(done, "")
    typed = dict.fromkeys(("date", "text", "corrects", *MEASURES), "") | dict(typed)
    return {"typed": typed, "problems": problems or {}, "key": key, "done": said}


async def _typed(request: Request, *names: str) -> dict[str, str]:
    fields = await read_fields(request)
    wanted = ("child", "key", "do", "corrects", *names)
    return {name: only(fields, name).strip() for name in wanted}


def _meant(desk: Desk, fields: Mapping[str, str]) -> Person:
    """Return the child that a form names; a form never leaves that open."""
    person = desk.person(fields["child"]) if fields["child"] else None
    if person is None:
        raise NotFoundError
    return person


async def _write(desk: Desk, person: Person, page: str, new: NewEntry | None) -> Response:
    if new is None:
        raise InvalidInputError
    grant, client = await desk.visit.grant(AUDIENCE, WRITE), part(desk.request, HealthClient)
    try:
        await client.write(grant, person.id, new)
    except ConflictError:
        return _back(person, page, "ended")
    return _back(person, page, "saved")


async def _withdraw(desk: Desk, person: Person, page: str, fields: Mapping[str, str]) -> Response:
    grant, client = await desk.visit.grant(AUDIENCE, WITHDRAW), part(desk.request, HealthClient)
    try:
        await client.withdraw(grant, person.id, fields["corrects"] or "none")
    except ConflictError:
        return _back(person, page, "ended")
    return _back(person, page, "withdrawn")


def _back(person: Person, page: str, done: str) -> Response:
    return redirect(f"{PATH}/{page}?child={person.id}&done={done}")
