"""XML from outside, read so that no document can harm the reader.

Expat from the standard library, with everything refused that a telegram has no use for: document
type declarations and with them entities of any kind, files over 8 MB, and nesting beyond any schema
that is read here. Names come without their namespace, because intermediaries rewrite prefixes and
versions (L-Alert), and the agency's own differ between samples.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

MAX_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 64
MAX_ELEMENTS = 400_000
_PREFIXES = re.compile(r"^[^}]*}")


class UnreadableError(ValueError):
    """The bytes are not a document that may be read; the message says why, in one line."""


@dataclass(slots=True)
class Node:
    """An element: local name, attributes by local name, its own text, its children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    pieces: list[str] = field(default_factory=list)
    children: list["Node"] = field(default_factory=list)
    namespace: str = ""

    @property
    def value(self) -> str:
        """The element's own text without the white space around it."""
        return "".join(self.pieces).strip()

    def child(self, name: str) -> "Node | None":
        return next((node for node in self.children if node.name == name), None)

    def named(self, name: str) -> list["Node"]:
        return [node for node in self.children if node.name == name]

    def text(self, *path: str) -> str:
        """Text at a path of first children; "" where there is none."""
        node: Node | None = self
        for name in path:
            node = node.child(name) if node else None
        return node.value if node else ""

    def walk(self, name: str) -> Iterator["Node"]:
        """Every descendant of that name, in document order."""
        for node in self.children:
            if node.name == name:
                yield node
            yield from node.walk(name)


class _Builder:
    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[Node] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise UnreadableError("it is nested too deeply")
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise UnreadableError("it has too many elements")
        namespace, _, local = name.rpartition("}")
        named = {_PREFIXES.sub("", key): value for key, value in attributes.items()}
        node = Node(local, named, namespace=namespace)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self.root = node
        self._open.append(node)

    def end(self, _name: str) -> None:
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].pieces.append(text)


def _refuse(*_details: object) -> None:
    raise UnreadableError("it has a document type declaration, which is not accepted")


def read_xml(data: bytes) -> Node:
    """The document's root. Raises `UnreadableError` for anything but plain, well-formed XML."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"it is larger than {MAX_BYTES // 1024 // 1024} MB")
    builder = _Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = None
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    _parse(parser, data)
    if builder.root is None:
        raise UnreadableError("it is empty")
    return builder.root


def _parse(parser: expat.XMLParserType, data: bytes) -> None:
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnreadableError(f"it is not well-formed XML ({error})") from error
    except (LookupError, ValueError) as error:  # an encoding that Python or expat does not know
        if isinstance(error, UnreadableError):
            raise
        raise UnreadableError("its character encoding is not accepted") from error
