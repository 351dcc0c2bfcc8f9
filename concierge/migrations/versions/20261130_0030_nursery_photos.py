"""nursery places: photographed papers, and trials on a copy of the market"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0029"


def upgrade() -> None:
    op.create_table(
        "nursery_photo",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("paper", sa.Text(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("was_scanned", sa.Boolean(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["nursery_application.id"],
            name=op.f("fk_nursery_photo_application_id_nursery_application"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_photo")),
    )
    op.create_index(
        op.f("ix_nursery_photo_application_id"), "nursery_photo", ["application_id"], unique=False
    )
    trial = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.add_column("nursery_allocation", sa.Column("trial", trial, nullable=True))


def downgrade() -> None:
    op.drop_column("nursery_allocation", "trial")
    op.drop_index(op.f("ix_nursery_photo_application_id"), table_name="nursery_photo")
    op.drop_table("nursery_photo")
