"""Entries of the handbook as FHIR resources, and back.

Immunization, growth as Observation, MedicationStatement, and the sharing of parts as Consent.
What cannot be read without guessing becomes a question for a person, never a value.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from services.health.dates import parse_day, parse_month
from services.health.fhir.checks import UCUM, check
from services.health.parsing import Dose

VACCINES = "urn:concierge:vaccine"
PRODUCTS = "urn:concierge:vaccine-product"
ENTRY_IDS = "urn:concierge:health-entry"
LOINC = "http://loinc.org"
PARTS = "urn:concierge:handbook-part"
_TERMS = "http://terminology.hl7.org/CodeSystem"
_JAPAN = ZoneInfo("Asia/Tokyo")
_CODES = {"weight": "29463-7", "height": "8302-2", "head_circumference": "9843-4"}
_KINDS = {code: kind for kind, code in _CODES.items()} | {"3141-9": "weight", "8306-3": "height"}
_UNITS = {"weight": "kg", "height": "cm", "head_circumference": "cm"}
_FACTORS = {
    ("weight", "kg"): Decimal(1),
    ("weight", "g"): Decimal("0.001"),
    ("height", "cm"): Decimal(1),
    ("height", "mm"): Decimal("0.1"),
    ("height", "m"): Decimal(100),
    ("head_circumference", "cm"): Decimal(1),
    ("head_circumference", "mm"): Decimal("0.1"),
}


@dataclass(frozen=True, slots=True)
class Vaccination:
    """`number` is that of the dose in its course; `self_reported` when a parent entered it."""

    id: str
    child_id: str
    dose: Dose
    number: int | None = None
    lot: str | None = None
    place: str | None = None
    self_reported: bool = False


@dataclass(frozen=True, slots=True)
class Growth:
    """`value` in kg or cm."""

    id: str
    child_id: str
    kind: str
    day: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Medicine:
    """`status` is one of R4's; `directions` is the free text of the dosage."""

    id: str
    child_id: str
    name: str
    status: str
    start: date | None = None
    end: date | None = None
    directions: str | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """What a parent shows to whom, and until when; `parts` are our own words for them."""

    id: str
    child_id: str
    recipient: str
    parts: tuple[str, ...]
    start: date
    end: date
    active: bool = True


@dataclass(frozen=True, slots=True)
class Question:
    """Why an entry has to be looked at by a person before it is taken."""

    reason: str


def _head(kind: str, entry_id: str) -> dict[str, Any]:
    return {
        "resourceType": kind,
        "id": entry_id,
        "identifier": [{"system": ENTRY_IDS, "value": entry_id}],
    }


def _child(child_id: str) -> dict[str, str]:
    return {"reference": f"Patient/{child_id}"}


def immunization(entry: Vaccination) -> dict[str, Any]:
    """The Immunization of a dose that was given."""
    dose = entry.dose
    coding = [{"system": VACCINES, "code": dose.vaccine}]
    if dose.product:
        coding.append({"system": PRODUCTS, "code": dose.product})
    found = _head("Immunization", entry.id) | {
        "status": "completed",
        "vaccineCode": {"coding": coding, "text": dose.vaccine},
        "patient": _child(entry.child_id),
        "occurrenceDateTime": dose.written,
        "primarySource": not entry.self_reported,
    }
    if entry.place:
        found["location"] = {"display": entry.place}
    if entry.lot:
        found["lotNumber"] = entry.lot
    if entry.number:
        found["protocolApplied"] = [{"doseNumberPositiveInt": entry.number}]
    return found


def _coded(concept: dict[str, Any], system: str) -> str | None:
    for coding in concept.get("coding", []):
        if coding.get("system") == system and "code" in coding:
            return str(coding["code"])
    return None


def _day_in_japan(text: str) -> str:
    """A date as it is; the day in Japan of a time."""
    if "T" not in text:
        return text
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(_JAPAN).date().isoformat()


def _foreign(concept: dict[str, Any]) -> str:
    """A name for a vaccine coded elsewhere, which no rule here knows."""
    codes = [str(coding["code"]) for coding in concept.get("coding", []) if "code" in coding]
    return str(concept.get("text") or " ".join(codes) or "?")


def _subject(reference: dict[str, Any]) -> str:
    return str(reference.get("reference", "")).removeprefix("Patient/")


def read_immunization(resource: dict[str, Any]) -> Vaccination | Question:
    """The dose in an Immunization, a question where it holds none that can be dated.

    A vaccine of another code system keeps its foreign name, so the forecast asks about it."""
    check(resource, "Immunization")
    if resource["status"] != "completed":
        return Question("not_given")
    written = _day_in_japan(resource.get("occurrenceDateTime", ""))
    day = parse_day(written)
    month = (day, day) if day else parse_month(written)
    if month is None:
        return Question("incomplete")
    concept = resource["vaccineCode"]
    name = _coded(concept, VACCINES) or f"? {_foreign(concept)}"
    protocols = resource.get("protocolApplied", [])
    return Vaccination(
        id=resource.get("id", ""),
        child_id=_subject(resource["patient"]),
        dose=Dose(name, month[1], month[0], _coded(concept, PRODUCTS), written),
        number=protocols[0].get("doseNumberPositiveInt") if len(protocols) == 1 else None,
        lot=resource.get("lotNumber"),
        place=resource.get("location", {}).get("display"),
        self_reported=resource.get("primarySource") is False,
    )


