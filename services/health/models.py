"""The table of the handbook. What an entry says is sealed under the key of the person it is of.

An entry is never overwritten: a correction is a new row, and the old one ends and stays.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
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


class HealthShare(Base):
    """What a guardian shows to somebody for a time. `id` is the number they know it by.

    `about` is sealed: to whom, and who the child is as the register had it that day.
    """

    __tablename__ = "health_share"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, index=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    about: Mapped[bytes] = mapped_column(LargeBinary)
    code_index: Mapped[str] = mapped_column(Text, unique=True)
    """Blind: of what the QR code holds."""
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class HealthReminder(Base):
    """That a guardian wants to be told when a child's vaccination is due.

    `about` is sealed: the child's birth date and sex, as the register had them that day.
    """

    __tablename__ = "health_reminder"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    about: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime]


class HealthReminded(Base):
    """What a guardian was told of a child already. `what_index` is blind: dose and stage."""

    __tablename__ = "health_reminded"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[str] = mapped_column(Text, primary_key=True)
    what_index: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[datetime]


class HealthPhoto(Base):
    """A photo of a diary, sealed under the key of the person whom the diary is about."""

    __tablename__ = "health_photo"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    record_id: Mapped[str] = mapped_column(Text, index=True)
    """Of the diary's entry, whatever its version."""
    person_id: Mapped[str] = mapped_column(Text)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    """Who added it, and alone sees it."""
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]
    height: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]


class HealthShareLook(Base):
    """One look at what is shared."""

    __tablename__ = "health_share_look"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    share_id: Mapped[int] = mapped_column(ForeignKey("health_share.id"), index=True)
    at: Mapped[datetime]


class HealthDueRun(Base):
    """One reckoning of what is due for the city's children; the newest that ended is shown."""

    __tablename__ = "health_due_run"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    day: Mapped[date]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    children: Mapped[int]
    """How many have been reckoned."""


class HealthDue(Base):
    """That a child is to come for something. It names nobody, and goes with the next reckoning.

    `what` is a vaccine of the schedule, a health check (`dose` 0), or empty where the child's
    record contradicts itself.
    """

    __tablename__ = "health_due"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("health_due_run.id", ondelete="CASCADE"))
    child_id: Mapped[str] = mapped_column(Text)
    """Of the register."""
    town: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    dose: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    due_from: Mapped[date]
    due_to: Mapped[date]
    latest: Mapped[date | None]

    __table_args__ = (Index("ix_health_due_list", "run_id", "due_to", "child_id", "id"),)
