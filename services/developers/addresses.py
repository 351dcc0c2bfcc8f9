"""Which addresses a skill may live at: public ones, looked up by us and held on to.

The name is resolved once, every address of it has to be public, and the call goes to the address
that was checked: a name that answers differently the second time gains nothing.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from kit.errors import ConciergeError

# NAT64 (RFC 6052): such an address leads to any IPv4 address, inside ones too.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class AddressRefusedError(ConciergeError):
    """A skill's address has to be public, over https. Loopback is for demonstrations alone."""

    status = 422
    code = "address_refused"


@dataclass(frozen=True)
class Target:
    """Where a call goes: the URL with the checked address, and the name it stands for."""

    url: str
    host: str
    """For the Host header."""
    name: str
    """For the certificate."""


async def resolve(name: str, port: int) -> Sequence[str]:
    """Return the addresses of a name. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def is_allowed(address: str, *, loopback: bool) -> bool:
    """Tell whether a call may go to an address."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(known, "ipv4_mapped", None) or getattr(known, "sixtofour", None)
    if inner is not None:
        known = inner
    if known.is_loopback:
        return loopback
    return known.is_global and not known.is_multicast and known not in _NAT64


async def target_of(url: str, *, loopback: bool, resolve: Resolve = resolve) -> Target:
    """Return where to call. Raises AddressRefusedError, and OSError for a name that is unknown."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = await resolve(name, port)
    if not found or not all(is_allowed(one, loopback=loopback) for one in found):
        raise AddressRefusedError
    address = found[0]
    if parts.scheme != "https" and not ipaddress.ip_address(address).is_loopback:
        raise AddressRefusedError
    literal = f"[{address}]" if ":" in address else address
    return Target(
        url=parts._replace(netloc=f"{literal}:{port}").geturl(), host=parts.netloc, name=name
    )
