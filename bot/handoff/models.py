"""Handoffs, who held them when, what was noted, and everything that staff did."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Handoff(Base):
    """One request for a person. `state` follows `bot.handoff.rules.HANDOFF_STATES`.

    `fence` counts the changes: whoever changes a row names the count that they saw.
    """

    __tablename__ = "bot_handoff"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    citizen_id: Mapped[str] = mapped_column(ForeignKey("bot_citizen.id"), index=True)
    state: Mapped[str] = mapped_column(Text)
    fence: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(Text)
    urgent: Mapped[bool]
    desk: Mapped[str] = mapped_column(Text)
    # request, danger or staff.
    trigger: Mapped[str] = mapped_column(Text)
    # The event in which the citizen says what it is about.
    about_event_id: Mapped[int | None] = mapped_column(ForeignKey("bot_line_event.id"))
    asked_at: Mapped[datetime]
    queued_at: Mapped[datetime | None]
    holder_id: Mapped[str | None] = mapped_column(Text)
    holder_name: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[datetime | None]
    first_reply_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[int | None]
    # What staff learn from it; `bot.handoff.labels` has the values.
    theme: Mapped[str | None] = mapped_column(Text)
    quality: Mapped[str | None] = mapped_column(Text)
    follow_up: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ux_bot_handoff_open",
            "citizen_id",
            unique=True,
            postgresql_where=text("state IN ('offered', 'out_of_hours', 'queued', 'held')"),
        ),
        Index("ix_bot_handoff_desk", "desk", "state", "queued_at"),
    )


class Stretch(Base):
    """One stretch in which one person held a conversation; while it is open the bot is silent."""

    __tablename__ = "bot_handoff_stretch"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("bot_handoff.id"), index=True)
    staff_id: Mapped[str] = mapped_column(Text)
    staff_name: Mapped[str] = mapped_column(Text)
    desk: Mapped[str] = mapped_column(Text)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # closed, forwarded, lapsed or erased.
    how: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "ux_bot_handoff_stretch_open",
            "handoff_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class HandoffNote(Base):
    """What staff note for each other, sealed under the citizen's key."""

    __tablename__ = "bot_handoff_note"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("bot_handoff.id"), index=True)
    # From the form: the same form sent twice is one note.
    key: Mapped[str] = mapped_column(Text, unique=True)
    at: Mapped[datetime]
    staff_name: Mapped[str] = mapped_column(Text)
    words: Mapped[bytes]
    # The colleague whom it calls for, and when they have opened the conversation since.
    mentioned_id: Mapped[str | None] = mapped_column(Text)
    mentioned_name: Mapped[str | None] = mapped_column(Text)
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_bot_handoff_note_mentioned",
            "mentioned_id",
            postgresql_where=text("mentioned_id IS NOT NULL AND seen_at IS NULL"),
        ),
    )


class CannedReply(Base):
    """A reply that staff keep for themselves (`owner_id`) or for their desk; one of the two."""

    __tablename__ = "bot_canned_reply"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    owner_id: Mapped[str | None] = mapped_column(Text, index=True)
    desk: Mapped[str | None] = mapped_column(Text, index=True)
    title: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(Text)

    __table_args__ = (CheckConstraint("(owner_id IS NULL) <> (desk IS NULL)", name="one_scope"),)


class TrainingExample(Base):
    """A sentence that the bot shall learn, without anything personal and without whose it was."""

    __tablename__ = "bot_training_example"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(Text)
    desk: Mapped[str] = mapped_column(Text)
    intent: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text, unique=True)


class SearchWords(Base):
    """What was written in a talk with a person, as it is searched; erased with its source."""

    __tablename__ = "bot_search_words"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    # Of one of the two: a citizen's message, or what staff sent.
    event_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    outbound_id: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_name: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    # One way of writing, and its pairs of characters.
    folded: Mapped[str] = mapped_column(Text)
    pairs: Mapped[list[str]] = mapped_column(ARRAY(Text))

    __table_args__ = (Index("ix_bot_search_words_pairs", "pairs", postgresql_using="gin"),)


class HandoffAction(Base):
    """One thing that a member of staff did to a conversation. Rows are only added."""

    __tablename__ = "bot_handoff_action"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    handoff_id: Mapped[int] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime]
    staff_id: Mapped[str] = mapped_column(Text)
    staff_name: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
