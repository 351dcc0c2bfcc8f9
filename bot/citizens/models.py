"""The table of citizens: who writes, under a pseudonym."""

from datetime import datetime

from sqlalchemy import Index, Text, UniqueConstraint, text
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
