"""Link tokens: for one person, for ten minutes, for one use."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emulators.line import ids

LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class _Token:
    user_id: str
    at: datetime


class LinkTokens:
    """The tokens that were not used yet."""

    def __init__(self) -> None:
        self._tokens: dict[str, _Token] = {}

    def issue(self, user_id: str, now: datetime) -> str:
        """Return a fresh token; old ones are swept out on the way."""
        self._tokens = {t: f for t, f in self._tokens.items() if now - f.at <= LIFETIME}
        token = ids.link_token()
        self._tokens[token] = _Token(user_id, now)
        return token

    def owner(self, token: str, now: datetime) -> str | None:
        """Return whom the token is for; None when it is unknown, used or too old."""
        found = self._tokens.get(token)
        return found.user_id if found and now - found.at <= LIFETIME else None

    def spend(self, token: str) -> None:
        """Make the token worthless."""
        self._tokens.pop(token, None)

    def clear(self) -> None:
        """Forget every token."""
        self._tokens.clear()
