"""staff accounts"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

APPEND_ONLY = """
CREATE FUNCTION identity_staff_change_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'identity_staff_change is only added to';
END $$;
CREATE TRIGGER identity_staff_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
  ON identity_staff_change
  FOR EACH STATEMENT EXECUTE FUNCTION identity_staff_change_is_append_only();
"""


def upgrade() -> None:
    op.create_table(
        "identity_staff",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roles", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("desks", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("one_time_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("demonstration", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_identity_staff_login")),
    )
    op.create_table(
        "identity_staff_recovery_code",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_identity_staff_recovery_code")),
    )
    op.create_index(
        op.f("ix_identity_staff_recovery_code_staff_id"),
        "identity_staff_recovery_code",
        ["staff_id"],
        unique=False,
    )
    op.create_table(
        "identity_staff_single_sign_on",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("subject_index", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "staff_id", "provider", name=op.f("pk_identity_staff_single_sign_on")
        ),
        sa.UniqueConstraint(
            "subject_index", name=op.f("uq_identity_staff_single_sign_on_subject_index")
        ),
    )
    op.create_table(
        "identity_staff_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_staff_change")),
    )
    op.create_index(
        op.f("ix_identity_staff_change_staff_id"),
        "identity_staff_change",
        ["staff_id"],
        unique=False,
    )
    op.execute(APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("identity_staff_change")
    op.drop_table("identity_staff_single_sign_on")
    op.drop_table("identity_staff_recovery_code")
    op.drop_table("identity_staff")
    op.execute("DROP FUNCTION identity_staff_change_is_append_only")
