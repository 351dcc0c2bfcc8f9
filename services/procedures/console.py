"""`/console/procedures/`: the list that a resident shows at the counter by a code of 30 minutes.

The code travels in forms, never in an address. Every look and change is in the staff's log.
"""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from auth.permissions import Permission
from auth.staff import StaffMember, require_staff
from kit.console import ConsoleRoute, page
from kit.container import part
from kit.errors import GoneError, InvalidInputError, NotFoundError
from kit.forms import Fields, only, read_fields
from kit.logging import get_logger
from kit.web import make_templates
from services.procedures import repository, sheet
from services.procedures.answers import UNKNOWN
from services.procedures.conditions import Value
from services.procedures.events import Fact, Kind
from services.procedures.filling import known_of
from services.procedures.guides import Guides, OpenList
from services.procedures.wording import page_words

PATH = "/console/procedures"
_GONE = (
    "このコードは使えません。期限の30分が過ぎたか、打ちまちがいかもしれません。"
    "ご本人の画面で「コードを出す」をもう一度押してもらってください。"
)

log = get_logger(__name__)
_templates = make_templates(Path(__file__).parent / "templates")

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=ConsoleRoute)

Member = Annotated[StaffMember, Depends(require_staff(Permission.procedures_counter))]


@router.get("/")
async def ask(member: Member) -> Response:
    """Ask for the code."""
    return page(_templates, "procedures/counter.html", member=member, path=PATH, problem="")


@router.post("/list")
async def act(request: Request, member: Member) -> Response:
    """Open the list of a code; tick, take a tick back, or correct a fact in it."""
    fields, guides = await read_fields(request), part(request, Guides)
    code, problem = only(fields, "code"), ""
    try:
        async with guides.database.transaction() as session:
            opened = await guides.open_counter(session, code, lock=True)
            log.info(
                "procedure_list_at_counter",
                staff_id=member.id,
                guide_id=opened.guide.id,
                what=only(fields, "do") or "look",
            )
            try:
                await _do(guides, session, opened, fields, member)
            except InvalidInputError:
                problem = "その内容では一覧を作れません。もう一度お確かめください。"
            contents = await guides.contents(session, opened.guide)
            opened = await guides.opened(session, opened.guide, contents)
    except GoneError:
        return page(
            _templates, "procedures/counter.html", 422, member=member, path=PATH, problem=_GONE
        )
    return page(
        _templates,
        "procedures/counter_list.html",
        422 if problem else 200,
        member=member,
        path=PATH,
        code=code,
        problem=problem,
        opened=opened,
        words=page_words(),
        stops=(
            *sheet.stops(opened, guides.book),
            *sheet.stops(opened, guides.book, certain=False),
        ),
        fields=[(fact, *_shown(fact, opened)) for fact in _asked(opened)],
    )


async def _do(
    guides: Guides, session: Any, opened: OpenList, fields: Fields, member: StaffMember
) -> None:
    what, key = only(fields, "do"), only(fields, "procedure")
    if what in ("tick", "untick") and key not in {row.procedure.key for row in opened.rows}:
        raise NotFoundError
    if what == "tick":
        await repository.tick(session, opened.guide.id, key, member.id, guides.clock())
    elif what == "untick":
        await repository.untick(session, opened.guide.id, key)
    elif what == "correct":
        answers = {fact.name: _plain(fact, fields) for fact in _asked(opened)}
        contents = guides.corrected(opened.guide, opened.contents, answers)
        await guides.keep(session, opened.guide, contents)


def _asked(opened: OpenList) -> list[Fact]:
    """Return the facts that were asked for, as the counter may correct them."""
    return [opened.event.by_name[one.name] for one in opened.known]


def _shown(fact: Fact, opened: OpenList) -> tuple[str, frozenset[str]]:
    """Return a fact as a form holds it: its text, and the options chosen."""
    value: Value | None = known_of(opened.event, opened.contents.answers, opened.today).get(
        fact.name
    )
    if value is None:
        return "", frozenset({UNKNOWN})
    if isinstance(value, frozenset):
        return "", value
    if isinstance(value, tuple):
        return "、".join(map(str, value)), frozenset()
    if isinstance(value, bool):
        return "", frozenset({"yes" if value else "no"})
    return str(value), frozenset({str(value)})


def _plain(fact: Fact, fields: Fields) -> Any:
    """Return what a form says of a fact as JSON has it. Raises InvalidInputError."""
    name = f"fact_{fact.name}"
    typed, chosen = only(fields, name).strip(), list(fields.get(name, ()))
    if fact.kind is Kind.several:
        return UNKNOWN if UNKNOWN in chosen else [one for one in chosen if one]
    if fact.kind is Kind.people:
        return [_whole(age) for age in typed.replace(",", "、").split("、") if age.strip()]
    if not typed or typed == UNKNOWN:
        return UNKNOWN
    if fact.kind is Kind.yes_no:
        return typed == "yes"
    return _whole(typed) if fact.kind is Kind.number else typed


def _whole(text: str) -> int:
    number = text.strip().removesuffix("歳")
    if not number.isdecimal():
        raise InvalidInputError("a whole number is needed")
    return int(number)
