"""Browser sessions: opaque random ids, kept in Redis under their digests, with what was proven."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from auth.levels import ABSOLUTE, IDLE, Level, Proofs, Standing, standing
from auth.store import Json, Store
from kit.clock import Clock
from kit.errors import UnauthorizedError

_PROVEN = ("line_at", "my_id_at", "card_at")
_INSTANTS = ("created_at", "seen_at", *_PROVEN)


class SessionEndedError(UnauthorizedError):
    """ログインの有効時間が過ぎました。お手数ですが、トークからもう一度始めてください。"""

    code = "session_ended"


@dataclass(frozen=True)
class Session:
    """One browser's session. `citizen_id` is whom the one-time link was made for."""

    digest: str
    citizen_id: str
    proofs: Proofs
    device: str
    """What the browser calls itself, shortened, so that the citizen recognises it."""
    family: str
    """The same under every id that the session gets; it is worth nothing as a cookie."""

    def proven(self, **instants: datetime) -> "Session":
        """Return the session with more proofs."""
        return replace(self, proofs=replace(self.proofs, **instants))


class Sessions:
    """Starts, reads and ends sessions. Every method raises UnavailableError without Redis."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """The limits are those of `auth.levels`."""
        self._store = store
        self._clock = clock

    async def start(self, citizen_id: str, device: str) -> tuple[str, Session]:
        """Return (the cookie's value, a new session that proves nothing yet)."""
        now = self._clock()
        proofs = Proofs(created_at=now, seen_at=now)
        family = secrets.token_urlsafe(16)
        return await self._keep(Session("", citizen_id, proofs, device[:80], family))

    async def read(self, cookie: str | None) -> Session | None:
        """Return the living session of a cookie, and note that it was used."""
        if not cookie:
            return None
        now = self._clock()

        def use(session: Session) -> Session | None:
            alive = now < standing(session.proofs, now).until
            return session.proven(seen_at=now) if alive else None

        return await self._change(_digest(cookie), use)

    async def renew(self, session: Session) -> tuple[str, Session]:
        """Return the session under a new id; the old one is worth nothing from now on.

        Called at every login and step-up, so that a planted or stolen id does not rise with them.
        Raises SessionEndedError when it was ended in the meantime.
        """
        kept = _unpack(session.digest, await self._store.take(_key(session.digest)))
        if kept is None:
            raise SessionEndedError
        await self._store.remove(_index(session.citizen_id), session.digest)
        # What was proven by another way in the meantime stays proven.
        proven = replace(session, proofs=_later(session.proofs, kept.proofs))
        cookie, renewed = await self._keep(proven.proven(seen_at=self._clock()))
        if await self.is_over(renewed):
            await self.end(renewed)
            raise SessionEndedError
        return cookie, renewed

    async def prove(self, digest: str, **instants: datetime) -> bool:
        """Note a proof that came by another way than the browser; False when the session is over.

        The browser's id was renewed on its way there.
        """
        return await self._change(digest, lambda session: session.proven(**instants)) is not None

    async def end(self, session: Session) -> None:
        """End one session, under whatever id it stands by now."""
        # Before anything else: an id that it is just getting must not outlive it.
        await self._store.put(_over(session.family), {}, ABSOLUTE)
        await self._store.drop(_key(session.digest))
        await self._store.remove(_index(session.citizen_id), session.digest)

    async def end_all(self, citizen_id: str) -> None:
        """End every session of a citizen: at unlinking, unfollowing and deletion.

        A session that is getting a new id at this moment stands under neither, so the instant is
        noted first: what was begun before it is over.
        """
        instant = {"at": self._clock().isoformat()}
        await self._store.put(_ended(citizen_id), instant, ABSOLUTE)
        digests = await self._store.members(_index(citizen_id))
        await self._store.drop(*map(_key, digests), _index(citizen_id))

    async def of(self, citizen_id: str) -> list[Session]:
        """Return the living sessions of a citizen, newest first. Looking does not prolong them."""
        now, found = self._clock(), []
        for digest in await self._store.members(_index(citizen_id)):
            session = await self._find(digest)
            if session is None or session.citizen_id != citizen_id:
                continue
            if now < standing(session.proofs, now).until:
                found.append(session)
        return sorted(found, key=lambda session: session.proofs.created_at, reverse=True)

    async def best(self, citizen_id: str) -> Standing:
        """Return the highest standing that a citizen has in any browser."""
        now = self._clock()
        standings = [standing(session.proofs, now) for session in await self.of(citizen_id)]
        order = list(Level)
        nothing = Standing(Level.L0, now)
        return max(standings, key=lambda s: (order.index(s.level), s.until), default=nothing)

    async def is_over(self, session: Session) -> bool:
        """Tell whether a session was ended, whatever its id by now."""
        began = session.proofs.created_at
        return await self.was_ended(session.citizen_id, session.family, began)

    async def was_ended(self, citizen_id: str, family: str, began: datetime) -> bool:
        """Tell whether `end` or `end_all` came after a session of this family was begun."""
        over, ended = await self._store.get_all(_over(family), _ended(citizen_id))
        if over is not None:
            return True
        return ended is not None and began < datetime.fromisoformat(ended["at"])

    async def _find(self, digest: str) -> Session | None:
        session = _unpack(digest, await self._store.get(_key(digest)))
        return None if session is None or await self.is_over(session) else session

    async def _change(
        self, digest: str, edit: Callable[[Session], Session | None]
    ) -> Session | None:
        """Change a living session as it stands; None for none, or where `edit` returns None."""

        def changed(value: Json) -> tuple[Json, timedelta] | None:
            session = _unpack(digest, value)
            wanted = None if session is None else edit(session)
            return None if wanted is None else (_pack(wanted), IDLE)

        session = _unpack(digest, await self._store.change(_key(digest), changed))
        return None if session is None or await self.is_over(session) else session

    async def _keep(self, session: Session) -> tuple[str, Session]:
        cookie = secrets.token_urlsafe(32)
        session = replace(session, digest=_digest(cookie))
        await self._store.put(_key(session.digest), _pack(session), IDLE)
        await self._store.add(_index(session.citizen_id), session.digest, ABSOLUTE)
        return cookie, session


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _key(digest: str) -> str:
    return f"session:{digest}"


def _index(citizen_id: str) -> str:
    return f"sessions:{citizen_id}"


def _over(family: str) -> str:
    return f"session-over:{family}"


def _ended(citizen_id: str) -> str:
    return f"sessions-ended:{citizen_id}"


def _later(one: Proofs, other: Proofs) -> Proofs:
    """Return all that either holds; of what both hold, the newer."""

    def later(name: str) -> datetime | None:
        times = [time for proofs in (one, other) if (time := getattr(proofs, name)) is not None]
        return max(times, default=None)

    line_at, my_id_at, card_at = map(later, _PROVEN)
    return replace(one, line_at=line_at, my_id_at=my_id_at, card_at=card_at)


def _pack(session: Session) -> Json:
    times = {k: v.isoformat() for k, v in asdict(session.proofs).items() if v is not None}
    told = {name: getattr(session, name) for name in ("citizen_id", "device", "family")}
    return told | times


def _unpack(digest: str, value: Mapping[str, Any] | None) -> Session | None:
    if value is None:
        return None
    times = {k: datetime.fromisoformat(value[k]) for k in _INSTANTS if k in value}
    told = [value["citizen_id"], Proofs(**times), value["device"], value["family"]]
    return Session(digest, *told)
