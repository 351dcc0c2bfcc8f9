"""`/my/health/diary/photos`: the photos of one entry of the diary.

The page that shows pictures is in the access log; the pictures of it are not once more.
"""

import io
import zipfile
from typing import Any

from fastapi import APIRouter, Request, Response

from auth.citizens import CitizenRoute
from kit.console import redirect
from kit.container import part
from kit.errors import InvalidInputError, NotFoundError, PayloadTooLargeError, UnavailableError
from kit.forms import only, read_fields, read_file
from kit.web import takes_bytes
from services.health.contract import AUDIENCE, Diary, Entry
from services.health.export_pages import FreshDesk, note_export, to_keep
from services.health.handbook import Person, counting
from services.health.photos import MOST_ON_A_DAY, DiaryPhotos
from services.health.scopes import CONSENT
from services.health.visiting import PATH, WRITE, Desk, TheDesk, Visits

LARGEST_FORM = 20 * 1024 * 1024
IN_A_FILE = 50
_BUSY = "いま写真を検査できません。少し時間をおいて、もう一度お試しください。"
_DONE = {"added": "写真を付けました。", "removed": "写真を消しました。"}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=CitizenRoute)


@router.get("/diary/photos")
async def photos(desk: TheDesk, child: str = "", entry: str = "", done: str = "") -> Response:
    """Show the photos of one entry, and take in another."""
    person = desk.person(child)
    if person is None:
        return desk.which("diary")
    return await _page(desk, person, entry, done=_DONE.get(done, ""))


@router.post("/diary/photos")
@takes_bytes(LARGEST_FORM)
async def add(request: Request, desk: TheDesk) -> Response:
    """Keep a photo, or say why it cannot be."""
    person, entry = await _meant(request, desk)
    await desk.visit.grant(AUDIENCE, WRITE)
    data = await read_file(request, "photo")
    try:
        keeper = part(request, DiaryPhotos)
        await keeper.add(desk.visit.citizen_id, person.id, entry, data)
    except (InvalidInputError, PayloadTooLargeError) as error:
        return await _page(desk, person, entry, error.status, problem=error.message)
    except UnavailableError:
        return await _page(desk, person, entry, 503, problem=_BUSY)
    return _back(person, entry, "added")


@router.post("/diary/photos/remove")
async def remove(request: Request, desk: TheDesk) -> Response:
    """Delete a photo for good."""
    person, entry = await _meant(request, desk)
    await desk.visit.grant(AUDIENCE, WRITE)
    photo_id = only(await read_fields(request), "photo")[:100]
    await part(request, DiaryPhotos).remove(desk.visit.citizen_id, person.id, photo_id)
    return _back(person, entry, "removed")


@router.get("/diary/photo")
async def photo(request: Request, visit: Visits, child: str = "", id: str = "") -> Response:
    """Give one picture to whoever added it."""
    if not await visit.agrees(CONSENT):
        raise NotFoundError
    jpeg = await part(request, DiaryPhotos).picture(visit.citizen_id, child[:100], id[:100])
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "no-store"})


@router.get("/export/photos")
async def all_photos(desk: FreshDesk, child: str = "", number: int = 1) -> Response:
    """Fifty photos of the diary as a file to take along."""
    person = desk.person(child) if child else None
    if person is None or not 1 <= number <= 100:
        raise NotFoundError
    await note_export(desk)
    keeper, citizen = part(desk.request, DiaryPhotos), desk.visit.citizen_id
    every = [one for some in (await keeper.of(citizen, person.id)).values() for one in some]
    every.sort(key=lambda row: (row.added_at, row.id))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as bundle:
        for place, row in enumerate(every[(number - 1) * IN_A_FILE :][:IN_A_FILE], 1):
            jpeg = await keeper.picture(citizen, person.id, row.id)
            bundle.writestr(f"{row.added_at:%Y%m%d}-{place:03}.jpg", jpeg)
    return to_keep(Response(held.getvalue(), media_type="application/zip"), f"photos-{number}.zip")


async def _meant(request: Request, desk: Desk) -> tuple[Person, str]:
    fields = await read_fields(request)
    child, entry = only(fields, "child"), only(fields, "entry")[:100]
    person = desk.person(child) if child else None
    if person is None:
        raise NotFoundError
    return person, entry


async def _page(
    desk: Desk, person: Person, entry_id: str, status: int = 200, /, **shown: Any
) -> Response:
    rows = counting(await desk.entries(person, Diary), Diary)
    found: tuple[Entry, Diary] | None = next((row for row in rows if row[0].id == entry_id), None)
    if found is None:
        raise NotFoundError
    entry, body = found
    kept = await part(desk.request, DiaryPhotos).of(desk.visit.citizen_id, person.id)
    values = {"problem": "", "done": "", **shown}
    return desk.child_page(
        person,
        "diary_photos",
        status,
        entry=entry,
        body=body,
        pictures=kept.get(entry.record_id, []),
        most=MOST_ON_A_DAY,
        **values,
    )


def _back(person: Person, entry: str, done: str) -> Response:
    return redirect(f"{PATH}/diary/photos?child={person.id}&entry={entry}&done={done}")
