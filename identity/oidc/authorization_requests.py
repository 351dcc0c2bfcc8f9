"""Logins under way: what was asked of a provider, kept until its answer comes, once."""

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from auth.store import Store
from identity.oidc.providers import Kind, Provider

LIFE = timedelta(minutes=10)
# What a login at these proves has to be proven for us, and now.
MUST_BE_NEW = frozenset({Kind.card, Kind.staff})


@dataclass(frozen=True)
class AuthorizationRequest:
    """One authorization request. `journey` is what our pages need to go on afterwards."""

    provider: str
    session: str
    """The digest of the browser session that began it; no other may finish it."""
    verifier: str
    nonce: str
    login_request: dict[str, Any] = field(default_factory=dict)
    begun_at: int = 0
    """When the browser was sent there, in seconds of Unix time."""


class AuthorizationRequests:
    """Keeps flows under the digest of their `state`."""

    def __init__(self, store: Store) -> None:
        """A flow lives ten minutes."""
        self._store = store

    async def begin(
        self, provider: Provider, session: str, login_request: dict[str, Any], begun_at: int
    ) -> tuple[str, AuthorizationRequest]:
        """Return (state, a new flow); state, nonce and verifier carry at least 256 random bits."""
        state = secrets.token_urlsafe(32)
        flow = AuthorizationRequest(
            provider.name,
            session,
            secrets.token_urlsafe(48),
            secrets.token_urlsafe(32),
            login_request,
            begun_at,
        )
        await self._store.put(_key(state), asdict(flow), LIFE)
        return state, flow

    async def look(self, state: str, session: str) -> AuthorizationRequest | None:
        """Return a flow that this browser session began, and leave it."""
        value = await self._store.get(_key(state))
        return (
            AuthorizationRequest(**value)
            if value is not None and value["session"] == session
            else None
        )

    async def take(self, state: str) -> AuthorizationRequest | None:
        """Return a flow and forget it."""
        value = await self._store.take(_key(state))
        return None if value is None else AuthorizationRequest(**value)


def authorization_url(
    endpoint: str, provider: Provider, redirect_uri: str, state: str, flow: AuthorizationRequest
) -> str:
    """Return where to send the browser: code flow with PKCE S256 (RFC 7636), state and nonce."""
    digest = hashlib.sha256(flow.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": state,
        "nonce": flow.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    if provider.kind in MUST_BE_NEW:
        # Whoever is signed in at the provider already has to prove it again (OIDC Core, 3.1.2.1).
        asked["max_age"] = "0"
    if provider.acr_values:
        asked["acr_values"] = provider.acr_values
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def _key(state: str) -> str:
    return f"flow:{hashlib.sha256(state.encode()).hexdigest()}"
