"""The tables of the register. Everything personal is sealed under a key of the person it is of.

The `…_index` columns are blind (HMAC): equal values can be found, no value can be read.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Resident(Base):
    """A person of the city's register. `ended_on`: moved away or died; then out of reach here."""

    __tablename__ = "residents_resident"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    number_index: Mapped[str] = mapped_column(Text, unique=True)
    household_index: Mapped[str] = mapped_column(Text)
    items_index: Mapped[str] = mapped_column(Text, index=True)
    """Of name, birth date, sex and address in their forms."""
    birth_index: Mapped[str] = mapped_column(Text, index=True)
    content_index: Mapped[str] = mapped_column(Text)
    """Of the whole line, so that an import knows what changed."""
    name: Mapped[bytes] = mapped_column(LargeBinary)
    kana: Mapped[bytes] = mapped_column(LargeBinary)
    birthdate: Mapped[bytes] = mapped_column(LargeBinary)
    sex: Mapped[bytes] = mapped_column(LargeBinary)
    address: Mapped[bytes] = mapped_column(LargeBinary)
    ended_on: Mapped[date | None]
    updated_at: Mapped[datetime]


class Authority(Base):
    """By which `holder_id` may act for `subject_id`; days are included."""

    __tablename__ = "residents_authority"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    holder_id: Mapped[str] = mapped_column(ForeignKey("residents_resident.id"), index=True)
    subject_id: Mapped[str] = mapped_column(ForeignKey("residents_resident.id"))
    kind: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    last_day: Mapped[date | None]

    __table_args__ = (
        Index(
            "uq_residents_authority_entry",
            "subject_id",
            "holder_id",
            "kind",
            "starts_on",
            unique=True,
        ),
    )


class Link(Base):
    """A citizen who stands for a resident: one to one. `matched_by` is `card` or an officer."""

    __tablename__ = "residents_link"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    resident_id: Mapped[str] = mapped_column(ForeignKey("residents_resident.id"), unique=True)
    matched_by: Mapped[str] = mapped_column(Text)
    matched_at: Mapped[datetime]
    # Since the citizen's card said something else; opens nothing until it fits, or staff decide.
    suspended_at: Mapped[datetime | None]


class Case(Base):
    """Something that a person of the staff has to decide; at most one a citizen is open.

    `items` holds what the card said, sealed under the citizen's key, until the decision.
    """

    __tablename__ = "residents_case"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    items_index: Mapped[str] = mapped_column(Text)
    items: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_residents_case_open",
            "citizen_id",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )


class Contact(Base):
    """Where notices about a resident go; sealed under the resident's key."""

    __tablename__ = "residents_contact"

    resident_id: Mapped[str] = mapped_column(ForeignKey("residents_resident.id"), primary_key=True)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    mail: Mapped[bytes | None] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime]
