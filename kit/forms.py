"""Reading a page's form once, within bounds, however many dependencies look at it.

A form with a file comes as `multipart/form-data`; what endpoint takes one says so by its limit
(`kit.web.takes_bytes`). Files stay in memory: they are never written anywhere in the open.
"""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import parse_qs

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

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


async def read_file(request: Request, name: str) -> bytes:
    """Return the one file of a form's field; empty where none was chosen."""
    await read_fields(request)
    files: Mapping[str, Sequence[bytes]] = getattr(request.state, "form_files", {})
    found = files.get(name, ())
    return found[0] if len(found) == 1 else b""


async def _read(request: Request) -> Fields:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    own = getattr(request.scope.get("endpoint"), "max_body_bytes", MAX_FORM_BYTES)
    if kind != b"multipart/form-data":
        return _fields(await _body(request, own))
    form = _Multipart(options.get(b"boundary", b""))
    form.read(await _body(request, own))
    request.state.form_files = form.files
    return form.fields


async def _body(request: Request, limit: int) -> bytearray:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > limit:
            raise PayloadTooLargeError
    return body


def _fields(body: bytearray) -> Fields:
    try:
        if b"%00" in body or b"\x00" in body:
            raise ValueError("PostgreSQL stores no NUL")
        return parse_qs(body.decode(), max_num_fields=MAX_FIELDS, strict_parsing=bool(body))
    except ValueError:
        raise InvalidInputError("The form cannot be read.") from None


class _Multipart:
    """The parts of one form, as `MultipartParser` comes by them."""

    def __init__(self, boundary: bytes) -> None:
        if not boundary:
            raise InvalidInputError("The form cannot be read.")
        self.fields: dict[str, list[str]] = {}
        self.files: dict[str, list[bytes]] = {}
        self._parts = 0
        self._boundary = boundary
        self._header = [b"", b""]
        self._options: dict[bytes, bytes] = {}
        self._content = bytearray()

    def read(self, body: bytearray) -> None:
        """Take a whole body apart. Raises InvalidInputError."""
        parser = MultipartParser(
            self._boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, a, b: self._add(0, data[a:b]),
                "on_header_value": lambda data, a, b: self._add(1, data[a:b]),
                "on_header_end": self._end_header,
                "on_part_data": lambda data, a, b: self._content.extend(data[a:b]),
                "on_part_end": self._end,
            },
        )
        try:
            parser.write(bytes(body))
            parser.finalize()
        except (FormParserError, UnicodeDecodeError):
            raise InvalidInputError("The form cannot be read.") from None

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > MAX_FIELDS:
            raise FormParserError
        self._header, self._options, self._content = [b"", b""], {}, bytearray()

    def _add(self, place: int, data: bytes) -> None:
        self._header[place] += data

    def _end_header(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            _, self._options = parse_options_header(value)
        self._header = [b"", b""]

    def _end(self) -> None:
        name = self._options.get(b"name", b"").decode()
        if b"filename" in self._options:
            if self._content:
                self.files.setdefault(name, []).append(bytes(self._content))
            return
        text = self._content.decode()
        if "\0" in text:
            raise FormParserError
        self.fields.setdefault(name, []).append(text)
