"""`/console/nursery/`: reviewing without names, row by row; allocating; approving by two.

Names and what a family wrote open with a reason that the applicant reads.
"""

from collections.abc import Awaitable
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request, Response

from auth.desks import desk_router
from auth.permissions import Permission, SamePersonError
from auth.staff import StaffAccess, StaffClient, StaffMember, cookie_name
from kit.console import page, redirect
from kit.container import part
from kit.errors import ConflictError, IllegalTransitionError, InvalidInputError, NotFoundError
from kit.forms import only, read_fields, read_file
from kit.masking import mask_numbers
from kit.settings import Settings
from kit.web import make_templates, takes_bytes
from services.nursery import vacancies
from services.nursery.applications import Files
from services.nursery.carrying import CARRIED, Carrying
from services.nursery.columns import Paper
from services.nursery.desk import LONGEST_REQUEST, Desk
from services.nursery.photos import PaperPhotos
from services.nursery.scopes import DESK
from services.nursery.trying import LOTTERY, new_class

PATH = "/console/nursery"
_LONGEST_REASON = 200
_STATES = {
    "collecting": "受付・確認中",
    "frozen": "締め切り・利用調整中",
    "approved": "承認済み（公表前）",
    "released": "公表済み",
}
_RUNS = {
    "running": "計算中",
    "verified": "検証済み・承認待ち",
    "approved": "承認済み",
    "failed": "使えません",
}
_LEVELS = {"stable": "安定", "weak": "弱い意味で安定", "fewest": "不満が最も少ない"}
_DONE = {
    "noted": "記録しました。",
    "asked": "申請者のLINEに、確認のお願いがあることをお知らせします。",
    "frozen": "締め切りました。くじの番号を決めました。",
    "allocating": "計算を始めました。終わると、この画面に結果が出ます。",
    "trying": "試算を始めました。終わると、この画面に出ます。試算は承認も公表もできません。",
    "trial": "試算する園と年齢、増やす人数（1から100まで）を選んでください。",
    "carried": "前の募集で入れなかった申し込みを引き継ぎ、空きの人数を直しました。",
    "approved": "承認しました。まだ公表していません。",
    "released": "公表しました。申請者のLINEにお知らせします。",
    "early": "まだできません。受付の締め切り前か、確認の終わっていない行があります。",
    "same": "計算を始めた職員とは別の職員が承認してください。",
    "number": "空きの人数は、0から1000までの数字で入力してください。",
    "allocating_now": "利用調整の途中は、空きの人数を変えられません。",
    "again": "その操作は、いまの段階ではできません。画面を確かめてください。",
    "part": "その番号の通知書はありません。通数を確かめてください。",
    "reason": "言葉を入力してください（300文字まで、12桁の番号は不可）。",
}
_STEPS = {
    "point.confirmed": "点数の行を確認",
    "point.refused": "点数の行を認めない",
    "paper.received": "書類が届いた",
    "paper.missing": "書類が足りない",
    "requested": "確認をお願い",
}
_MISSING = "{paper}がまだ届いていません。写真、窓口、郵送のいずれかでお出しください。"
_WRONG = "{paper}として届いたものは、別の書類か、読めないもののようです。もう一度お出しください。"
_REASONS = {
    "passed_over": "手作業の結果では、優先順位の高いこの家庭が、選べたはずの園に入れていません",
    "in_their_place": "手作業の結果では、優先順位のより高い家庭の席に入っています",
    "follows": "ほかの違いに伴って変わりました",
    "as_good": "手作業の結果も不満のない割り当てです。順位の高い家庭の希望を先にした結果が違います",
    "not_checked": "手作業の結果に決まりと合わないところがあり、比べられません",
}
_MOST_DIFFERENCES = 500
LARGEST_BY_HAND = 10 * 1024 * 1024
_REFUSALS = ("trial", "part", "early", "same", "again", "reason", "number", "allocating_now")

_templates = make_templates(Path(__file__).parent / "templates")


router = desk_router(PATH, Permission.residents_tasks, DESK)


def _number(number: str) -> int:
    """Return a row's number, for any other text one that no row has."""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 18 else 0


Number = Annotated[int, Depends(_number)]


def _desk(request: Request) -> Desk:
    desk = part(request, Desk)
    return desk


TheDesk = Annotated[Desk, Depends(_desk)]


@router.get("/")
async def rounds(request: Request, desk: TheDesk, done: str = "") -> Response:
    """Show how far each round has come."""
    return await _rounds(request, desk, done=done)


