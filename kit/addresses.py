"""Where a request comes from: through the proxies that are ours, and no further."""

import ipaddress
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from fastapi import Request

from kit.container import part
from kit.settings import Settings

Network = IPv4Network | IPv6Network


def client_address(request: Request) -> str:
    """Return whose request it is, empty when the server does not say."""
    peer = "" if request.client is None else request.client.host
    forwarded = request.headers.getlist("x-forwarded-for")
    return through(peer, forwarded, part(request, Settings).trusted_proxies)


def comes_through(request: Request, trusted: Iterable[Network]) -> bool:
    """Tell whether a proxy of ours has brought a request in."""
    networks = tuple(trusted)
    return bool(networks) and request.client is not None and _is_in(request.client.host, networks)


def through(peer: str, forwarded: Sequence[str], trusted: Iterable[Network]) -> str:
    """Return the nearest address that is no trusted proxy.

    `forwarded` are the headers X-Forwarded-For. Each proxy adds at the end whom it has seen, so
    they are read from there; the first that cannot be read ends it.
    """
    ours, seen = tuple(trusted), peer
    hops = [hop.strip() for header in forwarded for hop in header.split(",")]
    while _is_in(seen, ours) and hops:
        before = _read(hops.pop())
        if before is None:
            return seen
        seen = str(before)
    return seen


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    known = _read(address)
    return known is not None and any(known in network for network in networks)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
