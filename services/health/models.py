"""The table of the handbook. What an entry says is sealed under the key of the person it is of.

An entry is never overwritten: a correction is a new row, and the old one ends and stays.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class HealthEntry(Base):
    """One version of one entry. `ended_at`: since when it does not count any more."""

    __tablename__ = "health_entry"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    record_id: Mapped[str] = mapped_column(Text, index=True)
    """The same for all versions; the resource's id in FHIR."""
    person_id: Mapped[str] = mapped_column(Text, index=True)
    """Of the register; the key in `kit_person_key` has the same name."""
    kind: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str] = mapped_column(Text)
    written_by: Mapped[str] = mapped_column(Text, index=True)
    """Provenance: a citizen's id, or the file that it came in with."""
    written_at: Mapped[datetime]
    key_index: Mapped[str] = mapped_column(Text)
    """Blind: of the record's number at its source, or of the form that sent it."""
    content_index: Mapped[str] = mapped_column(Text)
    """Blind: of the body, so that an import knows what changed."""
    corrects: Mapped[str | None] = mapped_column(ForeignKey("health_entry.id"))
    ended_at: Mapped[datetime | None]
    end: Mapped[str | None] = mapped_column(Text)
    """`corrected` or `withdrawn`."""

    __table_args__ = (
        Index(
            "uq_health_entry_key",
            "key_index",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
