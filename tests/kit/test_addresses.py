"""Whose request it is, whatever it says of itself."""

import re
from ipaddress import ip_network

import pytest

from kit.addresses import through
from kit.settings import ROOT

OURS = (ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.66", "198.51.100.1, 10.1.1.1"], "198.51.100.1"),
        ("10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("10.0.0.1", ["somebody"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1, x"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["10.2.2.2"], "10.2.2.2"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_only_what_our_own_proxies_say_is_believed(
    peer: str, forwarded: list[str], found: str
) -> None:
    assert through(peer, forwarded, OURS) == found


def test_nobody_else_reads_where_a_request_comes_from() -> None:
    """An address that is counted or logged went through `client_address`, or it is the proxy's."""
    asks = re.compile(
        r"request\.client\b|client\.host|\[.client.\]|[\"']x-forwarded", re.IGNORECASE
    )
    packages = ("auth", "bot", "concierge", "identity", "kit", "services", "actions")
    files = [path for package in packages for path in (ROOT / package).rglob("*.py")]
    readers = {str(path.relative_to(ROOT)) for path in files if asks.search(path.read_text())}
    assert readers == {"kit/addresses.py"}


def test_without_a_setting_nobody_is_believed_not_even_this_machine() -> None:
    assert through("127.0.0.1", ["198.51.100.1"], ()) == "127.0.0.1"
