"""`/console/faq/`: the desk of the FAQ. What was asked in vain, what is due, and every entry."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from auth.staff import StaffClient, StaffMember
from kit.console import page, redirect
from kit.container import part
from kit.forms import Fields, only, read_fields
from kit.listing import Column, listed
from kit.settings import Settings
from kit.web import make_templates
from services.faq.editing import EntryChangedError, FaqEditor, NoReasonError
from services.faq.feedback import FeedbackBook
from services.faq.lines import UnusableError
from services.faq.rules import Entry
from services.faq.service import FaqService

PATH = "/console/faq"
LISTED = 100
LONGEST_ANSWER = 600
_REVIEW_AFTER = timedelta(days=365)

FIELDS = {
    "question": "質問",
    "variants": "ほかの言い方",
    "answer": "答え",
    "category": "分類",
    "desk": "担当の課",
    "source": "根拠",
    "source_url": "根拠のページ",
    "review_by": "見直しの期限",
    "keywords": "キーワード",
    "demonstration": "デモ用の内容",
    "updated": "更新日",
}
PROBLEMS = {
    "question": "質問を、100文字以内で入力してください。",
    "variants": "ほかの言い方は、1行に1つ、100文字まで、20個までにしてください。",
    "answer": "答えを、600文字以内で入力してください。",
    "category": "分類を、100文字以内で入力してください。",
    "desk": "担当の課を、100文字以内で入力してください。",
    "source": "根拠（法律、条例、担当課の確認など）を、300文字以内で入力してください。",
    "source_url": "根拠のページは、https:// で始まるアドレスにしてください。",
    "review_by": "見直しの期限の日付を選んでください。",
    "keywords": "キーワードは、1行に1つ、100文字まで、30個までにしてください。",
    "demonstration": "デモ用の内容かどうかを選び直してください。",
}
ACTIONS = {"added": "追加", "changed": "変更", "retired": "廃止"}
_NOT_SHOWN = frozenset({"id"})

COLUMNS = (
    Column[Entry]("question", "質問", lambda entry: entry.question),
    Column[Entry]("desk", "課", lambda entry: entry.desk),
    Column[Entry]("category", "分類", lambda entry: entry.category),
    Column[Entry]("review", "見直しの期限", lambda entry: entry.review_by),
)

_templates = make_templates(Path(__file__).parent / "templates")


router = desk_router(PATH, Permission.faq_edit)


def _editor(request: Request) -> FaqEditor:
    editor = part(request, FaqEditor)
    return editor


def _book(request: Request) -> FeedbackBook:
    book = part(request, FeedbackBook)
    return book


def _faq(request: Request) -> FaqService:
    service = part(request, FaqService)
    return service


Editor = Annotated[FaqEditor, Depends(_editor)]
Book = Annotated[FeedbackBook, Depends(_book)]
Service = Annotated[FaqService, Depends(_faq)]


@router.get("/")
async def overview(
    request: Request, editor: Editor, q: str = "", desk: str = "", done: str = ""
) -> Response:
    """Show the entries that hold some words, or belong to a desk."""
    entries = await editor.entries(q, desk)
    every = await editor.entries()
    asked = {**request.query_params, "q": ""}
    return _page(
        request,
        "faq/entries.html",
        listing=listed(entries, COLUMNS, asked, f"{PATH}/", _words, q=q, desk=desk),
        q=q,
        desk=desk,
        desks=sorted({entry.desk for entry in every}),
        done=done if done in ("added", "changed", "retired") else "",
    )


@router.get("/unanswered")
async def unanswered(request: Request, book: Book, service: Service) -> Response:
    """Show what people asked in vain, like with like, each with the entry that comes nearest."""
    clusters = await book.unanswered()
    rows = []
    for cluster in clusters[:LISTED]:
        found = (await service.rank(cluster.questions[0].words, 1)).found
        rows.append((cluster, found[0].entry if found else None))
    settings = part(request, Settings)
    return _page(
        request,
        "faq/unanswered.html",
        rows=rows,
        more=len(clusters) - len(rows),
        days=settings.inbox_retention_days,
    )


@router.get("/stale")
async def stale(request: Request, book: Book, service: Service) -> Response:
    """Show what has to be looked at again: its time is over, or it mostly does not help."""
    return _page(
        request,
        "faq/stale.html",
        overdue=await service.stale(),
        unhelpful=await book.unhelpful(),
    )


@router.get("/new")
async def new(request: Request, editor: Editor, book: Book, asked: str = "") -> Response:
    """Show an empty form, or one that begins with what was asked (`asked` is its key)."""
    settings = part(request, Settings)
    shown = {
        "question": await book.words_of(asked) if asked else "",
        "review_by": (editor.today + _REVIEW_AFTER).isoformat(),
        "demonstration": "true" if settings.is_demo else "",
    }
    return await _form(request, editor, shown)


@router.post("/new")
async def add(request: Request, editor: Editor) -> Response:
    """Add an entry, or say what has to be corrected."""
    cells = _cells(await read_fields(request))
    try:
        await editor.add(cells, _who(request))
    except UnusableError as error:
        return await _form(request, editor, cells, problems=error)
    return _away("added")


@router.get("/entries/{entry_id}")
async def show(request: Request, editor: Editor, entry_id: str, of: str = "") -> Response:
    """Show one entry's form; with what it said at an earlier change, where `of` names one."""
    sheet = await editor.open(entry_id)
    shown = _as_cells(sheet.entry)
    if of:
        said = await editor.version(entry_id, _number(of))
        shown |= {name: _cell(value) for name, value in said.items() if name in FIELDS}
    return await _form(
        *(request, editor, shown),
        entry=sheet.entry,
        version=sheet.version,
        is_restored=bool(of),
    )


