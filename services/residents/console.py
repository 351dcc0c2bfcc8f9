"""`/console/residents/`: the desk compares cards with the register, and says who a citizen is.

Nothing personal stands in the list or in an address. Every look and every decision has a reason,
and is noted in the citizen's access log before anything is opened or changed.
"""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from auth.staff import StaffAccess, StaffClient, cookie_name
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.errors import ConciergeError
from kit.forms import only, read_fields
from kit.masking import mask_numbers
from kit.settings import Settings
from kit.web import make_templates
from services.residents.api import StaffsCases
from services.residents.cases import LISTED, CaseOverError, Fit, NumberRefusedError, Sheet
from services.residents.contract import CaseDetails, OpenCase
from services.residents.indexes import Person
from services.residents.rules import CaseReason
from services.residents.scopes import DESK

PATH = "/console/residents"
LONGEST_REASON = 200
LONGEST_NUMBER = 40

DOUBTS = {
    CaseReason.incomplete: "カードの情報が足りない",
    CaseReason.absent: "該当なし",
    CaseReason.ambiguous: "候補が複数",
    CaseReason.other_resident: "このLINEは別の方と結びついている",
    CaseReason.other_citizen: "この方は別のLINEと結びついている",
}
ITEMS = {"name": "氏名", "address": "住所", "birthdate": "生年月日", "sex": "性別"}
SEXES = {"male": "男", "female": "女", "unknown": "不明", None: ""}
# A mark and a word each, so that nobody has to tell colours apart.
FITS = {
    Fit.same: ("○", "同じ"),
    Fit.similar: ("△", "一部読めず"),
    Fit.different: ("×", "違う"),
    Fit.missing: ("－", "なし"),
}
DONE = {
    "matched": "記録しました。市民の方に、ご本人の確認ができたことをお知らせします。",
    "declined": "記録しました。市民の方に、窓口でのお手続きをご案内します。",
    "over": f"{CaseOverError.__doc__}あなたの判断は記録していません。",
}
_READ = ("residents:case:read", Permission.residents_read)
_DECIDE = ("residents:case:decide", Permission.residents_tasks)

_templates = make_templates(Path(__file__).parent / "templates")


class ReasonRefusedError(ConciergeError):
    """理由を、200文字以内で書いてください。番号や氏名は書かないでください。"""

    status = 422
    code = "reason_refused"


router = desk_router(PATH, Permission.residents_tasks, DESK)


def _case_id(case_id: str) -> int:
    """Return a case's number, for any other text one that no case has."""
    return int(case_id) if case_id.isascii() and case_id.isdigit() and len(case_id) < 18 else 0


CaseId = Annotated[int, Depends(_case_id)]


@router.get("/")
async def waiting(request: Request, cases: StaffsCases, done: str = "") -> Response:
    """Show what waits, oldest first, and no more of anybody than why."""
    found, now = await cases.waiting(), part(request, Clock)()
    rows = [_facts(request, case, now) for case in found]
    return _page(
        request, "waiting", rows=rows, is_full=len(rows) == LISTED, done=done, said=DONE.get(done)
    )


@router.get("/cases/{case_id}")
async def ask(request: Request, cases: StaffsCases, case_id: CaseId) -> Response:
    """Ask why somebody wants to look, before anything is opened."""
    return _ask(request, await cases.one(case_id))


@router.post("/cases/{case_id}")
async def look(request: Request, cases: StaffsCases, case_id: CaseId) -> Response:
    """Note the look, then show the card beside the register."""
    try:
        case = await cases.one(case_id)
        try:
            return await _sheet(request, cases, case)
        except ReasonRefusedError as error:
            return _ask(request, case, error)
    except CaseOverError:
        return _away("over")


@router.post("/cases/{case_id}/number")
async def check(request: Request, cases: StaffsCases, case_id: CaseId) -> Response:
    """Show the resident of a number beside the card once more, before it is decided."""
    typed = await _typed(request)
    try:
        case = await cases.one(case_id)
        try:
            _check_number(typed["number"])
            await _note(request, case, _READ, _reason(typed["why"]))
            sheet = await cases.of_number(case_id, typed["number"])
        except (NumberRefusedError, ReasonRefusedError) as error:
            return await _sheet(request, cases, case, error)
    except CaseOverError:
        return _away("over")
    shown = {**_facts(request, case), **_compared(sheet), **typed}
    return _page(request, "number", **shown)


