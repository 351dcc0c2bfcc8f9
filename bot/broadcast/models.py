"""Tables: what each citizen wants to hear, what was announced, and its chunks."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, SmallInteger, Text
from sqlalchemy.dialects.postgresql import JSONB, UUID
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


class AnnouncementChunk(Base):
    """One multicast: up to 500 recipients of one channel with the same quiet hours.

    `state` follows `bot.broadcast.rules.CHUNK_STATES`. `body` holds the exact characters of every
    attempt; it names people, so it is emptied with the end of the chunk.
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
