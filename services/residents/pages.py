"""`/my/contact`: where the city's notices about a citizen and their children go.

The page asks for grants as every other package does: the access log has each look and change.
"""

import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from auth.citizens import CitizenRoute, CitizenVisit, require_citizen
from auth.levels import Level
from kit.console import redirect
from kit.container import part
from kit.errors import NotFoundError
from kit.forms import only, read_fields
from kit.masking import mask_numbers
from kit.settings import Settings
from kit.web import make_templates
from services.residents.contract import (
    AUDIENCE,
    ActsFor,
    ContactDetails,
    Relation,
    ResidentsClient,
)
from services.residents.scopes import SCOPES

PATH = "/my/contact"
CHANGE = f"{PATH}/change"
RELATIONS = {
    Relation.self: "ご本人",
    Relation.parent: "お子さま",
    Relation.guardian: "後見している方",
    Relation.proxy: "代理している方",
}
_READ = ("residents:people:read", "residents:contact:read")
_WRITE = "residents:contact:write"
_DELETE = "residents:contact:delete"
_DONE = {"saved": "連絡先を保存しました。", "deleted": "連絡先を消しました。"}
_LONGEST = 254
_TOO_LONG = {
    "phone": "電話番号が長すぎます。番号を1つだけ入力してください。",
    "mail": f"メールアドレスは、{_LONGEST}文字以内で入力してください。",
}
_NOTHING = "電話番号かメールアドレスの、どちらかを入力してください。"
_WRONG = {
    "phone": "電話番号は、0から始まる番号を入力してください。例：0242-00-0000",
    "mail": "メールアドレスは、@をはさんだ形で入力してください。例：name@example.jp",
}
_MY_NUMBER = "12桁の番号は入力しないでください。マイナンバーは、ここではお預かりしません。"
_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−ー─", "-"))

_templates = make_templates(Path(__file__).parent / "templates")

router = APIRouter(include_in_schema=False, route_class=CitizenRoute)

Looks = Annotated[CitizenVisit, Depends(require_citizen(Level(SCOPES[_READ[1]].level)))]
Changes = Annotated[CitizenVisit, Depends(require_citizen(Level(SCOPES[_WRITE].level)))]


def _residents(request: Request) -> ResidentsClient:
    client = part(request, ResidentsClient)
    return client


Residents = Annotated[ResidentsClient, Depends(_residents)]


@router.get(PATH)
async def show(request: Request, visit: Looks, residents: Residents, done: str = "") -> Response:
    """Show the contacts of everybody for whom the citizen may act."""
    people = await _people(visit, residents)
    return _page(request, "residents/contact.html", people=people, done=_DONE.get(done, ""))


@router.get(CHANGE)
async def show_form(
    request: Request, visit: Changes, residents: Residents, person: str = ""
) -> Response:
    """Show one person's form, or ask whose; the card is asked for before anything is typed.

    `person` is the place in the list, from 1.
    """
    people = await _people(visit, residents)
    places = [str(place) for place in range(1, len(people) + 1)]
    chosen = person if person in places else "1" if len(people) == 1 else ""
    who = people[int(chosen) - 1][0].resident_id if chosen else ""
    return _form(request, visit, people, who=who)


@router.post(CHANGE)
async def change(request: Request, visit: Changes, residents: Residents) -> Response:
    """Save or delete one contact, or say what has to be corrected."""
    fields = await read_fields(request)
    who = only(fields, "who")
    if only(fields, "do") == "delete":
        await residents.delete_contact(await visit.grant(AUDIENCE, _DELETE), who)
        return redirect(f"{PATH}?done=deleted")
    typed = {name: only(fields, name).strip() for name in ("phone", "mail")}
    problems = _problems(typed)
    if problems:
        people = await _people(visit, residents)
        # What was typed is kept for correcting, but for a number that nobody should have typed.
        shown = {f: "" if mask_numbers(value)[1] else value for f, value in typed.items()}
        return _form(request, visit, people, who=who, typed=shown, problems=problems)
    await residents.save_contact(await visit.grant(AUDIENCE, _WRITE), who, _details(typed))
    return redirect(f"{PATH}?done=saved")


async def _people(
    visit: CitizenVisit, residents: ResidentsClient
) -> list[tuple[ActsFor, ContactDetails]]:
    """Return those for whom the citizen may act, the citizen first, each with the contact."""
    grant = await visit.grant(AUDIENCE, *_READ)
    people = (await residents.people(grant)).people
    return [(person, await residents.contact(grant, person.resident_id)) for person in people]


def _details(typed: Mapping[str, str]) -> ContactDetails:
    """Read what was typed, in whatever width. Raises ValidationError."""
    plain = {name: unicodedata.normalize("NFKC", value) for name, value in typed.items()}
    phone = plain["phone"].translate(_HYPHENS).replace(" ", "")
    return ContactDetails(phone=phone or None, mail=plain["mail"] or None)


def _problems(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what has to be corrected, by field."""
    if not any(typed.values()):
        return {"phone": _NOTHING}
    long = {name: words for name, words in _TOO_LONG.items() if len(typed[name]) > _LONGEST}
    if long:
        return long
    try:
        _details(typed)
    except ValidationError as error:
        wrong = [str(fault["loc"][0]) for fault in error.errors()]
        return {f: _MY_NUMBER if mask_numbers(typed[f])[1] else _WRONG[f] for f in wrong}
    return {}


def _form(
    request: Request,
    visit: CitizenVisit,
    people: list[tuple[ActsFor, ContactDetails]],
    *,
    who: str = "",
    typed: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
) -> Response:
    """Render the forms; `typed` is what was just sent for `who` and has to be corrected."""
    known = [person.resident_id for person, _ in people]
    if typed is not None and who not in known:
        raise NotFoundError
    return _page(
        request,
        "residents/change.html",
        422 if problems else 200,
        people=people,
        who=who,
        until=visit.until.astimezone(part(request, Settings).timezone),
        typed=typed or {},
        problems=problems or {},
        form_token=visit.form_token,
    )


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    settings = part(request, Settings)
    city = tomllib.loads((settings.city_dir / "city.toml").read_text(encoding="utf-8"))["name"]
    values = {"city": city, "relations": RELATIONS, "demonstration": settings.is_demo, **shown}
    html = _templates.get_template(name).render(values)
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
