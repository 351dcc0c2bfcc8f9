"""The tables: developers, their keys, their skills, each step of a skill's life, and calls."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Developer(Base):
    """Who offers skills. `secret_hash` is of the key that opens their pages; it was shown once."""

    __tablename__ = "developers_developer"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    mail: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    desk: Mapped[str] = mapped_column(Text)
    """The desk that they work with; staff says it with the approval."""
    secret_hash: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(Text)


class DeveloperKey(Base):
    """An API key, by its hash. A revoked one opens nothing."""

    __tablename__ = "developers_key"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    developer_id: Mapped[str] = mapped_column(Text, index=True)
    hash: Mapped[str] = mapped_column(Text, unique=True)
    hint: Mapped[str] = mapped_column(Text)
    """The last four characters, by which its owner knows it again."""
    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class DeveloperSkill(Base):
    """A skill as it was registered last, and how it does."""

    __tablename__ = "developers_skill"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    developer_id: Mapped[str] = mapped_column(Text, index=True)
    state: Mapped[str] = mapped_column(Text)
    manifest: Mapped[dict[str, Any]] = mapped_column(JSONB)
    secret_number: Mapped[int]
    """Which secret signs its calls (`kit.vault.Vault.secret`); a new number is a new secret."""
    report: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """What the last check found (`checks.Finding`)."""
    failures: Mapped[int]
    """Calls that failed one after the other."""
    open_until: Mapped[datetime | None]
    """Until then it is not called (the circuit breaker)."""
    updated_at: Mapped[datetime]


class DeveloperStep(Base):
    """One step in a skill's life. Rows are only added."""

    __tablename__ = "developers_step"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    skill_id: Mapped[str] = mapped_column(Text, index=True)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class DeveloperCall(Base):
    """One call of a skill, without a word of what was said."""

    __tablename__ = "developers_call"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    skill_id: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    size: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_developers_call_skill_id_id", "skill_id", "id"),)


class SkillPermission(Base):
    """What a citizen lets a skill see, until they take it back."""

    __tablename__ = "developers_permission"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    skill_id: Mapped[str] = mapped_column(Text, primary_key=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    given_at: Mapped[datetime]


class DataSubscription(Base):
    """Who is told of changes of open data, where, and how that goes. It ends with its key."""

    __tablename__ = "developers_subscription"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    developer_id: Mapped[str] = mapped_column(Text, index=True)
    key_id: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """`subscription_rules.NewSubscription`."""
    status: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    seen: Mapped[dict[str, str]] = mapped_column(JSONB)
    """Entity id → digest of what was told of it last."""
    times_sent: Mapped[int]
    failures: Mapped[int]
    """Notifications that failed one after the other."""
    notified_at: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(Text)
    """The outcome of the last failure."""
