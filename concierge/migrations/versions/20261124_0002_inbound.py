"""channels, friendship, files and groups of the inbound side"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table in ("bot_citizen", "bot_line_event"):
        channel = sa.Column("channel", sa.Text(), nullable=False, server_default="default")
        op.add_column(table, channel)
    op.add_column("bot_citizen", sa.Column("followed_at", sa.DateTime(timezone=True)))
    op.add_column("bot_citizen", sa.Column("unfollowed_at", sa.DateTime(timezone=True)))
    op.add_column("bot_citizen", sa.Column("forgotten_at", sa.DateTime(timezone=True)))
    op.drop_constraint("uq_bot_citizen_line_user_id", "bot_citizen", type_="unique")
    op.create_unique_constraint(
        "uq_bot_citizen_channel", "bot_citizen", ["channel", "line_user_id"]
    )
    op.create_index(
        "ix_bot_citizen_unfollowed",
        "bot_citizen",
        ["unfollowed_at"],
        postgresql_where=sa.text("forgotten_at IS NULL"),
    )
    op.drop_constraint("uq_bot_line_event_webhook_event_id", "bot_line_event", type_="unique")
    op.create_unique_constraint(
        "uq_bot_line_event_channel", "bot_line_event", ["channel", "webhook_event_id"]
    )
    op.create_index(
        "ix_bot_line_event_unsend",
        "bot_line_event",
        ["citizen_id"],
        postgresql_where=sa.text("kind = 'unsend'"),
    )
    op.create_index(
        "ix_bot_line_event_kept",
        "bot_line_event",
        ["received_at"],
        postgresql_where=sa.text("raw <> '{}'::jsonb"),
    )
    op.create_index(
        "ix_bot_outbound_kept",
        "bot_outbound",
        ["finished_at"],
        postgresql_where=sa.text("messages_json <> '[]'"),
    )
    _create_media()
    op.create_table(
        "bot_group",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("line_group_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("channel", "line_group_id", name=op.f("pk_bot_group")),
    )


def _create_media() -> None:
    op.create_table(
        "bot_media",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("content_type", sa.Text()),
        sa.Column("size", sa.BigInteger()),
        sa.Column("sha256", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["event_id"], ["bot_line_event.id"], name=op.f("fk_bot_media_event_id_bot_line_event")
        ),
        sa.ForeignKeyConstraint(
            ["citizen_id"], ["bot_citizen.id"], name=op.f("fk_bot_media_citizen_id_bot_citizen")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_media")),
        sa.UniqueConstraint("channel", "message_id", name=op.f("uq_bot_media_channel")),
    )
    op.create_index(op.f("ix_bot_media_event_id"), "bot_media", ["event_id"])
    op.create_index(op.f("ix_bot_media_citizen_id"), "bot_media", ["citizen_id"])
    op.create_index(
        "ix_bot_media_expires_at",
        "bot_media",
        ["expires_at"],
        postgresql_where=sa.text("state = 'stored'"),
    )
    op.create_table(
        "bot_media_content",
        sa.Column("media_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["media_id"], ["bot_media.id"], name=op.f("fk_bot_media_content_media_id_bot_media")
        ),
        sa.PrimaryKeyConstraint("media_id", name=op.f("pk_bot_media_content")),
    )


def downgrade() -> None:
    """Only while there is one channel: the same people may follow several."""
    op.drop_table("bot_group")
    op.drop_table("bot_media_content")
    op.drop_table("bot_media")
    op.drop_index("ix_bot_outbound_kept", "bot_outbound")
    op.drop_index("ix_bot_line_event_kept", "bot_line_event")
    op.drop_index("ix_bot_line_event_unsend", "bot_line_event")
    op.drop_constraint("uq_bot_line_event_channel", "bot_line_event", type_="unique")
    op.create_unique_constraint(
        "uq_bot_line_event_webhook_event_id", "bot_line_event", ["webhook_event_id"]
    )
    op.drop_column("bot_line_event", "channel")
    op.drop_index("ix_bot_citizen_unfollowed", "bot_citizen")
    op.drop_constraint("uq_bot_citizen_channel", "bot_citizen", type_="unique")
    op.create_unique_constraint("uq_bot_citizen_line_user_id", "bot_citizen", ["line_user_id"])
    for column in ("forgotten_at", "unfollowed_at", "followed_at", "channel"):
        op.drop_column("bot_citizen", column)
