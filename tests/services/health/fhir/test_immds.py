"""FHIR-05: the forecast in the shape of `$immds-forecast`, for ten children."""

import random
from datetime import date
from typing import Any

import pytest

from services.health.fhir.checks import problems_of
from services.health.fhir.immds import immds_forecast
from services.health.fhir.people import Person, patient
from services.health.fhir.problems import FhirError
from services.health.fhir.records import Vaccination, immunization
from services.health.forecast import forecast
from services.health.parsing import parse_child
from tests.services.health.births import random_record
from tests.services.health.fhir.resources import CHILD, DOSE, changed


def _request(child: dict[str, Any], on: str, *doses: dict[str, Any]) -> dict[str, Any]:
    parts = [{"name": "immunization", "resource": dose} for dose in doses]
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "assessmentDate", "valueDate": on},
            {"name": "patient", "resource": child},
            *parts,
        ],
    }


def _resources(answer: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [part["resource"] for part in answer["parameter"] if part["name"] == name]


def _state(resource: dict[str, Any]) -> str:
    return str(resource["coding"][-1]["code"])


@pytest.mark.parametrize("seed", range(10))
def test_the_operation_says_what_the_forecast_says(seed: int) -> None:
    record, on = random_record(random.Random(seed))  # noqa: S311
    record["conditions"] = []
    child = parse_child(record)
    doses = [
        immunization(Vaccination(f"d{place}", "c1", dose)) for place, dose in enumerate(child.given)
    ]
    person = patient(Person("c1", sex=child.sex, birth=child.birth))
    answer = immds_forecast(_request(person, on.isoformat(), *doses))
    assert problems_of(answer) == []
    lines = forecast(child, on)
    evaluations, [recommended] = (
        _resources(answer, "evaluation"),
        _resources(answer, "recommendation"),
    )
    told = [_state(found["doseStatus"]) for found in evaluations]
    told += [_state(found["forecastStatus"]) for found in recommended["recommendation"]]
    assert told == [line.state for line in lines]


def test_dates_and_reasons_are_coded() -> None:
    answer = immds_forecast(_request(CHILD, "2024-07-01"))
    [recommended] = _resources(answer, "recommendation")
    pcv = recommended["recommendation"][4]
    dates = {part["code"]["coding"][0]["code"]: part["value"] for part in pcv["dateCriterion"]}
    assert dates == {
        "30981-5": "2024-07-14",
        "30980-7": "2024-07-14",
        "59777-3": "2029-05-14",
        "59778-1": "2024-12-15",
    }
    assert pcv["forecastReason"][0]["coding"][0]["code"] == "too_young"
    assert "定期接種実施要領" in pcv["description"]


@pytest.mark.parametrize(
    "request_",
    [
        _request(CHILD, "2024"),
        _request(changed(CHILD, birthDate="2024"), "2024-07-01"),
        _request(CHILD, "2024-07-01", changed(DOSE, patient={"reference": "Patient/c2"})),
        _request(CHILD, "2024-07-01", DOSE),  # a dose after the day asked about
        _request(CHILD, "2024-12-01", changed(DOSE, occurrenceDateTime="2024")),
        {"resourceType": "Parameters", "parameter": [{"name": "patient", "resource": CHILD}]},
        CHILD,
    ],
)
def test_a_request_that_would_mislead_is_refused(request_: dict[str, Any]) -> None:
    with pytest.raises(FhirError):
        immds_forecast(request_)


def test_a_dose_that_was_not_given_is_left_out() -> None:
    not_given = changed(DOSE, status="not-done")
    answer = immds_forecast(_request(CHILD, date(2024, 12, 1).isoformat(), not_given))
    assert _resources(answer, "evaluation") == []
