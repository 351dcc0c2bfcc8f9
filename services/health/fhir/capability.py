"""What the FHIR routes can do, as a CapabilityStatement: no more than is there."""

from typing import Any

from services.health.fhir.exchange import TAKEN

FORMAT = "application/fhir+json"


def capability(base: str, on: str) -> dict[str, Any]:
    """The CapabilityStatement; `on` is the day since which it reads so."""
    kept = [
        {
            "type": kind,
            "interaction": [{"code": "create"}, {"code": "update"}],
            "documentation": "In a transaction only.",
        }
        for kind in TAKEN
    ]
    person = {
        "type": "Patient",
        "interaction": [{"code": "search-type"}],
        "searchParam": [{"name": "identifier", "type": "token"}],
        "operation": [
            {
                "name": "everything",
                "definition": "http://hl7.org/fhir/OperationDefinition/Patient-everything",
            }
        ],
        "documentation": "By POST _search, with the register's own number; nobody is created.",
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": on,
        "kind": "instance",
        "implementation": {"description": "Maternal and child handbook", "url": base},
        "fhirVersion": "4.0.1",
        "format": [FORMAT],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "description": "Transactions, searches and forecasts are for the city's own "
                    "systems. $everything takes a grant of who may act for the person."
                },
                "resource": [person, *kept],
                "interaction": [{"code": "transaction"}],
                "operation": [
                    {
                        "name": "immds-forecast",
                        "definition": "http://hl7.org/fhir/us/immds/OperationDefinition/"
                        "ImmDSForecastOperation",
                    }
                ],
            }
        ],
    }
