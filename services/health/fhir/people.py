"""Patient and RelatedPerson: the child, and who stands for it.

Names stand twice, in characters and in kana, as the Japanese core profile has them. Who may act
for whom is never read from a resource: a RelatedPerson is taken only where the guardianship was
proven here, by ids, and never because names are alike.
"""

from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.health.dates import parse_day
from services.health.fhir.checks import check
from services.health.fhir.problems import FhirError

PERSON_IDS = "urn:concierge:person"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_REPRESENTATION = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation"
_CHARACTERS, _KANA = "IDE", "SYL"


@dataclass(frozen=True, slots=True)
class Name:
    family: str
    given: str


@dataclass(frozen=True, slots=True)
class Person:
    """`sex` is male, female or None; a birth that is known by its year or month only is None."""

    id: str
    name: Name | None = None
    kana: Name | None = None
    sex: str | None = None
    birth: date | None = None


def _name(name: Name, code: str) -> dict[str, Any]:
    return {
        "extension": [{"url": _REPRESENTATION, "valueCode": code}],
        "use": "official",
        "text": f"{name.family} {name.given}",
        "family": name.family,
        "given": [name.given],
    }


def _person(person: Person) -> dict[str, Any]:
    names = [(person.name, _CHARACTERS), (person.kana, _KANA)]
    written = [_name(name, code) for name, code in names if name]
    found: dict[str, Any] = {
        "id": person.id,
        "identifier": [{"system": PERSON_IDS, "value": person.id}],
    }
    if written:
        found["name"] = written
    found["gender"] = person.sex or "unknown"
    if person.birth:
        found["birthDate"] = person.birth.isoformat()
    return found


def patient(person: Person) -> dict[str, Any]:
    """The Patient resource of a child."""
    return {"resourceType": "Patient"} | _person(person)


def related_person(guardian: Person, child_id: str, relationship: str) -> dict[str, Any]:
    """The RelatedPerson resource of a guardian; `relationship` is a v3 role such as MTH or FTH."""
    linked = {
        "patient": {"reference": f"Patient/{child_id}"},
        "relationship": [{"coding": [{"system": ROLES, "code": relationship}]}],
    }
    return {"resourceType": "RelatedPerson"} | _person(guardian) | linked


def _representation(name: dict[str, Any]) -> str | None:
    for extension in name.get("extension", []):
        if extension["url"] == _REPRESENTATION:
            code = extension.get("valueCode")
            return code if isinstance(code, str) else None
    return None


def _read_name(names: list[dict[str, Any]], *codes: str | None) -> Name | None:
    for name in names:
        if _representation(name) in codes and "family" in name:
            return Name(name["family"], " ".join(part for part in name.get("given", []) if part))
    return None


def read_person(resource: dict[str, Any]) -> Person:
    """What we keep of a Patient or RelatedPerson. Raises `FhirError`."""
    if resource.get("resourceType") not in ("Patient", "RelatedPerson"):
        raise FhirError.of("$this", "invalid", "the resource is no person")
    check(resource)
    names = resource.get("name", [])
    sex = resource.get("gender")
    return Person(
        id=resource.get("id", ""),
        name=_read_name(names, _CHARACTERS, None),
        kana=_read_name(names, _KANA),
        sex=sex if sex in ("male", "female") else None,
        birth=parse_day(resource.get("birthDate")),
    )


def proven_link(resource: dict[str, Any], guardian_id: str, proven: Set[tuple[str, str]]) -> str:
    """The id of the child that a RelatedPerson stands for.

    `proven` holds pairs of guardian and child whose guardianship was proven here; `guardian_id` is
    who is signed in. Raises `FhirError` for any other pair, however the names read."""
    check(resource, "RelatedPerson")
    reference = str(resource["patient"].get("reference", ""))
    child_id = reference.removeprefix("Patient/")
    if reference == child_id or (guardian_id, child_id) not in proven:
        raise FhirError.of("RelatedPerson.patient", "forbidden", "no proven guardianship")
    return child_id
