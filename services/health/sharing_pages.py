"""`/my/health/sharing` shows parts of a handbook for a time; `/services/health/shared` opens them.

Opening the page behind the QR code is no look: a look is asked for by a button, and noted first.
"""

from datetime import datetime
from typing import Annotated, Any

import segno
from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup
from pydantic import ValidationError

from auth.citizens import CitizenRoute
from kit.console import redirect
from kit.container import part
from kit.errors import GoneError, NotFoundError
from kit.forms import only, read_fields
from kit.masking import mask_numbers
from kit.settings import Settings
from services.health.contract import (
    AUDIENCE,
    About,
    Allergy,
    Check,
    HealthClient,
    Imaging,
    Medication,
    NewShare,
    Part,
)
from services.health.handbook import (
    Person,
    charts_of,
    counting,
    given_doses,
)
from services.health.imaging import ON_A_PAGE
from services.health.imaging_pages import MODALITIES, pictures
from services.health.sharing import Sharing
from services.health.visiting import PARTS, PATH, Desk, TheDesk, render

SHARED = "/services/health/shared"
HOURS = {1: "1時間", 24: "1日", 168: "1週間"}
_READ, _WRITE, _REVOKE = (f"health:share:{what}" for what in ("read", "write", "revoke"))
_DONE = {"revoked": "共有をやめました。これからは開けません。"}
_SEXES = {"male": "男", "female": "女", None: ""}
_PICTURE = "共有のQRコード"
_LONGEST_RECIPIENT = 100

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=CitizenRoute)
shown = APIRouter(prefix=SHARED, include_in_schema=False)


@router.get("/sharing")
async def sharing(desk: TheDesk, child: str = "", done: str = "") -> Response:
    """Show what is shared, who looked when, and a form for a new one."""
    person = desk.person(child)
    if person is None:
        return desk.which("sharing")
    return await _page(desk, person, done=_DONE.get(done, ""))


@router.post("/sharing")
async def change(request: Request, desk: TheDesk) -> Response:
    """Begin a sharing and show its QR code once, or take one back."""
    fields = await read_fields(request)
    child = only(fields, "child")
    person = desk.person(child) if child else None
    if person is None:
        raise NotFoundError
    client = part(request, HealthClient)
    if only(fields, "do") == "revoke":
        number = only(fields, "number")
        known = int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0
        await client.revoke(await desk.visit.grant(AUDIENCE, _REVOKE), person.id, known)
        return redirect(f"{PATH}/sharing?child={person.id}&done=revoked")
    recipient, chosen = only(fields, "recipient").strip(), list(fields.get("part", ()))
    new = _new(person, recipient, chosen, only(fields, "hours"))
    if new is None:
        problems = _problems(recipient, chosen)
        typed = {"recipient": recipient, "parts": chosen}
        return await _page(desk, person, typed=typed, problems=problems)
    made = await client.share(await desk.visit.grant(AUDIENCE, _WRITE), person.id, new)
    return desk.child_page(
        person,
        "share_code",
        number=made.number,
        recipient=recipient,
        until=_time(desk.request, made.ends_at),
        url=_url(desk.request, made.code),
        picture=_picture(_url(desk.request, made.code)),
        said=[PARTS[name] for name in new.parts],
    )


def _new(person: Person, recipient: str, chosen: list[str], hours: str) -> NewShare | None:
    if _problems(recipient, chosen):
        return None
    about = {
        "recipient": recipient,
        "name": person.name,
        "birthdate": person.birth,
        "sex": person.sex,
    }
    try:
        parts = tuple(Part(name) for name in chosen)
        return NewShare.model_validate(
            {"about": About.model_validate(about), "parts": parts, "hours": int(hours)}
        )
    except (ValidationError, ValueError):
        return None


def _problems(recipient: str, chosen: list[str]) -> dict[str, str]:
    problems = {}
    if not recipient or len(recipient) > _LONGEST_RECIPIENT:
        problems["recipient"] = "見せる相手を、100文字までで書いてください。"
    elif mask_numbers(recipient)[1]:
        problems["recipient"] = "12桁の番号は書かないでください。"
    if not chosen or not set(chosen) <= set(Part):
        problems["part"] = "見せる記録を、1つ以上選んでください。"
    return problems


async def _page(desk: Desk, person: Person, **more: Any) -> Response:
    client = part(desk.request, HealthClient)
    grant = await desk.visit.grant(AUDIENCE, _READ)
    found = (await client.shares(grant, person.id)).shares
    rows = [
        (
            share,
            [PARTS[name] for name in share.parts],
            _time(desk.request, share.ends_at),
            [_time(desk.request, at) for at in share.looks],
        )
        for share in found
    ]
    values = {"typed": {"recipient": "", "parts": []}, "problems": {}, "done": "", **more}
    choices = [(name.value, PARTS[name]) for name in Part]
    status = 422 if values["problems"] else 200
    return desk.child_page(
        person, "sharing", status, rows=rows, choices=choices, hours=HOURS, **values
    )


def _url(request: Request, code: str) -> str:
    return f"{part(request, Settings).public_base_url}{SHARED}?t={code}"


def _picture(url: str) -> Markup:
    drawn = segno.make(url, error="m").svg_inline(omitsize=True, light="#fff", title=_PICTURE)
    return Markup(drawn)  # noqa: S704  drawn by the library from our own address


def _time(request: Request, at: datetime) -> str:
    local = at.astimezone(part(request, Settings).timezone)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@shown.get("")
async def door(request: Request, t: Annotated[str, Query()] = "") -> Response:
    """Say that something is shown here, without saying of whom."""
    is_open = await part(request, Sharing).is_open(t)
    return render(request, "shared_door", 200 if is_open else 410, code=t, is_open=is_open)


@shown.post("")
async def look(request: Request) -> Response:
    """Note the look and show what is shared."""
    code = only(await read_fields(request), "t")
    try:
        found = await part(request, Sharing).look(code)
    except GoneError:
        return render(request, "shared_door", 410, code="", is_open=False)
    about, entries = found.about, found.entries
    person = Person("", about.name, about.birthdate, about.sex)
    shares = set(found.parts)
    charts = charts_of(person, entries) if Part.growth in shares else []
    return render(
        request,
        "shared",
        about=about,
        sex=_SEXES[about.sex],
        until=_time(request, found.ends_at),
        shares={name.value for name in shares},
        given=given_doses(entries),
        charts=[(name, Markup(chart.svg), chart.words) for name, chart in charts],  # noqa: S704
        checks=counting(entries, Check),
        medicines=counting(entries, Medication),
        images=counting(entries, Imaging),
        kinds=MODALITIES,
        code=code,
        allergies=counting(entries, Allergy),
    )


@shown.post("/images")
async def study(request: Request) -> Response:
    """Note the look and show pictures of one examination that is shared."""
    fields = await read_fields(request)
    code, entry, first = only(fields, "t"), only(fields, "entry")[:100], only(fields, "first")
    try:
        found = await part(request, Sharing).look(code)
    except GoneError:
        return render(request, "shared_door", 410, code="", is_open=False)
    about = found.about
    person = Person("", about.name, about.birthdate, about.sex)
    number = int(first) if first.isascii() and first.isdigit() and len(first) < 5 else 1
    values, status = await pictures(request, person, found.entries, entry, number)
    return render(
        request,
        "shared_images",
        status,
        about=about,
        sex=_SEXES[about.sex],
        code=code,
        entry=entry,
        kinds=MODALITIES,
        step=ON_A_PAGE,
        **values,
    )
