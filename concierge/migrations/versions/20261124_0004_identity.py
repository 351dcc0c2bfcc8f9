"""identity"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

APPEND_ONLY = """
CREATE FUNCTION identity_access_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'identity_access is only added to';
END $$;
CREATE TRIGGER identity_access_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_access
  FOR EACH STATEMENT EXECUTE FUNCTION identity_access_is_append_only();
"""


def upgrade() -> None:
    op.create_table(
        "identity_access",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_access")),
        sa.UniqueConstraint("hash", name=op.f("uq_identity_access_hash")),
    )
    op.create_index(
        op.f("ix_identity_access_citizen_id"), "identity_access", ["citizen_id"], unique=False
    )
    op.create_table(
        "identity_consent",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_consent")),
    )
    op.create_index(
        "uq_identity_consent_current",
        "identity_consent",
        ["citizen_id", "purpose"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "identity_link",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject_index", sa.Text(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_link")),
    )
    op.create_index(
        op.f("ix_identity_link_citizen_id"), "identity_link", ["citizen_id"], unique=False
    )
    op.create_index(
        "uq_identity_link_citizen",
        "identity_link",
        ["citizen_id", "provider"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_index(
        "uq_identity_link_subject",
        "identity_link",
        ["provider", "subject_index"],
        unique=True,
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.create_table(
        "identity_secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("master_key_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_identity_secret")),
    )
    op.create_table(
        "identity_signing_key",
        sa.Column("kid", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("public_jwk", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("master_key_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kid", name=op.f("pk_identity_signing_key")),
    )
    op.create_index(
        "uq_identity_signing_key_current",
        "identity_signing_key",
        ["purpose"],
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.create_table(
        "identity_ticket",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("resume", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_identity_ticket")),
    )
    op.create_index(
        op.f("ix_identity_ticket_citizen_id"), "identity_ticket", ["citizen_id"], unique=False
    )
    op.create_table(
        "kit_person_key",
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("master_key_id", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "version", name=op.f("pk_kit_person_key")),
    )
    op.create_index(
        op.f("ix_kit_person_key_master_key_id"), "kit_person_key", ["master_key_id"], unique=False
    )
    op.execute(APPEND_ONLY)


def downgrade() -> None:
    op.drop_index(op.f("ix_kit_person_key_master_key_id"), table_name="kit_person_key")
    op.drop_table("kit_person_key")
    op.drop_index(op.f("ix_identity_ticket_citizen_id"), table_name="identity_ticket")
    op.drop_table("identity_ticket")
    op.drop_index(
        "uq_identity_signing_key_current",
        table_name="identity_signing_key",
        postgresql_where=sa.text("retired_at IS NULL"),
    )
    op.drop_table("identity_signing_key")
    op.drop_table("identity_secret")
    op.drop_index(
        "uq_identity_link_subject",
        table_name="identity_link",
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.drop_index(
        "uq_identity_link_citizen",
        table_name="identity_link",
        postgresql_where=sa.text("state <> 'ended'"),
    )
    op.drop_index(op.f("ix_identity_link_citizen_id"), table_name="identity_link")
    op.drop_table("identity_link")
    op.drop_index(
        "uq_identity_consent_current",
        table_name="identity_consent",
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_table("identity_consent")
    op.drop_index(op.f("ix_identity_access_citizen_id"), table_name="identity_access")
    op.drop_table("identity_access")
    op.execute("DROP FUNCTION identity_access_is_append_only")
