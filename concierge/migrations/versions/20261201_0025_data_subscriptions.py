"""developers: subscriptions to open data"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "developers_subscription",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("developer_id", sa.Text(), nullable=False),
        sa.Column("key_id", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("expires_at", moment, nullable=True),
        sa.Column("created_at", moment, nullable=False),
        sa.Column("seen", postgresql.JSONB(), nullable=False),
        sa.Column("times_sent", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("notified_at", moment, nullable=True),
        sa.Column("succeeded_at", moment, nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_developers_subscription")),
    )
    op.create_index(
        op.f("ix_developers_subscription_developer_id"),
        "developers_subscription",
        ["developer_id"],
    )


def downgrade() -> None:
    op.drop_table("developers_subscription")
