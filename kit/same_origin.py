"""Against forged forms (CSRF): a change must come from a page of this very site.

Browsers say so in `Sec-Fetch-Site` (Fetch Metadata, W3C), which no page can forge. Only where that
is missing counts `Origin`; our own pages send it as `null`, because they send no referrer.
"""

from urllib.parse import urlsplit

from fastapi import Request

from kit.errors import ConciergeError

_READING = frozenset({"GET", "HEAD"})


class ForeignFormError(ConciergeError):
    """この画面から送られた操作ではありません。画面を開き直してから、もう一度操作してください。"""

    status = 403
    code = "foreign_form"


def require_same_origin(request: Request) -> None:
    """FastAPI dependency for pages: raise ForeignFormError for a change from elsewhere."""
    if request.method in _READING:
        return
    site = request.headers.get("sec-fetch-site")
    if site is None:
        origin = urlsplit(request.headers.get("origin", ""))
        is_own = bool(origin.netloc) and origin.netloc == request.headers.get("host")
    else:
        is_own = site == "same-origin"
    if not is_own:
        raise ForeignFormError
