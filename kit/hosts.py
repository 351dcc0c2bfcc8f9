"""The names under which we are called. A page elsewhere can have its own lead to this machine.

That is DNS rebinding: the browser then takes what it gets for that page's own, but it still sends
the page's name as `Host`.
"""

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kit.web import error_body

_NOT_OURS = JSONResponse(error_body("unknown_host", "This is another host."), 421)


class OwnHosts:
    """Answers 421 (RFC 9110, section 15.5.20) to whoever calls us by a name that is not ours."""

    def __init__(self, app: ASGIApp, addresses: Iterable[str]) -> None:
        """`addresses` are URLs under which we are reached; bare addresses always may."""
        self._app = app
        self._names = {"localhost", *(urlsplit(address).hostname for address in addresses)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or begin and end with the process."""
        if scope["type"] == "http" and not self._is_ours(scope):
            await _NOT_OURS(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, scope: Scope) -> bool:
        host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
        return host in self._names or not _is_name(host)


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False
