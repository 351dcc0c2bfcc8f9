"""`/console/reports/`: the yard's desk. What comes first and why, the next step by one tap."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from auth.desks import desk_router
from auth.permissions import Permission
from kit.clock import Clock
from kit.console import page, redirect
from kit.container import part
from kit.errors import IllegalTransitionError, InvalidInputError
from kit.forms import Fields, only, read_fields
from kit.images import LARGEST_BYTES
from kit.settings import Settings
from kit.spreadsheets import as_csv
from kit.web import make_templates, takes_bytes
from services.snow import figures
from services.snow.areas import Area
from services.snow.categories import SEVERITIES
from services.snow.changing import Step
from services.snow.desk import Desk
from services.snow.forgetting import DESK
from services.snow.images import GRID, squares
from services.snow.lifecycle import TRANSITIONS, Status
from services.snow.photos import Photos
from services.snow.report_parsing import report_id
from services.snow.slipperiness import Outlook, check_temperature
from services.snow.surface import STATES
from services.snow.surfaces import Surfaces

PATH = "/console/reports"
LONGEST_NOTE = 200
_NEEDS_WORDS = (Status.NOT_OURS, Status.DUPLICATE)
_PHOTO_WORDS = {
    "waiting": "LINEから受け取り中",
    "pending": "未確認（公開していません）",
    "approved": "公開中",
    "refused": "公開しない",
    "failed": "受け取れませんでした",
}
_AMOUNTS = {
    "lowest_c": "最低気温（℃）",
    "highest_c": "最高気温（℃）",
    "snow_on_ground_cm": "積雪（cm）",
    "new_snow_cm": "新しい雪（cm）",
    "rain_mm": "雨（mm）",
}
_DONE = {
    "sand": "砂まきを記録しました。",
    "step": "記録しました。報告した方と加わった方に、お知らせします。",
    "words": "記録しました。",
    "photo": "写真の扱いを記録しました。",
    "weather": "路面の見込みを記録しました。",
}

_templates = make_templates(Path(__file__).parent / "templates")


router = desk_router(PATH, Permission.reports_handle, DESK)


def _desk(request: Request) -> Desk:
    desk = part(request, Desk)
    return desk


def _photos(request: Request) -> Photos:
    photos = part(request, Photos)
    return photos


TheDesk = Annotated[Desk, Depends(_desk)]
ThePhotos = Annotated[Photos, Depends(_photos)]


@router.get("/")
async def listed(request: Request, desk: TheDesk, done: str = "") -> Response:
    """Show what is open, the most urgent first, each with its reason."""
    rows = await desk.listed()
    weights = sorted(desk.weights.values.items())
    _, level = await desk.weather()
    drawing = desk.drawing(rows, f"{PATH}/{{}}")
    return desk_page(
        request, "list", rows=rows, weights=weights, level=level, done=done, map=drawing
    )


@router.get("/route")
async def route(request: Request, desk: TheDesk, done: str = "") -> Response:
    """Show the sheet for crews: planned and begun, in an order to drive, to be printed."""
    return desk_page(request, "route", **await sheet(request, desk, PATH), done=done)


@router.get("/measured")
async def measured(request: Request) -> Response:
    """Show the roads by the snow beside them, as vehicles measured it."""
    rows = await part(request, Surfaces).narrowest()
    return desk_page(request, "measured", rows=rows, surface_states=STATES)


@router.get("/figures")
async def winters(request: Request, desk: TheDesk) -> Response:
    """Show what each winter brought to each district."""
    return desk_page(request, "figures", rows=await desk.figures(), head=figures.HEAD)


@router.get("/figures.csv")
async def winters_csv(desk: TheDesk) -> Response:
    """The same as a file."""
    rows = await desk.figures()
    table = [[getattr(row, name) for name in figures.HEAD] for row in rows]
    said = {"Content-Disposition": 'attachment; filename="snow-figures.csv"'}
    body = as_csv([list(figures.HEAD.values()), *table])
    return Response(body, media_type="text/csv; charset=utf-8", headers=said)


@router.get("/weather")
async def weather(request: Request, desk: TheDesk) -> Response:
    """Show the form of what the yard knows of the weather."""
    row, level = await desk.weather()
    return _weather(request, {}, row=row, level=level)


@router.post("/weather")
async def enter(request: Request, desk: TheDesk) -> Response:
    """Keep the weather, or say what cannot be."""
    fields = await read_fields(request)
    typed = {name: only(fields, name).strip() for name in _AMOUNTS}
    try:
        outlook = Outlook(**{name: _amount(name, text) for name, text in typed.items()})
    except InvalidInputError as error:
        row, level = await desk.weather()
        return _weather(request, typed, row=row, level=level, problem=error.message)
    await desk.enter_weather(outlook, request.state.member.id)
    return redirect(f"{PATH}/?done=weather")


@router.get("/photos/{photo_id}.jpg")
async def photo(photos: ThePhotos, photo_id: int) -> Response:
    """Give a photo to staff, approved or not."""
    jpeg = await photos.jpeg(photo_id, approved=False)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.post("/photos/{photo_id}")
async def judge(request: Request, photos: ThePhotos, photo_id: int) -> Response:
    """Blur squares of a photo, approve or refuse it."""
    fields = await read_fields(request)
    chosen = list(fields.get("square", ()))
    if chosen:
        jpeg = await photos.jpeg(photo_id, approved=False)
        await photos.blur(photo_id, squares(jpeg, chosen))
    do = only(fields, "do")
    if do in ("approved", "refused"):
        await photos.judge(photo_id, do)
    return redirect(f"{PATH}/{_number(only(fields, 'number'))}?done=photo")


@router.get("/{number}")
async def one(request: Request, desk: TheDesk, number: str, done: str = "") -> Response:
    """Show one report with everything that can be done."""
    return await _one(request, desk, number, done=done)


@router.post("/{number}/step")
async def step(request: Request, desk: TheDesk, number: str) -> Response:
    """Take a step, or say what it still needs."""
    fields = await read_fields(request)
    try:
        taken = read_step(fields, request.state.member.id, part(request, Settings))
        await desk.step(number, taken)
    except InvalidInputError as error:
        return await _one(request, desk, number, problem=error.message)
    except IllegalTransitionError:
        said = (
            "ほかの職員が先に変えたため、この操作はできませんでした。今の状態を確かめてください。"
        )
        return await _one(request, desk, number, problem=said)
    return redirect(f"{PATH}/{back(fields, _number(number))}?done=step")


@router.post("/{number}/sand")
async def sand(request: Request, desk: TheDesk, number: str) -> Response:
    """Note that staff spread sand there."""
    fields = await read_fields(request)
    await desk.sand(number, request.state.member.id)
    return redirect(f"{PATH}/{back(fields, _number(number))}?done=sand")


@router.post("/{number}/photo")
@takes_bytes(LARGEST_BYTES)
async def add_photo(request: Request, desk: TheDesk, number: str) -> Response:
    """Take a photo from the cab: the body is the picture."""
    await desk.add_photo(number, await request.body())
    return Response(status_code=204)


@router.post("/{number}/words")
async def words(request: Request, desk: TheDesk, number: str) -> Response:
    """Publish the citizen's words, or take them back."""
    approved = only(await read_fields(request), "do") == "approve"
    await desk.publish_words(number, approved=approved)
    return redirect(f"{PATH}/{_number(number)}?done=words")


