"""conversations: a table of what can be searched, which no webhook and no sending waits for"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.create_table(
        "bot_search_words",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("outbound_id", sa.BigInteger(), nullable=True),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("pairs", ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_search_words")),
        sa.UniqueConstraint("event_id", name=op.f("uq_bot_search_words_event_id")),
        sa.UniqueConstraint("outbound_id", name=op.f("uq_bot_search_words_outbound_id")),
    )
    op.create_index(op.f("ix_bot_search_words_citizen_id"), "bot_search_words", ["citizen_id"])
    op.create_index(op.f("ix_bot_search_words_at"), "bot_search_words", ["at"])
    op.create_index(
        "ix_bot_search_words_pairs", "bot_search_words", ["pairs"], postgresql_using="gin"
    )
    op.execute("DROP INDEX ix_bot_outbound_words")
    op.execute("DROP FUNCTION bot_said(text)")


def downgrade() -> None:
    op.drop_table("bot_search_words")
    op.execute(
        """
        CREATE FUNCTION bot_said(messages_json text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN jsonb_path_query_array(messages_json::jsonb, '$[*].text')::text
        """
    )
    op.execute(
        """
        CREATE INDEX ix_bot_outbound_words ON bot_outbound
        USING gin (bot_bigrams(bot_said(messages_json)))
        WHERE staff_name IS NOT NULL
        """
    )
