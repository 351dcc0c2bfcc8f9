"""The narrative of a resource: the harmless part of XHTML that R4 allows, and nothing that runs."""

import re
from xml.etree.ElementTree import Element, ParseError, XMLParser

_NAMESPACE = "{http://www.w3.org/1999/xhtml}"
_TAGS = frozenset(
    (
        *("a", "abbr", "acronym", "b", "big", "blockquote", "br", "caption", "cite", "code"),
        *("col", "colgroup", "dd", "dfn", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "hr", "i", "img", "li", "ol", "p", "pre", "q", "samp", "small", "span"),
        *("strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt"),
        *("ul", "var"),
    )
)
_ATTRIBUTES = frozenset(
    (
        *("abbr", "align", "alt", "border", "cellpadding", "cellspacing", "class", "colspan"),
        *("height", "href", "id", "lang", "name", "rowspan", "scope", "span", "src", "style"),
        *("summary", "title", "valign", "width", "{http://www.w3.org/XML/1998/namespace}lang"),
    )
)
_HREF = re.compile(r"(https?://|mailto:|tel:|#|[A-Za-z]+/[A-Za-z0-9\-.]+$)")
_SOURCE = re.compile(r"(#|data:image/(png|jpeg|gif);base64,)")
_STYLE_RUNS = re.compile(r"url\s*\(|expression|@import|\\|behavior|-moz-binding", re.IGNORECASE)
_MAX_DEPTH = 60


def _attribute_is_safe(name: str, value: str) -> bool:
    if name == "href":
        return _HREF.match(value) is not None
    if name == "src":
        return _SOURCE.match(value) is not None
    if name == "style":
        return _STYLE_RUNS.search(value) is None
    return name in _ATTRIBUTES


def _is_safe(element: Element, depth: int = 0) -> bool:
    tag = element.tag if isinstance(element.tag, str) else ""
    if depth > _MAX_DEPTH or tag.removeprefix(_NAMESPACE) not in _TAGS:
        return False
    if not tag.startswith(_NAMESPACE):
        return False
    if not all(_attribute_is_safe(name, value) for name, value in element.items()):
        return False
    return all(_is_safe(child, depth + 1) for child in element)


def is_narrative(value: object) -> bool:
    """Whether the value is a div of harmless XHTML. No declarations, so no entities to expand."""
    if not isinstance(value, str) or "<!" in value or "<?" in value:
        return False
    parser = XMLParser()  # noqa: S314 -- declarations were refused above
    try:
        parser.feed(value)
        root = parser.close()
    except (ParseError, RecursionError, ValueError):
        return False
    text = "".join(root.itertext()).strip()
    return root.tag == f"{_NAMESPACE}div" and _is_safe(root) and bool(text)
