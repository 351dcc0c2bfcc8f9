"""Links from the chat that work once, and the browser sessions that they start. All in Redis.

Tokens and session ids are random and opaque; Redis holds only their hashes, so that a look into
it opens nobody's page.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis.asyncio
from redis.exceptions import RedisError

from kit.errors import ConciergeError, UnavailableError
from kit.settings import Settings

SETTINGS_PATH = "/my/settings"
_TOKEN_BYTES = 32


class SessionExpiredError(ConciergeError):
    """The link or the session is over. Ask for a new link in the chat."""

    status = 410
    code = "session_expired"


@dataclass(frozen=True)
class PageSession:
    """Whose pages a browser may open. Forms carry `form_token` back (against CSRF)."""

    citizen_id: str
    form_token: str

    def accepts(self, form_token: str) -> bool:
        """Tell whether a form came from a page of this session."""
        return hmac.compare_digest(form_token.encode(), self.form_token.encode())


class PageSessions:
    """Makes links and sessions. Every method raises UnavailableError while Redis is away."""

    def __init__(self, settings: Settings) -> None:
        """Nothing connects yet."""
        self._city = settings.city
        self._base = settings.public_base_url.rstrip("/")
        self._seconds = settings.page_session_seconds
        self._redis = redis.asyncio.from_url(settings.redis_url, decode_responses=True)

    async def make_link(self, citizen_id: str) -> str:
        """Return a link to the citizen's page of settings; it works once."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with _outages_named():
            await self._redis.set(self._key("link", token), citizen_id, ex=self._seconds)
        return f"{self._base}{SETTINGS_PATH}?t={token}"

    async def start(self, token: str) -> str:
        """Exchange a link's token, once, for a new session's id. Raises SessionExpiredError."""
        with _outages_named():
            citizen_id = await self._redis.getdel(self._key("link", token))
            if citizen_id is None:
                raise SessionExpiredError
            session_id = secrets.token_urlsafe(_TOKEN_BYTES)
            value = json.dumps([citizen_id, secrets.token_urlsafe(_TOKEN_BYTES)])
            await self._redis.set(self._key("session", session_id), value, ex=self._seconds)
        return session_id

    async def find(self, session_id: str | None) -> PageSession:
        """Return the session of that id. Raises SessionExpiredError."""
        if not session_id:
            raise SessionExpiredError
        with _outages_named():
            value = await self._redis.get(self._key("session", session_id))
        if value is None:
            raise SessionExpiredError
        return PageSession(*json.loads(value))

    def _key(self, kind: str, secret: str) -> str:
        return f"{self._city}:my:{kind}:{hashlib.sha256(secret.encode()).hexdigest()}"

    async def close(self) -> None:
        """Close every connection."""
        await self._redis.aclose()


@contextmanager
def _outages_named() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise UnavailableError("Redis does not answer.") from error
