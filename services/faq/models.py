"""Tables of the faq skill. All rows are replaced at once, so nothing else refers to them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.dialects.postgresql import ARRAY
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


class FaqSynonym(Base):
    """Another spelling of a word, and the word that the search reads in its place."""

    __tablename__ = "faq_synonym"

    spelling: Mapped[str] = mapped_column(Text, primary_key=True)
    word: Mapped[str] = mapped_column(Text)


class FaqImport(Base):
    """The import in use: one row. Its revision tells every process when to index anew."""

    __tablename__ = "faq_import"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # A digest of the content: the same files imported twice need no new index.
    revision: Mapped[str] = mapped_column(String(64))
    imported_at: Mapped[datetime]
    entries: Mapped[int]
