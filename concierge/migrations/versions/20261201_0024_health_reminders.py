"""the handbook: who wants to be told of vaccinations, and of what they were told"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_table(
        "health_reminder",
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "person_id", name=op.f("pk_health_reminder")),
    )
    op.create_table(
        "health_reminded",
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("what_index", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint(
            "citizen_id", "person_id", "what_index", name=op.f("pk_health_reminded")
        ),
    )


def downgrade() -> None:
    op.drop_table("health_reminded")
    op.drop_table("health_reminder")
