"""The tables of what citizens and staff send beside words."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


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


class SentFile(Base):
    """A file that a person sent to a citizen, under an address that nobody can guess.

    The address itself stands in the message alone; here is its digest.
    """

    __tablename__ = "bot_sent_file"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    # From the form: the same form sent twice is one file.
    key: Mapped[str] = mapped_column(Text, unique=True)
    citizen_id: Mapped[str] = mapped_column(ForeignKey("bot_citizen.id"), index=True)
    content_type: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    # Both sealed under the citizen's key.
    content: Mapped[bytes]
    preview: Mapped[bytes | None]
