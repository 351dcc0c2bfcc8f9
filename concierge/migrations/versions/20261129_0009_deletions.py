"""deletions"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "identity_deletion",
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_identity_deletion")),
    )
    # Files were plain until now and are sealed from now on. A migration has no keys, so that what
    # is there (30 days of it at most) goes before its time.
    op.execute("DELETE FROM bot_media_content")
    op.execute("UPDATE bot_media SET state = 'expired', expires_at = NULL WHERE state = 'stored'")
    # Who was forgotten keeps no LINE user id: whoever writes again is somebody new.
    op.execute(
        "UPDATE bot_citizen SET line_user_id = 'erased:' || id, is_friend = false, "
        "followed_at = NULL, unfollowed_at = NULL WHERE forgotten_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("identity_deletion")
