"""The HTTP client between packages, and the guard at their guards."""

import hmac
import ssl
from functools import lru_cache
from typing import Annotated, Any

import httpx2
from fastapi import Header, Request

from kit.errors import ConciergeError, InvalidInputError, NotFoundError, UnavailableError
from kit.errors import UnauthorizedError as Unauthorized

_BY_STATUS: dict[int, type[ConciergeError]] = {
    400: InvalidInputError,
    404: NotFoundError,
    422: InvalidInputError,
}


@lru_cache(maxsize=1)
def certificates() -> ssl.SSLContext:
    """Return the known authorities, read once in a process: that takes a tenth of a second."""
    return httpx2.create_ssl_context(trust_env=False)


def internal_client(
    base_url: str, token: str, *, app: Any = None, timeout: float = 5.0
) -> httpx2.AsyncClient:
    """Return a client for internal paths; with `app` it stays inside this process (ASGI)."""
    transport = httpx2.ASGITransport(app=app) if app is not None else None
    return httpx2.AsyncClient(
        base_url=base_url,
        transport=transport,
        verify=certificates(),
        timeout=timeout,
        trust_env=False,
        headers={"Authorization": f"Bearer {token}"},
    )


async def call(client: httpx2.AsyncClient, method: str, path: str, **kwargs: Any) -> Any:
    """Send one request to another package and return its JSON (None for an empty answer).

    Raises NotFoundError and InvalidInputError as the other package said them, and
    UnavailableError for everything that may pass by itself.
    """
    try:
        response = await client.request(method, path, **kwargs)
    except httpx2.HTTPError as error:
        raise UnavailableError(path=path) from error
    if response.is_success:
        return response.json() if response.content else None
    kind = _BY_STATUS.get(response.status_code, UnavailableError)
    raise kind(path=path, status=response.status_code)


def check_bearer(authorization: str | None, expected: str) -> None:
    """Raise UnauthorizedError unless the header carries exactly the expected bearer token."""
    scheme, _, given = (authorization or "").partition(" ")
    matches = hmac.compare_digest(given.strip().encode(), expected.encode())
    if scheme.lower() != "bearer" or not matches or not expected:
        raise Unauthorized


async def require_internal(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> None:
    """FastAPI dependency: only other packages of this installation may call."""
    settings = request.app.state.settings
    check_bearer(authorization, settings.internal_token.get_secret_value())
