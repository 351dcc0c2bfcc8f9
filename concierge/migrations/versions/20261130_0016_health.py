"""the handbook's entries"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "health_entry",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("written_by", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key_index", sa.Text(), nullable=False),
        sa.Column("content_index", sa.Text(), nullable=False),
        sa.Column("corrects", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["corrects"],
            ["health_entry.id"],
            name=op.f("fk_health_entry_corrects_health_entry"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_entry")),
    )
    op.create_index(op.f("ix_health_entry_person_id"), "health_entry", ["person_id"], unique=False)
    op.create_index(op.f("ix_health_entry_record_id"), "health_entry", ["record_id"], unique=False)
    op.create_index(
        op.f("ix_health_entry_written_by"), "health_entry", ["written_by"], unique=False
    )
    op.create_index(
        "uq_health_entry_key",
        "health_entry",
        ["key_index"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "health_share",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("citizen_id", sa.Text(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("about", sa.LargeBinary(), nullable=False),
        sa.Column("code_index", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_share")),
        sa.UniqueConstraint("code_index", name=op.f("uq_health_share_code_index")),
    )
    op.create_index(op.f("ix_health_share_person_id"), "health_share", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_health_share_citizen_id"), "health_share", ["citizen_id"], unique=False
    )
    op.create_table(
        "health_share_look",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("share_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["share_id"],
            ["health_share.id"],
            name=op.f("fk_health_share_look_share_id_health_share"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_share_look")),
    )
    op.create_index(
        op.f("ix_health_share_look_share_id"), "health_share_look", ["share_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("health_share_look")
    op.drop_table("health_share")
    op.drop_table("health_entry")
