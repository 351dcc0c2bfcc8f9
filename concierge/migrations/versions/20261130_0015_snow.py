"""snow reports, ploughs and outlooks"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_TIME = sa.DateTime(timezone=True)
_STILL_OFFERED = sa.text("reset_at IS NULL AND status IN ('受付', '確認中', '予定', '作業中')")


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _report_id() -> sa.Column[int]:
    return sa.Column("report_id", sa.BigInteger(), nullable=False)


def _of_report(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_report_id_snow_report")
    return sa.ForeignKeyConstraint(["report_id"], ["snow_report.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    _reports()
    _around_reports()
    _ploughs()


def _reports() -> None:
    texts = ("source", "category", "severity", "status", "place_name", "place_words")
    op.create_table(
        "snow_report",
        _id(),
        _text("draft_key"),
        _text("citizen_id", nullable=True),
        *map(_text, texts),
        *map(_text, ("description", "media_url", "note", "handed_to")),
        sa.Column("description_approved", sa.Boolean(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        *(sa.Column(name, _TIME, nullable=False) for name in ("filed_at", "updated_at")),
        sa.Column("expected_at", _TIME, nullable=True),
        sa.Column("expires_at", _TIME, nullable=False),
        *(sa.Column(name, _TIME, nullable=True) for name in ("asked_at", "reset_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_report")),
        sa.UniqueConstraint("draft_key", name=op.f("uq_snow_report_draft_key")),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["snow_report.id"], name=op.f("fk_snow_report_parent_id_snow_report")
        ),
    )
    op.create_index(op.f("ix_snow_report_citizen_id"), "snow_report", ["citizen_id"])
    op.create_index("ix_snow_report_updated_at", "snow_report", ["updated_at"])
    op.create_index("ix_snow_report_source", "snow_report", ["source", "filed_at"])
    op.create_index(
        "ix_snow_report_nearby",
        "snow_report",
        ["category", "lat", "lon"],
        postgresql_where=_STILL_OFFERED,
    )


def _around_reports() -> None:
    op.create_table(
        "snow_follower",
        _report_id(),
        _text("citizen_id"),
        sa.Column("followed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("report_id", "citizen_id", name=op.f("pk_snow_follower")),
        _of_report("snow_follower"),
    )
    op.create_index(op.f("ix_snow_follower_citizen_id"), "snow_follower", ["citizen_id"])
    op.create_table(
        "snow_change",
        _id(),
        _report_id(),
        _text("before", nullable=True),
        *map(_text, ("after", "who", "note", "handed_to")),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("expected_at", _TIME, nullable=True),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_change")),
        _of_report("snow_change"),
    )
    op.create_index(op.f("ix_snow_change_report_id"), "snow_change", ["report_id"])
    op.create_table(
        "snow_photo",
        _id(),
        _report_id(),
        *map(_text, ("turn_id", "state")),
        sa.Column("jpeg", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_photo")),
        sa.UniqueConstraint("report_id", "turn_id", name=op.f("uq_snow_photo_report_id")),
        _of_report("snow_photo"),
    )
    op.create_index(op.f("ix_snow_photo_report_id"), "snow_photo", ["report_id"])


def _ploughs() -> None:
    op.create_table(
        "snow_position",
        _id(),
        _text("vehicle"),
        sa.Column("time", _TIME, nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("lat", "lon")),
        sa.Column("plough_down", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_position")),
        sa.UniqueConstraint("vehicle", "time", name=op.f("uq_snow_position_vehicle")),
    )
    op.create_index(op.f("ix_snow_position_time"), "snow_position", ["time"])
    op.create_table(
        "snow_passage",
        _id(),
        *map(_text, ("section", "vehicle")),
        *(sa.Column(name, _TIME, nullable=False) for name in ("entered", "left")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_passage")),
        sa.UniqueConstraint("section", "vehicle", "entered", name=op.f("uq_snow_passage_section")),
    )
    op.create_index("ix_snow_passage_section_left", "snow_passage", ["section", "left"])
    amounts = ("lowest_c", "highest_c", "snow_on_ground_cm", "new_snow_cm", "rain_mm")
    op.create_table(
        "snow_outlook",
        _id(),
        sa.Column("at", _TIME, nullable=False),
        _text("who"),
        *(sa.Column(name, sa.Float(), nullable=False) for name in amounts),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_outlook")),
    )
    op.create_index(op.f("ix_snow_outlook_at"), "snow_outlook", ["at"])


def downgrade() -> None:
    tables = ("outlook", "passage", "position", "photo", "change", "follower", "report")
    for name in tables:
        op.drop_table(f"snow_{name}")
