"""The tables of the duty calendar: open data, replaced as a whole by each import."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Identity, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class DutyRow(Base):
    """One place on duty on one day. Times are minutes after that day's midnight, up to 2880."""

    __tablename__ = "clinics_duty"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(Text)
    departments: Mapped[list[str]] = mapped_column(ARRAY(Text))
    name: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    hours: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """Beginning and end of each stretch in turn."""
    note: Mapped[str] = mapped_column(Text)


class DutyChange(Base):
    """What the desk knows better than the calendar: a place that is not on duty, or one that is.

    It stays when a calendar is imported anew. With `is_closed` the columns below stay empty.
    """

    __tablename__ = "clinics_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    day: Mapped[date] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(Text)
    is_closed: Mapped[bool]
    kind: Mapped[str] = mapped_column(Text)
    departments: Mapped[list[str]] = mapped_column(ARRAY(Text))
    address: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text)
    hours: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    note: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("day", "name", "is_closed"),)


class CalendarRow(Base):
    """What the calendar as a whole says; one row."""

    __tablename__ = "clinics_calendar"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_day: Mapped[date]
    last_day: Mapped[date]
    demonstration: Mapped[bool]
    credit: Mapped[str] = mapped_column(Text)
    imported_at: Mapped[datetime]
