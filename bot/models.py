"""The bot's tables: who wrote (pseudonymous), what arrived, what goes out."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base
from kit.settings import DEFAULT_CHANNEL


class Citizen(Base):
    """One LINE user of one channel. Only `id` may leave the bot."""

    __tablename__ = "bot_citizen"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    channel: Mapped[str] = mapped_column(Text, server_default=DEFAULT_CHANNEL)
    line_user_id: Mapped[str] = mapped_column(Text)
    is_friend: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    # The newest follow and, while it is not undone by one, the newest unfollow.
    followed_at: Mapped[datetime | None]
    unfollowed_at: Mapped[datetime | None]
    # When everything of theirs was erased. The row has no LINE user id then, and stays so: whoever
    # writes again is somebody new.
    forgotten_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("channel", "line_user_id"),
        Index(
            "ix_bot_citizen_unfollowed",
            "unfollowed_at",
            postgresql_where=text("forgotten_at IS NULL"),
        ),
    )


class LineEvent(Base):
    """The inbox: every event of every webhook, once. `state` follows `bot.line.inbox.EVENT_STATES`.

    `raw` is the event as LINE sent it, with My Numbers and card numbers masked; of a group chat
    only its kind and ids. It is `{}` once its time is over.
    """

    __tablename__ = "bot_line_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str] = mapped_column(Text, server_default=DEFAULT_CHANNEL)
    webhook_event_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    citizen_id: Mapped[str | None] = mapped_column(ForeignKey("bot_citizen.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime]
    reply_token: Mapped[str | None] = mapped_column(Text)
    masked: Mapped[bool] = mapped_column(default=False)
    raw: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        UniqueConstraint("channel", "webhook_event_id"),
        Index("ix_bot_line_event_unserved", "state", postgresql_where=text("state <> 'answered'")),
        Index("ix_bot_line_event_unsend", "citizen_id", postgresql_where=text("kind = 'unsend'")),
        Index("ix_bot_line_event_kept", "received_at", postgresql_where=text("raw <> '{}'::jsonb")),
    )


class Outbound(Base):
    """The outbox: one call to LINE a row. `state` follows `bot.sender.outbox.OUTBOUND_STATES`."""

    __tablename__ = "bot_outbound"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    citizen_id: Mapped[str] = mapped_column(ForeignKey("bot_citizen.id"), index=True)
    # The event that this answers; None for a notification.
    event_id: Mapped[int | None] = mapped_column(ForeignKey("bot_line_event.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    # The exact bytes of `messages`: a repeated push must be identical to the first.
    messages_json: Mapped[str] = mapped_column(Text)
    reply_token: Mapped[str | None] = mapped_column(Text)
    reply_token_received_at: Mapped[datetime | None]
    retry_key: Mapped[uuid.UUID] = mapped_column(UUID(as_uuid=True))
    method: Mapped[str | None] = mapped_column(Text)
    reply_attempts: Mapped[int] = mapped_column(default=0)
    push_attempts: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    line_request_id: Mapped[str | None] = mapped_column(Text)
    failure: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_bot_outbound_open", "state", postgresql_where=text("state <> 'accepted'")),
        Index(
            "ix_bot_outbound_kept", "finished_at", postgresql_where=text("messages_json <> '[]'")
        ),
    )


class Media(Base):
    """A file that a citizen sent. `state` follows `bot.media.states.MEDIA_STATES`."""

    __tablename__ = "bot_media"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    channel: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    event_id: Mapped[int] = mapped_column(ForeignKey("bot_line_event.id"), index=True)
    citizen_id: Mapped[str] = mapped_column(ForeignKey("bot_citizen.id"), index=True)
    # image, video, audio or file, as the message says.
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    # As LINE's data API told it; nothing of ours relies on it.
    content_type: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("channel", "message_id"),
        Index("ix_bot_media_expires_at", "expires_at", postgresql_where=text("state = 'stored'")),
    )


class MediaContent(Base):
    """The bytes of a stored file, sealed under its sender's key. Nothing of ours renders them."""

    __tablename__ = "bot_media_content"

    media_id: Mapped[int] = mapped_column(ForeignKey("bot_media.id"), primary_key=True)
    content: Mapped[bytes]


class Group(Base):
    """A group chat that the account is in. All we ever say there is one note."""

    __tablename__ = "bot_group"

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    line_group_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # group or room
    kind: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime | None]