async def sheet(
    request: Request, desk: Desk, path: str, area: Area | None = None
) -> dict[str, Any]:
    """Return what the sheet for crews shows; its forms go to `path`."""
    rows = await desk.route(area)
    drawing = desk.drawing(rows, "#{}")
    now = part(request, Clock)()
    return {"rows": rows, "now": now, "map": drawing, "path": path, "of_crew": area is not None}


def back(fields: Fields, number: str) -> str:
    """Return where a form was sent from, as the end of the address."""
    return {"list": "", "route": "route"}.get(only(fields, "from"), number)


def read_step(fields: Fields, who: str, settings: Settings) -> Step:
    """Read a step. Raises InvalidInputError, kindly."""
    try:
        to = Status(only(fields, "to"))
    except ValueError:
        raise InvalidInputError("状態を選んでください。") from None
    note = only(fields, "note").strip()
    if len(note) > LONGEST_NOTE:
        raise InvalidInputError("ひとことは、200文字以内で書いてください。")
    return Step(
        to,
        who,
        note=note,
        handed_to=only(fields, "handed_to").strip()[:100],
        parent_id=report_id(only(fields, "parent").strip().upper()),
        expected_at=_expected(only(fields, "expected_at"), settings),
    )


def _expected(text: str, settings: Settings) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=settings.timezone)
    except ValueError:
        raise InvalidInputError("見込みの日時を選び直してください。") from None


def _amount(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise InvalidInputError(f"{_AMOUNTS[name]}は、数字で入力してください。") from None
    return check_temperature(value) if name.endswith("_c") else value


def _number(text: str) -> str:
    """Return a report's number as it may stand in an address, nothing for any other text."""
    return text if report_id(text) is not None else ""


async def _one(
    request: Request, desk: Desk, number: str, *, done: str = "", problem: str = ""
) -> Response:
    sheet = await desk.sheet(number)
    after = [s for s in Status if s in TRANSITIONS[Status(sheet.row.report.status)]]
    return desk_page(
        request,
        "one",
        422 if problem else 200,
        sheet=sheet,
        row=sheet.row,
        steps=[status for status in after if status not in _NEEDS_WORDS],
        may=after,
        photo_words=_PHOTO_WORDS,
        grid=range(GRID),
        done=done,
        problem=problem,
    )


def _weather(
    request: Request, typed: dict[str, str], *, problem: str = "", **shown: Any
) -> Response:
    status = 422 if problem else 200
    values = {"typed": typed, "amounts": _AMOUNTS, "problem": problem, **shown}
    return desk_page(request, "weather", status, **values)


def desk_page(request: Request, name: str, status: int = 200, /, **shown: Any) -> Response:
    """Return a page of the yard's desk."""
    values = {
        "path": PATH,
        "member": request.state.member,
        "zone": part(request, Settings).timezone,
        "severities": SEVERITIES,
        "Status": Status,
        "transitions": TRANSITIONS,
        "of_crew": False,
        "said": _DONE.get(str(shown.get("done", "")), ""),
        **shown,
    }
    return page(_templates, f"snow/desk/{name}.html", status, **values)
