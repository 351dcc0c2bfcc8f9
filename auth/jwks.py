"""A provider's published keys: fetched, kept, and fetched again when they change."""

import asyncio
from datetime import datetime, timedelta

import httpx2

from auth import tokens
from auth.tokens import Claims, Jwk, RefusedTokenError, Rules
from kit.clock import Clock
from kit.errors import UnavailableError
from kit.logging import get_logger
from kit.outbound import fetch_json

log = get_logger(__name__)

# Keys that the provider took back must not live for ever here.
KEPT_FOR = timedelta(hours=1)
# Whoever sends tokens with invented key ids must not make us call the provider each time.
REFETCH_AFTER = timedelta(minutes=1)


class RemoteKeys:
    """The JWK Set at one address."""

    def __init__(self, url: str, http: httpx2.AsyncClient, clock: Clock) -> None:
        """Nothing is fetched before the first token."""
        self._url = url
        self._http = http
        self._clock = clock
        self._set: object = None
        self._fetched: datetime | None = None
        self._tried: datetime | None = None
        self._lock = asyncio.Lock()

    async def find(self, kid: str | None, algorithm: tokens.Algorithm) -> Jwk | None:
        """Return the key of this id, None when the provider has none.

        An unknown id makes the keys be fetched again, at most once a minute. While the provider is
        away, the keys that are known still work. Raises UnavailableError when none are.
        """
        async with self._lock:
            if self._fetched is None or self._clock() - self._fetched > KEPT_FOR:
                await self._refresh()
            key = tokens.choose_key(self._set, kid, algorithm)
            if key is None and await self._refetch():
                key = tokens.choose_key(self._set, kid, algorithm)
            return key

    async def _refetch(self) -> bool:
        if self._tried is not None and self._clock() - self._tried < REFETCH_AFTER:
            return False
        self._tried = self._clock()
        return await self._refresh()

    async def _refresh(self) -> bool:
        try:
            status, answer = await fetch_json(self._http, "GET", self._url)
            if status != 200:
                raise UnavailableError("The provider does not give its keys.", status=status)
        except UnavailableError as error:
            if self._fetched is None:
                raise
            log.warning("provider_keys_kept", url=self._url, reason=error.message)
            self._fetched = self._clock() - KEPT_FOR + REFETCH_AFTER
            return False
        self._set, self._fetched = answer, self._clock()
        return True


async def verify_with(
    keys: RemoteKeys,
    token: object,
    rules: Rules,
    now: datetime,
    *,
    nonce: str | None = None,
    access_token: str | None = None,
) -> Claims:
    """Check a token with the provider's key for it; see `tokens.verify`.

    Raises RefusedTokenError, and UnavailableError while the provider gives no keys.
    """
    kid = tokens.key_id(token, rules)
    key = await keys.find(kid, rules.algorithm)
    if key is None:
        raise RefusedTokenError("no key")
    return tokens.verify(token, key, rules, now, nonce=nonce, access_token=access_token)
