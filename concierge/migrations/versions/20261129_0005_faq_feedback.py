"""the faq's history, questions and votes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

APPEND_ONLY = """
CREATE FUNCTION faq_version_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'faq_version is append-only';
END $$;
CREATE TRIGGER faq_version_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON faq_version
  FOR EACH STATEMENT EXECUTE FUNCTION faq_version_is_append_only();
"""


def upgrade() -> None:
    op.add_column("faq_entry", sa.Column("updated", sa.Date(), nullable=True))
    op.create_table(
        "faq_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("entry_id", sa.String(50), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at_desk", sa.Boolean(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_faq_version")),
    )
    op.create_index(op.f("ix_faq_version_entry_id"), "faq_version", ["entry_id"], unique=False)
    op.create_table(
        "faq_question",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("terms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("shown", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_faq_question")),
    )
    op.create_index(op.f("ix_faq_question_asked_at"), "faq_question", ["asked_at"], unique=False)
    op.create_table(
        "faq_vote",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("entry_id", sa.String(50), nullable=False),
        sa.Column("terms", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("voted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_faq_vote")),
    )
    op.create_index(op.f("ix_faq_vote_entry_id"), "faq_vote", ["entry_id"], unique=False)
    op.execute(APPEND_ONLY)


def downgrade() -> None:
    op.drop_table("faq_vote")
    op.drop_table("faq_question")
    op.drop_table("faq_version")
    op.execute("DROP FUNCTION faq_version_is_append_only")
    op.drop_column("faq_entry", "updated")
