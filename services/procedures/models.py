"""The tables of the navigator: guides of citizens, what they have done, versions of events.

Facts of the household and the keys of its pages are sealed under the citizen's key; the indexes of
the keys find a page again and tell nothing.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class ProcedureGuide(Base):
    """One life event of one citizen."""

    __tablename__ = "procedure_guide"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    event: Mapped[str] = mapped_column(Text)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """`repository.Contents` as JSON."""
    page_index: Mapped[str] = mapped_column(Text, unique=True)
    family_index: Mapped[str | None] = mapped_column(Text, unique=True)
    counter_index: Mapped[str | None] = mapped_column(Text, unique=True)
    counter_ends_at: Mapped[datetime | None]
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    """When its citizen last answered or looked."""
    listed_at: Mapped[datetime | None]
    """When nothing was left to ask."""
    open_question: Mapped[str | None] = mapped_column(Text)
    """The fact that is asked for: where people leave."""
    reminds: Mapped[bool]
    helpful: Mapped[bool | None]


class ProcedureTick(Base):
    """One procedure that is done, and who said so: `citizen`, `family`, or a member of staff."""

    __tablename__ = "procedure_tick"

    guide_id: Mapped[str] = mapped_column(
        ForeignKey("procedure_guide.id", ondelete="CASCADE"), primary_key=True
    )
    procedure: Mapped[str] = mapped_column(Text, primary_key=True)
    ticked_at: Mapped[datetime]
    who: Mapped[str] = mapped_column(Text)


class ProcedureVersion(Base):
    """An event's text as the desk changed it. The city's file is version 0 and stands here not."""

    __tablename__ = "procedure_version"
    __table_args__ = (
        Index(
            "ux_procedure_version_open",
            "event",
            unique=True,
            postgresql_where=sql("state IN ('draft', 'proposed')"),
        ),
    )

    event: Mapped[str] = mapped_column(Text, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    """TOML, as docs/procedures.md describes it."""
    note: Mapped[str] = mapped_column(Text)
    """Why it was changed, for colleagues."""
    state: Mapped[str] = mapped_column(Text)
    """`versions.VERSION_LIFE`."""
    written_by: Mapped[str] = mapped_column(Text)
    """The member of staff who changed the text last."""
    written_at: Mapped[datetime]
    proposed_by: Mapped[str | None] = mapped_column(Text)
    proposed_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Text)
    """Who published or withdrew it."""
    decided_at: Mapped[datetime | None]
