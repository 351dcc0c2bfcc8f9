"""Tables: what sensors measured, what it means, and where people have their fields."""

from datetime import datetime

from sqlalchemy import BigInteger, Float, Identity, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class SensorValue(Base):
    """One value of one sensor; a second notification of the same instant changes nothing.

    `doubt` says why it is not told to anybody (out of its plausible range), "" where it is.
    """

    __tablename__ = "sensors_value"

    device_id: Mapped[str] = mapped_column(Text, primary_key=True)
    observed_at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    received_at: Mapped[datetime]
    doubt: Mapped[str] = mapped_column(Text, default="")


class SensorHour(Base):
    """What one sensor measured in one hour, for the time when the values themselves are gone."""

    __tablename__ = "sensors_hour"

    device_id: Mapped[str] = mapped_column(Text, primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    least: Mapped[float] = mapped_column(Float)
    mean: Mapped[float] = mapped_column(Float)
    most: Mapped[float] = mapped_column(Float)
    values: Mapped[int]


class SensorEvent(Base):
    """Something that a rule of the city is about. `state` follows `rules.EVENT_STATES`."""

    __tablename__ = "sensors_event"
    __table_args__ = (
        UniqueConstraint("device_id", "rule", "observed_at", name="uq_sensors_event_once"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    rule: Mapped[str] = mapped_column(Text)
    device_id: Mapped[str] = mapped_column(Text, index=True)
    value: Mapped[float] = mapped_column(Float)
    observed_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    told: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(Text, default="")


class SensorField(Base):
    """A field or a hunting ground of a citizen; `place` is sealed under the citizen's own key."""

    __tablename__ = "sensors_field"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    place: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
