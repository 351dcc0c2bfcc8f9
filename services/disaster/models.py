"""Tables: what arrived (kept as it came), what it means for the city, and what changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Float,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class DisasterMessage(Base):
    """One message as it arrived. `state` follows `rules.MESSAGE_STATES`.

    `understood` is what it says about this city (`stored.py`): the state is built from these rows
    in the order of `applied_no`. `holds`: something that is in force rests on it.
    """

    __tablename__ = "disaster_message"
    __table_args__ = (
        UniqueConstraint("source", "digest", name="uq_disaster_message_digest"),
        Index(
            "ix_disaster_message_applied",
            "lane",
            "applied_no",
            postgresql_where="applied_no IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    source: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text, index=True)
    digest: Mapped[str] = mapped_column(Text)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    lane: Mapped[str] = mapped_column(Text, default="actual")
    title: Mapped[str] = mapped_column(Text, default="")
    reported_at: Mapped[datetime | None]
    applied_at: Mapped[datetime | None]
    applied_no: Mapped[int | None] = mapped_column(BigInteger)
    understood: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    holds: Mapped[bool] = mapped_column(default=False)


class DisasterEntry(Base):
    """The present state of one hazard in one area, replaced with every message that is applied."""

    __tablename__ = "disaster_entry"

    lane: Mapped[str] = mapped_column(Text, primary_key=True)
    area: Mapped[str] = mapped_column(Text, primary_key=True)
    hazard: Mapped[str] = mapped_column(Text, primary_key=True)
    level: Mapped[int | None]
    kind_code: Mapped[str] = mapped_column(Text)
    active: Mapped[bool]
    source: Mapped[str] = mapped_column(Text)
    reported_at: Mapped[datetime]
    rank: Mapped[float] = mapped_column(Float)
    since: Mapped[datetime | None]
    retracted: Mapped[bool]
    publishers: Mapped[str] = mapped_column(Text)


class DisasterOrder(Base):
    """One order of the city (避難指示 and the like) for one place, as L-Alert told it."""

    __tablename__ = "disaster_order"
    __table_args__ = (UniqueConstraint("lane", "place", name="uq_disaster_order_place"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    lane: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    place: Mapped[str] = mapped_column(Text)
    word: Mapped[str] = mapped_column(Text)
    level: Mapped[int | None]
    districts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    whole_city: Mapped[bool]
    active: Mapped[bool]
    reported_at: Mapped[datetime]


class DisasterChange(Base):
    """One change of the state, and what became of it. `decision` follows `rules.CHANGE_STATES`.

    `key` makes a change the same whenever it is worked out again, so that it is told once.
    """

    __tablename__ = "disaster_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    lane: Mapped[str] = mapped_column(Text)
    area: Mapped[str] = mapped_column(Text)
    hazard: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text))
    districts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reported_at: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(index=True)
    decision: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    announcement: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[int | None]


class DisasterFeed(Base):
    """One way by which messages come: when it was last heard, and how a feed is asked for more."""

    __tablename__ = "disaster_feed"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    etag: Mapped[str | None] = mapped_column(Text)
    last_modified: Mapped[str | None] = mapped_column(Text)
    tried_at: Mapped[datetime | None]
    heard_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(Text, default="")


class DisasterShelter(Base):
    """Whether a shelter is open now, as staff, L-Alert or a file said last."""

    __tablename__ = "disaster_shelter"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    state: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int | None]
    people: Mapped[int | None]
    address: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class DisasterTimeline(Base):
    """What a household decided (マイ・タイムライン), without why.

    `leaves_at`: the level, 3 or 4; `goes_to`: a `contract.Goal`.
    """

    __tablename__ = "disaster_timeline"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    leaves_at: Mapped[int]
    goes_to: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class DisasterSafety(Base):
    """One safety report. `details` (place, how many) is sealed under the citizen's own key."""

    __tablename__ = "disaster_safety"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    state: Mapped[str] = mapped_column(Text)
    for_other: Mapped[bool]
    details: Mapped[bytes | None] = mapped_column(LargeBinary)
    reported_at: Mapped[datetime] = mapped_column(index=True)
    updated_at: Mapped[datetime]
    outcome: Mapped[str] = mapped_column(Text, default="waiting", server_default="waiting")
    """What staff noted last (`rules.CALL_STATES`)."""


class DisasterSafetyCall(Base):
    """One step that staff took for somebody who needs help: who, when, and what came of it."""

    __tablename__ = "disaster_safety_call"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    report_id: Mapped[int] = mapped_column(
        ForeignKey("disaster_safety.id", ondelete="CASCADE"), index=True
    )
    outcome: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    staff_id: Mapped[str] = mapped_column(Text)
    staff: Mapped[str] = mapped_column(Text)
