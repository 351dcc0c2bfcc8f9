"""Reading a webhook's body so that one monstrous value does not cost the events beside it."""

import json
import re
from typing import Any

# LINE nests about eight levels; what lies deeper than this is left out.
DEEPEST = 32
# No number of LINE's has as many digits. Python refuses to read thousands of them.
_LONGEST_INTEGER = 25
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


def read_json(body: bytes) -> Any:
    """Return the JSON value of a body: invalid UTF-8 replaced, the unreadable numbers as None.

    Raises ValueError when it is not JSON.
    """
    text = body.decode("utf-8-sig", "replace")
    try:
        return _loads(text)
    except RecursionError:
        return _loads(prune(text))


def prune(text: str) -> str:
    """Return JSON text with `null` for every list and object below the deepest level."""
    kept: list[str] = []
    depth = start = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "[{":
            depth += 1
            if depth == DEEPEST + 1:
                kept += text[start : token.start()], "null"
        elif mark in "]}":
            depth -= 1
            if depth == DEEPEST:
                start = token.end()
    return "".join(kept) + (text[start:] if depth <= DEEPEST else "")


def _loads(text: str) -> Any:
    return json.loads(text, parse_int=_integer, parse_constant=_nothing)


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_INTEGER else None


def _nothing(_constant: str) -> None:
    return None
