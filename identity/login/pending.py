"""Logins that wait for LINE's word on who holds the phone.

What a provider told lies in Redis under a key that only LINE's dialog gets to see, as its nonce:
whoever reads Redis reads nothing, and what nobody confirms is gone after ten minutes.
"""

import base64
import hashlib
import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from auth.store import Store
from identity.links.four_items import FourItems, items_from_json, items_to_json
from identity.login.one_time_links import LoginRequest
from kit.crypto import seal, unseal

# As long as LINE's own link token.
LIFE = timedelta(minutes=10)
_PLACE = "identity pending login"


@dataclass(frozen=True)
class Pending:
    """A login at a provider that becomes a link once LINE confirms the talk's owner."""

    login_request: LoginRequest
    session: str
    """The digest of the browser session in which it happened."""
    family: str
    """That of the session: the same under every id that it gets."""
    began: datetime
    """When the session began."""
    subject: str
    proven_at: datetime
    name: str | None
    items: FourItems | None
    """What the card told, None for every other login."""


class PendingLogins:
    """Keeps pending logins under their nonce, for one use."""

    def __init__(self, store: Store) -> None:
        """`store` gets ciphertext."""
        self._store = store

    async def keep(self, pending: Pending) -> str:
        """Return the nonce for LINE's dialog: 256 random bits, base64."""
        nonce = secrets.token_urlsafe(32)
        await self.give_back(nonce, pending)
        await self._store.add(_of(pending.login_request.citizen_id), _place_of(nonce), LIFE)
        return nonce

    async def drop_all(self, citizen_id: str) -> None:
        """Forget every pending login of a citizen."""
        places = await self._store.members(_of(citizen_id))
        await self._store.drop(*places, _of(citizen_id))

    async def take(self, nonce: str) -> Pending | None:
        """Return a pending login and forget it: of several callers one gets it."""
        kept = await self._store.take(_place_of(nonce))
        if kept is None:
            return None
        sealed = base64.b64decode(kept["sealed"])
        return _from_json(json.loads(unseal(_key(nonce), sealed, _PLACE)))

    async def give_back(self, nonce: str, pending: Pending) -> None:
        """Keep a login (again) when what was to be done with it could not be done."""
        sealed = seal(_key(nonce), json.dumps(_to_json(pending)).encode(), _PLACE)
        value = {"sealed": base64.b64encode(sealed).decode()}
        await self._store.put(_place_of(nonce), value, LIFE)


def _place_of(nonce: str) -> str:
    return f"pending:{hashlib.sha256(f'place {nonce}'.encode()).hexdigest()}"


def _of(citizen_id: str) -> str:
    return f"pendings:{citizen_id}"


def _key(nonce: str) -> bytes:
    return hashlib.sha256(f"key {nonce}".encode()).digest()


def _to_json(pending: Pending) -> dict[str, Any]:
    return {
        "login_request": asdict(pending.login_request),
        "session": pending.session,
        "family": pending.family,
        "began": pending.began.isoformat(),
        "subject": pending.subject,
        "proven_at": pending.proven_at.isoformat(),
        "name": pending.name,
        "items": None if pending.items is None else items_to_json(pending.items),
    }


def _from_json(value: dict[str, Any]) -> Pending:
    return Pending(
        login_request=LoginRequest(**value["login_request"]),
        session=value["session"],
        family=value["family"],
        began=datetime.fromisoformat(value["began"]),
        subject=value["subject"],
        proven_at=datetime.fromisoformat(value["proven_at"]),
        name=value["name"],
        items=None if value["items"] is None else items_from_json(value["items"]),
    )
