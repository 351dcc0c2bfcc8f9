"""conversations: search in their words, labels, canned replies, training examples

No extension is needed: words are found by their pairs of characters, which suits Japanese. The
functions' bodies are bound when they are made, so that no search path matters.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

KATAKANA = "".join(map(chr, range(0x30A1, 0x30F7)))
HIRAGANA = "".join(map(chr, range(0x3041, 0x3097)))


def upgrade() -> None:
    op.execute(
        f"""
        CREATE FUNCTION bot_folded(words text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN translate(lower(normalize(words, NFKC)), '{KATAKANA}', '{HIRAGANA}')
        """
    )
    op.execute(
        """
        CREATE FUNCTION bot_bigrams(words text) RETURNS text[]
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN (
          SELECT array_agg(DISTINCT substr(folded, place, 2))
          FROM (SELECT bot_folded(words) AS folded) AS f,
            generate_series(1, length(folded) - 1) AS place
        )
        """
    )
    op.execute(
        """
        CREATE FUNCTION bot_said(messages_json text) RETURNS text
        LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        RETURN jsonb_path_query_array(messages_json::jsonb, '$[*].text')::text
        """
    )
    # What citizens write is not indexed: each webhook would wait for it. A search looks through the
    # talks that its desk may see.
    op.execute(
        """
        CREATE INDEX ix_bot_outbound_words ON bot_outbound
        USING gin (bot_bigrams(bot_said(messages_json)))
        WHERE staff_name IS NOT NULL
        """
    )
    for name in ("theme", "quality", "follow_up"):
        op.add_column("bot_handoff", sa.Column(name, sa.Text(), nullable=True))
    op.create_table(
        "bot_canned_reply",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("desk", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.CheckConstraint("(owner_id IS NULL) <> (desk IS NULL)", name="one_scope"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_canned_reply")),
    )
    op.create_table(
        "bot_training_example",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.Column("intent", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_training_example")),
        sa.UniqueConstraint("words", name=op.f("uq_bot_training_example_words")),
    )
    op.create_index(op.f("ix_bot_canned_reply_owner_id"), "bot_canned_reply", ["owner_id"])
    op.create_index(op.f("ix_bot_canned_reply_desk"), "bot_canned_reply", ["desk"])


def downgrade() -> None:
    op.drop_table("bot_training_example")
    op.drop_table("bot_canned_reply")
    for name in ("theme", "quality", "follow_up"):
        op.drop_column("bot_handoff", name)
    op.execute("DROP INDEX ix_bot_outbound_words")
    op.execute("DROP FUNCTION bot_bigrams(text)")
    op.execute("DROP FUNCTION bot_folded(text)")
    op.execute("DROP FUNCTION bot_said(text)")
