"""The tables of identity. They hold no name, address or birth date, and never a My Number."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from kit.db import Base


class SigningKey(Base):
    """A key that signs tokens of one purpose. At most one a purpose is not retired."""

    __tablename__ = "identity_signing_key"

    kid: Mapped[str] = mapped_column(Text, primary_key=True)
    purpose: Mapped[str] = mapped_column(Text)
    public_jwk: Mapped[dict[str, Any]] = mapped_column(JSONB)
    master_key_id: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_identity_signing_key_current",
            "purpose",
            unique=True,
            postgresql_where=text("retired_at IS NULL"),
        ),
    )


class Secret(Base):
    """A random secret of the installation, such as the key of the blind index."""

    __tablename__ = "identity_secret"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    master_key_id: Mapped[str] = mapped_column(Text)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class Link(Base):
    """A citizen's login at one provider. `state` follows `identity.links.links.LINK_STATES`.

    The provider's `sub` is encrypted; `subject_index` is its blind index, with the issuer.
    """

    __tablename__ = "identity_link"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    provider: Mapped[str] = mapped_column(Text)
    subject_index: Mapped[str] = mapped_column(Text)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_identity_link_subject",
            "provider",
            "subject_index",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
        Index(
            "uq_identity_link_citizen",
            "citizen_id",
            "provider",
            unique=True,
            postgresql_where=text("state <> 'ended'"),
        ),
    )


class Consent(Base):
    """What a citizen agreed to: one version of one purpose's wording, until withdrawn."""

    __tablename__ = "identity_consent"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_identity_consent_current",
            "citizen_id",
            "purpose",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )


class Access(Base):
    """One look at, or change of, a citizen's data. Rows are only added; `hash` chains them."""

    __tablename__ = "identity_access"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    # citizen, staff or program
    actor_kind: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(Text, unique=True)


class Deletion(Base):
    """A citizen whose data was erased, or is being: a tombstone that outlives everything of theirs.

    `cause` is citizen, unfollowed or restored. `finished_at` is set when every package is done.
    """

    __tablename__ = "identity_deletion"

    citizen_id: Mapped[str] = mapped_column(Text, primary_key=True)
    cause: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class OneTimeLink(Base):
    """A link sent into the chat that opens our pages once. Only a digest of it is kept.

    `state` follows `identity.login.one_time_links.LINK_STATES`.
    """

    __tablename__ = "identity_ticket"

    digest: Mapped[str] = mapped_column(Text, primary_key=True)
    citizen_id: Mapped[str] = mapped_column(Text, index=True)
    provider: Mapped[str] = mapped_column(Text)
    # The tappable payload with which the dialogue goes on afterwards.
    resume: Mapped[str | None] = mapped_column(Text)
    # The path of ours to which the browser goes on afterwards.
    page: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, server_default="waiting")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
