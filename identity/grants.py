"""Grants: short-lived signed tokens by which a service opens one citizen's data, and only that.

JWT access tokens in the manner of RFC 9068 (`typ` is `at+jwt`), ES256, one audience, at most five
minutes. `level` is the house's own claim.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from identity import tokens
from identity.jwks import RemoteKeys, verify_with
from identity.keys import GRANTS, KeyRing
from identity.levels import Level, Standing, StepUpNeededError
from identity.store import Store
from identity.tokens import RefusedTokenError, Rules
from kit.clock import Clock
from kit.settings import Settings

LIFE = timedelta(minutes=5)
TYPE = "at+jwt"
OWN_CLOCKS = timedelta(seconds=5)


@dataclass(frozen=True)
class Grant:
    """What a verified grant says."""

    id: str
    citizen_id: str
    scopes: frozenset[str]
    level: Level


def issuer(settings: Settings) -> str:
    """Return the name under which this installation issues grants."""
    return f"{settings.public_base_url}/identity"


class GrantMinter:
    """Issues grants. Only `identity` has one."""

    def __init__(self, keys: KeyRing, settings: Settings, clock: Clock) -> None:
        """`keys` sign."""
        self._keys = keys
        self._issuer = issuer(settings)
        self._clock = clock

    async def mint(
        self, citizen_id: str, audience: str, scopes: Iterable[str], standing: Standing
    ) -> str:
        """Return a grant, which never outlives the standing that it attests.

        Raises StepUpNeededError for a standing that has just ended.
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
        }
        return tokens.sign(claims, await self._keys.current(GRANTS), typ=TYPE)


class GrantVerifier:
    """Checks grants at the door of one service."""

    def __init__(
        self, audience: str, keys: RemoteKeys, store: Store, settings: Settings, clock: Clock
    ) -> None:
        """`keys` are those of `/identity/jwks.json`."""
        self._rules = Rules(
            issuer(settings),
            audience,
            "ES256",
            longest=LIFE,
            oldest=LIFE,
            types=frozenset({TYPE}),
            leeway=OWN_CLOCKS,
        )
        self._keys = keys
        self._store = store
        self._clock = clock

    async def verify(self, token: object, scope: str, level: Level, *, once: bool = False) -> Grant:
        """Return a grant that has this scope and at least this level.

        With `once`, for everything that writes, it opens one call and no second. Raises
        RefusedTokenError, StepUpNeededError, and UnavailableError when that cannot be known.
        """
        claims = await verify_with(self._keys, token, self._rules, self._clock())
        grant = _read(claims)
        if scope not in grant.scopes:
            raise RefusedTokenError("scope")
        if not grant.level.suffices(level):
            raise StepUpNeededError(level)
        if once and not await self._store.spend(f"grant:{grant.id}", LIFE + 2 * OWN_CLOCKS):
            raise RefusedTokenError("used before")
        return grant


def _read(claims: tokens.Claims) -> Grant:
    jti, scope, level = (claims.get(name) for name in ("jti", "scope", "level"))
    if not isinstance(jti, str) or not jti or not isinstance(scope, str):
        raise RefusedTokenError("jti or scope")
    if level not in list(Level):
        raise RefusedTokenError("level")
    return Grant(jti, claims["sub"], frozenset(scope.split()), Level(level))
