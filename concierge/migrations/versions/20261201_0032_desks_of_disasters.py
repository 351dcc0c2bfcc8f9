"""What staff did for those who need help; on whose LINE a broadcast is tried, and where it goes.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.create_table(
        "disaster_safety_call",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("staff", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["disaster_safety.id"],
            name=op.f("fk_disaster_safety_call_report_id_disaster_safety"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disaster_safety_call")),
    )
    op.create_index(
        op.f("ix_disaster_safety_call_report_id"), "disaster_safety_call", ["report_id"]
    )
    outcome = sa.Column("outcome", sa.Text(), nullable=False, server_default="waiting")
    op.add_column("disaster_safety", outcome)
    # Somebody had begun to see to these; who it was is kept.
    op.execute("UPDATE disaster_safety SET outcome = 'reached' WHERE handled_at IS NOT NULL")
    op.execute(
        "INSERT INTO disaster_safety_call (report_id, outcome, at, staff_id, staff)"
        " SELECT id, 'reached', handled_at, '', handled_by FROM disaster_safety"
        " WHERE handled_at IS NOT NULL"
    )
    place = sa.Column("place", sa.Text(), nullable=False, server_default="")
    op.add_column("bot_broadcast", place)
    op.create_table(
        "bot_broadcast_tester",
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("paired_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_bot_broadcast_tester")),
    )
    op.create_index(
        op.f("ix_bot_broadcast_tester_citizen_id"), "bot_broadcast_tester", ["citizen_id"]
    )
    op.drop_column("disaster_safety", "handled_at")
    op.drop_column("disaster_safety", "handled_by")


def downgrade() -> None:
    op.drop_table("bot_broadcast_tester")
    op.drop_column("bot_broadcast", "place")
    handled_at = sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True)
    op.add_column("disaster_safety", handled_at)
    handled_by = sa.Column("handled_by", sa.Text(), nullable=False, server_default="")
    op.add_column("disaster_safety", handled_by)
    op.drop_column("disaster_safety", "outcome")
    op.drop_table("disaster_safety_call")
