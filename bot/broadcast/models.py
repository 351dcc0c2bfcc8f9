"""Tables: what each citizen wants to hear, what was announced, and its chunks."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class StoredAnnouncement(Base):
    """What was announced, as an immutable copy. Only a stop is written afterwards."""

    __tablename__ = "bot_announcement"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    segment: Mapped[dict[str, Any]] = mapped_column(JSONB)
    messages_json: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool]
    audience: Mapped[int]
    expires_at: Mapped[datetime]
    created_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str | None] = mapped_column(Text)
    by_language: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    replaced_by: Mapped[str | None] = mapped_column(Text)
    """The key of a newer one on the same matter: what was never tried of this is not sent."""


class AnnouncementChunk(Base):
    """One multicast: up to 500 recipients of one channel, language and quiet hours.

    `state` follows `bot.broadcast.rules.CHUNK_STATES`. `body` holds the exact characters of every
    attempt; it names people, so it is emptied with the end of the chunk. `citizens` is the ledger:
    who was told, by our own ids, for what may have to follow. A divided chunk's parts name it as
    their `origin`. `after_chunk`: these people's earlier message, which has to have ended before;
    with `needs_after` it must have been accepted, or they were told nothing to follow.
    """

    __tablename__ = "bot_announcement_chunk"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("bot_announcement.id"), index=True)
    channel: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    recipients: Mapped[int]
    body: Mapped[str | None] = mapped_column(Text)
    retry_key: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True))
    quiet_start: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_end: Mapped[int | None] = mapped_column(SmallInteger)
    attempts: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    line_request_id: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)
    citizens: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    origin: Mapped[int | None] = mapped_column(BigInteger, index=True)
    after_chunk: Mapped[int | None] = mapped_column(BigInteger)
    needs_after: Mapped[bool] = mapped_column(default=False)


class Draft(Base):
    """One broadcast of the compose desk; `state` follows `bot.broadcast.drafts.DRAFT_STATES`.

    Whoever wrote it, whoever let it go, and why it went without a second person, if it did.
    """

    __tablename__ = "bot_broadcast"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    state: Mapped[str] = mapped_column(Text)
    texts: Mapped[dict[str, str]] = mapped_column(JSONB)
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    place: Mapped[str] = mapped_column(Text, default="", server_default="")
    """In words how the areas were found; "" where they were chosen by name."""
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    hazards: Mapped[list[str]] = mapped_column(ARRAY(Text))
    urgent: Mapped[bool]
    follows: Mapped[str | None] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    approver_id: Mapped[str | None] = mapped_column(Text)
    approver: Mapped[str | None] = mapped_column(Text)
    emergency_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    stopped_by: Mapped[str | None] = mapped_column(Text)
    send_at: Mapped[datetime | None]
    """Not before then; None: as soon as it is approved."""


class Tester(Base):
    """The LINE account on which a member of staff looks at their own broadcasts before others."""

    __tablename__ = "bot_broadcast_tester"

    staff_id: Mapped[str] = mapped_column(Text, primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    paired_at: Mapped[datetime]
