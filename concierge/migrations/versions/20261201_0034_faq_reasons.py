"""Why an answer was taken out of use stands in its history.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"


def upgrade() -> None:
    op.execute("ALTER TABLE faq_version ADD COLUMN reason text NOT NULL DEFAULT ''")


def downgrade() -> None:
    op.execute("ALTER TABLE faq_version DROP COLUMN reason")
