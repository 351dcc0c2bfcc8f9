"""The table of what each citizen wants to hear."""

from datetime import datetime

from sqlalchemy import ForeignKey, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class CitizenPreferences(Base):
    """One citizen's choice. It outlives an unfollow, so that it is there again after one.

    Quiet hours are whole hours of local time; both NULL means none.
    """

    __tablename__ = "bot_preferences"

    citizen_id: Mapped[str] = mapped_column(
        ForeignKey("bot_citizen.id", ondelete="CASCADE"), primary_key=True
    )
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text))
    topics: Mapped[list[str]] = mapped_column(ARRAY(Text))
    hazards: Mapped[list[str]] = mapped_column(ARRAY(Text))
    language: Mapped[str] = mapped_column(Text)
    warn_from: Mapped[int] = mapped_column(SmallInteger, default=3, server_default="3")
    quiet_start: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_end: Mapped[int | None] = mapped_column(SmallInteger)
    updated_at: Mapped[datetime]
