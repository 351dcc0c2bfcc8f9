"""Events of sensors and who farms near them, timelines of households, broadcasts at a set time.

Revision ID: 0029
Revises: 0028
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "sensors_hour",
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("hour", moment, nullable=False),
        sa.Column("least", sa.Float(), nullable=False),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("most", sa.Float(), nullable=False),
        sa.Column("values", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "hour", name=op.f("pk_sensors_hour")),
    )
    op.create_table(
        "sensors_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("observed_at", moment, nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensors_event")),
        sa.UniqueConstraint("device_id", "rule", "observed_at", name="uq_sensors_event_once"),
    )
    op.create_index(op.f("ix_sensors_event_device_id"), "sensors_event", ["device_id"])
    op.create_index(op.f("ix_sensors_event_observed_at"), "sensors_event", ["observed_at"])
    op.create_table(
        "sensors_field",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("place", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensors_field")),
    )
    op.create_index(op.f("ix_sensors_field_citizen_id"), "sensors_field", ["citizen_id"])
    op.create_table(
        "disaster_timeline",
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("leaves_at", sa.Integer(), nullable=False),
        sa.Column("goes_to", sa.Text(), nullable=False),
        sa.Column("updated_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_disaster_timeline")),
    )
    op.add_column("bot_broadcast", sa.Column("send_at", moment, nullable=True))


def downgrade() -> None:
    op.drop_column("bot_broadcast", "send_at")
    op.drop_table("disaster_timeline")
    op.drop_table("sensors_field")
    op.drop_table("sensors_event")
    op.drop_table("sensors_hour")
