import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kit.errors import InvalidInputError
from services.snow.categories import read_categories
from services.snow.feeds import rss
from services.snow.geometry import Box, Place
from services.snow.lifecycle import Status
from services.snow.open311 import (
    Document,
    Endpoint,
    accepted,
    as_json,
    as_xml,
    definition,
    discovery,
    errors,
    ngsi_entity,
    requests,
    services,
)
from services.snow.open311_reading import (
    KeyRefusedError,
    UnknownServiceError,
    check_key,
    read_query,
    read_request,
)
from services.snow.publication import (
    PublicReport,
    Report,
    feature_collection,
    published,
    read_filter,
)
from tests.services.snow.ploughing import START

CITY = read_categories(Path("city/aizuwakamatsu"))
BOX = Box(south=37.25, north=37.62, west=139.80, east=140.12)
NGSI_SAMPLE = frozenset(
    {"id", "type", "service_request_id", "status", "status_notes", "service_name", "service_code"}
    | {"description", "agency_responsible", "requested_datetime", "updated_datetime"}
    | {"expected_datetime", "address_string", "location", "media_url"}
)


def report(**changes: object) -> Report:
    made = Report(
        id="S-12",
        category=CITY.by_code["pothole"],
        status=Status.PLANNED,
        place=Place(37.494812345, 139.929876543),
        filed_at=START,
        updated_at=START + timedelta(hours=1),
        description="山田太郎の家の前 & <穴>\x0b",
        photo_url="https://city.example/photos/1.jpg",
        address="東栄町",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def public(**changes: object) -> PublicReport:
    shown = published(report(**changes))
    assert shown is not None
    return shown


def parsed(document: Document) -> ElementTree.Element:
    data = as_xml(document)
    assert data.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    return ElementTree.fromstring(data)  # noqa: S314


def test_the_discovery_names_the_endpoint_and_its_formats() -> None:
    endpoint = Endpoint("https://x.example/open311/v2", START, "道路課", "窓口へ", production=False)
    root = parsed(discovery(endpoint))
    assert root.tag == "discovery"
    assert root.findtext("endpoints/endpoint/url") == "https://x.example/open311/v2"
    specification = root.findtext("endpoints/endpoint/specification")
    assert specification == "http://wiki.open311.org/GeoReport_v2"
    formats = [entry.text for entry in root.findall("endpoints/endpoint/formats/format")]
    assert formats == ["text/xml", "application/json"]
    assert root.findtext("endpoints/endpoint/type") == "test"
    assert json.loads(as_json(discovery(endpoint)))["changeset"] == "2026-01-15T04:00:00+09:00"


def test_the_services_are_the_categories_of_the_city() -> None:
    root = parsed(services(CITY))
    assert root.tag == "services"
    codes = [entry.findtext("service_code") for entry in root.findall("service")]
    assert codes == [category.code for category in CITY.all]
    assert {"ice", "pothole", "lamp", "fallen-tree"} <= set(codes)
    first = root.find("service")
    assert first is not None
    assert first.findtext("type") == "realtime"
    assert first.findtext("metadata") == "true"
    assert json.loads(as_json(services(CITY)))[0]["metadata"] is True


def test_a_definition_has_the_severity_with_its_values() -> None:
    root = parsed(definition(CITY.by_code["ice"]))
    assert root.tag == "service_definition"
    attribute = root.find("attributes/attribute")
    assert attribute is not None
    assert attribute.findtext("datatype") == "singlevaluelist"
    assert attribute.findtext("required") == "false"
    keys = [value.findtext("key") for value in attribute.findall("values/value")]
    assert keys == ["impassable", "no-cars", "caution"]


def test_what_was_filed_is_answered_with_its_id() -> None:
    root = parsed(accepted("S-12", "ありがとうございます"))
    assert root.findtext("request/service_request_id") == "S-12"
    assert json.loads(as_json(accepted("S-12", "")))[0]["service_request_id"] == "S-12"


def test_a_request_is_rounded_and_shows_free_text_and_photo_only_after_approval() -> None:
    shown = json.loads(as_json(requests([public()])))[0]
    assert (shown["lat"], shown["long"]) == (37.4948, 139.9299)
    assert shown["description"] is None
    assert shown["media_url"] is None
    assert "山田" not in as_xml(requests([public()])).decode()
    approved = public(description_approved=True, photo_approved=True)
    root = parsed(requests([approved]))
    assert root.findtext("request/description") == "山田太郎の家の前 & <穴>"
    assert root.findtext("request/media_url") == "https://city.example/photos/1.jpg"


@pytest.mark.parametrize("status", [status for status in Status if status != Status.HIDDEN])
def test_a_status_is_open_or_closed_and_told_in_words(status: Status) -> None:
    shown = json.loads(as_json(requests([public(status=status)])))[0]
    is_open = status.value in {"受付", "確認中", "予定", "作業中"}
    assert shown["status"] == ("open" if is_open else "closed")
    assert shown["status_notes"].startswith(status.value)


def test_a_hidden_report_is_nowhere() -> None:
    assert published(report(status=Status.HIDDEN)) is None


def test_the_notes_say_where_a_report_went() -> None:
    handed = public(status=Status.NOT_OURS, handed_to="福島県")
    assert handed.notes == "対象外。福島県に引き継ぎました"
    assert public(status=Status.DUPLICATE, parent="S-3").notes == "重複。S-3にまとめました"


def test_an_error_has_its_code_and_a_description() -> None:
    root = parsed(errors(404, "service_code is not one of /services."))
    assert root.tag == "errors"
    assert root.findtext("error/code") == "404"
    assert json.loads(as_json(errors(400, "x"))) == [{"code": 400, "description": "x"}]


def test_the_ngsi_entity_has_the_fields_of_the_smart_data_model() -> None:
    entity = ngsi_entity(public(expected_at=START, description_approved=True, photo_approved=True))
    assert set(entity) == NGSI_SAMPLE
    assert entity["type"] == "service_requests"
    assert entity["location"] == {"type": "Point", "coordinates": [139.9299, 37.4948]}


def test_the_feed_has_the_newest_change_first_and_no_private_text() -> None:
    later = public(id="S-13", updated_at=START + timedelta(hours=5))
    data = rss([public(), later], "雪みち", "https://x.example/snow/")
    titles = [item.findtext("link") for item in ElementTree.fromstring(data).iter("item")]  # noqa: S314
    assert titles == ["https://x.example/snow/S-13", "https://x.example/snow/S-12"]
    assert "山田" not in data.decode()


def test_a_key_is_needed_and_has_to_be_right() -> None:
    assert check_key({"api_key": "k2"}, ["k1", "k2"]) == "k2"
    for form in ({}, {"api_key": ""}, {"api_key": "k3"}, {"api_key": "ｋ２"}):
        with pytest.raises(KeyRefusedError) as refused:
            check_key(form, ["k1", "k2", ""])
        assert refused.value.status == 403


FORM = {"service_code": "ice", "lat": "37.4948", "long": "139.9298", "description": "つるつる"}


def test_a_post_is_read() -> None:
    read = read_request({**FORM, "attribute[SEVERITY]": "no-cars"}, CITY, BOX)
    assert read.category is CITY.by_code["ice"]
    assert read.place == Place(37.4948, 139.9298)
    assert (read.description, read.severity) == ("つるつる", "no-cars")


def test_an_address_alone_is_taken_to_be_resolved() -> None:
    read = read_request({"service_code": "ice", "address_string": "会津若松駅前"}, CITY, BOX)
    assert (read.place, read.address) == (None, "会津若松駅前")


def test_an_unknown_service_code_is_404() -> None:
    with pytest.raises(UnknownServiceError) as refused:
        read_request({**FORM, "service_code": "zoo"}, CITY, BOX)
    assert refused.value.status == 404


@pytest.mark.parametrize(
    "change",
    [
        {"service_code": ""},
        {"lat": "35.68", "long": "139.76"},
        {"lat": "abc"},
        {"lat": "nan"},
        {"lat": "inf"},
        {"lat": ""},
        {"lat": "", "long": ""},
        {"attribute[SEVERITY]": "terrible"},
        {"media_url": "javascript:alert(1)"},
        {"media_url": "file:///etc/passwd"},
        {"description": "あ" * 4001},
        {"description": "a\x00b"},
    ],
)
def test_any_other_fault_is_400(change: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_request({**FORM, **change}, CITY, BOX)
    assert refused.value.status == 400


def test_a_query_asks_for_the_last_ninety_days_if_nothing_is_said() -> None:
    query = read_query({}, CITY, START)
    assert (query.start, query.end) == (START - timedelta(days=90), START)
    assert query.open is None


def test_ids_override_all_other_parameters_of_a_query() -> None:
    asked = {"service_request_id": "S-1, S-2", "service_code": "zoo", "start_date": "x"}
    query = read_query({**asked, "status": "lost"}, CITY, START)
    assert query.ids == ("S-1", "S-2")
    assert (query.codes, query.open) == (frozenset(), None)


def test_a_query_may_name_codes_states_and_times() -> None:
    asked = {
        "service_code": "ice, pothole",
        "status": "open",
        "start_date": "2026-01-01T00:00:00 09:00",
        "end_date": "2026-01-10T00:00:00Z",
    }
    query = read_query(asked, CITY, START)
    assert query.codes == {"ice", "pothole"}
    assert query.ids == ()
    assert query.open is True
    assert query.start.isoformat() == "2026-01-01T00:00:00+09:00"
    assert read_query({"status": "open,closed"}, CITY, START).open is None


@pytest.mark.parametrize(
    "asked",
    [
        {"status": "pending"},
        {"start_date": "yesterday"},
        {"start_date": "2025-01-01T00:00:00Z", "end_date": "2025-12-31T00:00:00Z"},
        {"start_date": "2025-02-01T00:00:00Z", "end_date": "2025-01-01T00:00:00Z"},
    ],
)
def test_a_query_that_cannot_be_answered_is_400(asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        read_query(asked, CITY, START)


def test_a_query_for_an_unknown_service_is_404() -> None:
    with pytest.raises(UnknownServiceError):
        read_query({"service_code": "zoo"}, CITY, START)


def test_geojson_has_rounded_points_and_no_private_text() -> None:
    collection = feature_collection([public()])
    feature = collection["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [139.9299, 37.4948]}
    assert feature["properties"]["status"] == "予定"
    assert "山田" not in json.dumps(collection, ensure_ascii=False)


@pytest.mark.parametrize(
    ("asked", "taken"),
    [
        ({}, True),
        ({"bbox": "139.9,37.4,140.0,37.5"}, True),
        ({"bbox": "139.0,37.4,139.1,37.5"}, False),
        ({"status": "open"}, True),
        ({"status": "closed"}, False),
        ({"status": "予定,完了"}, True),
        ({"type": "pothole"}, True),
        ({"type": "凍結・つるつる"}, False),
        ({"since": "2026-01-15T05:00:00+09:00"}, True),
        ({"since": "2026-01-15T05:00:01 09:00"}, False),
    ],
)
def test_a_map_can_be_filtered(asked: dict[str, str], taken: bool) -> None:
    assert read_filter(asked, CITY).takes(public()) is taken


@pytest.mark.parametrize(
    "asked", [{"bbox": "1,2,3"}, {"bbox": "nan,1,2,3"}, {"status": "x"}, {"type": "x"}]
)
def test_a_filter_that_means_nothing_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(InvalidInputError):
        read_filter(asked, CITY)
