"""Papers that applicants photograph: looked at, made anew, sealed, for them and the desk alone."""

import asyncio
import hashlib
import secrets
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from kit.errors import InvalidInputError, NotFoundError
from kit.images import Photo, sanitised
from kit.scanning import Scanner
from kit.vault import Place
from services.nursery import repository
from services.nursery.applications import Applications, Files, draft_of, submitted_of
from services.nursery.columns import Paper
from services.nursery.contract import MOST_PAGES, Draft, DraftPhoto
from services.nursery.legible import check_legible
from services.nursery.models import NurseryApplication, NurseryPhoto
from services.nursery.rules import is_too_old, needed_papers, paper_key


class NoPhotoError(InvalidInputError):
    """写真がまだ選ばれていません。"""

    code = "no_photo"


class SamePhotoError(InvalidInputError):
    """同じ写真が、ほかの書類に付いています。この書類の写真を選んでください。"""

    code = "same_photo"


class TooManyPagesError(InvalidInputError):
    """1つの書類に付けられる写真は4枚までです。いらない写真を外してから付けてください。"""

    code = "too_many_pages"


class NoIssueDayError(InvalidInputError):
    """書類に書かれている証明日を入力してください。今日より後の日は使えません。"""

    code = "no_issue_day"


class OldPaperError(InvalidInputError):
    """証明日から日がたちすぎています。新しい書類をご用意ください。"""

    code = "old_paper"


class PaperPhotos:
    """One instance a process."""

    def __init__(self, files: Files, applications: Applications, scanner: Scanner) -> None:
        """`scanner` looks at a file before it is decoded."""
        self._files, self._applications, self._scanner = files, applications, scanner

    async def add(
        self, citizen_id: str, round_id: str, key: str, data: bytes, issued_on: date | None
    ) -> None:
        """Add a page to a paper that the draft needs; the same photo again changes nothing.

        Raises what can be shown to the applicant as it is (InvalidInputError and
        PayloadTooLargeError), NotFoundError, TooLateError, UnavailableError.
        """
        if not data:
            raise NoPhotoError
        was_scanned = await self._scanner.check(data)
        photo = await asyncio.to_thread(_made_anew, data)
        digest = hashlib.sha256(photo.jpeg).digest()
        async with self._files.database.transaction() as session:
            row, keys = await self._applications.begun(session, round_id, citizen_id)
            self._check_paper(draft_of(row, keys), key, issued_on)
            if await self._is_there(session, row, key, digest):
                return
            new_id = f"nph_{secrets.token_hex(16)}"
            page = DraftPhoto(id=new_id, issued_on=issued_on)
            self._applications.write(row, keys, lambda draft: _with(draft, key, page))
            session.add(
                NurseryPhoto(
                    id=new_id,
                    application_id=row.id,
                    paper=key,
                    jpeg=keys.seal_bytes(_place(new_id), photo.jpeg),
                    digest=digest,
                    was_scanned=was_scanned,
                    added_at=self._files.clock(),
                )
            )

    def _check_paper(self, draft: Draft, key: str, issued_on: date | None) -> None:
        paper = self._paper(draft, key)
        if len(draft.photos.get(key, ())) >= MOST_PAGES:
            raise TooManyPagesError
        if paper.valid_days is None:
            return
        today = self._files.today()
        if issued_on is None or issued_on > today:
            raise NoIssueDayError
        if is_too_old(paper, issued_on, today):
            raise OldPaperError

    def _paper(self, draft: Draft, key: str) -> Paper:
        needed = needed_papers(draft, self._files.papers)
        found = next((paper for paper, parent in needed if paper_key(paper, parent) == key), None)
        if found is None:
            raise NotFoundError
        return found

    async def _is_there(
        self, session: AsyncSession, row: NurseryApplication, key: str, digest: bytes
    ) -> bool:
        for other in await repository.photos(session, row.id):
            if other.digest == digest:
                if other.paper != key:
                    raise SamePhotoError
                return True
        return False

    async def remove(self, citizen_id: str, round_id: str, photo_id: str) -> None:
        """Take a page out of the draft; what was handed in keeps it until that changes."""
        async with self._files.database.transaction() as session:
            row, keys = await self._applications.begun(session, round_id, citizen_id)
            self._applications.write(row, keys, lambda draft: _without(draft, photo_id))
            found = await repository.photo(session, row.id, photo_id)
            handed_in = submitted_of(row, keys)
            if found is not None and (handed_in is None or photo_id not in _ids(handed_in)):
                await session.delete(found)

    async def own(self, citizen_id: str, photo_id: str) -> bytes:
        """Return a page of the citizen's own as JPEG. Raises NotFoundError."""
        async with self._files.database.transaction() as session:
            keys = await self._files.vault.keys(session, citizen_id)
            for row, _ in await repository.applications_of(session, citizen_id):
                found = await repository.photo(session, row.id, photo_id)
                if found is not None:
                    return keys.open_bytes(_place(found.id), found.jpeg)
        raise NotFoundError

    async def of(self, application: NurseryApplication, photo_id: str) -> bytes:
        """Return a page of an application as JPEG; the look has been noted."""
        return await self.own(application.citizen_id, photo_id)


def _made_anew(data: bytes) -> Photo:
    photo = sanitised(data)
    check_legible(photo)
    return photo


def _place(photo_id: str) -> Place:
    return Place(NurseryPhoto.__tablename__, photo_id, "jpeg")


def _ids(draft: Draft) -> set[str]:
    return {photo.id for pages in draft.photos.values() for photo in pages}


def _with(draft: Draft, key: str, page: DraftPhoto) -> Draft:
    pages = (*draft.photos.get(key, ()), page)
    new = {"photos": draft.photos | {key: pages}, "papers": draft.papers | {key: "photo"}}
    return draft.model_copy(update=new)


def _without(draft: Draft, photo_id: str) -> Draft:
    left = {
        key: tuple(page for page in pages if page.id != photo_id)
        for key, pages in draft.photos.items()
    }
    return draft.model_copy(update={"photos": {key: pages for key, pages in left.items() if pages}})
