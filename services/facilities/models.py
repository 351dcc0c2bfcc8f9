"""Tables of the places skill. Whole lists are replaced at once, so nothing else refers to rows."""

from datetime import datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class FacilitiesPlace(Base):
    """One site, shelter, public facility or landmark; the fields of `rules.Record`."""

    __tablename__ = "facilities_place"

    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    source_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    latitude: Mapped[float]
    longitude: Mapped[float]
    address: Mapped[str] = mapped_column(Text)
    kana: Mapped[str] = mapped_column(Text)
    nicknames: Mapped[list[str]] = mapped_column(ARRAY(Text))
    categories: Mapped[list[str]] = mapped_column(ARRAY(Text))
    phone: Mapped[str] = mapped_column(Text)
    hours: Mapped[str] = mapped_column(Text)
    spot: Mapped[str] = mapped_column(Text)
    hazards: Mapped[list[str]] = mapped_column(ARRAY(Text))
    doubles_as_shelter: Mapped[bool]
    accepts: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str] = mapped_column(Text)
    capacity_people: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    credit: Mapped[str] = mapped_column(Text)
    demonstration: Mapped[bool]


class FacilitiesImport(Base):
    """The import in use: one row. Its instant tells every process when to read the places anew."""

    __tablename__ = "facilities_import"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    imported_at: Mapped[datetime]
    places: Mapped[int]
