"""`/console/procedures/events/`: what is asked and listed, changed by the desk under four eyes."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path as Folder
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from auth.permissions import Permission
from auth.staff import StaffClient, StaffMember, require_staff
from kit.console import ConsoleRoute, page, redirect
from kit.container import Container, part
from kit.db import Database
from kit.errors import ConciergeError, InvalidInputError, NotFoundError
from kit.forms import Fields, only, read_fields
from kit.web import make_templates, takes_bytes
from services.procedures import sheet
from services.procedures import version_repository as rows
from services.procedures.changing import SIMPLE, NotSoSimpleError, with_values
from services.procedures.comparing import changes, line_changes
from services.procedures.desk_view import (
    STATES,
    ShortForm,
    event_rows,
    fact_rows,
    preview,
    procedure_rows,
    short_form,
)
from services.procedures.desk_words import faults
from services.procedures.editing import Editor, Opened
from services.procedures.events import Event
from services.procedures.guides import Guides
from services.procedures.models import ProcedureVersion
from services.procedures.versions import CITY_FILE, OPEN, State
from services.procedures.wording import page_words

PATH = "/console/procedures/events"
_MOST_BYTES = 400_000
"""Of a form with an event's text, in which a Japanese letter takes nine."""
_NOT_SO_SIMPLE = (
    "この手続きは、かんたんな画面では直せない書き方になっています。"
    "「本文を直す」から直してください。"
)
_templates = make_templates(Folder(__file__).parent / "templates")

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=ConsoleRoute)

Member = Annotated[StaffMember, Depends(require_staff(Permission.procedures_edit))]
Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Number = Annotated[int, Path(ge=0, le=1_000_000)]
Chosen = Annotated[int, Query(ge=0, le=1000)]


async def waiting(container: Container, _member: StaffMember) -> int:
    """Return how many proposals wait for a second person."""
    async with container.get(Database).transaction() as session:
        return await rows.waiting(session)


@router.get("/")
async def overview(request: Request, member: Member) -> Response:
    """Show every event."""
    guides = part(request, Guides)
    async with guides.database.transaction() as session:
        numbers, work = await rows.published_numbers(session), await rows.in_work(session)
    found = event_rows(guides.published, numbers, work, guides.today())
    return _page("events", member, rows=found)


@router.get("/{key}")
async def show(request: Request, member: Member, key: Key, example: Chosen = 0) -> Response:
    """Show an event as residents have it, and its history."""
    guides, desk = part(request, Guides), _Desk(request, key)
    event = guides.event(key)
    async with guides.database.transaction() as session:
        number = await desk.current(session)
        history = await rows.of_event(session, key)
    return _page(
        "event",
        member,
        event=event,
        number=number,
        facts=fact_rows(event),
        procedures=procedure_rows(event, guides.book),
        history=history,
        work=next((one for one in history if one.state in OPEN), None),
        names=await _names(request, history),
        zone=guides.settings.timezone,
        today=guides.today(),
        **desk.preview(event, example),
    )


@router.get("/{key}/edit")
async def edit(request: Request, member: Member, key: Key) -> Response:
    """Show the text: of the version in work, else of what residents have."""
    desk = _Desk(request, key)
    text, note, opened = await desk.in_hand()
    return _form(desk, member, text, note, opened)


@router.post("/{key}/edit")
@takes_bytes(_MOST_BYTES)
async def write(request: Request, member: Member, key: Key) -> Response:
    """Check the text, or keep it as a draft; what was typed comes back whatever happens."""
    fields, desk = await read_fields(request), _Desk(request, key)
    text, note, opened = _text(fields), only(fields, "note").strip(), _opened(fields)
    if only(fields, "do") != "save":
        return _form(desk, member, text, note, opened, is_checked=True, example=_example(fields))
    try:
        saved = await desk.editor.save(key, text, note, opened, member.id)
    except ConciergeError as error:
        return _form(desk, member, text, note, opened, error.status, problem=error.message)
    return redirect(f"{PATH}/{key}/versions/{saved.number}")


@router.get("/{key}/procedures/{procedure}")
async def short(request: Request, member: Member, key: Key, procedure: Key) -> Response:
    """Show the common changes of one procedure as a form."""
    desk = _Desk(request, key)
    text, _, opened = await desk.in_hand()
    form = short_form(text, procedure, desk.guides.today())
    if form is None and procedure in desk.event.by_key:
        # The draft in work has it no more, or cannot be read.
        return redirect(f"{PATH}/{key}/edit")
    if form is None:
        raise NotFoundError
    return _short(desk, member, procedure, form, opened)


