"""`/my/nursery/`: the application, a page a step, each saved at once; preview, receipt, result.

The pages ask for grants as every other package does: the access log has each look and change. No
address holds anything personal.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError

from auth.citizens import CitizenRoute
from kit.clock import Clock
from kit.console import redirect
from kit.container import part
from kit.errors import ConflictError, GoneError, InvalidInputError, NotFoundError
from kit.forms import Fields, only, read_fields
from kit.pdf import write_pdf
from kit.wording import date_words
from services.nursery.choices import MOST_CHOICES
from services.nursery.contract import (
    AUDIENCE,
    MOST_WISHES,
    DraftChild,
    Handing,
    Meant,
    NurseryClient,
    SiblingRule,
    Way,
)
from services.nursery.forms import fields_of, read_application
from services.nursery.letters import letter
from services.nursery.points import Application as Known
from services.nursery.public import city_name
from services.nursery.rules import (
    class_age,
    eldest_first,
    is_cut_short,
    needed_papers,
    paper_key,
    points_of,
)
from services.nursery.scopes import DESK
from services.nursery.visiting import PATH, SUBMIT, WITHDRAW, Applicant, TheApplicant

_DONE = {
    "submitted": "申し込みを受け付けました。",
    "withdrawn": "申し込みを取り下げました。締め切りまでは、もう一度申し込めます。",
    "changed": "ほかの画面で内容が変わりました。もう一度ご確認のうえ、申し込んでください。",
    "late": "締め切りを過ぎたため、受け付けられませんでした。"
    "締め切りまでに申し込んだ内容は、そのまま有効です。",
    "incomplete": "まだ申し込んでいません。足りないところを入力してください。",
    "saved": "保存しました。",
}
_SHOWN_WISHES = 5
_WAYS = get_args(Way)
_LONGEST_NOTE = 1000


class _LateRoute(APIRoute):
    """Says on the first page that the time for applying is over."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with a deadline that has passed turned into that page."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except GoneError:
                return redirect(f"{PATH}/?done=late")

        return handle


class NurseryRoute(CitizenRoute, _LateRoute):
    """A page of `/my/nursery/`."""


router = APIRouter(prefix=PATH, include_in_schema=False, route_class=NurseryRoute)


def _arrived(request: Request) -> datetime:
    """Return when a request came in, before anything was asked for it."""
    return part(request, Clock)()


Arrived = Annotated[datetime, Depends(_arrived)]


@router.get("/")
async def show(applicant: TheApplicant, done: str = "") -> Response:
    """Show where each application stands, what is asked for, and the results."""
    return applicant.page(
        "mine", done=_DONE.get(done, ""), is_good=done in ("submitted", "withdrawn", "saved")
    )


@router.get("/letter")
async def letter_of(applicant: TheApplicant, round: str = "") -> Response:
    """Give the result of a round as a letter."""
    mine = (one for one in applicant.applications if one.round.id == round and one.results)
    found = next(mine, None)
    if found is None or found.round.released_at is None:
        raise NotFoundError
    settings = applicant.files.settings
    day = date_words(found.round.released_at.date())
    lines = letter(found, city_name(settings), DESK, day, demonstration=settings.is_demo)
    pdf = await asyncio.to_thread(write_pdf, [lines], found.round.title)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": 'attachment; filename="nursery-result.pdf"',
    }
    return Response(pdf, media_type="application/pdf", headers=headers)


@router.get("/children")
async def children(applicant: TheApplicant) -> Response:
    """Ask which children are applied for; names and ages come from the register."""
    found = await applicant.children()
    chosen = {child.person_id for child in applicant.draft.children}
    return applicant.page("children", found=found, chosen=chosen)


@router.post("/children")
async def choose_children(request: Request, applicant: TheApplicant) -> Response:
    """Keep which children are applied for; what was wished for a child that stays is kept."""
    wanted = set((await read_fields(request)).get("child", ()))
    before = {child.person_id: child for child in applicant.draft.children}
    chosen = [
        before.get(p.resident_id)
        or DraftChild(person_id=p.resident_id, name=p.name, birthdate=p.birthdate)
        for p, _ in await applicant.children()
        if p.resident_id in wanted
    ]
    await applicant.save(children=tuple(eldest_first(chosen)))
    return _on("parents")


