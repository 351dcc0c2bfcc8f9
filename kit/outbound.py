"""Calls to others (identity providers, a translator): small JSON answers, bounded in every way."""

import asyncio
import json
from typing import Any

import httpx2

from kit.errors import UnavailableError
from kit.http import certificates

MAX_ANSWER = 256 * 1024
TRIES = 2
# For one call from the first byte to the last, however slowly they drip.
WHOLE_SECONDS = 8.0


def provider_client(timeout: float = 5.0) -> httpx2.AsyncClient:
    """Return a client that follows no redirect: what a provider answers is not an order."""
    return httpx2.AsyncClient(
        verify=certificates(), timeout=timeout, trust_env=False, follow_redirects=False
    )


async def fetch_json(
    http: httpx2.AsyncClient, method: str, url: str, **request: Any
) -> tuple[int, dict[str, Any]]:
    """Return (status, JSON object) of an answer below 500.

    Raises UnavailableError for no answer, 5xx, redirects, other content, or too much of it.
    """
    body = bytearray()
    try:
        async with (
            asyncio.timeout(WHOLE_SECONDS),
            http.stream(method, url, **request) as response,
        ):
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER:
                    raise UnavailableError("The provider answered too much.")
    except (httpx2.HTTPError, TimeoutError) as error:
        raise UnavailableError("The provider does not answer.") from error
    if response.status_code >= 500 or response.is_redirect:
        raise UnavailableError("The provider has a fault.", status=response.status_code)
    try:
        answer = json.loads(bytes(body))
    except (ValueError, RecursionError) as error:
        raise UnavailableError("The provider's answer cannot be read.") from error
    if not isinstance(answer, dict):
        raise UnavailableError("The provider's answer cannot be read.")
    return response.status_code, answer
