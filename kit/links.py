"""Addresses that may stand behind a button: percent-encoded, as RFC 3986 and LINE want them."""

import re
from urllib.parse import quote, urlsplit

LONGEST = 1000
"""Longest address that LINE opens (Messaging API reference, "URI action")."""
_MAY_STAY = "-._~:/?#[]@!$&'()*+,;=%"
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_TELEPHONE = re.compile(r"tel:[+*#0-9][0-9*#().,;-]*")


def first_address(text: str) -> str:
    """Return the first of several addresses that stand in one cell."""
    later = re.search(r"\s+(?=https?://)", text.strip())
    return text.strip()[: later.start()] if later else text.strip()


def web_address(text: str) -> str | None:
    """Return the http or https address, percent-encoded; None where it cannot be opened.

    Blanks and Kanji in the path are encoded, a Japanese host becomes its ASCII form.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode()
    except (ValueError, UnicodeError):
        return None
    if parts.scheme.lower() not in ("http", "https") or not _HOST.fullmatch(
        f"[{host}]" if ":" in host else host
    ):
        return None
    netloc = f"[{host}]" if ":" in host else host
    if port is not None:
        netloc = f"{netloc}:{port}"
    rest = parts._replace(scheme="", netloc="").geturl()
    rest = quote(_LONE_PERCENT.sub("%25", rest), safe=_MAY_STAY, errors="replace")
    address = f"{parts.scheme.lower()}://{netloc}{rest}"
    return address if len(address) <= LONGEST else None


def link(text: str) -> str | None:
    """Return what a button may open: a web address as `web_address` says, or `tel:` and a number.

    None where LINE would refuse it.
    """
    if text.startswith("tel:"):
        return text if _TELEPHONE.fullmatch(text) and len(text) <= LONGEST else None
    return web_address(text)