def observation(entry: Growth) -> dict[str, Any]:
    """The Observation of a weight, height or head circumference."""
    unit = _UNITS[entry.kind]
    return _head("Observation", entry.id) | {
        "status": "final",
        "category": [
            {
                "coding": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                        "code": "vital-signs",
                    }
                ]
            }
        ],
        "code": {"coding": [{"system": LOINC, "code": _CODES[entry.kind]}]},
        "subject": _child(entry.child_id),
        "effectiveDateTime": entry.day.isoformat(),
        "valueQuantity": {"value": entry.value, "unit": unit, "system": UCUM, "code": unit},
    }


def _growth_kind(resource: dict[str, Any]) -> str | None:
    codes = [
        coding.get("code")
        for coding in resource["code"].get("coding", [])
        if coding.get("system") == LOINC
    ]
    kinds = {_KINDS[code] for code in codes if code in _KINDS}
    return kinds.pop() if len(kinds) == 1 else None


def read_observation(resource: dict[str, Any]) -> Growth | Question:
    """The measurement in an Observation, a question for another matter, unit or kind of date."""
    check(resource, "Observation")
    kind = _growth_kind(resource)
    if kind is None or resource["status"] not in ("final", "amended", "corrected"):
        return Question("kind")
    day = parse_day(_day_in_japan(resource.get("effectiveDateTime", "")))
    if day is None:
        return Question("date")
    quantity = resource.get("valueQuantity", {})
    unit = quantity.get("code") if quantity.get("system") == UCUM else None
    factor = _FACTORS.get((kind, str(unit)))
    if factor is None or "value" not in quantity or "comparator" in quantity:
        return Question("unit")
    number = quantity["value"]
    value = number if factor == 1 and isinstance(number, Decimal) else Decimal(number) * factor
    child = _subject(resource.get("subject", {}))
    return Growth(resource.get("id", ""), child, kind, day, value)


def _period(start: date | None, end: date | None) -> dict[str, str]:
    bounds = {"start": start, "end": end}
    return {name: day.isoformat() for name, day in bounds.items() if day}


def medication_statement(entry: Medicine) -> dict[str, Any]:
    """The MedicationStatement of a medicine in the child's notebook."""
    found = _head("MedicationStatement", entry.id) | {
        "status": entry.status,
        "medicationCodeableConcept": {"text": entry.name},
        "subject": _child(entry.child_id),
    }
    if entry.start or entry.end:
        found["effectivePeriod"] = _period(entry.start, entry.end)
    if entry.directions:
        found["dosage"] = [{"text": entry.directions}]
    return found


def _medicine_name(resource: dict[str, Any]) -> str | None:
    concept = resource.get("medicationCodeableConcept")
    reference = resource.get("medicationReference", {})
    for part in resource.get("contained", []):
        if part.get("resourceType") == "Medication" and f"#{part.get('id')}" == reference.get(
            "reference"
        ):
            concept = part.get("code")
    if concept is None:
        display = reference.get("display")
        return display if isinstance(display, str) else None
    codings = [coding["display"] for coding in concept.get("coding", []) if "display" in coding]
    name = concept.get("text") or (codings[0] if codings else None)
    return name if isinstance(name, str) else None


def read_medication_statement(resource: dict[str, Any]) -> Medicine | Question:
    """The medicine in a MedicationStatement, a question where it has no name to show."""
    check(resource, "MedicationStatement")
    name = _medicine_name(resource)
    if name is None:
        return Question("unknown")
    single = resource.get("effectiveDateTime")
    period = resource.get("effectivePeriod", {"start": single, "end": single})
    texts = [dosage["text"] for dosage in resource.get("dosage", []) if "text" in dosage]
    return Medicine(
        id=resource.get("id", ""),
        child_id=_subject(resource["subject"]),
        name=name,
        status=resource["status"],
        start=parse_day(_day_in_japan(period.get("start") or "")),
        end=parse_day(_day_in_japan(period.get("end") or "")),
        directions="\n".join(texts) or None,
    )


def consent(entry: Sharing) -> dict[str, Any]:
    """The Consent of a parent to show parts of the handbook to one place for a time."""
    actor = {
        "role": {"coding": [{"system": f"{_TERMS}/v3-ParticipationType", "code": "IRCP"}]},
        "reference": {"display": entry.recipient},
    }
    return _head("Consent", entry.id) | {
        "status": "active" if entry.active else "inactive",
        "scope": {"coding": [{"system": f"{_TERMS}/consentscope", "code": "patient-privacy"}]},
        "category": [{"coding": [{"system": LOINC, "code": "59284-0"}]}],
        "patient": _child(entry.child_id),
        "policyRule": {"coding": [{"system": f"{_TERMS}/v3-ActCode", "code": "OPTIN"}]},
        "provision": {
            "type": "permit",
            "period": _period(entry.start, entry.end),
            "actor": [actor],
            "class": [{"system": PARTS, "code": part} for part in entry.parts],
        },
    }


def read_consent(resource: dict[str, Any]) -> Sharing | Question:
    """A sharing of ours in a Consent. Any other consent is a question: it opens nothing here."""
    check(resource, "Consent")
    provision = resource.get("provision", {})
    classes = provision.get("class", [])
    period = provision.get("period", {})
    start, end = parse_day(period.get("start")), parse_day(period.get("end"))
    actors = provision.get("actor", [])
    ours = all(found.get("system") == PARTS and "code" in found for found in classes)
    plain = set(provision) <= {"type", "period", "actor", "class"}
    if not (ours and plain and classes and start and end and len(actors) == 1):
        return Question("foreign")
    recipient = actors[0]["reference"].get("display")
    if provision.get("type") != "permit" or not recipient:
        return Question("foreign")
    return Sharing(
        id=resource.get("id", ""),
        child_id=_subject(resource.get("patient", {})),
        recipient=recipient,
        parts=tuple(found["code"] for found in classes),
        start=start,
        end=end,
        active=resource["status"] == "active",
    )
