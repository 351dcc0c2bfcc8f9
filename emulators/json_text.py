"""Writing JSON of which any text may have come from outside.

One half of a surrogate pair is legal in JSON's escapes, and no UTF-8 can hold it. An answer with
one would fail whenever it is read, so it is replaced by U+FFFD where it is written.
"""

import json
from collections.abc import Callable
from typing import Any

from starlette.responses import JSONResponse


def whole_characters(text: str) -> str:
    """Return `text` with halves of surrogate pairs replaced."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def to_bytes(value: Any, default: Callable[[Any], Any] | None = None) -> bytes:
    """Return compact JSON in UTF-8; never fails for what `json.loads` returned."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=default)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return whole_characters(text).encode()


class JsonAnswer(JSONResponse):
    """A JSON response that can hold any text."""

    def render(self, content: Any) -> bytes:
        """Return the body."""
        return to_bytes(content)