@router.post("/{key}/procedures/{procedure}")
async def write_short(request: Request, member: Member, key: Key, procedure: Key) -> Response:
    """Put the changes into the text, and keep it as a draft."""
    fields, desk = await read_fields(request), _Desk(request, key)
    (text, note, _), opened = await desk.in_hand(), _opened(fields)
    form = ShortForm(
        words={name: " ".join(only(fields, name).split()) for name in SIMPLE},
        days=only(fields, "days").strip(),
        reviewed_on=only(fields, "reviewed_on"),
    )
    if short_form(text, procedure, desk.guides.today()) is None:
        raise NotFoundError
    note = only(fields, "why").strip() or note
    try:
        changed = with_values(text, procedure, form.words, *_counted(form))
    except NotSoSimpleError:
        return _short(desk, member, procedure, form, opened, 422, problem=_NOT_SO_SIMPLE)
    except InvalidInputError as error:
        return _short(desk, member, procedure, form, opened, 422, problem=error.message)
    # What the examples say to it is put right in the text; a draft may wait for that.
    before = desk.editor.read(key, text).problems
    problems = [
        one
        for one in desk.editor.read(key, changed).problems
        if not one.column.startswith("examples") and one not in before
    ]
    if problems:
        wrong = faults(changed, problems)
        return _short(desk, member, procedure, form, opened, 422, faults=wrong)
    try:
        saved = await desk.editor.save(key, changed, note, opened, member.id)
    except ConciergeError as error:
        return _short(desk, member, procedure, form, opened, error.status, problem=error.message)
    return redirect(f"{PATH}/{key}/versions/{saved.number}")


@router.get("/{key}/versions/{number}")
async def version(
    request: Request,
    member: Member,
    key: Key,
    number: Number,
    against: Annotated[int, Query(ge=-1, le=1_000_000)] = -1,
    example: Chosen = 0,
) -> Response:
    """Show a version: what it changes, whether it is right, what may be done with it."""
    return await _version(request, member, key, number, against=against, example=example)


@router.post("/{key}/versions/{number}")
async def decide(request: Request, member: Member, key: Key, number: Number) -> Response:
    """Propose, publish or withdraw a version, or go back to it."""
    fields, desk = await read_fields(request), _Desk(request, key)
    editor, what = desk.editor, only(fields, "do")
    doing = {"propose": editor.propose, "publish": editor.publish, "withdraw": editor.withdraw}
    try:
        if what == "back":
            number = (await editor.go_back(key, number, member.id)).number
        elif what in doing and (opened := _opened(fields)) is not None:
            await doing[what](key, opened, member.id)
        else:
            raise NotFoundError
    except NotFoundError:
        raise
    except ConciergeError as error:
        return await _version(
            request, member, key, number, status=error.status, problem=error.message
        )
    return redirect(f"{PATH}/{key}/versions/{number}")


class _Desk:
    """One event at the desk."""

    def __init__(self, request: Request, key: str) -> None:
        self.guides, self.key = part(request, Guides), key
        self.editor = Editor(self.guides)
        self.event = self.guides.event(key)

    async def current(self, session: AsyncSession) -> int:
        """Return the number of the version that residents have."""
        if self.key in self.guides.published.unusable:
            return CITY_FILE
        return (await rows.published_numbers(session)).get(self.key, CITY_FILE)

    async def in_hand(self) -> tuple[str, str, Opened | None]:
        """Return the text and note that are to be changed, and which version in work it is."""
        async with self.guides.database.transaction() as session:
            row = (await rows.in_work(session)).get(self.key)
            if row is not None:
                return row.text, row.note, Opened(row.number, row.written_at)
            number = await self.current(session)
            return await self.editor.text(session, self.key, number), "", None

    def preview(self, event: Event | None, example: int) -> dict[str, Any]:
        """Return what a template shows of an example's list; nothing while the text is wrong."""
        if event is None or not event.examples:
            return {"examples": (), "example": 0, "shown": None, "stops": ()}
        chosen = min(example, len(event.examples) - 1)
        opened = preview(event, self.guides.book, event.examples[chosen])
        return {
            "examples": event.examples,
            "example": chosen,
            "shown": opened,
            "stops": sheet.stops(opened, self.guides.book),
            "words": page_words(),
        }


