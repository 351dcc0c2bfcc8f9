"""The inbox: every event of LINE's, as it came."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base
from kit.settings import DEFAULT_CHANNEL


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
