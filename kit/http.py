"""The HTTP client between packages: what another one refuses comes out as that refusal."""

import ssl
from functools import lru_cache
from typing import Any

import httpx2

from kit.errors import ConciergeError, UnavailableError, refused


@lru_cache(maxsize=1)
def certificates() -> ssl.SSLContext:
    """Return the known authorities, read once in a process: that takes a tenth of a second."""
    return httpx2.create_ssl_context(trust_env=False)


CITY_HEADER = "X-City"
"""Names the city whose packages an internal call is for."""


class InternalClient(httpx2.AsyncClient):
    """Reaches the other packages of this installation, with the internal token."""


def internal_client(
    base_url: str, token: str, *, app: Any = None, timeout: float = 5.0, city: str = ""
) -> InternalClient:
    """Return a client for internal paths; with `app` it stays inside this process (ASGI)."""
    transport = httpx2.ASGITransport(app=app) if app is not None else None
    return InternalClient(
        base_url=base_url,
        transport=transport,
        verify=certificates(),
        timeout=timeout,
        trust_env=False,
        headers={"Authorization": f"Bearer {token}", CITY_HEADER: city},
    )


async def call(client: httpx2.AsyncClient, method: str, path: str, **kwargs: Any) -> Any:
    """Send one request to another package and return its JSON (None for an empty answer).

    Raises the error that the other package answered with, found again by its `code`
    (`kit.errors.refused`), and UnavailableError for everything that may pass by itself.
    """
    try:
        response = await client.request(method, path, **kwargs)
    except httpx2.HTTPError as error:
        raise UnavailableError(path=path) from error
    if response.is_success:
        return response.json() if response.content else None
    raise _error(response, path)


def _error(response: httpx2.Response, path: str) -> ConciergeError:
    if response.status_code >= 500 or response.is_redirect:
        return UnavailableError(path=path, status=response.status_code)
    try:
        told = response.json()["error"]
        code, message = str(told["code"]), str(told["message"])
    except (ValueError, KeyError, TypeError):
        code, message = "", ""
    return refused(response.status_code, code, message)