@router.post("/entries/{entry_id}")
async def change(request: Request, editor: Editor, entry_id: str) -> Response:
    """Change an entry, or say what has to be corrected."""
    fields = await read_fields(request)
    cells, version = _cells(fields), _version(fields)
    try:
        await editor.change(entry_id, cells, version, _who(request))
    except UnusableError as error:
        entry = (await editor.open(entry_id)).entry
        return await _form(request, editor, cells, entry=entry, version=version, problems=error)
    except EntryChangedError as error:
        # What was typed stays, and goes in the stead of the colleague's once that was seen.
        sheet = await editor.open(entry_id)
        return await _form(
            *(request, editor, cells),
            entry=sheet.entry,
            version=sheet.version,
            problems=error,
        )
    return _away("changed")


@router.get("/entries/{entry_id}/retire")
async def ask_retire(request: Request, editor: Editor, entry_id: str) -> Response:
    """Ask once more before an entry is taken out of use."""
    sheet = await editor.open(entry_id)
    shown = {"entry": sheet.entry, "version": sheet.version, "reason": "", "problems": {}}
    return _page(request, "faq/retire.html", **shown)


@router.post("/entries/{entry_id}/retire")
async def retire(request: Request, editor: Editor, entry_id: str) -> Response:
    """Take an entry out of use, with the reason."""
    fields = await read_fields(request)
    reason = only(fields, "reason")
    try:
        await editor.retire(entry_id, _version(fields), _who(request), reason)
    except (EntryChangedError, NoReasonError) as error:
        sheet = await editor.open(entry_id)
        return _page(
            request,
            "faq/retire.html",
            error.status,
            entry=sheet.entry,
            version=sheet.version,
            reason=reason,
            problems={"reason" if isinstance(error, NoReasonError) else "main": error.message},
        )
    return _away("retired")


@router.get("/entries/{entry_id}/history")
async def history(request: Request, editor: Editor, entry_id: str) -> Response:
    """Show who changed an entry, when, and what it said before."""
    settings = part(request, Settings)
    versions = await editor.history(entry_id)
    steps = [(version, _differences(version.before, version.after)) for version in versions]
    names = await part(request, StaffClient).names(
        version.who for version in versions if version.at_desk
    )
    return _page(
        request,
        "faq/history.html",
        entry_id=entry_id,
        is_retired=versions[0].after is None,
        steps=steps,
        actions=ACTIONS,
        names=names,
        zone=settings.timezone,
    )


async def _form(
    request: Request,
    editor: FaqEditor,
    shown: Mapping[str, str],
    *,
    entry: Entry | None = None,
    version: int = 0,
    is_restored: bool = False,
    problems: UnusableError | EntryChangedError | None = None,
) -> Response:
    every = await editor.entries()
    wrong: dict[str, str] = {}
    if isinstance(problems, UnusableError):
        found = {name.partition(".")[0] for name, _ in problems.faults}
        wrong = {name: PROBLEMS[name] for name in FIELDS if name in found}
    conflict = problems.message if isinstance(problems, EntryChangedError) else ""
    return _page(
        request,
        "faq/entry.html",
        409 if conflict else 422 if wrong else 200,
        shown={name: shown.get(name, "") for name in FIELDS},
        labels=FIELDS,
        entry=entry,
        version=version,
        problems=wrong,
        conflict=conflict,
        differences=_changes(entry, shown) if entry and (conflict or is_restored) else (),
        is_restored=is_restored,
        longest=LONGEST_ANSWER,
        categories=sorted({other.category for other in every}),
        desks=sorted({other.desk for other in every}),
    )


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    values = {"path": PATH, "problem": "", **shown}
    return page(_templates, name, status, member=request.state.member, **values)


def _away(done: str) -> Response:
    return redirect(f"{PATH}/?done={done}")


def _who(request: Request) -> str:
    member: StaffMember = request.state.member
    # Names change, and two people may share one.
    return member.id


def _cells(fields: Fields) -> dict[str, str]:
    """Return the form as texts by field, with line ends as they are stored."""
    return {
        name: "".join(fields.get(name, ())).replace("\r\n", "\n")
        for name in FIELDS
        if name != "updated"
    }


def _version(fields: Fields) -> int:
    return _number("".join(fields.get("version", ())))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1


def _as_cells(entry: Entry) -> dict[str, str]:
    return {
        **{name: str(value or "") for name, value in vars(entry).items()},
        "variants": "\n".join(entry.variants),
        "keywords": "\n".join(entry.keywords),
        "demonstration": "true" if entry.demonstration else "",
    }


def _cell(value: Any) -> str:
    """Return what a version keeps as it stands in a field of the form."""
    if isinstance(value, bool):
        return "true" if value else ""
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _changes(entry: Entry, typed: Mapping[str, str]) -> Sequence[tuple[str, str, str]]:
    """Return (label, now, then) of what saving would change."""
    now = _as_cells(entry)
    pairs = [(FIELDS[name], now[name], typed.get(name, "")) for name in FIELDS if name != "updated"]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Sequence[tuple[str, str, str]]:
    """Return (label, before, after) of the fields that differ."""
    names = [name for name in FIELDS if name not in _NOT_SHOWN]
    pairs = [(name, (before or {}).get(name), (after or {}).get(name)) for name in names]
    return [(FIELDS[name], _shown(old), _shown(new)) for name, old, new in pairs if old != new]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _words(_entry: Entry) -> str:
    """Return nothing: the editor has searched already, better than word by word."""
    return ""
