"""The tables of the snow skill: reports and what became of them, ploughs and passages, outlooks.

Who reported and who follows stands in `snow_follower` and `snow_report.citizen_id` alone; nothing
that is published is read from there but a count.
"""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base

STILL_OFFERED = text("reset_at IS NULL AND status IN ('受付', '確認中', '予定', '作業中')")
"""Open, and no plough has passed since: what the nearby search looks at."""


class SnowReport(Base):
    """One report. Its public number is `S-` and the id; degrees are WGS 84.

    `draft_key` is the draft that it was filed from: the same draft files once. `place_words` and
    `description` are the citizen's own words, which the public sees after approval at most.
    """

    __tablename__ = "snow_report"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    draft_key: Mapped[str] = mapped_column(Text, unique=True)
    citizen_id: Mapped[str | None] = mapped_column(Text, index=True)
    # `line`, or `open311:` and a fingerprint of the client's key.
    source: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    lat: Mapped[float]
    lon: Mapped[float]
    place_name: Mapped[str] = mapped_column(Text)
    # Near a border several; contractors and figures go by them.
    districts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    place_words: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    description_approved: Mapped[bool]
    media_url: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    handed_to: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("snow_report.id"))
    filed_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    expected_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    # A plough has passed: the place is no longer as it was reported.
    reset_at: Mapped[datetime | None]

    __table_args__ = (
        # Plain degrees are enough: a search is a small box, and what lies in it is measured.
        Index("ix_snow_report_nearby", "category", "lat", "lon", postgresql_where=STILL_OFFERED),
        Index("ix_snow_report_updated_at", "updated_at"),
        Index("ix_snow_report_source", "source", "filed_at"),
    )


class SnowFollower(Base):
    """Who hears of a report: the reporter, and everybody who said "the same place", once each."""

    __tablename__ = "snow_follower"

    report_id: Mapped[int] = mapped_column(
        ForeignKey("snow_report.id", ondelete="CASCADE"), primary_key=True
    )
    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    followed_at: Mapped[datetime]


class SnowChange(Base):
    """One step of a report's life, with what was said about it. `who` is a member of staff."""

    __tablename__ = "snow_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(
        ForeignKey("snow_report.id", ondelete="CASCADE"), index=True
    )
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    who: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text)
    handed_to: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[int | None] = mapped_column(BigInteger)
    expected_at: Mapped[datetime | None]


class SnowPhoto(Base):
    """A photo, made anew without metadata. `state` follows `services.snow.photos.PHOTO_STATES`.

    `turn_id` is the turn that brought it, and the bot is asked for its bytes; one that a crew took
    is named `crew-` and a random name.
    """

    __tablename__ = "snow_photo"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(
        ForeignKey("snow_report.id", ondelete="CASCADE"), index=True
    )
    turn_id: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    jpeg: Mapped[bytes | None]
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("report_id", "turn_id"),)


class SnowPosition(Base):
    """Where a plough was; a position that comes twice is kept once."""

    __tablename__ = "snow_position"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    vehicle: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column(index=True)
    lat: Mapped[float]
    lon: Mapped[float]
    plough_down: Mapped[bool]

    __table_args__ = (UniqueConstraint("vehicle", "time"),)


class SnowPassage(Base):
    """One plough cleared one section of road from end to end."""

    __tablename__ = "snow_passage"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    section: Mapped[str] = mapped_column(Text)
    vehicle: Mapped[str] = mapped_column(Text)
    entered: Mapped[datetime]
    left: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("section", "vehicle", "entered"),
        Index("ix_snow_passage_section_left", "section", "left"),
    )


class SnowOutlook(Base):
    """What the yard entered of the weather: the forecast's inputs, and new snow that lies now."""

    __tablename__ = "snow_outlook"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str] = mapped_column(Text)
    lowest_c: Mapped[float]
    highest_c: Mapped[float]
    snow_on_ground_cm: Mapped[float]
    new_snow_cm: Mapped[float]
    rain_mm: Mapped[float]


class SnowSanding(Base):
    """Sand was spread at a report's place: by staff or a crew (`staff_id`), or by a citizen."""

    __tablename__ = "snow_sanding"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(
        ForeignKey("snow_report.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    staff_id: Mapped[str | None] = mapped_column(Text)
    citizen_id: Mapped[str | None] = mapped_column(Text, index=True)


class SnowSurface(Base):
    """What a vehicle measured of a section of road; what it did not measure is empty."""

    __tablename__ = "snow_surface"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    vehicle: Mapped[str] = mapped_column(Text)
    time: Mapped[datetime] = mapped_column(index=True)
    section: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    surface_c: Mapped[float | None]
    roadside_cm: Mapped[float | None]

    __table_args__ = (
        UniqueConstraint("vehicle", "time"),
        Index("ix_snow_surface_section_time", "section", "time"),
    )
