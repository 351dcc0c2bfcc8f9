"""JSON of FHIR: numbers keep their digits, and what could hurt is refused before it is read.

A number with a fraction becomes `Digits`, a Decimal that is written back as it was sent: 10.0 and
10.00 are different statements about precision in FHIR.
"""

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

from services.health.fhir.problems import FhirError

MAX_BYTES = 5_000_000
MAX_DEPTH = 40
MAX_DIGITS = 40
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKETS = re.compile(r"[\[\]{}]")


class Digits(Decimal):
    """A decimal with the text that it was written in."""

    text: str

    def __new__(cls, text: str) -> "Digits":
        made = super().__new__(cls, text)
        made.text = text
        return made


def _digits(text: str) -> Digits:
    if len(text) > MAX_DIGITS:
        raise ValueError("a number with too many digits")
    return Digits(text)


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError("a number with too many digits")
    return int(text)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _depth(text: str) -> int:
    """How deep brackets nest, without building anything."""
    deepest = depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub("", text)):
        depth += 1 if bracket in "{[" else -1
        deepest = max(deepest, depth)
    return deepest


def read(body: bytes) -> dict[str, Any]:
    """The resource in a request body. Raises `FhirError` for what is too large, too deep, no JSON
    or no object."""
    if len(body) > MAX_BYTES:
        raise FhirError.of("$this", "too-long", "the body is larger than 5 MB")
    try:
        text = body.decode("utf-8-sig")
        if _depth(text) > MAX_DEPTH:
            raise FhirError.of("$this", "structure", "the body nests too deeply")
        found = json.loads(
            text,
            parse_float=_digits,
            parse_int=_whole,
            parse_constant=_no_constant,
            object_pairs_hook=_members,
        )
    except (ValueError, ArithmeticError):
        raise FhirError.of("$this", "structure", "the body is not well-formed JSON") from None
    if not isinstance(found, dict):
        raise FhirError.of("$this", "structure", "the body is no resource")
    return found


def _parts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield "{"
        for place, (name, member) in enumerate(value.items()):
            yield f"{',' if place else ''}{json.dumps(name)}:"
            yield from _parts(member)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for place, member in enumerate(value):
            yield "," if place else ""
            yield from _parts(member)
        yield "]"
    elif isinstance(value, Digits):
        yield value.text
    elif isinstance(value, Decimal):
        yield format(value, "f")
    else:
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)


def write(resource: dict[str, Any]) -> str:
    """The resource as compact JSON, members in their order, each number with its own digits."""
    return "".join(_parts(resource))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(member) for member in value]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Digits(str(Decimal(value).normalize()))
    return value


def canonical(resource: dict[str, Any]) -> str:
    """The same text for the same content, in whatever order its members stand and with however
    many closing zeros: other programs turn both over on the way."""
    return write(_sorted(resource))
