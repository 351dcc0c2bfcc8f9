"""All SQL about files that citizens sent."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from bot.media.models import Media, MediaContent
from bot.media.states import ERASABLE_STATES, MEDIA_STATES
from kit.lifecycle import check_step
from kit.vault import Place, Vault

KINDS = frozenset({"image", "video", "audio", "file"})
# It becomes part of an address, so that nothing but a plain id is taken for one.
_MESSAGE_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")


@dataclass(frozen=True)
class NewMedia:
    """A file as its message announces it; `state` is one of `FIRST_STATES`."""

    message_id: str
    kind: str
    state: str


def announced(raw: dict[str, Any]) -> NewMedia | None:
    """Return the file of a message event, None when it has none."""
    message = raw.get("message")
    if raw.get("type") != "message" or not isinstance(message, dict):
        return None
    kind, message_id = message.get("type"), message.get("id")
    if not isinstance(kind, str) or kind not in KINDS:
        return None
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        return None
    provider = message.get("contentProvider")
    is_external = isinstance(provider, dict) and provider.get("type") == "external"
    return NewMedia(message_id, kind, "external" if is_external else "waiting")


@dataclass(frozen=True)
class Owner:
    """Whose message brought a file."""

    channel: str
    event_id: int
    citizen_id: str


async def insert_media(
    session: AsyncSession, owner: Owner, new: NewMedia, now: datetime
) -> int | None:
    """Store a file's row; None when this message's file is known already."""
    row = {
        "channel": owner.channel,
        "event_id": owner.event_id,
        "citizen_id": owner.citizen_id,
        "message_id": new.message_id,
        "kind": new.kind,
        "state": new.state,
        "created_at": now,
    }
    query = insert(Media).on_conflict_do_nothing(index_elements=[Media.channel, Media.message_id])
    media_id: int | None = await session.scalar(query.returning(Media.id), row)
    return media_id


async def load_media(session: AsyncSession, media_id: int, *, lock: bool = False) -> Media | None:
    """Return a file's row; with `lock` nobody else changes it until the transaction ends."""
    query = select(Media).where(Media.id == media_id)
    media: Media | None = await session.scalar(query.with_for_update() if lock else query)
    return media


async def insert_content(session: AsyncSession, vault: Vault, media: Media, content: bytes) -> None:
    """Store the bytes of a file, sealed under its sender's key."""
    keys = await vault.keys_for_writing(session, media.citizen_id)
    sealed = keys.seal_bytes(_place(media), content)
    await session.execute(insert(MediaContent), {"media_id": media.id, "content": sealed})


async def open_content(session: AsyncSession, vault: Vault, media: Media) -> bytes:
    """Return the bytes of a stored file. Raises ErasedError when its sender's data was erased."""
    keys = await vault.keys(session, media.citizen_id)
    query = select(MediaContent.content).where(MediaContent.media_id == media.id)
    return keys.open_bytes(_place(media), (await session.scalars(query)).one())


def _place(media: Media) -> Place:
    return Place(MediaContent.__tablename__, str(media.id), "content")


async def erase_unsent(
    session: AsyncSession, citizen_id: str, message_id: str, now: datetime
) -> bool:
    """Erase the file of a message that its sender took back; False when there was none."""
    of_message = (Media.citizen_id == citizen_id, Media.message_id == message_id)
    found = list(await session.scalars(select(Media).where(*of_message).with_for_update()))
    await _erase(session, found, "unsent", now)
    return bool(found)


async def erase_of_citizen(session: AsyncSession, citizen_id: str, now: datetime) -> None:
    """Erase every file of a citizen, and stop those that are being fetched."""
    of_citizen = (Media.citizen_id == citizen_id, Media.state.in_(ERASABLE_STATES))
    found = list(await session.scalars(select(Media).where(*of_citizen).with_for_update()))
    await _erase(session, [media for media in found if media.state == "stored"], "expired", now)
    await _erase(session, [media for media in found if media.state == "waiting"], "failed", now)


async def erase_expired(session: AsyncSession, now: datetime, limit: int) -> int:
    """Erase up to `limit` files whose time is over; return how many."""
    query = (
        select(Media)
        .where(Media.state == "stored", Media.expires_at <= now)
        .order_by(Media.expires_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = list(await session.scalars(query))
    await _erase(session, found, "expired", now)
    return len(found)


async def close_abandoned(session: AsyncSession, before: datetime, now: datetime) -> None:
    """Close files that are waiting since before that instant: their job has crashed."""
    check_step(MEDIA_STATES, "waiting", "failed")
    await session.execute(
        update(Media)
        .where(Media.state == "waiting", Media.created_at < before)
        .values(state="failed", reason="its job crashed", finished_at=now)
    )


async def _erase(session: AsyncSession, found: Sequence[Media], state: str, now: datetime) -> None:
    for media in found:
        if state not in MEDIA_STATES[media.state]:
            continue
        media.state = check_step(MEDIA_STATES, media.state, state)
        media.finished_at = now
        media.expires_at = None
    ids = [media.id for media in found]
    await session.execute(delete(MediaContent).where(MediaContent.media_id.in_(ids)))
