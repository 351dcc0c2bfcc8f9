"""`/my/health/images`: examinations with pictures, and the pictures themselves.

The pictures come with the page: no address opens one by itself.
"""

from typing import Any

from fastapi import APIRouter, Request, Response

from auth.citizens import CitizenRoute
from kit.container import part
from kit.errors import NotFoundError, UnavailableError
from services.health.contract import Entry, Imaging
from services.health.handbook import Person, counting
from services.health.imaging import ON_A_PAGE, Studies, WrongPersonError
from services.health.visiting import PATH, TheDesk

MODALITIES = {
    "CR": "レントゲン",
    "DX": "レントゲン",
    "CT": "CT",
    "MR": "MRI",
    "US": "超音波（エコー）",
    "XA": "血管造影",
    "ES": "内視鏡",
}
"""DICOM PS3.3 C.7.3.1.1.1 → what residents read; of others the code is shown."""
_PROBLEMS = {
    "gone": "画像は、いま保管先にありません。検査を受けた医療機関にお問い合わせください。",
    "person": "保管先の画像の生年月日が、この記録と合わないため、表示しません。"
    "検査を受けた医療機関にお知らせください。",
    "away": "画像の保管先から、いま答えがありません。少し時間をおいて、もう一度お試しください。",
}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=CitizenRoute)


@router.get("/images")
async def images(desk: TheDesk, child: str = "") -> Response:
    """Show which examinations there are pictures of."""
    person = desk.person(child)
    if person is None:
        return desk.which("images")
    found = counting(await desk.entries(person, Imaging), Imaging)
    found.sort(key=lambda pair: pair[1].date, reverse=True)
    there = part(desk.request, Studies).is_there
    return desk.child_page(person, "images", found=found, kinds=MODALITIES, there=there)


@router.get("/images/study")
async def study(desk: TheDesk, child: str = "", entry: str = "", first: int = 1) -> Response:
    """Show pictures of one examination; the look is in the access log."""
    person = desk.person(child) if child else None
    if person is None:
        raise NotFoundError
    entries = await desk.entries(person, Imaging)
    shown, status = await pictures(desk.request, person, entries, entry, first)
    return desk.child_page(
        person, "images_study", status, entry=entry, kinds=MODALITIES, step=ON_A_PAGE, **shown
    )


async def pictures(
    request: Request, person: Person, entries: tuple[Entry, ...], entry_id: str, first: int
) -> tuple[dict[str, Any], int]:
    """Return what a page shows of a study, and its status; or why there is nothing.

    Raises NotFoundError for an entry that is none of these.
    """
    known = {entry.id: body for entry, body in counting(entries, Imaging)}
    if entry_id not in known or not 1 <= first <= 1000:
        raise NotFoundError
    values: dict[str, Any] = {"body": known[entry_id], "shown": None, "problem": ""}
    try:
        studies = part(request, Studies)
        values["shown"] = await studies.shown(entries, entry_id, person.birth, first)
    except NotFoundError:
        return values | {"problem": _PROBLEMS["gone"]}, 200
    except WrongPersonError:
        return values | {"problem": _PROBLEMS["person"]}, 409
    except UnavailableError:
        return values | {"problem": _PROBLEMS["away"]}, 503
    return values, 200
