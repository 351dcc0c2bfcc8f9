"""The table of notes."""

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Note(Base):
    """What one resident left."""

    __tablename__ = "sample_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
