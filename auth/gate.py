"""The gate before personal records: a route names its scope, and only a fitting grant passes.

Which level a scope needs stands in the service's manifest (`auth.manifests`). What the gate refuses
depends on the grant alone, never on the record behind it, so a refusal tells nothing of that.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Header, Request

from auth.grants import Grant, GrantVerifier
from auth.jwks import RemoteKeys
from auth.levels import Level
from auth.manifests import Scope
from auth.store import Store
from kit.clock import Clock
from kit.container import part
from kit.settings import Settings


class Gate:
    """Checks grants for every service of one process."""

    def __init__(self, keys: RemoteKeys, store: Store, settings: Settings, clock: Clock) -> None:
        """`keys` are those of `/identity/jwks.json`; `store` knows which grants were used up."""
        self._parts = (keys, store, settings, clock)
        self._verifiers: dict[str, GrantVerifier] = {}

    async def open(self, token: object, scope: Scope) -> Grant:
        """Return the grant behind a token. Raises what `GrantVerifier.verify` raises."""
        verifier = self._verifiers.get(scope.audience)
        if verifier is None:
            verifier = GrantVerifier(scope.audience, *self._parts)
            self._verifiers[scope.audience] = verifier
        level = None if scope.level is None else Level(scope.level)
        return await verifier.verify(token, scope.name, level, once=scope.once, desk=scope.desk)


def demand(scope: Scope) -> Callable[..., Awaitable[Grant]]:
    """Return a FastAPI dependency: the caller's grant (a bearer token), which has this scope."""

    async def opened(
        request: Request, authorization: Annotated[str | None, Header()] = None
    ) -> Grant:
        gate = part(request, Gate)
        kind, _, token = (authorization or "").partition(" ")
        return await gate.open(token if kind.lower() == "bearer" else None, scope)

    return opened
