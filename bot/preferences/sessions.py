"""Links from the chat that work once, and the browser sessions that they start. All in Redis.

Tokens and session ids are random and opaque; Redis holds only their hashes, so that a look into
it opens nobody's page.
"""

import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta

from auth.store import Store
from kit.errors import ConciergeError
from kit.settings import Settings

SETTINGS_PATH = "/my/settings"
OPEN_PATH = "/my/settings/open"
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
        self._base = settings.public_base_url.rstrip("/")
        self._life = timedelta(seconds=settings.page_session_seconds)
        self._store = Store(settings, "my")

    async def make_link(self, citizen_id: str) -> str:
        """Return a link to the citizen's page of settings; it works once."""
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        await self._store.put(_key("link", token), {"citizen_id": citizen_id}, self._life)
        return f"{self._base}{SETTINGS_PATH}?t={token}"

    async def is_link(self, token: str) -> bool:
        """Tell whether a link still works, without using it up."""
        return await self._store.has(_key("link", token))

    async def start(self, token: str) -> str:
        """Exchange a link's token, once, for a new session's id. Raises SessionExpiredError."""
        link = await self._store.take(_key("link", token))
        if link is None:
            raise SessionExpiredError
        session_id = secrets.token_urlsafe(_TOKEN_BYTES)
        session = PageSession(link["citizen_id"], secrets.token_urlsafe(_TOKEN_BYTES))
        await self._store.put(_key("session", session_id), asdict(session), self._life)
        return session_id

    async def find(self, session_id: str | None) -> PageSession:
        """Return the session of that id. Raises SessionExpiredError."""
        found = await self._store.get(_key("session", session_id)) if session_id else None
        if found is None:
            raise SessionExpiredError
        return PageSession(**found)

    async def close(self) -> None:
        """Close every connection."""
        await self._store.close()


def _key(kind: str, secret: str) -> str:
    return f"{kind}:{hashlib.sha256(secret.encode()).hexdigest()}"
