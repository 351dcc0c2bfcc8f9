"""The outbox: every call of LINE's, before it is sent and after."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


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
    # Who wrote it, where a person did; None for everything that the program says.
    staff_name: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index("ix_bot_outbound_open", "state", postgresql_where=text("state <> 'accepted'")),
        Index(
            "ix_bot_outbound_kept", "finished_at", postgresql_where=text("messages_json <> '[]'")
        ),
    )
