"""residents"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "residents_case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("items_index", sa.Text(), nullable=False),
        sa.Column("items", sa.LargeBinary(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents_case")),
    )
    op.create_index(
        op.f("ix_residents_case_citizen_id"), "residents_case", ["citizen_id"], unique=False
    )
    op.create_index(
        "uq_residents_case_open",
        "residents_case",
        ["citizen_id"],
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "residents_resident",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number_index", sa.Text(), nullable=False),
        sa.Column("household_index", sa.Text(), nullable=False),
        sa.Column("items_index", sa.Text(), nullable=False),
        sa.Column("birth_index", sa.Text(), nullable=False),
        sa.Column("content_index", sa.Text(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("kana", sa.LargeBinary(), nullable=False),
        sa.Column("birthdate", sa.LargeBinary(), nullable=False),
        sa.Column("sex", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents_resident")),
        sa.UniqueConstraint("number_index", name=op.f("uq_residents_resident_number_index")),
    )
    op.create_index(
        op.f("ix_residents_resident_birth_index"),
        "residents_resident",
        ["birth_index"],
        unique=False,
    )
    op.create_index(
        op.f("ix_residents_resident_items_index"),
        "residents_resident",
        ["items_index"],
        unique=False,
    )
    op.create_table(
        "residents_authority",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("holder_id", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["holder_id"],
            ["residents_resident.id"],
            name=op.f("fk_residents_authority_holder_id_residents_resident"),
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"],
            ["residents_resident.id"],
            name=op.f("fk_residents_authority_subject_id_residents_resident"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_residents_authority")),
    )
    op.create_index(
        op.f("ix_residents_authority_holder_id"), "residents_authority", ["holder_id"], unique=False
    )
    op.create_index(
        "uq_residents_authority_entry",
        "residents_authority",
        ["subject_id", "holder_id", "kind", "starts_on"],
        unique=True,
    )
    op.create_table(
        "residents_contact",
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("mail", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents_resident.id"],
            name=op.f("fk_residents_contact_resident_id_residents_resident"),
        ),
        sa.PrimaryKeyConstraint("resident_id", name=op.f("pk_residents_contact")),
    )
    op.create_table(
        "residents_link",
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("resident_id", sa.Text(), nullable=False),
        sa.Column("matched_by", sa.Text(), nullable=False),
        sa.Column("matched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["resident_id"],
            ["residents_resident.id"],
            name=op.f("fk_residents_link_resident_id_residents_resident"),
        ),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_residents_link")),
        sa.UniqueConstraint("resident_id", name=op.f("uq_residents_link_resident_id")),
    )


def downgrade() -> None:
    op.drop_table("residents_link")
    op.drop_table("residents_contact")
    op.drop_index("uq_residents_authority_entry", table_name="residents_authority")
    op.drop_index(op.f("ix_residents_authority_holder_id"), table_name="residents_authority")
    op.drop_table("residents_authority")
    op.drop_index(op.f("ix_residents_resident_items_index"), table_name="residents_resident")
    op.drop_index(op.f("ix_residents_resident_birth_index"), table_name="residents_resident")
    op.drop_table("residents_resident")
    op.drop_index(
        "uq_residents_case_open",
        table_name="residents_case",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_index(op.f("ix_residents_case_citizen_id"), table_name="residents_case")
    op.drop_table("residents_case")
