"""The forecast in the shape of HL7's `$immds-forecast`: Parameters in, Parameters out.

In: `assessmentDate`, `patient`, `immunization` (any number). Out: an `evaluation` for each
immunization and one `recommendation`.
"""

from datetime import date, timedelta
from typing import Any

from services.health.dates import parse_day
from services.health.fhir.checks import check
from services.health.fhir.people import Person, read_person
from services.health.fhir.problems import FhirError
from services.health.fhir.records import VACCINES, Question, Vaccination, read_immunization
from services.health.forecast import forecast
from services.health.lines import Line
from services.health.parsing import Child, FileError

STATES = "urn:concierge:forecast-state"
REASONS = "urn:concierge:forecast-reason"
_DOSE_STATUS = "http://terminology.hl7.org/CodeSystem/immunization-evaluation-dose-status"
_LOINC = "http://loinc.org"
# Earliest date to give, date vaccine due, latest date to give: LOINC's answers for the forecast.
_DATES = (("earliest", "30981-5"), ("due_from", "30980-7"), ("latest", "59777-3"))
_OVERDUE = "59778-1"
_STATUSES = {"valid": "valid", "not_valid": "notvalid"}


def _named(parameters: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [part for part in parameters.get("parameter", []) if part["name"] == name]


def _single(parameters: dict[str, Any], name: str, member: str) -> Any:
    found = [part[member] for part in _named(parameters, name) if member in part]
    if len(found) != 1:
        raise FhirError.of(f"Parameters.{name}", "required", "is wanted once")
    return found[0]


def _concept(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _reasons(line: Line) -> list[dict[str, Any]]:
    return [_concept(REASONS, name) for name in (line.reason or "").split(",") if name]


def _evaluation(line: Line, immunization_id: str, person: Person, on: date) -> dict[str, Any]:
    """HL7's codes know valid and not valid; a question has our own code alone."""
    coding = [{"system": STATES, "code": line.state}]
    if line.state in _STATUSES:
        coding.insert(0, {"system": _DOSE_STATUS, "code": _STATUSES[line.state]})
    found = {
        "resourceType": "ImmunizationEvaluation",
        "status": "completed",
        "patient": {"reference": f"Patient/{person.id}"},
        "date": on.isoformat(),
        "targetDisease": {"text": line.vaccine},
        "immunizationEvent": {"reference": f"Immunization/{immunization_id}"},
        "doseStatus": {"coding": coding},
        "description": line.rule,
        "doseNumberPositiveInt": line.dose,
    }
    if line.reason:
        found["doseStatusReason"] = _reasons(line)
    return found


def _criterion(code: str, day: date) -> dict[str, Any]:
    return {"code": _concept(_LOINC, code), "value": day.isoformat()}


def _recommendation(line: Line) -> dict[str, Any]:
    found: dict[str, Any] = {
        "vaccineCode": [_concept(VACCINES, line.vaccine)],
        "forecastStatus": _concept(STATES, line.state),
    }
    if line.reason:
        found["forecastReason"] = _reasons(line)
    dates = [(code, getattr(line, name)) for name, code in _DATES]
    criteria = [_criterion(code, day) for code, day in dates if day]
    if line.due_to:
        criteria.append(_criterion(_OVERDUE, line.due_to + timedelta(days=1)))
    if criteria:
        found["dateCriterion"] = criteria
    return found | {"description": line.rule, "doseNumberPositiveInt": max(line.dose, 1)}


def _recommendations(lines: list[Line], person: Person, on: date) -> dict[str, Any]:
    return {
        "resourceType": "ImmunizationRecommendation",
        "patient": {"reference": f"Patient/{person.id}"},
        "date": on.isoformat(),
        "recommendation": [_recommendation(line) for line in lines],
    }


def _person(parameters: dict[str, Any]) -> tuple[Person, date]:
    person = read_person(_single(parameters, "patient", "resource"))
    if person.birth is None:
        raise FhirError.of("Parameters.patient", "required", "a whole date of birth is wanted")
    return person, person.birth


def _doses(parameters: dict[str, Any], person: Person) -> list[Vaccination]:
    """What was given. A dose whose day and month are unknown would leave a forecast that looks
    complete and is not, so it refuses the whole."""
    read = [
        read_immunization(part.get("resource", {})) for part in _named(parameters, "immunization")
    ]
    if Question("incomplete") in read:
        raise FhirError.of("Parameters.immunization", "value", "a dose without day and month")
    entries = [entry for entry in read if isinstance(entry, Vaccination)]
    if any(entry.child_id != person.id for entry in entries):
        raise FhirError.of("Parameters.immunization", "invalid", "a dose of another person")
    return entries


def immds_forecast(parameters: dict[str, Any]) -> dict[str, Any]:
    """The answer to one `$immds-forecast` request. Raises `FhirError`."""
    check(parameters, "Parameters")
    person, birth = _person(parameters)
    on = parse_day(_single(parameters, "assessmentDate", "valueDate"))
    if on is None:
        raise FhirError.of("Parameters.assessmentDate", "value", "a whole day is wanted")
    entries = _doses(parameters, person)
    child = Child(birth, person.sex, tuple(entry.dose for entry in entries))
    try:
        lines = forecast(child, on)
    except FileError as error:
        raise FhirError.of("Parameters", "business-rule", error.kind) from None
    judged = zip(lines, entries, strict=False)
    evaluations = [_evaluation(line, entry.id, person, on) for line, entry in judged]
    recommended = _recommendations(lines[len(entries) :], person, on)
    answer = [{"name": "evaluation", "resource": found} for found in evaluations]
    return {
        "resourceType": "Parameters",
        "parameter": [*answer, {"name": "recommendation", "resource": recommended}],
    }
