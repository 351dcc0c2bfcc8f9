"""`/my/health/pregnancy`: one's own record of a pregnancy, which nobody else reads here.

Once it has ended, the page counts and proposes nothing; what was recorded stays to be read.
"""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from auth.citizens import CitizenRoute
from kit.console import redirect
from kit.container import part
from kit.errors import ConflictError, InvalidInputError, NotFoundError
from kit.forms import only, read_fields
from kit.wording import date_words
from services.health.contract import (
    AUDIENCE,
    Allergy,
    Born,
    HealthClient,
    PregnancyEnd,
    Vaccination,
)
from services.health.forms import new_key, read_new
from services.health.handbook import Person, counting
from services.health.lines import Line
from services.health.maternity import MATERNAL, Course, courses, next_check, rsv
from services.health.visiting import PATH, REMIND, WITHDRAW, WRITE, Desk, TheDesk

ENDS = {"birth": "出産した", "loss": "流産・死産など", "untold": "答えない"}
_DONE = {
    "reminded": "時期が近づいたら、LINEでお知らせします。",
    "stopped": "お知らせをやめました。",
    "closed": "妊娠の記録を閉じました。お知らせは送りません。",
    "opened": "閉じたことを取り消しました。",
    "ended": "この記録は、先に直したか取り消してありました。いまの内容をご確認ください。",
}
_DATE = "妊娠していた期間の、今日までの日付を選んでください。"
_RSV = {
    "later": "受けられる時期はこれからです。",
    "due_soon": "もうすぐ受けられる時期になります。",
    "due": "いま受けられる時期です。",
    "too_late": "定期接種の期間を過ぎています。",
    "complete": "この妊娠での接種の記録があります。",
    "ask": "受けられるかどうか、主治医にご確認ください。",
}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=CitizenRoute)


@router.get("/pregnancy")
async def pregnancy(desk: TheDesk, done: str = "") -> Response:
    """Show how far it is, what comes next, and the check-ups; or the closed record."""
    if not desk.agrees:
        return desk.page("consent")
    return await _page(desk, _me(desk), done=_DONE.get(done, ""))


@router.post("/pregnancy")
async def change(request: Request, desk: TheDesk) -> Response:
    """Begin or stop to be told, close the record, or take the closing back."""
    fields = await read_fields(request)
    typed = {name: only(fields, name).strip() for name in ("do", "key", "corrects", "date", "how")}
    me, client = _me(desk), part(request, HealthClient)
    if typed["do"] == "close":
        return await _close(desk, me, typed)
    if typed["do"] == "reopen":
        grant = await desk.visit.grant(AUDIENCE, WITHDRAW)
        try:
            await client.withdraw(grant, me.id, typed["corrects"] or "none")
        except ConflictError:
            return _back("ended")
        return _back("opened")
    grant = await desk.visit.grant(AUDIENCE, REMIND)
    if typed["do"] == "stop":
        await client.stop_reminding(grant, me.id)
        return _back("stopped")
    await client.remind(grant, me.id, Born.model_validate({"birthdate": me.birth, "sex": me.sex}))
    return _back("reminded")


async def _close(desk: Desk, me: Person, typed: dict[str, str]) -> Response:
    entries = await desk.entries(me, *MATERNAL)
    course = _open(courses(entry.body for entry in entries if entry.ended_at is None), desk.today)
    day = _day(typed["date"], course, desk.today)
    if course is None or day is None or typed["how"] not in ENDS:
        return await _page(desk, me, problem=_DATE, typed=typed)
    end = PregnancyEnd.model_validate({"date": day, "how": typed["how"]})
    new = read_new(typed | {"corrects": ""}, (end,))
    if new is None:
        raise InvalidInputError
    grant = await desk.visit.grant(AUDIENCE, WRITE)
    await part(desk.request, HealthClient).write(grant, me.id, new)
    return _back("closed")


def _day(text: str, course: Course | None, today: date) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if course is not None and course.start <= day <= today else None


async def _page(
    desk: Desk,
    me: Person,
    *,
    done: str = "",
    problem: str = "",
    typed: dict[str, str] | None = None,
) -> Response:
    found = await desk.handbook(me, *MATERNAL, Vaccination, Allergy)
    bodies = [entry.body for entry in found.entries if entry.ended_at is None]
    every = courses(bodies)
    course = _open(every, desk.today)
    own = [entry.id for entry, _ in counting(found.entries, PregnancyEnd) if entry.is_own]
    shown: dict[str, Any] = {}
    if course is not None:
        line = rsv(me.birth, me.sex, bodies, course, desk.today)
        shown = {"weeks": course.weeks(desk.today), "usual": next_check(course)}
        shown |= {"rsv": _rsv_words(line), "rule": "" if line is None else line.rule}
    return desk.page(
        "pregnancy",
        422 if problem else 200,
        course=course,
        every=every,
        reminds=found.reminds,
        reopens=own[-1] if own and course is None else "",
        form_token=desk.visit.form_token,
        key=new_key(),
        ends=ENDS,
        typed=typed or {"date": desk.today.isoformat(), "how": ""},
        problem=problem,
        done=done,
        **shown,
    )


def _open(every: list[Course], on: date) -> Course | None:
    return next((course for course in every if course.is_open(on)), None)


def _rsv_words(line: Line | None) -> list[str]:
    if line is None or line.state not in _RSV:
        return []
    words = [_RSV[line.state]]
    if line.earliest and line.latest and line.state in ("later", "due_soon", "due", "ask"):
        span = f"{date_words(line.earliest)}～{date_words(line.latest)}"
        words.append(f"定期接種の期間：{span}（妊娠28週0日から36週6日まで）")
    return words


def _me(desk: Desk) -> Person:
    me = desk.me
    if me is None or me.sex == "male":
        raise NotFoundError
    return me


def _back(done: str) -> Response:
    return redirect(f"{PATH}/pregnancy?done={done}")
