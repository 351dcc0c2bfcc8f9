"""A transaction: everything in a Bundle or nothing, and the same Bundle twice changes nothing.

Pure: `plan` reads the Bundle against what is there and says what would be written; the caller
writes it in one database transaction. Ids are made from what identifies an entry, so a repeated
Bundle finds its own.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from urllib.parse import unquote
from uuid import UUID, uuid5

from services.health.fhir.checks import check, problems_of
from services.health.fhir.codec import canonical
from services.health.fhir.problems import FhirError, Problem

MAX_ENTRIES = 1000
TAKEN = frozenset(
    ("Patient", "RelatedPerson", "Immunization", "Observation", "MedicationStatement", "Consent")
)
_NAMESPACE = UUID("6f0c2b5e-6f0e-5c55-9a5e-2f6a3f0d9b11")
_PLACE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})")
_TOKEN = re.compile(r"identifier=([^&|]+)\|([^&|]+)")
Store = Mapping[str, dict[str, Any]]
"""`Type/id` → resource, as it is kept."""


@dataclass(frozen=True, slots=True)
class Change:
    """One resource to write at `place` (`Type/id`); unchanged when it is already there so."""

    place: str
    resource: dict[str, Any]
    status: str

    @property
    def is_written(self) -> bool:
        return self.status != "200 unchanged"


def _key(resource: dict[str, Any], request: dict[str, Any]) -> str:
    """What identifies a resource that is created: the condition of the request, else its first
    identifier, else all of its content."""
    found = _TOKEN.fullmatch(unquote(str(request.get("ifNoneExist", ""))))
    if found:
        return f"{found.group(1)}|{found.group(2)}"
    for identifier in resource.get("identifier", []):
        if "system" in identifier and "value" in identifier:
            return f"{identifier['system']}|{identifier['value']}"
    content = {name: value for name, value in resource.items() if name not in ("id", "meta")}
    return sha256(canonical(content).encode()).hexdigest()


def _created_place(resource: dict[str, Any], request: dict[str, Any], store: Store) -> str:
    kind, key = resource["resourceType"], _key(resource, request)
    for place, other in store.items():
        if other["resourceType"] == kind and _has_identifier(other, key):
            return place
    return f"{kind}/{uuid5(_NAMESPACE, f'{kind} {key}')}"


def _has_identifier(resource: dict[str, Any], key: str) -> bool:
    return any(
        f"{identifier.get('system')}|{identifier.get('value')}" == key
        for identifier in resource.get("identifier", [])
    )


def _place(entry: dict[str, Any], path: str, store: Store) -> str:
    """Where an entry is to be written. Raises `FhirError` for requests that are not taken."""
    resource, request = entry.get("resource"), entry.get("request")
    if resource is None or request is None:
        raise FhirError.of(path, "required", "a resource and a request are wanted")
    kind, method, url = resource["resourceType"], request["method"], request["url"]
    if kind not in TAKEN:
        raise FhirError.of(path, "not-supported", "resources of this type are not taken")
    if method == "POST" and url == kind:
        return _created_place(resource, request, store)
    found = _PLACE.fullmatch(url)
    if (
        method == "PUT"
        and found
        and found.group(1) == kind
        and found.group(2) == resource.get("id")
    ):
        return str(url)
    raise FhirError.of(f"{path}.request", "not-supported", "only POST Type and PUT Type/id")


def _moved(value: Any, places: Mapping[str, str]) -> Any:
    """The value with every reference to a fullUrl turned into the place of that entry."""
    if isinstance(value, dict):
        return {
            name: places.get(part, part)
            if name == "reference" and isinstance(part, str)
            else _moved(part, places)
            for name, part in value.items()
        }
    return [_moved(part, places) for part in value] if isinstance(value, list) else value


def _settled(resource: dict[str, Any], place: str, places: Mapping[str, str]) -> dict[str, Any]:
    settled: dict[str, Any] = _moved(resource, places)
    ordered = {"resourceType": settled["resourceType"], "id": place.partition("/")[2]}
    return ordered | {name: part for name, part in settled.items() if name not in ordered}


def _status(place: str, resource: dict[str, Any], store: Store, method: str) -> str:
    before = store.get(place)
    if before is None:
        return "201 created"
    if method == "POST" or canonical(before) == canonical(resource):
        return "200 unchanged"
    return "200 updated"


def _checked_entries(bundle: dict[str, Any], today: date | None) -> list[dict[str, Any]]:
    check(bundle, "Bundle")
    if bundle["type"] != "transaction":
        raise FhirError.of("Bundle.type", "not-supported", "only a transaction is taken")
    entries: list[dict[str, Any]] = bundle.get("entry", [])
    if len(entries) > MAX_ENTRIES:
        raise FhirError.of("Bundle.entry", "too-long", f"more than {MAX_ENTRIES} entries")
    untrue = [
        Problem(f"Bundle.entry[{index}]", found.code, found.message)
        for index, entry in enumerate(entries)
        if "resource" in entry
        for found in problems_of(entry["resource"], today=today)
    ]
    if untrue:
        raise FhirError(untrue)
    return entries


def _places(entries: list[dict[str, Any]], store: Store) -> list[str]:
    places = [_place(entry, f"Bundle.entry[{index}]", store) for index, entry in enumerate(entries)]
    urls = [entry["fullUrl"] for entry in entries if "fullUrl" in entry]
    if len(set(places)) < len(places) or len(set(urls)) < len(urls):
        raise FhirError.of("Bundle.entry", "duplicate", "an entry stands twice")
    return places


def plan(bundle: dict[str, Any], store: Store, *, today: date | None = None) -> list[Change]:
    """What the transaction would write, in its order.

    Raises `FhirError` with everything that is wrong; then nothing of it may be written."""
    entries = _checked_entries(bundle, today)
    places = _places(entries, store)
    by_url = {
        entry["fullUrl"]: place
        for entry, place in zip(entries, places, strict=True)
        if "fullUrl" in entry
    }
    there = set(places) | set(store)
    changes, wrong = [], []
    for index, (entry, place) in enumerate(zip(entries, places, strict=True)):
        resource = _settled(entry["resource"], place, by_url)
        for found in problems_of(resource, exists=_known(there)):
            wrong.append(Problem(f"Bundle.entry[{index}]: {found.path}", found.code, found.message))
        status = _status(place, resource, store, entry["request"]["method"])
        changes.append(Change(place, resource, status))
    if wrong:
        raise FhirError(wrong)
    return changes


# Resources that we do not keep may be named; of those that we keep, all must be there.
def _known(there: set[str]) -> Callable[[str], bool]:
    def exists(reference: str) -> bool:
        kind = reference.partition("/")[0]
        return reference in there if kind in TAKEN else not reference.startswith("urn:")

    return exists


def applied(store: Store, changes: list[Change]) -> dict[str, dict[str, Any]]:
    """What is there after the changes; the store itself is left alone."""
    written = {change.place: change.resource for change in changes if change.is_written}
    return dict(store) | written


def response(changes: list[Change]) -> dict[str, Any]:
    """The transaction-response Bundle."""
    entries = [
        {"response": {"status": change.status, "location": change.place}} for change in changes
    ]
    return {"resourceType": "Bundle", "type": "transaction-response", "entry": entries}


def export(resources: list[dict[str, Any]], *, base: str) -> dict[str, Any]:
    """Everything of one child as a Bundle that this module can take in again.

    `base` is the address of our FHIR service, so that `fullUrl` is an absolute URL."""
    entries = [
        {
            "fullUrl": f"{base}/{resource['resourceType']}/{resource['id']}",
            "resource": resource,
            "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
        }
        for resource in resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}
