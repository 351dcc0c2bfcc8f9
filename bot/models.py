"""The bot's tables: who wrote (pseudonymous), what arrived, what goes out."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Citizen(Base):
    """One LINE user of this account. Only `id` may leave the bot."""

    __tablename__ = "bot_citizen"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    line_user_id: Mapped[str] = mapped_column(Text, unique=True)
    is_friend: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class LineEvent(Base):
    """The inbox: every event of every webhook, once. `state` follows `bot.line.inbox.EVENT_STATES`.

    `raw` is the event as LINE sent it, with My Numbers and card numbers masked.
    """

    __tablename__ = "bot_line_event"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    webhook_event_id: Mapped[str] = mapped_column(Text, unique=True)
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
        Index("ix_bot_line_event_unserved", "state", postgresql_where=text("state <> 'answered'")),
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
    )
