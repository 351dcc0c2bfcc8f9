"""The guard before internal paths: only other packages of this installation may call."""

import hmac
from typing import Annotated

from fastapi import Header, Request

from kit.container import part
from kit.errors import UnauthorizedError
from kit.settings import Settings


def check_bearer(authorization: str | None, expected: str) -> None:
    """Raise UnauthorizedError unless the header carries exactly the expected bearer token."""
    scheme, _, given = (authorization or "").partition(" ")
    matches = hmac.compare_digest(given.strip().encode(), expected.encode())
    if scheme.lower() != "bearer" or not matches or not expected:
        raise UnauthorizedError


async def require_internal(
    request: Request, authorization: Annotated[str | None, Header()] = None
) -> None:
    """FastAPI dependency: only other packages of this installation may call."""
    settings = part(request, Settings)
    check_bearer(authorization, settings.internal_token.get_secret_value())
