"""FHIR-01 to FHIR-03: what is read, what is kept to the digit, what is refused."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.health.fhir.checks import check, problems_of
from services.health.fhir.codec import MAX_BYTES, read, write
from services.health.fhir.problems import FhirError, operation_outcome
from tests.services.health.fhir.resources import CHILD, DOSE, EXAMPLES, WEIGHT, changed

TODAY = date(2026, 11, 22)
FILES = sorted(EXAMPLES.glob("*.json"))
_DIV = '<div xmlns="http://www.w3.org/1999/xhtml">{}</div>'


def test_there_are_thirteen_examples() -> None:
    assert len(FILES) == 13


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_example_of_hl7_is_read_and_written_back_equal(file: Any) -> None:
    body = file.read_bytes()
    resource = read(body)
    check(resource, today=TODAY)
    assert json.loads(write(resource), parse_float=str) == json.loads(body, parse_float=str)


@pytest.mark.parametrize(
    "number", ["3.40", "0.10000000000000001", "12345678901234567.5", "1e2", "1E-7", "-0.0", "8"]
)
def test_a_number_keeps_its_digits(number: str) -> None:
    body = json.dumps(WEIGHT).replace('"value": 8', f'"value": {number}')
    resource = read(body.encode())
    check(resource)
    assert f'"value":{number}' in write(resource)


def test_a_number_beyond_all_reckoning_is_refused() -> None:
    body = json.dumps(WEIGHT).replace('"value": 8', '"value": 1e999999')
    assert [p.path for p in problems_of(read(body.encode()))] == ["Observation.valueQuantity.value"]


def test_our_own_decimals_are_written_without_a_detour_through_floats() -> None:
    assert write({"value": Decimal("3.40")}) == '{"value":3.40}'
    assert write({"value": Decimal("1E+2")}) == '{"value":100}'


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "structure"),
        (b"[]", "structure"),
        (b'{"a":1', "structure"),
        (b'{"a":NaN}', "structure"),
        (b'{"a":1,"a":2}', "structure"),
        (b'{"a":' + b"1" * 50 + b"}", "structure"),
        (b'{"a":"\xff"}', "structure"),
        (b'{"a":' + b"[" * 50 + b"]" * 50 + b"}", "structure"),
        (b"[" * 1_000_000, "structure"),
        (b'{"a":"' + b"x" * 20_000_000 + b'"}', "too-long"),
    ],
    ids=["empty", "list", "cut", "nan", "twice", "digits", "utf8", "deep", "open", "20MB"],
)
def test_a_body_that_could_hurt_is_refused_unread(body: bytes, code: str) -> None:
    with pytest.raises(FhirError) as refused:
        read(body)
    assert refused.value.problems[0].code == code


def test_the_limit_is_not_below_a_large_handbook() -> None:
    assert len(write(DOSE)) * 500 < MAX_BYTES / 10


def test_brackets_in_a_text_do_not_count_as_nesting() -> None:
    assert read(json.dumps({"a": '\\"' + "[" * 100}).encode())["a"].endswith("[")


REFUSED = [
    (changed(DOSE, status="done"), "Immunization.status", "code-invalid"),
    (changed(DOSE, status=None), "Immunization.status", "required"),
    (changed(DOSE, vaccineCode=None), "Immunization.vaccineCode", "required"),
    (changed(DOSE, patient=None), "Immunization.patient", "required"),
    (changed(DOSE, occurrenceDateTime=None), "Immunization.occurrence[x]", "required"),
    (changed(DOSE, occurrenceString="2024"), "Immunization.occurrence[x]", "structure"),
    (changed(DOSE, occurrenceDateTime="2026-02-30"), "Immunization.occurrenceDateTime", "value"),
    (
        changed(DOSE, occurrenceDateTime="2024-10-20T10:00:00"),
        "Immunization.occurrenceDateTime",
        "value",
    ),
    (
        changed(DOSE, occurrenceDateTime="2999-01-01"),
        "Immunization.occurrenceDateTime",
        "business-rule",
    ),
    (changed(DOSE, expirationDate="2024-09-30"), "Immunization.expirationDate", "business-rule"),
    (
        changed(DOSE, protocolApplied=[{"doseNumberPositiveInt": -1}]),
        "Immunization.protocolApplied[0].doseNumberPositiveInt",
        "value",
    ),
    (changed(DOSE, colour="red"), "Immunization.colour", "structure"),
    (changed(DOSE, patient={"reference": "nonsense"}), "Immunization.patient", "value"),
    (changed(DOSE, patient={"reference": "Observation/1"}), "Immunization.patient", "value"),
    (changed(DOSE, patient={"reference": "#nobody"}), "Immunization.patient", "not-found"),
    (changed(DOSE, note={"text": "x"}), "Immunization.note", "structure"),
    (changed(DOSE, note=[]), "Immunization.note", "structure"),
    (changed(DOSE, primarySource="true"), "Immunization.primarySource", "value"),
    (changed(DOSE, lotNumber=" "), "Immunization.lotNumber", "value"),
    (changed(DOSE, modifierExtension=[]), "Immunization.modifierExtension", "extension"),
    (changed(CHILD, gender="M"), "Patient.gender", "code-invalid"),
    (changed(CHILD, birthDate="2027-01-01"), "Patient.birthDate", "business-rule"),
    (
        changed(CHILD, identifier=[{"system": "urn:x", "value": "123456789018"}]),
        "Patient.identifier[0]",
        "business-rule",
    ),
    (
        changed(WEIGHT, valueQuantity={"value": 8, "system": "http://unitsofmeasure.org"}),
        "Observation.valueQuantity",
        "value",
    ),
    (changed(WEIGHT, valueString="8"), "Observation.value[x]", "structure"),
    (changed(WEIGHT, resourceType="Weight"), "$this", "not-supported"),
    (changed(WEIGHT, resourceType="Patient"), "Patient.status", "structure"),
]


@pytest.mark.parametrize(("resource", "path", "code"), REFUSED)
def test_a_fault_is_named_by_its_place(resource: dict[str, Any], path: str, code: str) -> None:
    found = [(problem.path, problem.code) for problem in problems_of(resource, today=TODAY)]
    assert (path, code) in found


@pytest.mark.parametrize("resource", [DOSE, WEIGHT, CHILD], ids=["dose", "weight", "child"])
def test_the_same_resources_without_a_fault_are_taken(resource: dict[str, Any]) -> None:
    assert problems_of(resource, today=TODAY) == []


def test_another_type_than_the_one_wanted_is_refused() -> None:
    with pytest.raises(FhirError):
        check(DOSE, "Observation")


def test_a_reference_to_what_is_not_there_is_refused() -> None:
    assert problems_of(DOSE, exists=lambda reference: reference == "Patient/c1") == []
    assert problems_of(DOSE, exists=lambda reference: False)[0].code == "not-found"


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<img src="http://tracker.example/x.png" alt="x"/>',
        '<p style="background:url(x)">x</p>',
        "<iframe>x</iframe>",
        "<svg><title>x</title></svg>",
        "<form>x</form>",
        "<p>unclosed",
        "",
    ],
)
def test_a_narrative_that_could_run_is_refused(inside: str) -> None:
    text = {"status": "generated", "div": _DIV.format(inside)}
    assert [p.path for p in problems_of(changed(CHILD, text=text))] == ["Patient.text.div"]


def test_a_narrative_with_declarations_or_without_its_namespace_is_refused() -> None:
    bomb = '<!DOCTYPE d [<!ENTITY a "aa">]>' + _DIV.format("&a;")
    for div in (bomb, "<div>x</div>"):
        assert problems_of(changed(CHILD, text={"status": "generated", "div": div}))


def test_a_plain_narrative_is_taken() -> None:
    div = _DIV.format('<p class="x">体重 <b>8.2</b> kg <a href="Patient/c1">花</a></p>')
    assert problems_of(changed(CHILD, text={"status": "generated", "div": div})) == []


def test_a_refusal_is_told_without_quoting_what_was_sent() -> None:
    secret = "会津花の秘密"
    problems = problems_of(changed(DOSE, status=secret))
    outcome = operation_outcome(problems)
    assert secret not in json.dumps(outcome, ensure_ascii=False)
    assert problems_of(outcome) == []
