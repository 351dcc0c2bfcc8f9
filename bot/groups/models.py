"""The table of groups that the account was invited to."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Group(Base):
    """A group chat that the account is in. All we ever say there is one note."""

    __tablename__ = "bot_group"

    channel: Mapped[str] = mapped_column(Text, primary_key=True)
    line_group_id: Mapped[str] = mapped_column(Text, primary_key=True)
    # group or room
    kind: Mapped[str] = mapped_column(Text)
    noted_at: Mapped[datetime | None]
