"""What the outside gets: Open311 filed and listed, GeoJSON, RSS, the page, positions of ploughs."""

import json
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from kit.settings import DEMO_OPEN311_KEY, DEMO_PLOUGH_TOKEN
from services.snow import open311_api
from services.snow.models import SnowPhoto, SnowPosition, SnowReport
from tests.services.snow.test_service import picture
from tests.services.snow.world import HANAKO, STATION, World

FORM = {
    "api_key": DEMO_OPEN311_KEY,
    "service_code": "ice",
    "lat": str(STATION[0] + 0.00001),
    "long": str(STATION[1]),
    "description": "山田太郎の家の前がつるつるです",
    "email": "taro@example.jp",
    "first_name": "太郎",
}
BEARER = {"Authorization": f"Bearer {DEMO_PLOUGH_TOKEN}"}


@pytest.fixture
async def web(world: World) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody from outside, without any token."""
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


def parsed(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314  our own answers


async def post(web: httpx2.AsyncClient, ending: str = "json", **changed: str | None) -> Any:
    form = {name: value for name, value in (FORM | changed).items() if value is not None}
    return await web.post(f"/open311/v2/requests.{ending}", data=form)


async def test_a_filed_request_is_listed_at_once_rounded_and_without_its_words(
    web: httpx2.AsyncClient,
) -> None:
    answer = await post(web)
    assert answer.status_code == 201
    [filed] = answer.json()
    number = filed["service_request_id"]
    [listed] = (await web.get("/open311/v2/requests.json")).json()
    assert listed["service_request_id"] == number
    assert (listed["lat"], listed["long"]) == (37.5081, 139.9303)
    assert listed["description"] is None
    [one] = (await web.get(f"/open311/v2/requests/{number}.json")).json()
    assert one == listed
    whole = (await web.get("/snow/reports.geojson")).text + (await web.get("/snow/")).text
    for secret in ("山田", "太郎", "taro@example.jp"):
        assert secret not in whole
        assert secret not in json.dumps(listed, ensure_ascii=False)


async def test_who_filed_it_is_not_even_kept(web: httpx2.AsyncClient, world: World) -> None:
    await post(web, phone="090-0000-0000", last_name="山田")
    async with world.database.transaction() as session:
        [row] = list(await session.scalars(select(SnowReport)))
    kept = json.dumps({c.name: str(getattr(row, c.name)) for c in SnowReport.__table__.columns})
    assert "taro@example.jp" not in kept
    assert "090-0000-0000" not in kept


async def test_xml_and_json_say_the_same(web: httpx2.AsyncClient) -> None:
    answer = await post(web, "xml")
    assert answer.headers["content-type"].startswith("text/xml")
    number = parsed(answer.content).findtext("request/service_request_id")
    listed = parsed((await web.get("/open311/v2/requests.xml")).content)
    assert listed.findtext("request/service_request_id") == number
    for path in ("discovery", "services", "services/ice"):
        assert (await web.get(f"/open311/v2/{path}.json")).json()
        assert parsed((await web.get(f"/open311/v2/{path}.xml")).content) is not None


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"api_key": None}, 403),
        ({"api_key": "wrong"}, 403),
        ({"service_code": "volcano"}, 404),
        ({"service_code": None}, 400),
        ({"lat": None, "long": None}, 400),
        ({"lat": "north"}, 400),
        ({"lat": "nan"}, 400),
        ({"lat": "35.68", "long": "139.76"}, 400),
        ({"lat": "37.55", "long": "140.11"}, 400),
        ({"lat": None, "long": None, "address_string": "東京都港区"}, 400),
        ({"description": "x" * 4001}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"attribute[SEVERITY]": "terrible"}, 400),
    ],
)
async def test_faults_have_the_status_of_the_specification_and_say_what_to_do(
    web: httpx2.AsyncClient, changed: dict[str, str | None], status: int
) -> None:
    for ending in ("json", "xml"):
        answer = await post(web, ending, **changed)
        assert answer.status_code == status
        if ending == "json":
            [fault] = answer.json()
            assert fault["code"] == status
            assert fault["description"]
        else:
            assert parsed(answer.content).findtext("error/code") == str(status)
    assert (await web.get("/open311/v2/requests.json")).json() == []


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests/S-999.json", 404),
        ("services/volcano.json", 404),
        ("requests.json?service_code=volcano", 404),
        ("requests.json?status=half-open", 400),
        ("requests.json?start_date=yesterday", 400),
        ("requests.yaml", 404),
    ],
)
async def test_bad_questions_are_refused(web: httpx2.AsyncClient, path: str, status: int) -> None:
    assert (await web.get(f"/open311/v2/{path}")).status_code == status


async def test_json_is_no_form(web: httpx2.AsyncClient) -> None:
    answer = await web.post("/open311/v2/requests.json", json=FORM)
    assert answer.status_code == 400


async def test_an_address_of_the_city_is_enough(web: httpx2.AsyncClient) -> None:
    answer = await post(web, lat=None, long=None, address_string="会津若松市大町1丁目")
    assert answer.status_code == 201


async def test_thirty_in_a_few_seconds_pass_and_a_flood_does_not(
    web: httpx2.AsyncClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert open311_api.MOST_A_MINUTE >= 60
    monkeypatch.setattr(open311_api, "MOST_A_MINUTE", 30)
    statuses = [(await post(web)).status_code for _ in range(31)]
    assert statuses == [201] * 30 + [429]
    world.later(seconds=61)
    assert (await post(web)).status_code == 201


async def test_a_photo_is_shown_after_approval_only(web: httpx2.AsyncClient, world: World) -> None:
    world.photos["line-7"] = picture()
    report = await world.file(photo_turns=("line-7",), words="つるつる")
    await world.take_photos_in()
    async with world.database.transaction() as session:
        photo_id = await session.scalar(select(SnowPhoto.id))
    path = f"/snow/photos/{photo_id}.jpg"
    assert (await web.get(path)).status_code == 404
    assert photo_id is not None
    await world.taking_in.judge(photo_id, "approved")
    assert (await web.get(path)).headers["content-type"] == "image/jpeg"
    [listed] = (await web.get("/open311/v2/requests.json")).json()
    assert listed["media_url"].endswith(path)
    assert f'src="{path}"' in (await web.get(f"/snow/reports/{report.number}")).text
    await world.taking_in.judge(photo_id, "refused")
    assert (await web.get(path)).status_code == 404


async def test_geojson_can_be_filtered_and_has_a_tag(web: httpx2.AsyncClient, world: World) -> None:
    await world.file()
    await world.file(key="line-2", category="berm")
    answer = await web.get("/snow/reports.geojson")
    assert len(answer.json()["features"]) == 2
    tag = {"If-None-Match": answer.headers["etag"]}
    assert (await web.get("/snow/reports.geojson", headers=tag)).status_code == 304
    ice = await web.get("/snow/reports.geojson?type=ice&status=open")
    assert [f["properties"]["type"] for f in ice.json()["features"]] == ["ice"]
    nowhere = await web.get("/snow/reports.geojson?bbox=139,36,139.1,36.1")
    assert nowhere.json()["features"] == []
    assert (await web.get("/snow/reports.geojson?bbox=1,2")).status_code == 400


async def test_the_page_lists_what_its_map_shows(web: httpx2.AsyncClient, world: World) -> None:
    first = await world.file()
    await world.file(key="line-2", at=(37.4948, 139.9298), category="berm")
    page = (await web.get("/snow/")).text
    assert page.count("<circle class=") == 2  # the legend's
    assert page.count('<a href="/snow/reports/S-') == 4
    assert "凍結・つるつる（" in page
    await world.client.is_gone(first.number, HANAKO)
    assert first.number not in (await web.get("/snow/")).text
    assert first.number in (await web.get("/snow/?status=closed")).text
    assert "ありません" in (await web.get("/snow/?type=drift")).text
    refused = await web.get("/snow/?type=volcano")
    assert refused.status_code == 400
    assert "読み取れませんでした" in refused.text
    assert (await web.get("/snow/reports/S-999")).status_code == 404


async def test_only_the_embedded_page_may_be_framed(web: httpx2.AsyncClient) -> None:
    policy = "content-security-policy"
    assert "frame-ancestors *" in (await web.get("/snow/embed")).headers[policy]
    assert "frame-ancestors *" not in (await web.get("/snow/")).headers.get(policy, "")


async def test_feeds_and_entities_hold_the_report(web: httpx2.AsyncClient, world: World) -> None:
    report = await world.file()
    rss = parsed((await web.get("/snow/reports.rss")).content)
    assert rss.findtext("channel/item/link", "").endswith(f"/snow/reports/{report.number}")
    [entity] = (await web.get("/snow/entities.json")).json()
    assert entity["service_request_id"] == report.number


@pytest.mark.parametrize("token", [None, "wrong", ""])
async def test_positions_need_the_token(web: httpx2.AsyncClient, token: str | None) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    assert (await web.post("/hooks/ploughs", json=[], headers=headers)).status_code == 401


async def test_positions_come_as_a_list_an_object_or_lines(
    web: httpx2.AsyncClient, world: World
) -> None:
    one = {"vehicle": "p1", "lat": 37.5, "lon": 139.93, "plough_down": True}
    times = [f"2027-01-15T06:00:{second:02}+09:00" for second in (0, 5, 10, 15)]
    entries = [{**one, "time": time} for time in times]
    lines = "\n".join(json.dumps(entry) for entry in entries)
    for body in (json.dumps(entries[:2]), json.dumps({"positions": entries[1:3]}), lines):
        answer = await web.post("/hooks/ploughs", content=body, headers=BEARER)
        assert answer.status_code == 202
    async with world.database.transaction() as session:
        assert len(list(await session.scalars(select(SnowPosition)))) == 4
    bad = await web.post("/hooks/ploughs", json=[{**entries[0], "lat": 91}], headers=BEARER)
    assert bad.status_code == 400
    mixed = await web.post("/hooks/ploughs", json=[entries[0], {"vehicle": 1}], headers=BEARER)
    assert mixed.json()["refused"] == [{"position": 2, "why": "plough_down is true or false"}]
    assert (await web.post("/hooks/ploughs", content=b"{", headers=BEARER)).status_code == 400


async def test_a_page_that_was_kept_is_made_anew_with_every_change(
    web: httpx2.AsyncClient, world: World
) -> None:
    report = await world.file()
    for path in ("/snow/?status=", "/snow/reports.geojson"):
        first = (await web.get(path)).text
        assert (await web.get(path)).text == first
    await world.client.follow(report.number, "ctz_other")
    assert "2人が報告" in (await web.get("/snow/?status=")).text
    assert '"reporters":2' in (await web.get("/snow/reports.geojson")).text
    await world.client.is_gone(report.number, HANAKO)
    assert "取下げ" in (await web.get("/snow/?status=")).text
    assert '"open":false' in (await web.get("/snow/reports.geojson")).text