def _page(name: str, member: StaffMember, status: int = 200, /, **shown: Any) -> Response:
    shown = {"path": PATH, "states": STATES, "words": {}, **shown}
    return page(_templates, f"procedures/desk_{name}.html", status, member=member, **shown)


def _form(
    desk: _Desk,
    member: StaffMember,
    text: str,
    note: str,
    opened: Opened | None,
    status: int = 200,
    *,
    problem: str = "",
    is_checked: bool = False,
    example: int = 0,
) -> Response:
    reading = desk.editor.read(desk.key, text)
    shown = {"event": desk.event, "text": text, "note": note, "opened": opened, "problem": problem}
    shown |= {"faults": faults(text, reading.problems), "is_checked": is_checked}
    shown |= desk.preview(reading.event, example)
    return _page("edit", member, status, **shown)


def _short(
    desk: _Desk,
    member: StaffMember,
    procedure: str,
    form: ShortForm,
    opened: Opened | None,
    status: int = 200,
    **shown: Any,
) -> Response:
    shown = {"problem": "", "faults": (), "event": desk.event, **shown}
    desks = desk.guides.book.desks
    return _page(
        "short", member, status, procedure=procedure, form=form, opened=opened, desks=desks, **shown
    )


async def _version(
    request: Request,
    member: StaffMember,
    key: str,
    number: int,
    *,
    against: int = -1,
    example: int = 0,
    status: int = 200,
    problem: str = "",
) -> Response:
    desk = _Desk(request, key)
    async with desk.guides.database.transaction() as session:
        history = await rows.of_event(session, key)
        current = await desk.current(session)
        text = await desk.editor.text(session, key, number)
        before = against if against >= 0 else _compared(history, number, current)
        old = await desk.editor.text(session, key, before)
    reading = desk.editor.read(key, text)
    return _page(
        "version",
        member,
        status,
        event=desk.event,
        number=number,
        row=next((one for one in history if one.number == number), None),
        history=history,
        current=current,
        against=before,
        changes=changes(old, text),
        lines=line_changes(old, text),
        faults=faults(text, reading.problems),
        problem=problem,
        names=await _names(request, history),
        zone=desk.guides.settings.timezone,
        **desk.preview(reading.event, example),
    )


def _compared(history: Sequence[ProcedureVersion], number: int, current: int) -> int:
    """Return the version to compare with: what residents had before, or now where it is over."""
    published = [CITY_FILE, *(one.number for one in history if one.state == State.published)]
    if number in published and number != current:
        return current
    return max((one for one in published if one < number), default=CITY_FILE)


async def _names(request: Request, history: Sequence[ProcedureVersion]) -> dict[str, str]:
    people = ((one.written_by, one.proposed_by, one.decided_by) for one in history)
    ids = {one for of_version in people for one in of_version if one}
    return await part(request, StaffClient).names(ids)


def _text(fields: Fields) -> str:
    """Return the text as it is kept: with the line ends of files, and one at the end."""
    return only(fields, "text").replace("\r\n", "\n").strip("\n") + "\n"


def _opened(fields: Fields) -> Opened | None:
    """Return which version a form was about. Raises InvalidInputError."""
    number, written_at = only(fields, "number"), only(fields, "written_at")
    if not number:
        return None
    try:
        return Opened(int(number), datetime.fromisoformat(written_at))
    except ValueError:
        raise InvalidInputError("the form names no version") from None


def _example(fields: Fields) -> int:
    chosen = only(fields, "example")
    return int(chosen) if chosen.isdecimal() and len(chosen) < 4 else 0


def _counted(form: ShortForm) -> tuple[int | None, date]:
    """Return the days and the day of review. Raises InvalidInputError in words for officers."""
    if form.days and not (form.days.isascii() and form.days.isdigit() and len(form.days) < 5):
        raise InvalidInputError("期限の日数は、14のような数で入力してください。")
    try:
        reviewed_on = date.fromisoformat(form.reviewed_on)
    except ValueError:
        raise InvalidInputError("内容を確かめた日を選んでください。") from None
    return (int(form.days) if form.days else None), reviewed_on
