"""A client that knows nothing of us reads, checks and sends back a child's record over HTTP.

`fhirclient` is the reference client of SMART on FHIR; its models are made from R4's definitions.
"""

import asyncio
from typing import Any

from fhirclient.client import FHIRClient
from fhirclient.models.bundle import Bundle
from fhirclient.server import FHIRServer

from auth.levels import Level
from concierge.app import build_web
from kit.settings import Settings
from tests.emulators.serving import served
from tests.services.health.fhir.test_exchange import BASE, Clinic, clinic  # noqa: F401  a fixture
from tests.services.health.test_doors import grant


def connected(url: str, token: str) -> FHIRServer:
    client = FHIRClient(settings={"app_id": "clinic", "api_base": f"{url}{BASE}"})
    client.server.session.headers["Authorization"] = f"Bearer {token}"
    return client.server


def contents(bundle: Bundle) -> list[dict[str, Any]]:
    """Return every resource as the library writes it, which checks each member by R4."""
    return [entry.resource.as_json() for entry in bundle.entry]


def there_and_back(url: str, patient: str, grants: list[str], system: str) -> None:
    def taken_out() -> Bundle:
        """A grant takes out a record once."""
        home = connected(url, grants.pop())
        told = home.capabilityStatement
        assert (told.fhirVersion, told.rest[0].interaction[0].code) == ("4.0.1", "transaction")
        return Bundle.read_from(f"Patient/{patient}/$everything", home)

    first, counter = taken_out(), connected(url, system)
    kinds = {entry.resource.resource_type for entry in first.entry}
    assert {"Patient", "Immunization", "Observation", "MedicationStatement"} <= kinds
    for _ in range(2):
        answer = Bundle(counter.post_json("", first.as_json()).json())
        assert {entry.response.status for entry in answer.entry} == {"200 unchanged"}
    assert contents(taken_out()) == contents(first)

    dose = next(e for e in first.entry if e.resource.resource_type == "Immunization")
    dose.resource.lotNumber = "FOREIGN-1"
    first.entry = [dose]
    for status in ("200 updated", "200 unchanged"):
        answer = Bundle(counter.post_json("", first.as_json()).json())
        assert [entry.response.status for entry in answer.entry] == [status]
    lots = [one.get("lotNumber") for one in contents(taken_out())]
    assert lots.count("FOREIGN-1") == 1


async def test_a_foreign_client_reads_a_record_and_sends_it_back_without_changing_it(
    clinic: Clinic,  # noqa: F811
    settings: Settings,
) -> None:
    grants = [
        await grant(clinic.visitor, "health:record:export", level=Level.L3_FRESH) for _ in range(3)
    ]
    with served(lambda _: build_web(settings, clinic.visitor.clock)) as url:
        await asyncio.to_thread(there_and_back, url, clinic.yui, grants, clinic.token)
