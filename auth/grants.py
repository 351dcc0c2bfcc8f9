"""Grants: short-lived signed tokens by which a service opens one citizen's data, and only that.

JWT access tokens in the manner of RFC 9068 (`typ` is `at+jwt`), ES256, one audience, at most five
minutes. `level` is the program's own claim.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from auth import tokens
from auth.jwks import RemoteKeys, verify_with
from auth.levels import Level, StepUpNeededError
from auth.store import Store
from auth.tokens import RefusedTokenError, Rules
from kit.clock import Clock
from kit.settings import Settings

LIFE = timedelta(minutes=5)


TYPE = "at+jwt"


OWN_CLOCKS = timedelta(seconds=5)


@dataclass(frozen=True)
class Staff:
    """An officer and their desk. They see matters of their own desk only, each with a reason."""

    id: str
    desk: str


@dataclass(frozen=True)
class Grant:
    """What a verified grant says: whose data, in which city, and who looks if not themselves."""

    id: str
    citizen_id: str
    scopes: frozenset[str]
    level: Level
    city: str
    staff: Staff | None
    asked_at: datetime
    """When it was found out that the citizen may have it."""


def issuer(settings: Settings) -> str:
    """Return the name under which this installation issues grants."""
    return f"{settings.public_base_url}/identity"


async def revoke_all(store: Store, citizen_id: str, until: datetime) -> None:
    """Make every grant of a citizen worthless that was asked for up to this instant."""
    instant = {"until": until.isoformat()}
    await store.put(_revoked(citizen_id), instant, 2 * LIFE + 2 * OWN_CLOCKS)


class GrantVerifier:
    """Checks grants at the guard of one service."""

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
        self._city = settings.city
        self._keys = keys
        self._store = store
        self._clock = clock

    async def verify(
        self,
        token: object,
        scope: str,
        level: Level | None,
        *,
        once: bool = False,
        desk: str | None = None,
    ) -> Grant:
        """Return a grant that has this scope and at least this level.

        With `once`, for everything that writes, it opens one call and no second. Staff of `desk`
        may pass without a level, other staff never; without `level`, no citizen. Raises
        RefusedTokenError, StepUpNeededError, and UnavailableError when that cannot be known.
        """
        claims = await verify_with(self._keys, token, self._rules, self._clock())
        grant = _read(claims)
        if scope not in grant.scopes:
            raise RefusedTokenError("scope")
        if grant.city != self._city:
            raise RefusedTokenError("city")
        if grant.staff is not None:
            if grant.staff.desk != desk:
                raise RefusedTokenError("desk")
        elif level is None:
            raise RefusedTokenError("staff only")
        elif not grant.level.suffices(level):
            raise StepUpNeededError(level)
        revoked = await self._store.get(_revoked(grant.citizen_id))
        if revoked is not None and grant.asked_at <= datetime.fromisoformat(revoked["until"]):
            raise RefusedTokenError("revoked")
        if once and not await self._store.spend(f"grant:{grant.id}", LIFE + 2 * OWN_CLOCKS):
            raise RefusedTokenError("used before")
        return grant


def _revoked(citizen_id: str) -> str:
    return f"revoked:{citizen_id}"


def _read(claims: tokens.Claims) -> Grant:
    jti, scope, level = (claims.get(name) for name in ("jti", "scope", "level"))
    if not isinstance(jti, str) or not jti or not isinstance(scope, str):
        raise RefusedTokenError("jti or scope")
    if level not in list(Level):
        raise RefusedTokenError("level")
    scopes = frozenset(scope.split())
    asked = claims.get("asked_ms", claims["iat"] * 1000)
    if type(asked) is not int:
        raise RefusedTokenError("asked_ms")
    asked_at = datetime.fromtimestamp(asked / 1000, UTC)
    city, staff = claims.get("city", ""), _read_staff(claims)
    return Grant(jti, claims["sub"], scopes, Level(level), city, staff, asked_at)


def _read_staff(claims: tokens.Claims) -> Staff | None:
    if "staff" not in claims and "desk" not in claims:
        return None
    staff, desk = claims.get("staff"), claims.get("desk")
    if not (isinstance(staff, str) and staff and isinstance(desk, str) and desk):
        raise RefusedTokenError("staff")
    return Staff(staff, desk)