async def _rounds(
    request: Request, desk: Desk, status: int = 200, *, done: str = "", problem: str = ""
) -> Response:
    files = part(request, Files)
    standings = await desk.standings()
    async with files.database.transaction() as session:
        places = (await files.places(session)).names
    shown = {"standings": standings, "places": places, "problem": problem}
    return _page(request, "rounds", status, **shown, done=done)


@router.get("/seats")
async def seats(request: Request, done: str = "") -> Response:
    """Show every class with its free seats, to be changed."""
    files = part(request, Files)
    async with files.database.transaction() as session:
        found = await vacancies.listed(session, None)
    return _page(request, "seats", found=found, done=done)


@router.post("/seats")
async def set_seats(request: Request, desk: TheDesk) -> Response:
    """Change the free seats of one class."""
    fields = await read_fields(request)
    age, number = only(fields, "age"), only(fields, "seats")
    if not all(text.isascii() and text.isdigit() and len(text) < 5 for text in (age, number)):
        return redirect(f"{PATH}/seats?done=number")
    facility = only(fields, "facility")
    changing = desk.set_seats(facility, int(age), int(number), _who(request))
    return await _changed("seats", changing, "noted", refused="number", held="allocating_now")


@router.get("/rounds/{round_id}")
async def queue(request: Request, desk: TheDesk, round_id: str) -> Response:
    """Show what needs the desk, oldest first, without a name."""
    return _page(request, "queue", rows=await desk.queue(round_id), round_id=round_id)


@router.get("/applications/{application_id}")
async def sheet(request: Request, desk: TheDesk, application_id: str, done: str = "") -> Response:
    """Show an application without its names."""
    return await _sheet(request, desk, application_id, done=done)


@router.post("/applications/{application_id}")
async def opened(request: Request, desk: TheDesk, application_id: str) -> Response:
    """Note the look, then show names and what the family wrote."""
    if not await _noted(request, desk, application_id):
        return await _sheet(request, desk, application_id, status=422, done="reason")
    draft, reason = await desk.opened(application_id), await _reason(request)
    return await _sheet(request, desk, application_id, draft=draft, reason=reason)


@router.post("/applications/{application_id}/photos/{photo_id}")
async def photo(request: Request, desk: TheDesk, application_id: str, photo_id: str) -> Response:
    """Note the look, then show one page of a paper."""
    if not await _noted(request, desk, application_id):
        return await _sheet(request, desk, application_id, status=422, done="reason")
    application = (await desk.sheet(application_id)).application
    jpeg = await part(request, PaperPhotos).of(application, photo_id)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


async def _reason(request: Request) -> str:
    return only(await read_fields(request), "reason").strip()


async def _noted(request: Request, desk: Desk, application_id: str) -> bool:
    """Have a look noted with its reason; False where none is told."""
    reason = await _reason(request)
    if not good_reason(reason):
        return False
    application = (await desk.sheet(application_id)).application
    await note_look(request, application.citizen_id, reason)
    return True


def good_reason(reason: str) -> bool:
    """Tell whether a reason may stand in an applicant's log."""
    return bool(reason) and len(reason) <= _LONGEST_REASON and not mask_numbers(reason)[1]


async def note_look(request: Request, citizen_id: str, reason: str) -> None:
    """Have a look at an application noted; only then it is opened."""
    noted = StaffAccess(
        cookie=request.cookies.get(cookie_name(part(request, Settings)), ""),
        citizen_id=citizen_id,
        permission=Permission.residents_read,
        desk=DESK,
        action="nursery:application:read",
        reason=reason,
    )
    await part(request, StaffClient).look(noted)


@router.post("/applications/{application_id}/points/{number}")
async def decide(request: Request, desk: TheDesk, application_id: str, number: Number) -> Response:
    """Confirm a row of the points, or strike it out."""
    confirmed = only(await read_fields(request), "do") == "confirm"
    return await _changed(
        f"applications/{application_id}",
        desk.decide_point(application_id, number, _who(request), confirmed=confirmed),
        "noted",
    )


@router.post("/applications/{application_id}/papers/{number}")
async def paper(request: Request, desk: TheDesk, application_id: str, number: Number) -> Response:
    """Note that a paper is there; or that it is missing or another, and ask with one tap."""
    told = only(await read_fields(request), "do")
    received = told == "received"
    changing = desk.set_paper(application_id, number, _who(request), received=received)
    answer = await _changed(f"applications/{application_id}", changing, "noted")
    if received or not answer.headers["location"].endswith("done=noted"):
        return answer
    missing = next(p for p in (await desk.sheet(application_id)).papers if p.id == number)
    label = _papers(request)[missing.kind].label
    wanted = _WRONG if told == "wrong" else _MISSING
    words = wanted.format(paper=f"{label}（保護者{missing.parent + 1}）")
    asking = desk.request(application_id, words, _who(request))
    return await _changed(f"applications/{application_id}", asking, "asked")


