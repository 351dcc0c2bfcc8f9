"""Reply tokens: one use, one minute from the delivery of their webhook.

LINE leaves open whether a refused reply spends its token; here it does, so that no bot comes to
rely on the kinder reading. A redelivery opens another minute, up to 20 minutes after the event.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from emulators.line import ids
from emulators.line.errors import LineError

LIFETIME = timedelta(minutes=1)
CEILING = timedelta(minutes=20)
_PURGE_EVERY = 5000


@dataclass(slots=True)
class _Token:
    chat_id: str
    occurred: datetime
    delivered: datetime
    used: bool = False


class ReplyTokens:
    """Every token that may still be asked about."""

    def __init__(self) -> None:
        self._tokens: dict[str, _Token] = {}

    def issue(self, chat_id: str, now: datetime) -> str:
        """Return a fresh token for an event of that chat."""
        if len(self._tokens) % _PURGE_EVERY == _PURGE_EVERY - 1:
            self._purge(now)
        token = ids.reply_token()
        self._tokens[token] = _Token(chat_id, now, now)
        return token

    def delivered(self, token: str, now: datetime) -> None:
        """Start the minute: the webhook that carries the token is being sent now."""
        found = self._tokens.get(token)
        if found:
            found.delivered = now

    def use(self, token: str, now: datetime) -> str:
        """Spend the token and return its chat. Raises LineError 400 when it is worth nothing."""
        found = self._tokens.get(token)
        reason = _worthless(found, now)
        if found is None or reason:
            raise LineError(400, "Invalid reply token", reason=reason)
        found.used = True
        return found.chat_id

    def clear(self) -> None:
        """Forget every token."""
        self._tokens.clear()

    def _purge(self, now: datetime) -> None:
        old = [t for t, found in self._tokens.items() if now - found.occurred > 2 * CEILING]
        for token in old:
            del self._tokens[token]


def _worthless(token: _Token | None, now: datetime) -> str:
    if token is None:
        return "no webhook carried this reply token"
    if token.used:
        return "the reply token was used before"
    age = now - token.delivered
    if age > LIFETIME:
        return f"the reply token was delivered {age.total_seconds():.0f} s ago; it lives 60 s"
    if now - token.occurred > CEILING:
        return "the event happened more than 20 minutes ago"
    return ""
