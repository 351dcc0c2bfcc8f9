"""Open311 GeoReport v2: what is answered, as XML and as JSON. Pure.

Source: the specification GeoReport v2 and its service discovery (wiki.open311.org, CC BY 3.0). A
`Document` is what a path answers; `as_json` and `as_xml` write the same document.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

from services.snow.categories import SEVERITIES, Categories, Category
from services.snow.publication import PublicReport

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"

SEVERITY = "SEVERITY"
"""The one attribute that every service has."""

_ITEMS = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "service_requests": "request",
    "errors": "error",
}
"""What an element of a list is called in XML, by the list's own name."""

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Document:
    """An answer: its root element in XML, and its body, which is all that JSON has."""

    root: str
    body: Any


def as_json(document: Document) -> bytes:
    """Write a document as JSON in UTF-8."""
    return json.dumps(document.body, ensure_ascii=False).encode()


def as_xml(document: Document) -> bytes:
    """Write a document as XML in UTF-8, with its declaration."""
    root = ElementTree.Element(document.root)
    _fill(root, document.body)
    text: str = ElementTree.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()


def _fill(element: ElementTree.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _fill(ElementTree.SubElement(element, name), inner)
    elif isinstance(value, list):
        for inner in value:
            _fill(ElementTree.SubElement(element, _ITEMS[element.tag]), inner)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = xml_text(str(value))


def xml_text(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return _NOT_XML.sub("", text)


@dataclass(frozen=True)
class Endpoint:
    """What the discovery document says of one endpoint."""

    url: str
    changed_at: datetime
    contact: str
    key_service: str
    production: bool


def discovery(endpoint: Endpoint) -> Document:
    """Return where the service is found and how a key is asked for."""
    changeset = endpoint.changed_at.isoformat(timespec="seconds")
    entry = {
        "specification": SPECIFICATION,
        "url": endpoint.url,
        "changeset": changeset,
        "type": "production" if endpoint.production else "test",
        "formats": ["text/xml", "application/json"],
    }
    body = {
        "changeset": changeset,
        "contact": endpoint.contact,
        "key_service": endpoint.key_service,
        "endpoints": [entry],
    }
    return Document("discovery", body)


def services(categories: Categories) -> Document:
    """Return every kind of matter that can be requested."""
    return Document("services", [_service(category) for category in categories.all])


def _service(category: Category) -> dict[str, Any]:
    return {
        "service_code": category.code,
        "service_name": category.name,
        "description": category.description or category.name,
        "metadata": True,
        "type": "realtime",
        "keywords": ",".join(category.words),
        "group": category.group,
    }


def definition(category: Category) -> Document:
    """Return the attributes of one service."""
    values = [{"key": key, "name": name} for key, name in SEVERITIES.items()]
    severity = {
        "variable": True,
        "code": SEVERITY,
        "datatype": "singlevaluelist",
        "required": False,
        "datatype_description": "",
        "order": 1,
        "description": "どのくらい困っていますか",
        "values": values,
    }
    body = {"service_code": category.code, "attributes": [severity]}
    return Document("service_definition", body)


def accepted(request_id: str, notice: str) -> Document:
    """Return the answer to a request that was filed."""
    filed = {"service_request_id": request_id, "service_notice": notice, "account_id": None}
    return Document("service_requests", [filed])


def requests(reports: Iterable[PublicReport]) -> Document:
    """Return reports as service requests."""
    return Document("service_requests", [request(report) for report in reports])


def request(report: PublicReport) -> dict[str, Any]:
    """Return one report as a service request."""
    expected = report.expected_at
    return {
        "service_request_id": report.id,
        "status": "open" if report.is_open else "closed",
        "status_notes": report.notes,
        "service_name": report.category.name,
        "service_code": report.category.code,
        "description": report.description or None,
        "agency_responsible": report.category.desk or None,
        "service_notice": None,
        "requested_datetime": report.filed_at.isoformat(timespec="seconds"),
        "updated_datetime": report.updated_at.isoformat(timespec="seconds"),
        "expected_datetime": expected.isoformat(timespec="seconds") if expected else None,
        "address": report.address or None,
        "address_id": None,
        "zipcode": None,
        "lat": report.lat,
        "long": report.lon,
        "media_url": report.photo_url or None,
    }


def errors(code: int, description: str) -> Document:
    """Return what went wrong; `code` is the status of HTTP."""
    return Document("errors", [{"code": code, "description": description}])


def ngsi_entity(report: PublicReport) -> dict[str, Any]:
    """Return one report as an NGSI-v2 entity (keyValues) of the smart data model."""
    entry = request(report)
    point = {"type": "Point", "coordinates": [entry.pop("long"), entry.pop("lat")]}
    address = entry.pop("address")
    known = {name: value for name, value in entry.items() if value is not None}
    if address:
        known["address_string"] = address
    head = {"id": f"service-request:{report.id}", "type": "service_requests"}
    return {**head, **known, "location": point}
