"""`/my/nursery/photos`: papers photographed with a phone, one page of a paper at a time.

Which paper it is stands in the address as a number: its name would tell why a child needs care.
"""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response

from kit.console import redirect
from kit.container import part
from kit.errors import (
    InvalidInputError,
    NotFoundError,
    PayloadTooLargeError,
    UnavailableError,
)
from kit.forms import only, read_fields, read_file
from kit.web import takes_bytes
from services.nursery.columns import Paper
from services.nursery.contract import MOST_PAGES
from services.nursery.pages import NurseryRoute
from services.nursery.photos import PaperPhotos
from services.nursery.rules import needed_papers, paper_key
from services.nursery.visiting import PATH, Applicant, TheApplicant

LARGEST_FORM = 20 * 1024 * 1024
_BUSY = "いま写真を検査できません。少し時間をおいて、もう一度お試しください。"
_DONE = {"added": "写真を付けました。", "removed": "写真を外しました。"}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=NurseryRoute)


@router.get("/photos")
async def photos(applicant: TheApplicant, paper: str = "0", done: str = "") -> Response:
    """Show the pages of a paper, and take in another."""
    applicant.open_round()
    return _page(applicant, paper, done=_DONE.get(done, ""))


@router.post("/photos")
@takes_bytes(LARGEST_FORM)
async def add(request: Request, applicant: TheApplicant) -> Response:
    """Look at a photo, and keep it; or say why it cannot be used."""
    fields = await read_fields(request)
    number, day = only(fields, "paper"), only(fields, "issued_on")
    chosen, parent = _chosen(applicant, number)
    data, round_id = await read_file(request, "photo"), applicant.open_round().id
    try:
        await part(request, PaperPhotos).add(
            applicant.saver(), round_id, paper_key(chosen, parent), data, _day(day)
        )
    except (InvalidInputError, PayloadTooLargeError) as error:
        return _page(applicant, number, error.status, problem=error.message, issued_on=day)
    except UnavailableError:
        return _page(applicant, number, 503, problem=_BUSY, issued_on=day)
    return redirect(f"{PATH}/photos?paper={int(number)}&done=added")


@router.post("/photos/remove")
async def remove(request: Request, applicant: TheApplicant) -> Response:
    """Take a page away again."""
    fields = await read_fields(request)
    number, round_id = only(fields, "paper"), applicant.open_round().id
    _chosen(applicant, number)
    photo_id = only(fields, "photo")[:100]
    await part(request, PaperPhotos).remove(applicant.saver(), round_id, photo_id)
    return redirect(f"{PATH}/photos?paper={int(number)}&done=removed")


@router.get("/photo")
async def photo(request: Request, applicant: TheApplicant, id: str = "") -> Response:
    """Show one page to whom it belongs."""
    jpeg = await part(request, PaperPhotos).own(applicant.visit.citizen_id, id[:100])
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


def _chosen(applicant: Applicant, number: str) -> tuple[Paper, int]:
    """Return a needed paper by its number in the list, with the parent. Raises NotFoundError."""
    needed = needed_papers(applicant.draft, applicant.papers)
    if not (number.isascii() and number.isdigit() and int(number[:3]) < len(needed)):
        raise NotFoundError
    return needed[int(number[:3])]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(applicant: Applicant, number: str, status: int = 200, /, **shown: Any) -> Response:
    chosen, parent = _chosen(applicant, number)
    pages = applicant.draft.photos.get(paper_key(chosen, parent), ())
    values = {"problem": "", "done": "", "issued_on": "", **shown}
    return applicant.page(
        "photos",
        status,
        paper=chosen,
        parent=parent,
        number=int(number[:3]),
        pages=pages,
        most=MOST_PAGES,
        **values,
    )
