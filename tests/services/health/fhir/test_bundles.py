"""FHIR-04: a transaction is taken whole or not at all, and twice is once."""

import copy
from datetime import date
from typing import Any

import pytest

from services.health.fhir.bundles import Change, applied, export, plan, response
from services.health.fhir.checks import problems_of
from services.health.fhir.codec import read, write
from services.health.fhir.problems import FhirError
from tests.services.health.fhir.resources import CHILD, DOSE, MOTHER, WEIGHT, changed

TODAY = date(2026, 11, 22)
_CHILD_URL = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


def _post(resource: dict[str, Any], url: str | None = None) -> dict[str, Any]:
    entry = {
        "resource": changed(resource, id=None),
        "request": {"method": "POST", "url": resource["resourceType"]},
    }
    return entry | ({"fullUrl": url} if url else {})


def _put(resource: dict[str, Any]) -> dict[str, Any]:
    place = f"{resource['resourceType']}/{resource['id']}"
    return {"resource": resource, "request": {"method": "PUT", "url": place}}


def _bundle(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": "transaction", "entry": list(entries)}


def _family() -> dict[str, Any]:
    """A child, and what belongs to it, created together."""
    to_child = {"reference": _CHILD_URL}
    return _bundle(
        _post(CHILD, _CHILD_URL),
        _post(changed(DOSE, patient=to_child)),
        _post(changed(WEIGHT, subject=to_child)),
        _post(changed(MOTHER, patient=to_child)),
    )


def _twice(bundle: dict[str, Any]) -> tuple[list[Change], list[Change]]:
    first = plan(bundle, {}, today=TODAY)
    return first, plan(copy.deepcopy(bundle), applied({}, first), today=TODAY)


def test_references_between_new_entries_are_settled() -> None:
    changes = plan(_family(), {}, today=TODAY)
    child = changes[0].place
    assert child.startswith("Patient/")
    assert changes[1].resource["patient"]["reference"] == child
    assert changes[2].resource["subject"]["reference"] == child
    assert {change.status for change in changes} == {"201 created"}


def test_the_same_bundle_twice_makes_nothing_new() -> None:
    first, second = _twice(_family())
    assert [change.place for change in first] == [change.place for change in second]
    assert not any(change.is_written for change in second)
    there = applied({}, first)
    assert applied(there, second) == there
    assert len(there) == 4


def test_an_identifier_finds_what_is_there_under_another_id() -> None:
    named = changed(DOSE, identifier=[{"system": "urn:clinic", "value": "77"}])
    store = {"Patient/c1": CHILD, "Immunization/old": changed(named, id="old")}
    changes = plan(_bundle(_post(named)), store, today=TODAY)
    assert [(change.place, change.is_written) for change in changes] == [
        ("Immunization/old", False)
    ]


def test_a_condition_of_the_request_finds_it_too() -> None:
    entry = _post(CHILD)
    entry["request"]["ifNoneExist"] = "identifier=urn:city|5"
    store = {"Patient/x": changed(CHILD, identifier=[{"system": "urn:city", "value": "5"}])}
    assert plan(_bundle(entry), store)[0].place == "Patient/x"


@pytest.mark.parametrize(
    "bad",
    [
        _put(changed(DOSE, status="done")),
        _put(changed(DOSE, occurrenceDateTime="2999-01-01")),
        _put(changed(DOSE, patient={"reference": "Patient/nobody"})),
        _put(changed(DOSE, patient={"reference": _CHILD_URL})),
        {"resource": DOSE, "request": {"method": "PUT", "url": "Immunization/other"}},
        {"resource": DOSE, "request": {"method": "DELETE", "url": "Immunization/d1"}},
        {"resource": DOSE},
        _put(changed(CHILD)),
        _put({"resourceType": "Organization", "id": "o1", "name": "x"}),
    ],
)
def test_one_bad_entry_refuses_all(bad: dict[str, Any]) -> None:
    with pytest.raises(FhirError):
        plan(_bundle(_put(CHILD), _put(WEIGHT), bad), {}, today=TODAY)
    assert len(plan(_bundle(_put(CHILD), _put(WEIGHT)), {}, today=TODAY)) == 2


@pytest.mark.parametrize("kind", ["batch", "collection", "searchset"])
def test_only_transactions_are_taken(kind: str) -> None:
    with pytest.raises(FhirError):
        plan(_bundle(_put(CHILD)) | {"type": kind}, {})


def test_too_many_entries_are_refused() -> None:
    many = [_put(changed(CHILD, id=f"c{number}")) for number in range(1001)]
    with pytest.raises(FhirError):
        plan(_bundle(*many), {})


def test_an_update_changes_and_the_store_itself_is_left_alone() -> None:
    store = {"Patient/c1": CHILD}
    changes = plan(_bundle(_put(changed(CHILD, gender="male"))), store)
    assert changes[0].status == "200 updated"
    assert applied(store, changes)["Patient/c1"]["gender"] == "male"
    assert store["Patient/c1"]["gender"] == "female"


def test_what_we_export_we_take_in_again_unchanged() -> None:
    resources = [CHILD, DOSE, WEIGHT, MOTHER]
    bundle = read(write(export(resources, base="https://city.example/fhir")).encode())
    assert problems_of(bundle) == []
    store = {f"{part['resourceType']}/{part['id']}": part for part in resources}
    assert not any(change.is_written for change in plan(bundle, store, today=TODAY))


def test_the_order_of_members_makes_no_change() -> None:
    turned = dict(reversed(WEIGHT.items()))
    store = {"Patient/c1": CHILD, "Observation/w1": WEIGHT}
    assert plan(_bundle(_put(turned)), store)[0].status == "200 unchanged"
    first, second = (plan(_bundle(_post(part)), store)[0].place for part in (WEIGHT, turned))
    assert first == second


def test_a_closing_zero_lost_on_the_way_makes_no_change() -> None:
    body = write(WEIGHT).replace('"value":8,', '"value":8.20,')
    store = {"Patient/c1": CHILD, "Observation/w1": read(body.encode())}
    shorter = read(body.replace("8.20", "8.2").encode())
    assert plan(_bundle(_put(shorter)), store)[0].status == "200 unchanged"
    other = read(body.replace("8.20", "8.21").encode())
    assert plan(_bundle(_put(other)), store)[0].status == "200 updated"


def test_the_answer_says_what_became_of_each_entry() -> None:
    answer = response(plan(_family(), {}, today=TODAY))
    assert problems_of(answer) == []
    assert [entry["response"]["status"] for entry in answer["entry"]] == ["201 created"] * 4
