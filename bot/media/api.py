"""`POST /line/media`: the photos of a turn, for the package that asked the citizen for them."""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.line.models import LineEvent
from bot.media import repository
from bot.media.models import Media
from kit.container import part
from kit.db import Database
from kit.errors import GoneError, NotFoundError, PayloadTooLargeError, UnavailableError
from kit.guard import require_internal
from kit.vault import ErasedError, Vault
from messages.media import PhotosAsked, SentPhotos

router = APIRouter(prefix="/line", tags=["line"], dependencies=[Depends(require_internal)])


class PhotoBook:
    """Hands photos over that were sent in the talk, to nobody but for their own sender's matter."""

    def __init__(self, database: Database, vault: Vault) -> None:
        """The vault opens what is kept."""
        self._database = database
        self._vault = vault

    async def photos(self, asked: PhotosAsked) -> SentPhotos:
        """Return the photos of a turn; raises as `MediaClient.photos` does."""
        async with self._database.transaction() as session:
            found = await _of_turn(session, asked)
            _check(found, asked.most_bytes)
            try:
                contents = [
                    await repository.open_content(session, self._vault, media) for media in found
                ]
            except ErasedError:
                raise GoneError from None
        return SentPhotos(photos=tuple(base64.b64encode(c).decode() for c in contents))


async def _of_turn(session: AsyncSession, asked: PhotosAsked) -> list[Media]:
    """Return the image of the turn's message, with the others of the set that it was sent in."""
    event_id = int(asked.turn_id.removeprefix("line-"))
    own = select(LineEvent).where(
        LineEvent.id == event_id, LineEvent.citizen_id == asked.citizen_id
    )
    event = await session.scalar(own)
    message = (event.raw if event else {}).get("message") or {}
    set_id = (message.get("imageSet") or {}).get("id")
    together = LineEvent.raw["message"]["imageSet"]["id"].astext == set_id
    query = (
        select(Media)
        .join(LineEvent, LineEvent.id == Media.event_id)
        .where(Media.citizen_id == asked.citizen_id, Media.kind == "image")
        .where(together if set_id else LineEvent.id == event_id)
        .order_by(Media.id)
        .limit(asked.most)
    )
    return list(await session.scalars(query))


def _check(found: list[Media], most_bytes: int) -> None:
    if not found:
        raise NotFoundError
    states = {media.state for media in found}
    if "waiting" in states:
        raise UnavailableError("LINE has not given the photo yet.")
    if "too_large" in states or any((media.size or 0) > most_bytes for media in found):
        raise PayloadTooLargeError
    if states != {"stored"}:
        raise GoneError


def _book(request: Request) -> PhotoBook:
    book = part(request, PhotoBook)
    return book


@router.post("/media")
async def photos(asked: PhotosAsked, book: Annotated[PhotoBook, Depends(_book)]) -> SentPhotos:
    """The photos of one turn."""
    return await book.photos(asked)
