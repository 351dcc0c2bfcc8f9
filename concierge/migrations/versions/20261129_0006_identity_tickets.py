"""identity: where a link leads, and how it ended"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("identity_ticket", sa.Column("page", sa.Text(), nullable=True))
    op.add_column(
        "identity_ticket",
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("identity_ticket", "state")
    op.drop_column("identity_ticket", "page")
