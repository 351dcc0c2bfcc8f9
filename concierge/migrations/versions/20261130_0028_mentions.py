"""conversations: a note may call for a colleague"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.add_column("bot_handoff_note", sa.Column("mentioned_id", sa.Text(), nullable=True))
    op.add_column("bot_handoff_note", sa.Column("mentioned_name", sa.Text(), nullable=True))
    op.add_column(
        "bot_handoff_note", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_bot_handoff_note_mentioned",
        "bot_handoff_note",
        ["mentioned_id"],
        postgresql_where=sa.text("mentioned_id IS NOT NULL AND seen_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_bot_handoff_note_mentioned", "bot_handoff_note")
    for name in ("mentioned_id", "mentioned_name", "seen_at"):
        op.drop_column("bot_handoff_note", name)
