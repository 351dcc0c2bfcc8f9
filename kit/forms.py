"""Reading a page's form once, within bounds, however many dependencies look at it."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import parse_qs

from fastapi import Request

from kit.errors import InvalidInputError, PayloadTooLargeError

Fields = Mapping[str, Sequence[str]]

MAX_FORM_BYTES = 50_000
"""Where the endpoint says nothing else (`kit.web.takes_bytes`)."""
MAX_FIELDS = 500


async def read_fields(request: Request) -> Fields:
    """Return the fields of a URL-encoded form, each with its values.

    Raises PayloadTooLargeError and InvalidInputError.
    """
    if not hasattr(request.state, "form_fields"):
        request.state.form_fields = await _read(request)
    return cast(Fields, request.state.form_fields)


def only(fields: Fields, name: str) -> str:
    """Return a field's one value, empty when it is missing or repeated."""
    values = fields.get(name, ())
    return values[0] if len(values) == 1 else ""


async def _read(request: Request) -> Fields:
    body = bytearray()
    limit = getattr(request.scope.get("endpoint"), "max_body_bytes", MAX_FORM_BYTES)
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise PayloadTooLargeError
    try:
        if b"%00" in body or b"\x00" in body:
            raise ValueError("PostgreSQL stores no NUL")
        return parse_qs(body.decode(), max_num_fields=MAX_FIELDS, strict_parsing=bool(body))
    except ValueError:
        raise InvalidInputError("The form cannot be read.") from None
