"""warnings: what arrived, the state, changes, shelters, safety reports; broadcasts with a ledger"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "disaster_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("applied_no", sa.BigInteger(), nullable=True),
        sa.Column("understood", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_message")),
        sa.UniqueConstraint("source", "digest", name="uq_disaster_message_digest"),
    )
    op.create_index(
        "ix_disaster_message_applied",
        "disaster_message",
        ["lane", "applied_no"],
        unique=False,
        postgresql_where="applied_no IS NOT NULL",
    )
    op.create_index(op.f("ix_disaster_message_name"), "disaster_message", ["name"], unique=False)
    op.create_index(
        op.f("ix_disaster_message_received_at"), "disaster_message", ["received_at"], unique=False
    )
    op.create_table(
        "disaster_entry",
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("hazard", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("kind_code", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rank", sa.Float(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.Column("publishers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "area", "hazard", name=op.f("pk_disaster_entry")),
    )
    op.create_table(
        "disaster_order",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("whole_city", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_order")),
        sa.UniqueConstraint("lane", "place", name="uq_disaster_order_place"),
    )
    op.create_table(
        "disaster_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("hazard", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("entry", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("sources", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("districts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("announcement", sa.Text(), nullable=True),
        sa.Column("audience", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_change")),
        sa.UniqueConstraint("key", name=op.f("uq_disaster_change_key")),
    )
    op.create_index(
        op.f("ix_disaster_change_made_at"), "disaster_change", ["made_at"], unique=False
    )
    op.create_table(
        "disaster_feed",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_disaster_feed")),
    )
    op.create_table(
        "disaster_shelter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_disaster_shelter")),
    )
    op.create_table(
        "disaster_safety",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("for_other", sa.Boolean(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_safety")),
        sa.UniqueConstraint("key", name=op.f("uq_disaster_safety_key")),
    )
    op.create_index(
        op.f("ix_disaster_safety_citizen_id"), "disaster_safety", ["citizen_id"], unique=False
    )
    op.create_index(
        op.f("ix_disaster_safety_reported_at"), "disaster_safety", ["reported_at"], unique=False
    )
    op.create_table(
        "bot_broadcast",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("areas", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("topics", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("hazards", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("follows", sa.Text(), nullable=True),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("approver_id", sa.Text(), nullable=True),
        sa.Column("approver", sa.Text(), nullable=True),
        sa.Column("emergency_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_broadcast")),
        sa.UniqueConstraint("key", name=op.f("uq_bot_broadcast_key")),
    )
    op.create_table(
        "sensors_value",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("doubt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "observed_at", name=op.f("pk_sensors_value")),
    )
    op.add_column(
        "bot_preferences",
        sa.Column("warn_from", sa.SmallInteger(), server_default="3", nullable=False),
    )
    op.add_column(
        "bot_announcement",
        sa.Column(
            "by_language",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
        ),
    )
    op.add_column("bot_announcement", sa.Column("replaced_by", sa.Text(), nullable=True))
    op.add_column(
        "bot_announcement_chunk",
        sa.Column("citizens", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.add_column("bot_announcement_chunk", sa.Column("origin", sa.BigInteger(), nullable=True))
    op.add_column(
        "bot_announcement_chunk", sa.Column("after_chunk", sa.BigInteger(), nullable=True)
    )
    op.add_column(
        "bot_announcement_chunk",
        sa.Column("needs_after", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(op.f("ix_bot_announcement_chunk_origin"), "bot_announcement_chunk", ["origin"])


def downgrade() -> None:
    op.drop_index(op.f("ix_bot_announcement_chunk_origin"), "bot_announcement_chunk")
    for column in ("needs_after", "after_chunk", "origin", "citizens"):
        op.drop_column("bot_announcement_chunk", column)
    for column in ("replaced_by", "by_language"):
        op.drop_column("bot_announcement", column)
    op.drop_column("bot_preferences", "warn_from")
    op.drop_table("sensors_value")
    op.drop_table("bot_broadcast")
    op.drop_table("disaster_safety")
    op.drop_table("disaster_shelter")
    op.drop_table("disaster_feed")
    op.drop_table("disaster_change")
    op.drop_table("disaster_order")
    op.drop_table("disaster_entry")
    op.drop_table("disaster_message")
