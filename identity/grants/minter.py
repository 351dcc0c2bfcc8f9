"""Issuing grants: only identity signs them (`auth.grants` checks them)."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from auth import tokens
from auth.grants import LIFE, TYPE, Staff, issuer
from auth.levels import Standing, StepUpNeededError
from identity.keys import GRANTS, KeyRing
from kit.clock import Clock
from kit.settings import Settings


class GrantMinter:
    """Issues grants. Only `identity` has one."""

    def __init__(self, keys: KeyRing, settings: Settings, clock: Clock) -> None:
        """`keys` sign."""
        self._keys = keys
        self._issuer = issuer(settings)
        self._city = settings.city
        self._clock = clock

    async def mint(
        self,
        citizen_id: str,
        audience: str,
        scopes: Iterable[str],
        standing: Standing,
        staff: Staff | None = None,
        asked_at: datetime | None = None,
    ) -> str:
        """Return a grant, which never outlives the standing that it attests.

        With `staff`, they look into this citizen's matter. `asked_at` is an instant before the
        standing was looked at: what is revoked after it is revoked here, too. Raises
        StepUpNeededError for a standing that has just ended.
        """
        now = self._clock()
        life = int(min(LIFE, standing.until - now).total_seconds())
        if life <= 0:
            raise StepUpNeededError(standing.level)
        issued = int(now.timestamp())
        claims = {
            "iss": self._issuer,
            "aud": audience,
            "sub": citizen_id,
            "iat": issued,
            "exp": issued + life,
            "jti": secrets.token_urlsafe(16),
            "scope": " ".join(sorted(scopes)),
            "level": standing.level.value,
            "city": self._city,
            "asked_ms": int((asked_at or now).timestamp() * 1000),
        }
        if staff is not None:
            claims |= {"staff": staff.id, "desk": staff.desk}
        return tokens.sign(claims, await self._keys.current(GRANTS), typ=TYPE)
