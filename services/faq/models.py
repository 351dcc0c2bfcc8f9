"""Tables of the faq skill. Nothing here refers to a citizen."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, String, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class FaqEntry(Base):
    """One question with its answer; the fields of `rules.Entry`."""

    __tablename__ = "faq_entry"

    id: Mapped[str] = mapped_column(String(50), primary_key=True)
    category: Mapped[str] = mapped_column(Text)
    question: Mapped[str] = mapped_column(Text)
    variants: Mapped[list[str]] = mapped_column(ARRAY(Text))
    keywords: Mapped[list[str]] = mapped_column(ARRAY(Text))
    answer: Mapped[str] = mapped_column(Text)
    desk: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    source_url: Mapped[str | None] = mapped_column(Text)
    review_by: Mapped[date] = mapped_column(index=True)
    demonstration: Mapped[bool]
    updated: Mapped[date | None]


class FaqVersion(Base):
    """One step in the life of an entry. A trigger refuses every change of a row."""

    __tablename__ = "faq_version"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(50), index=True)
    action: Mapped[str] = mapped_column(Text)
    # By hand at the desk, or by an import of files.
    at_desk: Mapped[bool]
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    # The entry as it was, and as it became; absent before it was added and after it was retired.
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    # Why, in the words of who retired it; empty for every other step.
    reason: Mapped[str] = mapped_column(Text, server_default="")


class FaqSynonym(Base):
    """Another spelling of a word, and the word that the search reads in its place."""

    __tablename__ = "faq_synonym"

    spelling: Mapped[str] = mapped_column(Text, primary_key=True)
    word: Mapped[str] = mapped_column(Text)


class FaqImport(Base):
    """The content in use: one row. Its revision tells every process when to index anew."""

    __tablename__ = "faq_import"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # A digest of the content: the same files imported twice need no new index.
    revision: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]
    entries: Mapped[int]


class FaqQuestion(Base):
    """What was asked and what became of it, until the words' time is over. Nobody's name is here.

    The key is a keyed digest of the turn, so that a repeated turn is counted once.
    """

    __tablename__ = "faq_question"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    outcome: Mapped[str] = mapped_column(Text)
    # The entries that were shown, best first.
    shown: Mapped[list[str]] = mapped_column(ARRAY(Text))
    asked_at: Mapped[datetime] = mapped_column(index=True)


class FaqVote(Base):
    """One citizen's newest opinion of one entry, with the FAQ's own words in their question.

    The key is a keyed digest of citizen and entry: it counts nobody twice, and two votes of one
    citizen cannot be joined.
    """

    __tablename__ = "faq_vote"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(50), index=True)
    terms: Mapped[list[str]] = mapped_column(ARRAY(Text))
    helpful: Mapped[bool]
    voted_at: Mapped[datetime]
