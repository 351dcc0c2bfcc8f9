"""`/services/health/fhir/`: a transaction whole or not at all; what goes out comes in again."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from auth.levels import Level
from kit.settings import Settings
from services.health.fhir import codec
from services.health.fhir.capability import capability
from services.health.fhir.checks import check
from services.health.fhir_api import REGISTER_NUMBERS, router
from tests.identity.support import Clock
from tests.services.health.test_doors import grant
from tests.services.health.visitor import KENTA, KENTA_AT, Visitor, visiting

BASE = "/services/health/fhir"
WEIGHT = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
    "effectiveDateTime": "2026-11-20",
    "valueQuantity": {
        "value": 11.25,
        "unit": "kg",
        "system": "http://unitsofmeasure.org",
        "code": "kg",
    },
}
DOSE = {
    "resourceType": "Immunization",
    "status": "completed",
    "vaccineCode": {"coding": [{"system": "urn:concierge:vaccine", "code": "Varicella"}]},
    "occurrenceDateTime": "2026-11-20",
    "lotNumber": "DEMO-999",
}


class Clinic:
    """A system of the city with the internal token, and the family whose child it sees."""

    def __init__(self, visitor: Visitor, settings: Settings) -> None:
        self.visitor = visitor
        self.token = settings.internal_token.get_secret_value()
        self.yui = ""

    async def post(self, path: str, body: Any, token: str | None = None) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        content = json.dumps(body) if isinstance(body, dict) else body
        if isinstance(body, str):
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        return await self.visitor.http.post(f"{BASE}{path}", headers=headers, content=content)

    async def search(self, number: str) -> dict[str, Any]:
        found = await self.post("/Patient/_search", f"identifier={REGISTER_NUMBERS}|{number}")
        return dict(found.json())

    async def out(self) -> dict[str, Any]:
        token = await grant(self.visitor, "health:record:export", level=Level.L3_FRESH)
        answer = await self.visitor.http.get(
            f"{BASE}/Patient/{self.yui}/$everything", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200
        return json.loads(answer.text)  # type: ignore[no-any-return]

    def bundle(self, *resources: dict[str, Any], patient: str = "") -> dict[str, Any]:
        person = {"reference": f"Patient/{patient or self.yui}"}
        entries = []
        for resource in resources:
            role = "patient" if resource["resourceType"] == "Immunization" else "subject"
            request = {"method": "POST", "url": resource["resourceType"]}
            entries.append({"resource": resource | {role: person}, "request": request})
        return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


@pytest.fixture
async def clinic(settings: Settings) -> AsyncIterator[Clinic]:
    async with visiting(settings, Clock()) as visitor:
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        clinic = Clinic(visitor, settings)
        found = await clinic.search("D0000003")
        clinic.yui = found["entry"][0]["resource"]["id"]
        yield clinic


def statuses(answer: httpx2.Response) -> list[str]:
    return [entry["response"]["status"] for entry in answer.json()["entry"]]


async def test_a_person_is_found_by_the_registers_number_and_nothing_else_is_told(
    clinic: Clinic,
) -> None:
    found = await clinic.search("D0000003")
    assert found["entry"][0]["resource"] == {"resourceType": "Patient", "id": clinic.yui}
    assert (await clinic.search("D9999999"))["total"] == 0


async def test_what_comes_in_is_on_the_page_and_the_same_bundle_twice_is_once(
    clinic: Clinic,
) -> None:
    bundle = clinic.bundle(WEIGHT, DOSE)
    assert statuses(await clinic.post("/", bundle)) == ["201 created"] * 2
    assert statuses(await clinic.post("/", bundle)) == ["200 unchanged"] * 2
    child = clinic.yui.replace("-", "_")
    page = (await clinic.visitor.get(f"/my/health/growth?child={child}")).text
    assert page.count("<strong>2026年11月20日　体重 11.25kg</strong>") == 1
    page = (await clinic.visitor.get(f"/my/health/vaccinations?child={child}")).text
    assert page.count("DEMO-999") == 1
    assert "標準の時期を過ぎています" not in page


async def test_with_one_bad_entry_nothing_of_a_transaction_is_written(clinic: Clinic) -> None:
    before = await clinic.out()
    for wrong in (
        DOSE | {"occurrenceDateTime": "2026-02-30"},
        DOSE | {"occurrenceDateTime": "2027-02-01"},
        DOSE | {"status": "done"},
        WEIGHT | {"valueQuantity": {"value": 11.2, "unit": "stone"}},
    ):
        answer = await clinic.post("/", clinic.bundle(WEIGHT, wrong))
        assert answer.status_code == 422
        assert answer.json()["resourceType"] == "OperationOutcome"
    assert await clinic.out() == before


async def test_nobody_unknown_gets_a_record(clinic: Clinic) -> None:
    for stranger in ("res-" + "0" * 32, "x1"):
        answer = await clinic.post("/", clinic.bundle(WEIGHT, patient=stranger))
        assert answer.status_code == 422
    person = {"resourceType": "Patient", "birthDate": "2024-01-01"}
    entry = {"resource": person, "request": {"method": "POST", "url": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    assert (await clinic.post("/", bundle)).status_code == 422


async def test_what_goes_out_comes_in_again_and_changes_nothing(clinic: Clinic) -> None:
    out = await clinic.out()
    check(codec.read(json.dumps(out).encode()), "Bundle")
    kinds = {entry["resource"]["resourceType"] for entry in out["entry"]}
    assert kinds == {"Patient", "Immunization", "Observation", "MedicationStatement"}
    assert set(statuses(await clinic.post("/", out))) == {"200 unchanged"}
    assert await clinic.out() == out


async def test_a_changed_resource_corrects_its_entry_for_its_own_person_only(
    clinic: Clinic,
) -> None:
    out = await clinic.out()
    entry = next(e for e in out["entry"] if e["resource"].get("lotNumber") == "DEMO-114")
    changed = {"resource": entry["resource"] | {"lotNumber": "DEMO-115X"}}
    bundle = out | {"entry": [entry | changed]}
    assert statuses(await clinic.post("/", bundle)) == ["200 updated"]
    assert "DEMO-114" not in str(await clinic.out())
    ren = (await clinic.search("D0000002"))["entry"][0]["resource"]["id"]
    stolen = {"resource": entry["resource"] | {"patient": {"reference": f"Patient/{ren}"}}}
    answer = await clinic.post("/", out | {"entry": [entry | stolen]})
    assert answer.status_code == 409


async def test_what_a_guardian_wrote_is_not_changed_by_a_system(clinic: Clinic) -> None:
    child = clinic.yui.replace("-", "_")
    form = await clinic.visitor.form(f"/my/health/growth?child={child}")
    typed = {"date": "2026-11-21", "weight": "11.3"}
    await clinic.visitor.http.post("/my/health/growth", data=form | typed)
    out = await clinic.out()
    entry = next(e for e in out["entry"] if e["resource"].get("effectiveDateTime") == "2026-11-21")
    entry["resource"]["valueQuantity"]["value"] = 12
    assert (await clinic.post("/", out | {"entry": [entry]})).status_code == 403


async def test_only_systems_of_the_city_write_and_only_a_guardian_takes_out(
    clinic: Clinic,
) -> None:
    for path in ("/", "/Patient/_search", "/$immds-forecast"):
        for token in ("", "guess", await grant(clinic.visitor, "health:record:write")):
            assert (await clinic.post(path, clinic.bundle(WEIGHT), token)).status_code == 401
    other = Visitor(clinic.visitor.app, clinic.visitor.http, clinic.visitor.clock)
    await other.becomes(KENTA, KENTA_AT)
    tries = {
        await grant(other, "health:record:export", level=Level.L3_FRESH): 404,
        await grant(clinic.visitor, "health:record:export", level=Level.L3): 403,
        await grant(clinic.visitor, "health:record:read", level=Level.L3_FRESH): 401,
        clinic.token: 401,
    }
    for token, status in tries.items():
        answer = await clinic.visitor.http.get(
            f"{BASE}/Patient/{clinic.yui}/$everything", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == status


def test_the_capability_statement_names_what_is_there_and_no_more() -> None:
    told = capability("http://x/fhir", "2026-11-30")["rest"][0]
    routes = {(method, r.path) for r in router.routes for method in r.methods}  # type: ignore[attr-defined]
    assert routes == {
        ("GET", f"{BASE}/metadata"),
        ("POST", f"{BASE}/"),
        ("POST", f"{BASE}/Patient/_search"),
        ("GET", f"{BASE}/Patient/{{patient_id}}/$everything"),
        ("POST", f"{BASE}/$immds-forecast"),
    }
    assert [i["code"] for i in told["interaction"]] == ["transaction"]
    person = told["resource"][0]
    assert [o["name"] for o in person["operation"]] == ["everything"]
    assert [i["code"] for i in person["interaction"]] == ["search-type"]
    assert [o["name"] for o in told["operation"]] == ["immds-forecast"]
