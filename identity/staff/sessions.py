"""Staff sessions: opaque random ids in Redis under their digests. 30 idle minutes, 8 hours at most.

A session climbs from stage to stage while somebody logs in, each time under a new id.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from auth.store import Store
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
    secret: str = ""
    """A TOTP secret that is being set up, sealed, in base64."""

    def offering(self, secret: str) -> "StaffSession":
        """Return the session with a secret that is being set up."""
        return replace(self, secret=secret)

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
        session = StaffSession(
            "", Stage.guest, "", 0, "", device[:DEVICE_LETTERS], now, now, path=path
        )
        return await self._keep(session)

    async def read(self, cookie: str | None) -> StaffSession | None:
        """Return the living session of a cookie, and note that it was used."""
        session = await self._find(_digest(cookie)) if cookie else None
        if session is None:
            return None
        session = replace(session, seen_at=self._clock())
        return session if await self.update(session) else None

    async def update(self, session: StaffSession) -> bool:
        """Keep a changed session; False when it was ended in the meantime."""
        return await self._store.replace(_key(session.digest), _pack(session), self._left(session))

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
        return await self._keep(
            replace(
                session,
                stage=stage,
                staff_id=staff_id,
                epoch=epoch,
                created_at=began,
                seen_at=now,
                secret="",
            )
        )

    async def end(self, session: StaffSession) -> None:
        """End one session."""
        await self._store.drop(_key(session.digest))
        await self._store.remove(_index(session.staff_id), session.digest)

    async def of(self, staff_id: str, epoch: int) -> list[StaffSession]:
        """Return the open sessions of an account, newest first. Looking does not prolong them."""
        found = []
        for digest in await self._store.members(_index(staff_id)):
            session = await self._find(digest)
            if session is not None and (session.stage, session.epoch) == (Stage.inside, epoch):
                found.append(session)
        return sorted(found, key=lambda session: session.created_at, reverse=True)

    async def _find(self, digest: str) -> StaffSession | None:
        session = _unpack(digest, await self._store.get(_key(digest)))
        return session if session is not None and self._clock() < session.end() else None

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
