"""`/catalog.jsonld`: what is published, in DCAT-AP 3 (application profile of W3C DCAT 3)."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from kit.container import part
from kit.settings import Settings
from services.opendata.datasets import Published, Terms
from services.opendata.routing import OpenRoute
from services.opendata.service import OpenData

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
}
# EU authority table of file types, which DCAT-AP asks for.
_JSON = "http://publications.europa.eu/resource/authority/file-type/JSON"
_JSON_MEDIA = "https://www.iana.org/assignments/media-types/application/json"
_PATHS = {
    "waste": "/open/v1/waste/days",
    "sorting": "/open/v1/waste/items",
    "facilities": "/open/v1/facilities",
    "shelters": "/open/v1/shelters",
    "faq": "/open/v1/faq",
    "reports": "/open/v1/reports",
    "alerts": "/open/v1/alerts",
    "open_shelters": "/open/v1/open-shelters",
    "vacancies": "/open/v1/vacancies",
    "rivers": "/open/v1/rivers",
}
_NGSI = {
    "facilities": "PointOfInterest",
    "shelters": "EvacuationSite",
    "reports": "service_requests",
    "alerts": "Alert",
    "rivers": "FloodMonitoring",
}
# How often what is live may change (EU authority table of frequencies, for DCAT-AP).
_LIVE = frozenset({"reports", "alerts", "open_shelters", "rivers"})
_CONTINUOUS = "http://publications.europa.eu/resource/authority/frequency/CONT"

router = APIRouter(tags=["open data"], route_class=OpenRoute)


class LinkedData(JSONResponse):
    """JSON-LD 1.1."""

    media_type = "application/ld+json"


@router.get("/catalog.jsonld", response_class=LinkedData)
async def catalogue(request: Request) -> LinkedData:
    """The catalogue of the city's open data (DCAT-AP in JSON-LD)."""
    base = part(request, Settings).public_base_url.rstrip("/")
    return LinkedData(catalogue_of(part(request, OpenData).published, base))


def catalogue_of(published: Published, base: str) -> dict[str, Any]:
    """Return the catalogue as a JSON-LD document; `base` is the installation's own address."""
    publisher = {
        "@id": f"{base}/#publisher",
        "@type": "foaf:Agent",
        "foaf:name": _japanese(published.publisher),
    }
    return {
        "@context": CONTEXT,
        "@id": f"{base}/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _japanese(published.title),
        "dct:description": _japanese(published.description),
        "dct:publisher": publisher,
        "dcat:dataset": [
            _dataset(name, terms, base, publisher["@id"]) for name, terms in published.all().items()
        ],
        "dcat:service": {
            "@id": f"{base}/open/v1",
            "@type": "dcat:DataService",
            "dct:title": _japanese(published.title),
            "dcat:endpointURL": {"@id": f"{base}/open/v1"},
            "dcat:endpointDescription": {"@id": f"{base}/open/v1/openapi.json"},
        },
    }


def _dataset(name: str, terms: Terms, base: str, publisher: Any) -> dict[str, Any]:
    addresses = [f"{base}{_PATHS[name]}"]
    if name in _NGSI:
        addresses.append(f"{base}/ngsi-v2/entities?type={_NGSI[name]}")
    frequency = {"dct:accrualPeriodicity": {"@id": _CONTINUOUS}} if name in _LIVE else {}
    return {
        "@id": f"{base}/catalog.jsonld#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": name,
        "dct:title": _japanese(terms.title),
        "dct:description": _japanese(terms.description),
        "dcat:keyword": [_japanese(word) for word in terms.keywords],
        "dct:publisher": {"@id": publisher},
        "dct:provenance": {
            "@type": "dct:ProvenanceStatement",
            "dct:description": _japanese(terms.credit),
        },
        **frequency,
        "dcat:distribution": [_distribution(address, terms) for address in addresses],
    }


def _distribution(address: str, terms: Terms) -> dict[str, Any]:
    return {
        "@id": f"{address}#distribution",
        "@type": "dcat:Distribution",
        "dcat:accessURL": {"@id": address},
        "dct:license": {"@id": terms.licence},
        "dct:format": {"@id": _JSON},
        "dcat:mediaType": {"@id": _JSON_MEDIA},
    }


def _japanese(words: str) -> dict[str, str]:
    return {"@value": words, "@language": "ja"}
