"""snow: districts of reports, sand that was spread, what vehicles measured of the surface"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

_TIME = sa.DateTime(timezone=True)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)


def upgrade() -> None:
    names: sa.Column[list[str]] = sa.Column(
        "districts", sa.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")
    )
    op.add_column("snow_report", names)
    op.create_table(
        "snow_sanding",
        _id(),
        sa.Column("report_id", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("staff_id", sa.Text(), nullable=True),
        sa.Column("citizen_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_sanding")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["snow_report.id"],
            name=op.f("fk_snow_sanding_report_id_snow_report"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_snow_sanding_report_id"), "snow_sanding", ["report_id"])
    op.create_index(op.f("ix_snow_sanding_citizen_id"), "snow_sanding", ["citizen_id"])
    op.create_table(
        "snow_surface",
        _id(),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("vehicle", "section", "state")),
        sa.Column("time", _TIME, nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("surface_c", "roadside_cm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snow_surface")),
        sa.UniqueConstraint("vehicle", "time", name=op.f("uq_snow_surface_vehicle")),
    )
    op.create_index("ix_snow_surface_section_time", "snow_surface", ["section", "time"])
    op.create_index(op.f("ix_snow_surface_time"), "snow_surface", ["time"])


def downgrade() -> None:
    op.drop_table("snow_surface")
    op.drop_table("snow_sanding")
    op.drop_column("snow_report", "districts")
