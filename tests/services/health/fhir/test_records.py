"""Entries of the handbook come back from their resources as they went."""

from datetime import date
from decimal import Decimal

import pytest

from services.health.fhir.checks import problems_of
from services.health.fhir.codec import read, write
from services.health.fhir.people import (
    Name,
    Person,
    patient,
    proven_link,
    read_person,
    related_person,
)
from services.health.fhir.problems import FhirError
from services.health.fhir.records import (
    Growth,
    Medicine,
    Question,
    Sharing,
    Vaccination,
    consent,
    immunization,
    medication_statement,
    observation,
    read_consent,
    read_immunization,
    read_medication_statement,
    read_observation,
)
from services.health.parsing import Dose
from tests.services.health.fhir.resources import DOSE, MOTHER, WEIGHT, changed, example

DAY = date(2024, 7, 15)
GIVEN = Vaccination(
    "d1", "c1", Dose("PCV", DAY, DAY, "PCV20", "2024-07-15"), 1, "LOT1", "中央クリニック", True
)


def test_a_dose_comes_back() -> None:
    resource = immunization(GIVEN)
    assert problems_of(resource) == []
    assert read_immunization(resource) == GIVEN


def test_a_dose_known_by_its_month_comes_back() -> None:
    month = Dose("BCG", date(2024, 10, 31), date(2024, 10, 1), None, "2024-10")
    entry = Vaccination("d2", "c1", month)
    assert read_immunization(immunization(entry)) == entry


@pytest.mark.parametrize("kind", ["weight", "height", "head_circumference"])
def test_a_measurement_comes_back_to_the_digit(kind: str) -> None:
    entry = Growth("w1", "c1", kind, DAY, Decimal("8.20"))
    resource = observation(entry)
    assert problems_of(resource) == []
    back = read_observation(read(write(resource).encode()))
    assert back == entry
    assert isinstance(back, Growth)
    assert str(back.value) == "8.20"


def test_a_medicine_comes_back() -> None:
    entry = Medicine("m1", "c1", "アセトアミノフェン坐剤", "active", DAY, None, "38.5度以上のとき")
    resource = medication_statement(entry)
    assert problems_of(resource) == []
    assert read_medication_statement(resource) == entry


def test_a_sharing_comes_back() -> None:
    entry = Sharing("s1", "c1", "中央クリニック", ("growth", "vaccination"), DAY, date(2024, 8, 15))
    resource = consent(entry)
    assert problems_of(resource) == []
    assert read_consent(resource) == entry


def test_a_child_comes_back_with_both_spellings() -> None:
    person = Person("c1", Name("会津", "花"), Name("アイヅ", "ハナ"), "female", DAY)
    resource = patient(person)
    assert problems_of(resource) == []
    assert read_person(resource) == person


def test_a_consent_of_others_opens_nothing() -> None:
    assert read_consent(example("Consent-consent-example-basic")) == Question("foreign")


def test_a_foreign_vaccine_keeps_a_name_that_no_rule_knows() -> None:
    read_entry = read_immunization(example("Immunization-example"))
    assert isinstance(read_entry, Vaccination)
    assert read_entry.dose.vaccine == "? Fluvax (Influenza)"


def test_what_was_not_given_is_no_dose() -> None:
    assert read_immunization(example("Immunization-notGiven")) == Question("not_given")
    wrong = changed(DOSE, status="entered-in-error")
    assert read_immunization(wrong) == Question("not_given")


def test_a_dose_without_a_month_is_a_question() -> None:
    assert read_immunization(changed(DOSE, occurrenceDateTime="2024")) == Question("incomplete")


def test_a_time_elsewhere_is_a_day_in_japan() -> None:
    late = read_immunization(changed(DOSE, occurrenceDateTime="2024-10-20T16:00:00Z"))
    assert isinstance(late, Vaccination)
    assert late.dose.day == date(2024, 10, 21)


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [("kg", 8, "8"), ("g", 8200, "8.200"), ("[lb_av]", 18, None), ("cm", 8, None)],
)
def test_a_unit_is_converted_or_asked_about(code: str, value: int, expected: str | None) -> None:
    quantity = {"value": value, "system": "http://unitsofmeasure.org", "code": code}
    found = read_observation(changed(WEIGHT, valueQuantity=quantity))
    if expected is None:
        assert found == Question("unit")
    else:
        assert isinstance(found, Growth)
        assert str(found.value) == expected


def test_examples_of_other_matters_are_questions_and_the_rest_is_read() -> None:
    assert read_observation(example("Observation-1minute-apgar-score")) == Question("kind")
    assert read_observation(example("Observation-example")) == Question("unit")
    length = read_observation(example("Observation-body-length"))
    assert isinstance(length, Growth)
    assert (length.kind, str(length.value)) == ("height", "25")
    medicine = read_medication_statement(example("MedicationStatement-example001"))
    assert isinstance(medicine, Medicine)
    assert medicine.name == "Tylenol PM"


def test_a_guardian_is_linked_by_proof_and_never_by_name() -> None:
    proven = {("mother", "c1")}
    assert proven_link(MOTHER, "mother", proven) == "c1"
    with pytest.raises(FhirError):
        proven_link(MOTHER, "stranger", proven)
    other_child = changed(MOTHER, patient={"reference": "Patient/c2", "display": "会津 花"})
    with pytest.raises(FhirError):
        proven_link(other_child, "mother", proven)
    with pytest.raises(FhirError):
        proven_link(changed(MOTHER, patient={"display": "会津 花"}), "mother", proven)


def test_a_guardians_resource_is_fit_to_be_sent() -> None:
    resource = related_person(Person("g1", Name("会津", "幸")), "c1", "MTH")
    assert problems_of(resource) == []
    assert proven_link(resource, "mother", {("mother", "c1")}) == "c1"
