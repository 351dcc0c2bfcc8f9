"""Files that staff send: made anew, sealed, and handed out by an address that nobody can guess.

LINE takes an image by its address (JPEG, https, 10 MB, with a preview of 1 MB; Messaging API
reference, "Image message"), and has no message for other files, which go as a link.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.media.models import SentFile
from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.images import LARGEST_BYTES, sanitised, smaller
from kit.vault import ErasedError, Place, Vault

PATH = "/my/files"
PREVIEW_SIDE = 480
_PDF = b"%PDF-"
# Whatever in a PDF runs by itself or hides another file; office programs write none of them.
_ACTIVE = (
    b"/JavaScript",
    b"/JS",
    b"/Launch",
    b"/EmbeddedFile",
    b"/OpenAction",
    b"/AA",
    b"/Encrypt",
)


class BadDocumentError(InvalidInputError):
    """このPDFには、開くと動くものや、パスワードが入っています。印刷用のPDFを選んでください。"""

    code = "bad_document"


class NoFileError(InvalidInputError):
    """画像（JPEG か PNG）か、PDFを選んでください。"""

    code = "no_file"


class LostFileError(NotFoundError):
    """この画像や書類は、見られる期間が過ぎました。必要なときは、トークからお知らせください。"""

    code = "lost_file"


@dataclass(frozen=True)
class Prepared:
    """A file as it is sent; a picture has a preview."""

    content_type: Literal["image/jpeg", "application/pdf"]
    content: bytes
    preview: bytes | None = None

    @property
    def is_picture(self) -> bool:
        """Whether LINE shows it in the talk."""
        return self.preview is not None


def prepared(data: bytes) -> Prepared:
    """Return a file as it may be sent: of a picture nothing but its pixels.

    Raises InvalidInputError and PayloadTooLargeError, in words for who chose the file.
    """
    if not data:
        raise NoFileError
    if data.startswith(_PDF) and len(data) <= LARGEST_BYTES:
        if any(mark in data for mark in _ACTIVE):
            raise BadDocumentError
        return Prepared("application/pdf", data)
    photo = sanitised(data)
    return Prepared("image/jpeg", photo.jpeg, smaller(photo, PREVIEW_SIDE).jpeg)


@dataclass(frozen=True)
class Parcel:
    """A prepared file, whose it is, by which form, and until when it can be opened."""

    key: str
    citizen_id: str
    file: Prepared
    now: datetime
    until: datetime


async def keep(session: AsyncSession, vault: Vault, new: Parcel) -> str | None:
    """Keep a file; return the path of its address, None when this form's file is kept already."""
    token = secrets.token_urlsafe(32)
    digest = _digest(token)
    keys = await vault.keys_for_writing(session, new.citizen_id)
    preview = new.file.preview
    row = {
        "digest": digest,
        "key": new.key,
        "citizen_id": new.citizen_id,
        "content_type": new.file.content_type,
        "created_at": new.now,
        "expires_at": new.until,
        "content": keys.seal_bytes(_place(digest, "content"), new.file.content),
        "preview": keys.seal_bytes(_place(digest, "preview"), preview) if preview else None,
    }
    query = insert(SentFile).values(row).on_conflict_do_nothing(index_elements=["key"])
    kept = await session.scalar(query.returning(SentFile.digest))
    return None if kept is None else f"{PATH}/{token}"


async def erase_sent(
    session: AsyncSession, *, before: datetime | None = None, citizen_id: str | None = None
) -> None:
    """Erase files that nobody may open any more: by their time, or all of a citizen's."""
    query = delete(SentFile)
    if before is not None:
        query = query.where(SentFile.expires_at <= before)
    if citizen_id is not None:
        query = query.where(SentFile.citizen_id == citizen_id)
    await session.execute(query)


class SentFiles:
    """Opens files for whoever has their address."""

    def __init__(self, database: Database, vault: Vault) -> None:
        """Both are made once per process."""
        self._database = database
        self._vault = vault

    async def open(self, token: str, now: datetime, *, preview: bool = False) -> Prepared:
        """Return a file, or its preview. Raises LostFileError."""
        digest, name = _digest(token), "preview" if preview else "content"
        async with self._database.transaction() as session:
            row = await session.scalar(select(SentFile).where(SentFile.digest == digest))
            sealed = row and (row.preview if preview else row.content)
            if row is None or not sealed or row.expires_at <= now:
                raise LostFileError
            try:
                keys = await self._vault.keys(session, row.citizen_id)
            except ErasedError:
                raise LostFileError from None
            kind: Literal["image/jpeg", "application/pdf"] = (
                "image/jpeg" if row.content_type == "image/jpeg" else "application/pdf"
            )
            return Prepared(kind, keys.open_bytes(_place(digest, name), sealed))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _place(digest: str, name: str) -> Place:
    return Place(SentFile.__tablename__, digest, name)