@router.get("/parents")
async def parents(applicant: TheApplicant, more: str = "") -> Response:
    """Ask each parent's reason."""
    return await _questions(applicant, "parents", more)


@router.post("/parents")
async def save_parents(request: Request, applicant: TheApplicant) -> Response:
    """Keep the reasons; go on when nothing more matters."""
    return await _answers(request, applicant, "parents")


@router.get("/household")
async def household(applicant: TheApplicant, more: str = "") -> Response:
    """Ask what of the household counts."""
    return await _questions(applicant, "household", more)


@router.post("/household")
async def save_household(request: Request, applicant: TheApplicant) -> Response:
    """Keep it."""
    return await _answers(request, applicant, "household")


async def _questions(applicant: Applicant, step: str, more: str) -> Response:
    applicant.open_round()
    fields = _fields(applicant, await applicant.names(), step)
    return applicant.page(step, fields=fields, more=more == "true")


def _fields(applicant: Applicant, names: Mapping[str, str], step: str) -> Any:
    draft = applicant.draft
    known = Known((*draft.parents, *({} for _ in range(2 - len(draft.parents)))), draft.household)
    # That siblings apply together is known from the children.
    found = fields_of(applicant.files.table, known, names, leave_out=("siblings_apply",))
    return [field for field in found if field.name.startswith("h.") == (step == "household")]


async def _answers(request: Request, applicant: Applicant, step: str) -> Response:
    names = await applicant.names()
    before = {field.name for field in _fields(applicant, names, step)}
    read = read_application(applicant.files.table, await read_fields(request), names)
    if step == "parents":
        await applicant.save(parents=tuple(dict(facts) for facts in read.parents))
        draft = applicant.draft.model_copy(update={"parents": read.parents})
    else:
        await applicant.save(household=dict(read.household))
        draft = applicant.draft.model_copy(update={"household": read.household})
    known = Known(tuple(draft.parents), draft.household)
    after = fields_of(applicant.files.table, known, names, leave_out=("siblings_apply",))
    fresh = [
        field.name
        for field in after
        if field.name.startswith("h.") == (step == "household") and field.name not in before
    ]
    return _on(f"{step}?more=true" if fresh else applicant.next_step(step))


@router.get("/wishes")
async def wishes(applicant: TheApplicant) -> Response:
    """Ask for each child's wishes, best first, as many as the family has."""
    starts_on, rows = applicant.open_round().starts_on, []
    for child in applicant.draft.children:
        age = class_age(child.birthdate, starts_on)
        shown = min(max(_SHOWN_WISHES, len(child.wishes) + 2), MOST_WISHES)
        filled = [*child.wishes, *[""] * (shown - len(child.wishes))]
        rows.append((child, age, await applicant.names(age), filled))
    return applicant.page("wishes", rows=rows)


@router.post("/wishes")
async def save_wishes(request: Request, applicant: TheApplicant) -> Response:
    """Keep the wishes; `more` shows further lines."""
    fields, names = await read_fields(request), await applicant.names()
    changed = tuple(
        _wished(child, number, fields, names)
        for number, child in enumerate(applicant.draft.children)
    )
    await applicant.save(children=changed)
    is_more = only(fields, "do") == "more"
    return _on("wishes" if is_more else applicant.next_step("wishes"))


def _wished(child: DraftChild, number: int, fields: Fields, names: Mapping[str, str]) -> DraftChild:
    typed = [only(fields, f"w{number}.{rank}") for rank in range(MOST_WISHES)]
    wanted = tuple(dict.fromkeys(wish for wish in typed if wish in names))
    current = only(fields, f"c{number}")
    kept = current if current in names else None
    return child.model_copy(update={"wishes": wanted, "current": kept})


