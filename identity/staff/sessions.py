"""Staff sessions: opaque random ids in Redis under their digests. 30 idle minutes, 8 hours at most.

A session climbs from stage to stage while somebody logs in, each time under a new id.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from auth.store import Json, Store
from kit.clock import Clock

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
# Between the first page and the last step of a login.
LOGIN_LIFE = timedelta(minutes=10)
DEVICE_LETTERS = 80


class Stage(StrEnum):
    """How far a login has come. Only `inside` opens the console."""

    guest = "guest"
    factor = "factor"
    """The password was right; a code is awaited."""
    enrol = "enrol"
    """As before, but the second factor has to be set up first."""
    password = "password"  # noqa: S105
    """Both were right; the one-time password has to be replaced."""
    inside = "inside"


@dataclass(frozen=True)
class StaffSession:
    """One browser's session. `staff_id` is empty for a guest."""

    digest: str
    stage: Stage
    staff_id: str
    epoch: int
    form_token: str
    device: str
    """What the browser calls itself, shortened."""
    created_at: datetime
    seen_at: datetime
    path: str
    """The page of the console that was asked for."""
    family: str
    """The same under every id that the session gets; it is worth nothing as a cookie."""
    secret: str = ""
    """A TOTP secret that is being set up, sealed, in base64."""

    def offering(self, secret: str) -> "StaffSession":
        """Return the session with a secret that is being set up; one that it has already stays."""
        return replace(self, secret=self.secret or secret)

    def leading_to(self, path: str) -> "StaffSession":
        """Return the session with another page to go on to."""
        return replace(self, path=path)

    def end(self) -> datetime:
        """Return the instant from which on the session is over."""
        if self.stage is not Stage.inside:
            return self.created_at + LOGIN_LIFE
        return min(self.seen_at + IDLE, self.created_at + ABSOLUTE)


class StaffSessions:
    """Starts, reads and ends sessions. Every method raises UnavailableError without Redis."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Nothing is kept in memory."""
        self._store = store
        self._clock = clock

    async def start(self, device: str, path: str) -> tuple[str, StaffSession]:
        """Return (the cookie's value, the session of a guest)."""
        now = self._clock()
        family = secrets.token_urlsafe(16)
        session = StaffSession(
            "", Stage.guest, "", 0, "", device[:DEVICE_LETTERS], now, now, path, family
        )
        return await self._keep(session)

    async def read(self, cookie: str | None) -> StaffSession | None:
        """Return the living session of a cookie, and note that it was used."""
        if not cookie:
            return None
        now = self._clock()
        return await self.change(_digest(cookie), lambda session: replace(session, seen_at=now))

    async def change(
        self, digest: str, edit: Callable[[StaffSession], StaffSession]
    ) -> StaffSession | None:
        """Change a living session as it stands, and return it; None when it is over."""

        def changed(value: Json) -> tuple[Json, timedelta] | None:
            session = _unpack(digest, value)
            if session is None or self._clock() >= session.end():
                return None
            session = edit(session)
            return _pack(session), self._left(session)

        session = _unpack(digest, await self._store.change(_key(digest), changed))
        return None if session is None or await self._is_over(session) else session

    async def climb(
        self, session: StaffSession, stage: Stage, staff_id: str, epoch: int
    ) -> tuple[str, StaffSession] | None:
        """Return the session at a new stage under a new id; the old id is worth nothing.

        Returns None when it was ended, or used for this, in the meantime. The eight hours begin
        when the console opens.
        """
        if await self._store.take(_key(session.digest)) is None:
            return None
        await self._store.remove(_index(session.staff_id), session.digest)
        now = self._clock()
        began = session.created_at
        if Stage.inside is stage is not session.stage:
            began = now
        new = replace(
            session,
            stage=stage,
            staff_id=staff_id,
            epoch=epoch,
            secret="",
            created_at=began,
            seen_at=now,
        )
        cookie, climbed = await self._keep(new)
        if await self._is_over(climbed):
            await self.end(climbed)
            return None
        return cookie, climbed

    async def end(self, session: StaffSession) -> None:
        """End one session, under whatever id it stands by now."""
        # Before anything else: an id that it is just getting must not outlive it.
        await self._store.put(_over(session.family), {}, ABSOLUTE + LOGIN_LIFE)
        await self._store.drop(_key(session.digest))
        await self._store.remove(_index(session.staff_id), session.digest)

    async def of(self, staff_id: str, epoch: int) -> list[StaffSession]:
        """Return the open sessions of an account, newest first. Looking does not prolong them."""
        found = []
        for digest in await self._store.members(_index(staff_id)):
            session = await self._find(digest)
            if session is None or session.staff_id != staff_id:
                continue
            if (session.stage, session.epoch) == (Stage.inside, epoch):
                found.append(session)
        return sorted(found, key=lambda session: session.created_at, reverse=True)

    async def _find(self, digest: str) -> StaffSession | None:
        session = _unpack(digest, await self._store.get(_key(digest)))
        if session is None or self._clock() >= session.end() or await self._is_over(session):
            return None
        return session

    async def _is_over(self, session: StaffSession) -> bool:
        return await self._store.get(_over(session.family)) is not None

    async def _keep(self, session: StaffSession) -> tuple[str, StaffSession]:
        cookie = secrets.token_urlsafe(32)
        session = replace(session, digest=_digest(cookie), form_token=secrets.token_urlsafe(32))
        await self._store.put(_key(session.digest), _pack(session), self._left(session))
        if session.staff_id:
            await self._store.add(_index(session.staff_id), session.digest, ABSOLUTE)
        return cookie, session

    def _left(self, session: StaffSession) -> timedelta:
        return session.end() - self._clock()


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _key(digest: str) -> str:
    return f"staff-session:{digest}"


def _over(family: str) -> str:
    return f"staff-session-over:{family}"


def _index(staff_id: str) -> str:
    return f"staff-sessions:{staff_id}"


def _pack(session: StaffSession) -> dict[str, Any]:
    times = {name: getattr(session, name).isoformat() for name in ("created_at", "seen_at")}
    return asdict(session) | times


def _unpack(digest: str, value: Mapping[str, Any] | None) -> StaffSession | None:
    if value is None:
        return None
    times = {name: datetime.fromisoformat(value[name]) for name in ("created_at", "seen_at")}
    told = {**value, **times, "digest": digest, "stage": Stage(value["stage"])}
    return StaffSession(**told)
