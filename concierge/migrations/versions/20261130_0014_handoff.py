"""handoffs to people"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

_OPEN = "state IN ('offered', 'out_of_hours', 'queued', 'held')"


def _instant(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False, primary_key=True)


def _of_handoff() -> sa.Column[Any]:
    return sa.Column("handoff_id", sa.BigInteger(), sa.ForeignKey("bot_handoff.id"), nullable=False)


def upgrade() -> None:
    op.add_column("bot_outbound", _text("staff_name", nullable=True))
    op.create_table(
        "bot_handoff",
        _id(),
        sa.Column("citizen_id", sa.Text(), sa.ForeignKey("bot_citizen.id"), nullable=False),
        _text("state"),
        sa.Column("fence", sa.Integer(), nullable=False),
        _text("kind"),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        _text("desk"),
        _text("trigger"),
        sa.Column("about_event_id", sa.BigInteger(), sa.ForeignKey("bot_line_event.id")),
        _instant("asked_at", nullable=False),
        _instant("queued_at"),
        _text("holder_id", nullable=True),
        _text("holder_name", nullable=True),
        _instant("lease_until"),
        _instant("first_reply_at"),
        _instant("ended_at"),
        _text("end_reason", nullable=True),
        sa.Column("rating", sa.Integer()),
    )
    op.create_index("ix_bot_handoff_citizen_id", "bot_handoff", ["citizen_id"])
    op.create_index("ix_bot_handoff_desk", "bot_handoff", ["desk", "state", "queued_at"])
    op.create_index(
        "ux_bot_handoff_open",
        "bot_handoff",
        ["citizen_id"],
        unique=True,
        postgresql_where=sa.text(_OPEN),
    )
    op.create_table(
        "bot_handoff_stretch",
        _id(),
        _of_handoff(),
        _text("staff_id"),
        _text("staff_name"),
        _text("desk"),
        _instant("began_at", nullable=False),
        _instant("ended_at"),
        _text("how", nullable=True),
    )
    op.create_index("ix_bot_handoff_stretch_handoff_id", "bot_handoff_stretch", ["handoff_id"])
    op.create_index(
        "ux_bot_handoff_stretch_open",
        "bot_handoff_stretch",
        ["handoff_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "bot_handoff_note",
        _id(),
        _of_handoff(),
        sa.Column("key", sa.Text(), nullable=False, unique=True),
        _instant("at", nullable=False),
        _text("staff_name"),
        sa.Column("words", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_bot_handoff_note_handoff_id", "bot_handoff_note", ["handoff_id"])
    op.create_table(
        "bot_handoff_action",
        _id(),
        sa.Column("handoff_id", sa.BigInteger(), nullable=False),
        _instant("at", nullable=False),
        _text("staff_id"),
        _text("staff_name"),
        _text("action"),
        sa.Column("details", postgresql.JSONB(), nullable=False),
    )
    op.create_index("ix_bot_handoff_action_handoff_id", "bot_handoff_action", ["handoff_id"])


def downgrade() -> None:
    for table in ("action", "note", "stretch"):
        op.drop_table(f"bot_handoff_{table}")
    op.drop_table("bot_handoff")
    op.drop_column("bot_outbound", "staff_name")
