"""Developers themselves: signing up, staff's decision, their session, and their API keys."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from auth.store import Store
from kit.clock import Clock
from kit.db import Database
from kit.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
)
from kit.lifecycle import check_step
from kit.logging import get_logger
from services.developers import repository
from services.developers.models import Developer, DeveloperKey
from services.developers.rules import (
    DEVELOPER_LIFE,
    LOGINS_PER_HOUR,
    MOST_KEYS,
    REQUESTS_PER_MINUTE,
    SIGN_UPS_PER_DAY,
    DeveloperState,
    Scope,
)

log = get_logger(__name__)

SESSION_LIFE = timedelta(hours=8)
_MAIL = re.compile(r"[^@\s<>]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,20}")
_SECRET_PREFIX = "cds_"  # noqa: S105  how it begins
_KEY_PREFIX = "cdk_"


class DeveloperStore(Store):
    """Developers' sessions, and the counters of their requests."""


class SignUpRefusedError(InvalidInputError):
    """Fill in the name (40 characters), a mail address, and what it is for (500 characters)."""

    status = 422
    code = "sign_up_refused"


class NotApprovedError(ForbiddenError):
    """The city has not approved this developer account (yet)."""

    code = "developer_not_approved"


class ScopeMissingError(ForbiddenError):
    """This key may not do that. Make a key with the scope that the reference names."""

    code = "scope_missing"


@dataclass(frozen=True)
class DeveloperSession:
    """A browser of a developer's."""

    developer: Developer
    form_token: str


@dataclass(frozen=True)
class KeyHolder:
    """Whom an API key stands for."""

    developer_id: str
    desk: str
    key_id: int = 0
    """Which key it was; 0 where somebody is logged in to the portal."""


