"""What was asked of the provider, in order, without the secrets: tests read what was called."""

from collections import deque

from emulators.jose.jws import Json

_KEPT = 5000
_LONGEST = 2000
_SECRETS = frozenset(
    {
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "id_token_hint",
        "password",
        "pin",
        "refresh_token",
    }
)


class Journal:
    """A numbered list of the newest requests."""

    def __init__(self) -> None:
        self._entries: deque[Json] = deque(maxlen=_KEPT)
        self._last = 0

    def add(self, **entry: object) -> None:
        """Note one request."""
        self._last += 1
        self._entries.append({"seq": self._last, **entry})

    def after(self, seq: int) -> Json:
        """Return the entries after a number as `{"entries", "next"}`, oldest first."""
        found = [entry for entry in self._entries if entry["seq"] > seq]
        return {"entries": found, "next": self._last}

    def clear(self) -> None:
        """Forget the entries; numbers go on, so that nobody reads one twice."""
        self._entries.clear()


def without_secrets(given: dict[str, str]) -> dict[str, str]:
    """Return parameters as they may stand in a journal."""
    return {
        name: "[hidden]" if name in _SECRETS else value[:_LONGEST] for name, value in given.items()
    }
