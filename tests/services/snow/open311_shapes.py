"""GeoReport v2 as shapes to hold answers against, written from the specification's tables.

Source: Open311 GeoReport v2 and Service Discovery (wiki.open311.org, CC BY 3.0), with the two
requests of its own example. A shape names each field with its kind; JSON follows the Spark
convention: lists lose their wrapping elements, and nothing is null.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

Field = tuple[str, bool]
"""(kind, whether it may be left out or be empty)."""
SERVICE: Mapping[str, Field] = {
    "service_code": ("id", False),
    "service_name": ("text", False),
    "description": ("text", True),
    "metadata": ("boolean", False),
    "type": ("realtime|batch|blackbox", False),
    "keywords": ("text", True),
    "group": ("text", True),
}
VALUE: Mapping[str, Field] = {"key": ("id", False), "name": ("text", False)}
ATTRIBUTE: Mapping[str, Any] = {
    "variable": ("boolean", False),
    "code": ("id", False),
    "datatype": ("string|number|datetime|text|singlevaluelist|multivaluelist", False),
    "required": ("boolean", False),
    "datatype_description": ("text", True),
    "order": ("positive", False),
    "description": ("text", False),
    "values": {"value": VALUE},
}
DEFINITION: Mapping[str, Any] = {
    "service_code": ("id", False),
    "attributes": {"attribute": ATTRIBUTE},
}
FILED: Mapping[str, Field] = {
    "service_request_id": ("id", False),
    "service_notice": ("text", True),
    "account_id": ("id", True),
}
REQUEST: Mapping[str, Field] = {
    "service_request_id": ("id", False),
    "status": ("open|closed", False),
    "status_notes": ("text", True),
    "service_name": ("text", False),
    "service_code": ("id", False),
    "description": ("long text", True),
    "agency_responsible": ("text", True),
    "service_notice": ("text", True),
    "requested_datetime": ("time", False),
    "updated_datetime": ("time", False),
    "expected_datetime": ("time", True),
    "address": ("text", True),
    "address_id": ("id", True),
    "zipcode": ("id", True),
    "lat": ("degrees", False),
    "long": ("degrees", False),
    "media_url": ("url", True),
}
ENDPOINT: Mapping[str, Any] = {
    "specification": ("url", False),
    "url": ("url", False),
    "changeset": ("time", False),
    "type": ("production|test|development", False),
    "formats": {"format": ("media", False)},
}
DISCOVERY: Mapping[str, Any] = {
    "changeset": ("time", False),
    "contact": ("text", False),
    "key_service": ("text", False),
    "endpoints": {"endpoint": ENDPOINT},
}
ERROR: Mapping[str, Field] = {"code": ("positive", False), "description": ("text", False)}
ROOTS: Mapping[str, Any] = {
    "discovery": DISCOVERY,
    "services": {"service": SERVICE},
    "service_definition": DEFINITION,
    "service_requests": {"request": REQUEST},
    "errors": {"error": ERROR},
}
"""By the root element of XML."""
EXAMPLE = """<service_requests><request><service_request_id>638344</service_request_id>
<status>closed</status><status_notes>Duplicate request.</status_notes>
<service_name>Sidewalk and Curb Issues</service_name><service_code>006</service_code>
<description></description><agency_responsible></agency_responsible>
<service_notice></service_notice>
<requested_datetime>2010-04-14T06:37:38-08:00</requested_datetime>
<updated_datetime>2010-04-14T06:37:38-08:00</updated_datetime>
<expected_datetime>2010-04-15T06:37:38-08:00</expected_datetime>
<address>8TH AVE and JUDAH ST</address><address_id>545483</address_id><zipcode>94122</zipcode>
<lat>37.762221815</lat><long>-122.4651145</long>
<media_url>http://city.gov.s3.amazonaws.com/requests/media/638344.jpg</media_url></request>
<request><service_request_id>638349</service_request_id><status>open</status>
<status_notes></status_notes><service_name>Sidewalk and Curb Issues</service_name>
<service_code>006</service_code><description></description>
<requested_datetime>2010-04-19T06:37:38-08:00</requested_datetime>
<updated_datetime>2010-04-19T06:37:38-08:00</updated_datetime>
<address>8TH AVE and JUDAH ST</address><lat>37.762221815</lat><long>-122.4651145</long></request>
</service_requests>"""


def faults_of_xml(root: ET.Element, shape: Any = None) -> list[str]:
    """Return what is wrong with an answer in XML; `shape` in place of that of its root."""
    known = ROOTS.get(root.tag) if shape is None else shape
    if known is None:
        return [f"{root.tag}: no root element of the specification"]
    return list(_of_element(root, known, root.tag))


def faults_of_json(body: Any, shape: Any) -> list[str]:
    """Return what is wrong with an answer in JSON."""
    return list(_of_value(body, shape, "$"))


def is_list(shape: Any) -> bool:
    """Tell whether a shape is an element around others of one name."""
    return isinstance(shape, Mapping) and len(shape) == 1


def _of_element(element: ET.Element, shape: Any, where: str) -> Iterator[str]:
    if element.attrib or "}" in element.tag:
        yield f"{where}: neither attributes nor namespaces"
    if isinstance(shape, tuple):
        yield from _of_text(element.text or "", shape, where)
        return
    children = [child.tag for child in element]
    if is_list(shape):
        [(name, inner)] = shape.items()
        yield from (f"{where}: {tag} in place of {name}" for tag in children if tag != name)
        for number, child in enumerate(element):
            yield from _of_element(child, inner, f"{where}[{number}]")
        return
    yield from (f"{where}: {tag} is not of the specification" for tag in {*children} - {*shape})
    yield from (f"{where}: {tag} is there twice" for tag in shape if children.count(tag) > 1)
    for name, inner in shape.items():
        child = element.find(name)
        if child is not None:
            yield from _of_element(child, inner, f"{where}.{name}")
        elif not (isinstance(inner, tuple) and inner[1]):
            yield f"{where}: {name} is missing"


def _of_value(value: Any, shape: Any, where: str) -> Iterator[str]:
    if isinstance(shape, tuple):
        yield from _of_plain(value, shape, where)
    elif is_list(shape):
        [inner] = shape.values()
        if not isinstance(value, list):
            yield f"{where}: a list"
            return
        for number, one in enumerate(value):
            yield from _of_value(one, inner, f"{where}[{number}]")
    elif not isinstance(value, dict):
        yield f"{where}: an object"
    else:
        yield from (f"{where}: {name} is not of the specification" for name in {*value} - {*shape})
        for name, inner in shape.items():
            yield from _of_value(value.get(name), inner, f"{where}.{name}")


_JSON_KINDS = {"boolean": bool, "positive": int, "degrees": (int, float)}


def _of_plain(value: Any, field: Field, where: str) -> Iterator[str]:
    if value is None:
        yield from () if field[1] else (f"{where}: is missing",)
        return
    expected: Any = _JSON_KINDS.get(field[0], str)
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        yield f"{where}: {value!r} is no {field[0]}"
        return
    yield from _of_text(str(value).lower() if expected is bool else str(value), field, where)


def _of_text(text: str, field: Field, where: str) -> Iterator[str]:
    kind, may_be_empty = field
    if not text.strip():
        yield from () if may_be_empty else (f"{where}: is empty",)
    elif not _KINDS.get(kind, _one_of(kind))(text):
        yield f"{where}: {text[:60]!r} is no {kind}"


def _one_of(kind: str) -> Any:
    return lambda text: text in kind.split("|")


def _is_time(text: str) -> bool:
    shaped = re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", text)
    return shaped is not None and datetime.fromisoformat(text).tzinfo is not None


def _is_url(text: str) -> bool:
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc)


_KINDS: Mapping[str, Any] = {
    "id": lambda text: text == text.strip(),
    "text": lambda text: "<" not in text,
    "long text": lambda text: len(text) <= 4000,
    "boolean": lambda text: text in ("true", "false"),
    "positive": lambda text: text.isascii() and text.isdigit() and int(text) > 0,
    "degrees": lambda text: re.fullmatch(r"-?\d{1,3}(\.\d+)?", text) and abs(float(text)) <= 180,
    "time": _is_time,
    "url": _is_url,
    "media": lambda text: text in ("text/xml", "application/json"),
}