def digest(secret: str) -> str:
    """Return what is kept of a secret: it has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


class Accounts:
    """The use cases of developers' accounts."""

    def __init__(self, database: Database, clock: Clock, store: DeveloperStore) -> None:
        """`store` counts and holds sessions; accounts and keys stand in the database."""
        self._database = database
        self._clock = clock
        self._store = store

    async def sign_up(self, name: str, mail: str, purpose: str, address: str) -> tuple[str, str]:
        """Take a sign-up; return (id, the secret that opens the portal, shown this once).

        Raises SignUpRefusedError, TooManyRequestsError.
        """
        name, mail, purpose = name.strip(), mail.strip(), purpose.strip()
        is_named = 2 <= len(name) <= 40 and name.isprintable()
        if not is_named or not _MAIL.fullmatch(mail) or not 5 <= len(purpose) <= 500:
            raise SignUpRefusedError
        await self._count(f"sign-ups:{digest(address)}", timedelta(days=1), SIGN_UPS_PER_DAY)
        developer_id = f"dev_{secrets.token_hex(6)}"
        secret = _SECRET_PREFIX + secrets.token_urlsafe(32)
        new = Developer(
            id=developer_id,
            name=name,
            mail=mail,
            purpose=purpose,
            state=DeveloperState.waiting,
            desk="",
            secret_hash=digest(secret),
            created_at=self._clock(),
            decided_at=None,
            decided_by="",
        )
        async with self._database.transaction() as session:
            session.add(new)
        return developer_id, secret

    async def all(self) -> Sequence[Developer]:
        """Return every developer, those who wait first."""
        async with self._database.transaction() as session:
            return await repository.developers(session)

    async def decide(self, developer_id: str, state: DeveloperState, desk: str, who: str) -> None:
        """Approve or refuse a developer. Raises NotFoundError, IllegalTransitionError."""
        async with self._database.transaction() as session:
            found = await repository.developer(session, developer_id)
            if found is None:
                raise NotFoundError
            found.state = check_step(DEVELOPER_LIFE, found.state, state)
            found.desk = desk
            found.decided_at, found.decided_by = self._clock(), who

    async def delete(self, developer_id: str) -> None:
        """Delete a refused developer with their keys, skills and calls; the steps stay.

        Raises ConflictError for one who is not refused: their skills would vanish unseen.
        """
        async with self._database.transaction() as session:
            found = await repository.developer(session, developer_id)
            if found is None or found.state != DeveloperState.refused:
                raise ConflictError
            await repository.delete_developer(session, developer_id)

    async def log_in(self, secret: str, address: str) -> str:
        """Return a session's cookie. Raises UnauthorizedError, TooManyRequestsError."""
        found = await self.owner(secret, address)
        cookie = secrets.token_urlsafe(32)
        kept = {"developer": found.id, "form_token": secrets.token_urlsafe(24)}
        await self._store.put(f"session:{digest(cookie)}", kept, SESSION_LIFE)
        return cookie

    async def owner(self, secret: str, address: str) -> Developer:
        """Return whose account a secret opens. Raises as `log_in` does."""
        await self._count(f"logins:{digest(address)}", timedelta(hours=1), LOGINS_PER_HOUR)
        async with self._database.transaction() as session:
            found = await repository.developer_of_secret(session, digest(secret.strip()))
        if found is None:
            raise UnauthorizedError
        return found

    async def session(self, cookie: str | None) -> DeveloperSession | None:
        """Return the session of a cookie, None where there is none."""
        if not cookie or len(cookie) > 200:
            return None
        kept = await self._store.get(f"session:{digest(cookie)}")
        if kept is None:
            return None
        async with self._database.transaction() as session:
            found = await repository.developer(session, kept["developer"])
        return None if found is None else DeveloperSession(found, kept["form_token"])

    async def log_out(self, cookie: str | None) -> None:
        """End a session."""
        if cookie:
            await self._store.drop(f"session:{digest(cookie)}")

    async def keys(self, developer_id: str) -> Sequence[DeveloperKey]:
        """Return a developer's keys, newest first."""
        async with self._database.transaction() as session:
            return await repository.keys(session, developer_id)

    async def make_key(self, developer: Developer, name: str, scopes: Sequence[Scope]) -> str:
        """Return a new API key, which is shown this once.

        Raises NotApprovedError, ConflictError for too many, InvalidInputError.
        """
        if developer.state != DeveloperState.approved:
            raise NotApprovedError
        if not scopes or not 1 <= len(name.strip()) <= 40:
            raise InvalidInputError("A key needs a name and at least one scope.")
        key = _KEY_PREFIX + secrets.token_urlsafe(32)
        async with self._database.transaction() as session:
            held = await repository.keys(session, developer.id)
            if sum(one.revoked_at is None for one in held) >= MOST_KEYS:
                raise ConflictError(f"At most {MOST_KEYS} keys. Revoke one first.")
            session.add(
                DeveloperKey(
                    developer_id=developer.id,
                    hash=digest(key),
                    hint=key[-4:],
                    name=name.strip(),
                    scopes=[scope.value for scope in scopes],
                    created_at=self._clock(),
                    revoked_at=None,
                )
            )
        return key

    async def revoke_key(self, developer_id: str, key_id: int) -> None:
        """Make a key open nothing any more."""
        async with self._database.transaction() as session:
            await repository.revoke(session, developer_id, key_id, self._clock())

    async def holder(self, key: str, scope: Scope) -> KeyHolder:
        """Return whom an API key stands for; that counts as one request.

        Raises UnauthorizedError, NotApprovedError, ScopeMissingError, TooManyRequestsError.
        """
        async with self._database.transaction() as session:
            found = await repository.key_of_hash(session, digest(key))
        if found is None:
            raise UnauthorizedError
        held, developer = found
        await self._count(f"requests:{held.id}", timedelta(minutes=1), REQUESTS_PER_MINUTE)
        if developer.state != DeveloperState.approved:
            raise NotApprovedError
        if scope.value not in held.scopes:
            raise ScopeMissingError
        return KeyHolder(developer.id, developer.desk, held.id)

    async def _count(self, name: str, window: timedelta, most: int) -> None:
        number = int(self._clock().timestamp() // window.total_seconds())
        if await self._store.count(f"{name}:{number}", window) > most:
            raise TooManyRequestsError
