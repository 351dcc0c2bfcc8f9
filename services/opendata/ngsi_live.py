"""Live data as NGSI-v2 entities: reports (Open311), alerts and rivers (smart data models). Pure."""

from datetime import datetime
from urllib.parse import quote

from services.opendata.ngsi import Entity, entity_of
from services.opendata.wire import Alert, River, RoadReport, Source

REPORT, ALERT, RIVER = "service_requests", "Alert", "FloodMonitoring"


def report_entity(item: RoadReport, source: Source) -> Entity:
    """Return a report; its id and type are those of `/snow/entities.json`."""
    values = {
        "status": ("Text", "open" if item.open else "closed"),
        "status_notes": ("Text", item.status_notes),
        "service_code": ("Text", item.type),
        "service_name": ("Text", item.type_name),
        "description": ("Text", item.description),
        "address_string": ("Text", item.address),
        "requested_datetime": ("DateTime", _time(item.filed_at)),
        "updated_datetime": ("DateTime", _time(item.updated_at)),
        **_terms(source, source.demonstration),
    }
    return entity_of(f"service-request:{item.id}", REPORT, values, (item.longitude, item.latitude))


def alert_entity(item: Alert, source: Source) -> Entity:
    """Return what is in force; it is one entity for as long as its hazard (and place) is."""
    values = {
        "category": ("Text", "security" if item.hazard == "order" else "weather"),
        "subCategory": ("Text", item.hazard),
        "description": ("Text", item.name),
        "level": ("Number", item.level),
        "address": ("Text", item.place),
        "dateIssued": ("DateTime", _time(item.reported_at)),
        "validFrom": ("DateTime", _time(item.since)),
        "alertSource": ("Text", item.publisher),
        **_terms(source, source.demonstration),
    }
    name = quote(f"{item.hazard}:{item.place}", safe=":-._")
    return entity_of(f"urn:ngsi-ld:Alert:{name}", ALERT, values)


def river_entity(item: River, source: Source) -> Entity:
    """Return a gauge with its newest level."""
    values = {
        "name": ("Text", item.name),
        "currentLevel": ("Number", item.value),
        "unit": ("Text", item.unit),
        "dateObserved": ("DateTime", _time(item.observed_at)),
        "trend": ("Text", item.trend),
        "referenceLine": ("Text", item.line),
        "referenceLevel": ("Number", item.line_value),
        "referenceReached": ("Boolean", item.reached),
        "stale": ("Boolean", item.stale),
        **_terms(source, item.demonstration),
    }
    name = quote(item.name, safe="-._")
    return entity_of(f"urn:ngsi-ld:FloodMonitoring:{name}", RIVER, values)


def _terms(source: Source, demonstration: bool) -> dict[str, tuple[str, str | bool]]:
    return {
        "license": ("Text", source.licence),
        "dataProvider": ("Text", source.credit),
        "demonstration": ("Boolean", demonstration),
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
