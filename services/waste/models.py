"""The tables of the waste skill: one imported calendar, and what residents asked to be told."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class WasteDataset(Base):
    """The city's files as one validated document (`services.waste.rules.CityData`).

    There is one row. An import deletes it and inserts its successor in one transaction, so that
    readers see the old calendar or the new one, never a mixture; `id` is the revision.
    """

    __tablename__ = "waste_dataset"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    imported_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)


class WasteSubscription(Base):
    """A resident's district, and the local time of day of their reminder (null: none).

    `change_key` names the change that was applied last: a repeated turn changes nothing.
    """

    __tablename__ = "waste_subscription"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    area: Mapped[str] = mapped_column(Text)
    reminder_time: Mapped[time | None]
    # A reminder that was already due when it was ordered is not sent late.
    reminder_set_at: Mapped[datetime | None]
    change_key: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (
        Index(
            "ix_waste_subscription_reminder_time",
            "reminder_time",
            postgresql_where=text("reminder_time IS NOT NULL"),
        ),
    )


class WasteReminderLog(Base):
    """The reminders that the bot has taken over: at most one a resident and collection day."""

    __tablename__ = "waste_reminder_log"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    collection_date: Mapped[date] = mapped_column(primary_key=True, index=True)
    outcome: Mapped[str] = mapped_column(Text)
    handed_over_at: Mapped[datetime]