@router.get("/siblings")
async def siblings(applicant: TheApplicant) -> Response:
    """Ask what siblings want of each other's nurseries."""
    applicant.open_round()
    return applicant.page("siblings", rule=applicant.draft.rule)


@router.post("/siblings")
async def save_siblings(request: Request, applicant: TheApplicant) -> Response:
    """Keep it."""
    fields = await read_fields(request)
    told = {name: only(fields, name) for name in ("mode", "prefer", "solo")}
    try:
        rule = SiblingRule.model_validate({name: value for name, value in told.items() if value})
    except ValidationError:
        return applicant.page("siblings", 422, rule=applicant.draft.rule, problem=True)
    await applicant.save(rule=rule)
    return _on("papers")


@router.get("/papers")
async def papers(applicant: TheApplicant) -> Response:
    """Ask how each paper comes, and for anything the desk should know."""
    applicant.open_round()
    return applicant.page("papers", needed=_needed(applicant))


@router.post("/papers")
async def save_papers(request: Request, applicant: TheApplicant) -> Response:
    """Keep it."""
    fields = await read_fields(request)
    told = {key: only(fields, f"paper.{key}") for _, _, key in _needed(applicant)}
    note = only(fields, "note").strip().replace("\r\n", "\n")[:_LONGEST_NOTE]
    chosen = {key: way for key, way in told.items() if way in _WAYS}
    try:
        await applicant.save(papers=chosen, note=note)
    except (InvalidInputError, ValidationError):
        return applicant.page("papers", 422, needed=_needed(applicant), problem=True)
    return _on("confirm")


def _needed(applicant: Applicant) -> list[tuple[Any, int, str]]:
    return [
        (paper, parent, paper_key(paper, parent))
        for paper, parent in needed_papers(applicant.draft, applicant.papers)
    ]


@router.get("/confirm")
async def confirm(applicant: TheApplicant, done: str = "") -> Response:
    """Show everything before it is handed in, and what is missing."""
    starts_on, draft = applicant.open_round().starts_on, applicant.draft
    table = applicant.files.table
    return applicant.page(
        "confirm",
        names=await applicant.names(),
        rows=[(child, class_age(child.birthdate, starts_on)) for child in draft.children],
        answers=_fields(applicant, await applicant.names(), "parents")
        + _fields(applicant, await applicant.names(), "household"),
        points=points_of(draft, table),
        needed=_needed(applicant),
        most=MOST_CHOICES if is_cut_short(draft) else 0,
        problems=applicant.application.problems if applicant.application else (),
        done=_DONE.get(done, ""),
    )


@router.post("/confirm")
async def submit(arrived: Arrived, request: Request, applicant: TheApplicant) -> Response:
    """Hand in what the preview showed, once; what counts is when the request came in."""
    fields = await read_fields(request)
    version = only(fields, "version")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 9 else -1
    round_id = only(fields, "round")[:100] or "none"
    new = Handing(round_id=round_id, version=number, arrived_at=arrived)
    grant = await applicant.visit.grant(AUDIENCE, SUBMIT)
    try:
        await part(request, NurseryClient).submit(grant, new)
    except ConflictError:
        return _on("confirm?done=changed")
    except InvalidInputError:
        return _on("confirm?done=incomplete")
    return redirect(f"{PATH}/?done=submitted")


@router.get("/withdraw")
async def ask_withdraw(applicant: TheApplicant) -> Response:
    """Ask once more before an application is taken back."""
    applicant.open_round()
    return applicant.page("withdraw")


@router.post("/withdraw")
async def withdraw(applicant: TheApplicant) -> Response:
    """Take the application back."""
    grant = await applicant.visit.grant(AUDIENCE, WITHDRAW)
    meant = Meant(round_id=applicant.round.id if applicant.round else "none")
    await part(applicant.request, NurseryClient).withdraw(grant, meant)
    return redirect(f"{PATH}/?done=withdrawn")


def _on(step: str) -> Response:
    return redirect(f"{PATH}/{step}")
