"""files that staff send to citizens"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "bot_sent_file",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("preview", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["citizen_id"],
            ["bot_citizen.id"],
            name=op.f("fk_bot_sent_file_citizen_id_bot_citizen"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_bot_sent_file")),
        sa.UniqueConstraint("key", name=op.f("uq_bot_sent_file_key")),
    )
    op.create_index(op.f("ix_bot_sent_file_citizen_id"), "bot_sent_file", ["citizen_id"])
    op.create_index(op.f("ix_bot_sent_file_expires_at"), "bot_sent_file", ["expires_at"])


def downgrade() -> None:
    op.drop_table("bot_sent_file")