@router.post("/cases/{case_id}/decide")
async def decide(request: Request, cases: StaffsCases, case_id: CaseId) -> Response:
    """Decide for the resident of a number; without one, for nobody."""
    typed = await _typed(request)
    number, member = typed["number"] or None, request.state.member
    why = typed["why"] if number else typed["nobody"]
    try:
        case = await cases.one(case_id)
        try:
            if number is not None:
                # The log shall not tell of a decision that cannot be.
                await cases.of_number(case_id, number)
            await _note(request, case, _DECIDE, _reason(why))
            await cases.decide(case_id, number, member.id)
        except (NumberRefusedError, ReasonRefusedError) as error:
            return await _sheet(request, cases, case, error)
    except CaseOverError:
        return _away("over")
    return _away("declined" if number is None else "matched")


async def _typed(request: Request) -> dict[str, str]:
    """Return what a case's forms hold: `reason` of the look, `why` and `nobody` of deciding."""
    fields = await read_fields(request)
    return {name: only(fields, name).strip() for name in ("reason", "number", "why", "nobody")}


async def _sheet(
    request: Request, cases: StaffsCases, case: OpenCase, problem: ConciergeError | None = None
) -> Response:
    """Show a case; whatever has to be corrected is one more look, for the reason of the first."""
    typed = await _typed(request)
    await _note(request, case, _READ, _reason(typed["reason"]))
    shown = {**_facts(request, case), **_compared(await cases.sheet(case.case_id)), **typed}
    if problem is None:
        return _page(request, "case", **shown, problem="")
    return _page(request, "case", 422, **shown, problem=problem.message)


async def _note(
    request: Request, case: OpenCase, what: tuple[str, Permission], reason: str
) -> None:
    client = part(request, StaffClient)
    action, permission = what
    noted = StaffAccess(
        cookie=request.cookies.get(cookie_name(part(request, Settings)), ""),
        citizen_id=case.citizen_id,
        permission=permission,
        desk=DESK,
        action=action,
        reason=reason,
    )
    await client.look(noted)


def _reason(text: str) -> str:
    """Return a reason that may stand in the access log. Raises ReasonRefusedError."""
    text = text.strip()
    if not text or len(text) > LONGEST_REASON or mask_numbers(text)[1]:
        raise ReasonRefusedError
    return text


def _check_number(number: str) -> None:
    if not number or len(number) > LONGEST_NUMBER or mask_numbers(number)[1]:
        raise NumberRefusedError


def _ask(request: Request, case: OpenCase, problem: ConciergeError | None = None) -> Response:
    status, words = (200, "") if problem is None else (problem.status, problem.message)
    return _page(request, "ask", status, **_facts(request, case), problem=words)


def _facts(request: Request, case: OpenCase, now: datetime | None = None) -> dict[str, Any]:
    """Return what may be told of a case to whoever gives no reason."""
    settings = part(request, Settings)
    age = (now or part(request, Clock)()) - case.opened_at
    return {
        "case_id": case.case_id,
        "doubt": DOUBTS[CaseReason(case.reason)],
        "opened_at": case.opened_at.astimezone(settings.timezone),
        "age": age_in_words(age),
    }


def _compared(sheet: Sheet) -> dict[str, Any]:
    """Return the card's items, and for each candidate the same items with how they fit."""
    card = [_in_words(sheet.card, item) for item in ITEMS]
    candidates = [
        {
            "is_citizens_own": found.is_citizens_own,
            "is_anothers": found.is_anothers,
            "rows": [
                (label, said, _in_words(found.person, item), *FITS[found.fits[item]])
                for (item, label), said in zip(ITEMS.items(), card, strict=True)
            ],
        }
        for found in sheet.candidates
    ]
    return {"card": list(zip(ITEMS.values(), card, strict=True)), "candidates": candidates}


def _in_words(person: CaseDetails | Person, item: str) -> str:
    value = getattr(person, item)
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    return SEXES[value] if item == "sex" else value or ""


def age_in_words(age: timedelta) -> str:
    """Tell how long something waits, in the largest unit that is full twice, or in minutes."""
    minutes = max(0, int(age.total_seconds()) // 60)
    if minutes < 120:
        return f"{minutes}分"
    hours = minutes // 60
    return f"{hours}時間" if hours < 48 else f"{hours // 24}日"


def _page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    values = {"path": PATH, "member": request.state.member, **shown}
    return page(_templates, f"residents/{name}.html", status, **values)


def _away(done: str) -> Response:
    return redirect(f"{PATH}/?done={done}")
