"""The tables of nursery places: what is free, who applies, points, rounds, allocations, results.

What a family told is sealed under the applicant's key. What the allocation needs of it (ages,
wishes, the sibling rule, points) stands open, without a name.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Identity, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class NurseryFacility(Base):
    """A nursery, centre for early childhood education, or small facility."""

    __tablename__ = "nursery_facility"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    district: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float]
    longitude: Mapped[float]


class NurseryClass(Base):
    """Seats of one nursery that are open to some ages together (0 to 5 on 1 April)."""

    __tablename__ = "nursery_class"

    facility_id: Mapped[str] = mapped_column(
        ForeignKey("nursery_facility.id", ondelete="CASCADE"), primary_key=True
    )
    first_age: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_age: Mapped[int]
    seats: Mapped[int]
    last_points: Mapped[int | None]
    """The lowest points that were admitted last year; None where nobody was turned away."""
    updated_on: Mapped[date] = mapped_column(Date)


class NurseryRound(Base):
    """One round of applications. `state` goes as `rules.ROUND` says."""

    __tablename__ = "nursery_round"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date] = mapped_column(Date)
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    """The first instant that is too late."""
    state: Mapped[str] = mapped_column(Text)
    allocation_id: Mapped[int | None]
    """The one that was approved."""
    released_at: Mapped[datetime | None]


class NurseryApplication(Base):
    """What one citizen applies for in one round: the draft, and what was handed in last."""

    __tablename__ = "nursery_application"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("nursery_round.id"), index=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    state: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    """Of the draft; each save counts it up."""
    draft: Mapped[bytes | None] = mapped_column(LargeBinary)
    submitted: Mapped[bytes | None] = mapped_column(LargeBinary)
    submitted_version: Mapped[int | None]
    submitted_at: Mapped[datetime | None]
    receipt: Mapped[str | None] = mapped_column(Text, unique=True)
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    tie: Mapped[list[float]] = mapped_column(JSONB)
    """By the city's table for equals; smaller first."""
    lottery: Mapped[int | None] = mapped_column(BigInteger)
    """Drawn when the round is frozen, for those whom the table leaves equal."""
    request: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What the desk asks the applicant for."""
    requested_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("round_id", "citizen_id"),)


class NurseryChild(Base):
    """One child of an application that was handed in."""

    __tablename__ = "nursery_child"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    application_id: Mapped[str] = mapped_column(
        ForeignKey("nursery_application.id", ondelete="CASCADE"), index=True
    )
    person_id: Mapped[str] = mapped_column(Text, index=True)
    position: Mapped[int]
    """0 is the eldest."""
    age: Mapped[int]
    units: Mapped[int]
    current: Mapped[str | None] = mapped_column(Text)
    wishes: Mapped[list[str]] = mapped_column(ARRAY(Text))


class NurseryDocument(Base):
    """One paper that an application needs: `expected`, `received` or `missing`."""

    __tablename__ = "nursery_document"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[str] = mapped_column(
        ForeignKey("nursery_application.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(Text)
    parent: Mapped[int]
    way: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)


class NurseryPhoto(Base):
    """A page of a paper as an applicant photographed it, made anew and sealed under their key."""

    __tablename__ = "nursery_photo"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    application_id: Mapped[str] = mapped_column(
        ForeignKey("nursery_application.id", ondelete="CASCADE"), index=True
    )
    paper: Mapped[str] = mapped_column(Text)
    """As `Draft.papers` names it."""
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """Of the picture, so that one photo is not taken for two papers."""
    was_scanned: Mapped[bool]
    """Whether a virus scanner had looked at the file."""
    added_at: Mapped[datetime]


class NurseryPoint(Base):
    """A row of the city's table that counts for an application, and who has confirmed it."""

    __tablename__ = "nursery_point"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    application_id: Mapped[str] = mapped_column(
        ForeignKey("nursery_application.id", ondelete="CASCADE"), index=True
    )
    row: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    points: Mapped[int]
    parent: Mapped[int | None]
    nursery: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)


class NurseryAllocation(Base):
    """One run of the allocation. `result` is there only after the verifier has passed it."""

    __tablename__ = "nursery_allocation"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("nursery_round.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    trial: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """What was changed on the copy that this run tries; None where it is the market itself."""
    problem: Mapped[str] = mapped_column(Text)
    prepared_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    approved_by: Mapped[str | None] = mapped_column(Text)


class NurseryResult(Base):
    """What came of one child's wishes in the approved allocation, and why."""

    __tablename__ = "nursery_result"

    child_id: Mapped[str] = mapped_column(
        ForeignKey("nursery_child.id", ondelete="CASCADE"), primary_key=True
    )
    facility_id: Mapped[str | None] = mapped_column(Text)
    better: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Each choice that was better, as `explaining.Better` has it."""


class NurseryStep(Base):
    """What staff did in a round or with an application, and when. It holds nothing personal."""

    __tablename__ = "nursery_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    round_id: Mapped[str] = mapped_column(ForeignKey("nursery_round.id"), index=True)
    application_id: Mapped[str | None] = mapped_column(
        ForeignKey("nursery_application.id", ondelete="CASCADE"), index=True
    )
    staff_id: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
