"""the procedure navigator: guides and what is done"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "procedure_guide",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("page_index", sa.Text(), nullable=False),
        sa.Column("family_index", sa.Text(), nullable=True),
        sa.Column("counter_index", sa.Text(), nullable=True),
        sa.Column("counter_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_question", sa.Text(), nullable=True),
        sa.Column("reminds", sa.Boolean(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_guide")),
        sa.UniqueConstraint("page_index", name=op.f("uq_procedure_guide_page_index")),
        sa.UniqueConstraint("family_index", name=op.f("uq_procedure_guide_family_index")),
        sa.UniqueConstraint("counter_index", name=op.f("uq_procedure_guide_counter_index")),
    )
    op.create_index(op.f("ix_procedure_guide_citizen_id"), "procedure_guide", ["citizen_id"])
    op.create_index(op.f("ix_procedure_guide_seen_at"), "procedure_guide", ["seen_at"])
    op.create_table(
        "procedure_tick",
        sa.Column("guide_id", sa.Text(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["guide_id"],
            ["procedure_guide.id"],
            name=op.f("fk_procedure_tick_guide_id_procedure_guide"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("guide_id", "procedure", name=op.f("pk_procedure_tick")),
    )


def downgrade() -> None:
    op.drop_table("procedure_tick")
    op.drop_table("procedure_guide")
