"""nursery places: vacancies, applications, points, rounds, results"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "nursery_facility",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_facility")),
    )
    op.create_table(
        "nursery_round",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("allocation_id", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_round")),
    )
    op.create_table(
        "nursery_allocation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column(
            "result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("prepared_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["nursery_round.id"],
            name=op.f("fk_nursery_allocation_round_id_nursery_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_allocation")),
    )
    op.create_index(
        op.f("ix_nursery_allocation_round_id"), "nursery_allocation", ["round_id"], unique=False
    )
    op.create_table(
        "nursery_application",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=True),
        sa.Column("submitted", sa.LargeBinary(), nullable=True),
        sa.Column("submitted_version", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column(
            "rule", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("tie", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lottery", sa.BigInteger(), nullable=True),
        sa.Column("request", sa.LargeBinary(), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["nursery_round.id"],
            name=op.f("fk_nursery_application_round_id_nursery_round"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_application")),
        sa.UniqueConstraint("receipt", name=op.f("uq_nursery_application_receipt")),
        sa.UniqueConstraint("round_id", "citizen_id", name=op.f("uq_nursery_application_round_id")),
    )
    op.create_index(
        op.f("ix_nursery_application_citizen_id"),
        "nursery_application",
        ["citizen_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_nursery_application_round_id"), "nursery_application", ["round_id"], unique=False
    )
    op.create_table(
        "nursery_class",
        sa.Column("facility_id", sa.Text(), nullable=False),
        sa.Column("first_age", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_age", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("last_points", sa.Integer(), nullable=True),
        sa.Column("updated_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["facility_id"],
            ["nursery_facility.id"],
            name=op.f("fk_nursery_class_facility_id_nursery_facility"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("facility_id", "first_age", name=op.f("pk_nursery_class")),
    )
    op.create_table(
        "nursery_child",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("age", sa.Integer(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("current", sa.Text(), nullable=True),
        sa.Column("wishes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["nursery_application.id"],
            name=op.f("fk_nursery_child_application_id_nursery_application"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_child")),
    )
    op.create_index(
        op.f("ix_nursery_child_application_id"), "nursery_child", ["application_id"], unique=False
    )
    op.create_index(
        op.f("ix_nursery_child_person_id"), "nursery_child", ["person_id"], unique=False
    )
    op.create_table(
        "nursery_document",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["nursery_application.id"],
            name=op.f("fk_nursery_document_application_id_nursery_application"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_document")),
    )
    op.create_index(
        op.f("ix_nursery_document_application_id"),
        "nursery_document",
        ["application_id"],
        unique=False,
    )
    op.create_table(
        "nursery_point",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        sa.Column("nursery", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["nursery_application.id"],
            name=op.f("fk_nursery_point_application_id_nursery_application"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_point")),
    )
    op.create_index(
        op.f("ix_nursery_point_application_id"), "nursery_point", ["application_id"], unique=False
    )
    op.create_table(
        "nursery_step",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("staff_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["nursery_application.id"],
            name=op.f("fk_nursery_step_application_id_nursery_application"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["nursery_round.id"], name=op.f("fk_nursery_step_round_id_nursery_round")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nursery_step")),
    )
    op.create_index(
        op.f("ix_nursery_step_application_id"), "nursery_step", ["application_id"], unique=False
    )
    op.create_index(op.f("ix_nursery_step_round_id"), "nursery_step", ["round_id"], unique=False)
    op.create_table(
        "nursery_result",
        sa.Column("child_id", sa.Text(), nullable=False),
        sa.Column("facility_id", sa.Text(), nullable=True),
        sa.Column("better", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"],
            ["nursery_child.id"],
            name=op.f("fk_nursery_result_child_id_nursery_child"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_nursery_result")),
    )


def downgrade() -> None:
    op.drop_table("nursery_result")
    op.drop_table("nursery_step")
    op.drop_table("nursery_point")
    op.drop_table("nursery_document")
    op.drop_table("nursery_child")
    op.drop_table("nursery_class")
    op.drop_table("nursery_application")
    op.drop_table("nursery_allocation")
    op.drop_table("nursery_round")
    op.drop_table("nursery_facility")
