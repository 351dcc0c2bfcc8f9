"""The tables of snow and other road matters. Degrees are WGS 84, as reported and never rounded.

`reset_at` is when a plough or new snow ended a report's being offered as the same place. What
citizens typed and who they are stays in `snow_report`, `snow_follower` and `snow_photo`.
"""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base
from services.snow.lifecycle import Status

_STATUSES = ", ".join(f"'{status.value}'" for status in Status)


class SnowReport(Base):
    """A report; `draft_key` is unique, so that a double tap cannot file twice."""

    __tablename__ = "snow_report"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    draft_key: Mapped[str] = mapped_column(Text, unique=True)
    source: Mapped[str] = mapped_column(Text)
    """`line`, `open311` or `console`."""
    citizen_id: Mapped[str | None] = mapped_column(Text, index=True)
    category: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    lat: Mapped[float]
    lon: Mapped[float]
    place_name: Mapped[str] = mapped_column(Text, server_default="")
    """A name of the city's own place table; never what a stranger typed."""
    section: Mapped[str | None] = mapped_column(Text, index=True)
    description: Mapped[str] = mapped_column(Text, server_default="")
    description_approved: Mapped[bool] = mapped_column(server_default="false")
    note: Mapped[str] = mapped_column(Text, server_default="")
    handed_to: Mapped[str] = mapped_column(Text, server_default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("snow_report.id"))
    filed_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    reset_at: Mapped[datetime | None]
    expected_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)

    __table_args__ = (
        CheckConstraint(f"status IN ({_STATUSES})", name="known_status"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
        Index("ix_snow_report_nearby", "category", "lat", "lon"),
    )


class SnowChange(Base):
    """A step in the life of a report, kept for ever. `told_at`: followers were told."""

    __tablename__ = "snow_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("snow_report.id"), index=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, server_default="")
    staff_id: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class SnowFollower(Base):
    """A citizen who said "the same place": counts once a report."""

    __tablename__ = "snow_follower"

    report_id: Mapped[int] = mapped_column(ForeignKey("snow_report.id"), primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    followed_at: Mapped[datetime]


class SnowPhoto(Base):
    """A photo made anew (`images.sanitised`); shown after approval, blurred where staff did."""

    __tablename__ = "snow_photo"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("snow_report.id"), index=True)
    jpeg: Mapped[bytes] = mapped_column(LargeBinary)
    shown_jpeg: Mapped[bytes | None] = mapped_column(LargeBinary)
    approved_at: Mapped[datetime | None]
    added_at: Mapped[datetime]


class SnowFix(Base):
    """A plough's position as it arrived; one of a vehicle and time is stored once."""

    __tablename__ = "snow_fix"

    vehicle: Mapped[str] = mapped_column(Text, primary_key=True)
    fixed_at: Mapped[datetime] = mapped_column(primary_key=True)
    lat: Mapped[float]
    lon: Mapped[float]
    down: Mapped[bool]


class SnowPassage(Base):
    """A section cleared from end to end. A restart that tells it again finds it here."""

    __tablename__ = "snow_passage"

    section: Mapped[str] = mapped_column(Text, primary_key=True)
    left_at: Mapped[datetime] = mapped_column(primary_key=True)
    vehicle: Mapped[str] = mapped_column(Text, primary_key=True)
    entered_at: Mapped[datetime]


class SnowFall(Base):
    """New snow in the whole city, as measured or forecast."""

    __tablename__ = "snow_fall"

    fell_at: Mapped[datetime] = mapped_column(primary_key=True)
    centimetres: Mapped[float]
