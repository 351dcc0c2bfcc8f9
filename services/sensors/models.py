"""The table of what sensors measured. The sensors themselves are the city's own file."""

from datetime import datetime

from sqlalchemy import Float, Text
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
