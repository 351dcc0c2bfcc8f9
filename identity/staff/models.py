"""The tables of staff accounts. Passwords and recovery codes are hashed, TOTP secrets encrypted."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Identity, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class Account(Base):
    """One member of staff. `login` is what they type, in lower case; `name` is what pages show."""

    __tablename__ = "identity_staff"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    desks: Mapped[list[str]] = mapped_column(ARRAY(Text))
    password: Mapped[str] = mapped_column(Text)
    # A one-time password is worthless from this instant on; None for one of their own choice.
    one_time_until: Mapped[datetime | None]
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    # The newest time step (RFC 6238) whose code was used: that code and older ones are spent.
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    # Sessions of an earlier epoch have ended.
    epoch: Mapped[int]
    # Everybody knows its password; it works outside production only.
    demonstration: Mapped[bool]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code in place of the second factor, once. Only its keyed hash is kept."""

    __tablename__ = "identity_staff_recovery_code"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    staff_id: Mapped[str] = mapped_column(Text, index=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SingleSignOn(Base):
    """An account's login at a provider, found by the blind index of issuer and `sub` alone."""

    __tablename__ = "identity_staff_single_sign_on"

    staff_id: Mapped[str] = mapped_column(Text, primary_key=True)
    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    subject_index: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("subject_index"),)


class RightsRequest(Base):
    """What one administrator wants for an account and another one has to approve.

    `what` is one of `identity.staff.requests.What`; `state` is waiting, approved, refused or
    replaced.
    """

    __tablename__ = "identity_staff_request"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    staff_id: Mapped[str] = mapped_column(Text, index=True)
    what: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None]


class Change(Base):
    """One change of an account: who, what, of whom, when and why. Rows are only added."""

    __tablename__ = "identity_staff_change"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    # A staff id, or "command line".
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[str] = mapped_column(Text, index=True)
    reason: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
