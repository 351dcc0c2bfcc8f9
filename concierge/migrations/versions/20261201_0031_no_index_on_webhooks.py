"""No index on what citizens write, in databases of before as well: each webhook waited for it.

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.execute("DROP INDEX IF EXISTS ix_bot_line_event_words")


def downgrade() -> None:
    """Leave it out: revision 0022 makes none any more."""
