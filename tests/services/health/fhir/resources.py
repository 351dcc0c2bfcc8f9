"""Small resources for the tests, each fit to be taken."""

import copy
import json
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parent / "examples"


def example(name: str) -> dict[str, Any]:
    found = json.loads((EXAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    assert isinstance(found, dict)
    return found


def changed(resource: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A copy with members replaced, or taken out where the new value is None."""
    made = copy.deepcopy(resource) | members
    return {name: value for name, value in made.items() if value is not None}


DOSE: dict[str, Any] = {
    "resourceType": "Immunization",
    "id": "d1",
    "status": "completed",
    "vaccineCode": {"coding": [{"system": "urn:concierge:vaccine", "code": "BCG"}]},
    "patient": {"reference": "Patient/c1"},
    "occurrenceDateTime": "2024-10-20",
    "primarySource": True,
}
WEIGHT: dict[str, Any] = {
    "resourceType": "Observation",
    "id": "w1",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "subject": {"reference": "Patient/c1"},
    "effectiveDateTime": "2025-08-10",
    "valueQuantity": {
        "value": 8,
        "unit": "kg",
        "system": "http://unitsofmeasure.org",
        "code": "kg",
    },
}
CHILD: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "c1",
    "name": [{"family": "会津", "given": ["花"]}],
    "gender": "female",
    "birthDate": "2024-05-15",
}
MOTHER: dict[str, Any] = {
    "resourceType": "RelatedPerson",
    "id": "g1",
    "patient": {"reference": "Patient/c1"},
    "name": [{"family": "会津", "given": ["幸"]}],
}
