"""the chain of the access log gets a key

Records from before are hashed anew, under the key, once their chain without one was found whole.
"""

import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from kit.crypto import MasterKeys, Wrapped, new_key

revision = "0013"
down_revision = "0012"

BEGINNING = "0" * 64
PLACE = "identity_secret\naccess-log"
SWITCH = "ALTER TABLE identity_access {} TRIGGER identity_access_append_only"


def upgrade() -> None:
    connection = op.get_bind()
    every = "SELECT * FROM identity_access ORDER BY id"
    rows = connection.execute(sa.text(every)).all()
    if not rows:
        return
    _check(rows)
    key = _key(connection)
    connection.execute(sa.text(SWITCH.format("DISABLE")))
    previous = BEGINNING
    for row in rows:
        found = hmac.digest(key, _told(row, previous), hashlib.sha256).hex()
        change = sa.text("UPDATE identity_access SET previous = :p, hash = :h WHERE id = :id")
        connection.execute(change, {"p": previous, "h": found, "id": row.id})
        previous = found
    connection.execute(sa.text(SWITCH.format("ENABLE")))


def downgrade() -> None:
    """Leave the records as they are: the program before would name the first one as changed."""


def _check(rows: Any) -> None:
    previous = BEGINNING
    for number, row in enumerate(rows, start=1):
        found = hashlib.sha256(_told(row, row.previous)).hexdigest()
        if (row.id, row.previous, row.hash) != (number, previous, found):
            raise RuntimeError(f"record {number} of the access log was changed, or one is missing")
        previous = row.hash


def _told(row: Any, previous: str) -> bytes:
    at = row.at.astimezone(UTC).isoformat()
    content = [row.id, at, row.citizen_id, row.actor_kind, row.actor]
    content += [row.action, row.reason, row.level, previous]
    return json.dumps(content, ensure_ascii=False).encode()


def _key(connection: sa.Connection) -> bytes:
    master: MasterKeys = context.config.attributes["master_keys"]
    wrapped = master.wrap(new_key(), PLACE)
    add = sa.text(
        "INSERT INTO identity_secret (name, master_key_id, wrapped, created_at)"
        " VALUES ('access-log', :id, :wrapped, :now) ON CONFLICT DO NOTHING"
    )
    values = {"id": wrapped.master_key_id, "wrapped": wrapped.sealed, "now": datetime.now(UTC)}
    connection.execute(add, values)
    kept = connection.execute(
        sa.text("SELECT master_key_id, wrapped FROM identity_secret WHERE name = 'access-log'")
    ).one()
    return master.unwrap(Wrapped(kept.master_key_id, bytes(kept.wrapped)), PLACE)