@router.post("/applications/{application_id}/request")
async def ask(request: Request, desk: TheDesk, application_id: str) -> Response:
    """Ask the applicant for something in the desk's own words."""
    words = only(await read_fields(request), "words")
    asking = desk.request(application_id, words, _who(request))
    return await _changed(f"applications/{application_id}", asking, "asked")


@router.post("/rounds/{round_id}/trials")
async def try_out(request: Request, desk: TheDesk, round_id: str) -> Response:
    """Allocate a copy of the round with one thing changed; nobody can approve it."""
    fields = await read_fields(request)
    if only(fields, "what") == "lottery":
        trial = LOTTERY
    else:
        told = [only(fields, name) for name in ("nursery", "age", "seats")]
        try:
            trial = new_class(*told)
        except InvalidInputError:
            return redirect(f"{PATH}/?done=trial")
    return await _changed("", desk.allocate(round_id, _who(request), trial), "trying")


@router.post("/allocations/{number}/parity")
@takes_bytes(LARGEST_BY_HAND)
async def parity(request: Request, desk: TheDesk, number: Number) -> Response:
    """Show where a result by hand differs from a run, child by child, and why."""
    data = await read_file(request, "by_hand")
    try:
        found, names = await desk.parity(number, data.decode("utf-8"))
    except UnicodeDecodeError:
        return await _rounds(
            request, desk, 400, problem="文字コードをUTF-8にして保存してください。"
        )
    except InvalidInputError as error:
        return await _rounds(request, desk, 400, problem=error.message)
    files = part(request, Files)
    async with files.database.transaction() as session:
        places = (await files.places(session)).names
    shown = {"found": found, "names": names, "places": places, "reasons": _REASONS}
    return _page(request, "parity", number=number, most=_MOST_DIFFERENCES, **shown)


@router.post("/rounds/{round_id}/{step}")
async def go_on(request: Request, desk: TheDesk, round_id: str, step: str) -> Response:
    """Take a round one step on."""
    who = _who(request)
    if step == "freeze":
        return await _changed("", desk.freeze(round_id, who), "frozen")
    if step == "allocate":
        return await _changed("", desk.allocate(round_id, who), "allocating")
    if step == "carry":
        return await _changed("", part(request, Carrying).carry_over(round_id, who), CARRIED)
    if step == "release":
        return await _changed("", desk.release(round_id, who), "released")
    raise NotFoundError


@router.post("/allocations/{number}/approve")
async def approve(request: Request, desk: TheDesk, number: Number) -> Response:
    """Approve a verified result, by somebody else than who had it made."""
    return await _changed("", desk.approve(number, _who(request)), "approved", held="again")


async def _changed(
    where: str,
    changing: Awaitable[object],
    done: str,
    *,
    refused: str = "reason",
    held: str = "early",
) -> Response:
    """Do it, and lead back to the page that says so, or why it was not done."""
    try:
        await changing
    except SamePersonError:
        done = "same"
    except ConflictError:
        done = held
    except IllegalTransitionError:
        done = "again"
    except InvalidInputError:
        done = refused
    return redirect(f"{PATH}/{where}?done={done}")


async def _sheet(
    request: Request, desk: Desk, application_id: str, *, status: int = 200, **shown: object
) -> Response:
    values = {
        "done": "",
        "draft": None,
        "reason": "",
        "papers": _papers(request),
        "limit": LONGEST_REQUEST,
        "sheet": await desk.sheet(application_id),
        "did": _STEPS,
        **shown,
    }
    return _page(request, "sheet", status, **values)


def _papers(request: Request) -> dict[str, Paper]:
    return {paper.id: paper for paper in part(request, Files).papers}


def _who(request: Request) -> str:
    member: StaffMember = request.state.member
    return member.id


def _page(request: Request, name: str, status: int = 200, /, **shown: object) -> Response:
    done = str(shown.pop("done", ""))
    values = {
        "path": PATH,
        "member": request.state.member,
        "states": _STATES,
        "runs": _RUNS,
        "levels": _LEVELS,
        "said": _DONE.get(done, ""),
        "is_bad": done in _REFUSALS,
        "zone": part(request, Settings).timezone,
        "demonstration": part(request, Settings).is_demo,
        **shown,
    }
    return page(_templates, f"nursery/desk/{name}.html", status, **values)
