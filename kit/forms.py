"""Reading a page's form once, within bounds, however many dependencies look at it.

A form with files comes as multipart; all others URL-encoded.
"""

from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import cast
from urllib.parse import parse_qs

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from kit.errors import InvalidInputError, PayloadTooLargeError

Fields = Mapping[str, Sequence[str]]

MAX_FORM_BYTES = 50_000
"""Where the endpoint says nothing else (`kit.web.takes_bytes`)."""
MAX_FIELDS = 500


async def read_fields(request: Request) -> Fields:
    """Return the fields of a form, each with its values; files are left to `read_file`.

    Raises PayloadTooLargeError and InvalidInputError.
    """
    return (await _read_once(request))[0]


async def read_file(request: Request, name: str) -> bytes:
    """Return the file of a field, empty where none was chosen. Raises as `read_fields`."""
    return (await _read_once(request))[1].get(name, b"")


def only(fields: Fields, name: str) -> str:
    """Return a field's one value, empty when it is missing or repeated."""
    values = fields.get(name, ())
    return values[0] if len(values) == 1 else ""


_Form = tuple[Fields, Mapping[str, bytes]]


async def _read_once(request: Request) -> _Form:
    if not hasattr(request.state, "form"):
        request.state.form = await _read(request)
    return cast(_Form, request.state.form)


async def _read(request: Request) -> _Form:
    body = bytearray()
    limit = getattr(request.scope.get("endpoint"), "max_body_bytes", MAX_FORM_BYTES)
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise PayloadTooLargeError
    try:
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await _parts(request, bytes(body))
        if b"%00" in body or b"\x00" in body:
            raise ValueError("PostgreSQL stores no NUL")
        return parse_qs(body.decode(), max_num_fields=MAX_FIELDS, strict_parsing=bool(body)), {}
    except (ValueError, KeyError, MultiPartException):
        raise InvalidInputError("The form cannot be read.") from None


async def _parts(request: Request, body: bytes) -> _Form:
    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=1, max_fields=MAX_FIELDS)
    # Files stay in memory: they are never written anywhere in the open.
    parser.spool_max_size = len(body) + 1
    fields: defaultdict[str, list[str]] = defaultdict(list)
    files: dict[str, bytes] = {}
    for name, value in (await parser.parse()).multi_items():
        if isinstance(value, UploadFile):
            files[name] = await value.read()
        elif "\x00" in value:
            raise ValueError("PostgreSQL stores no NUL")
        else:
            fields[name].append(value)
    return fields, files
