"""A slippery pavement, from the first message to the map, through every real process."""

import base64
import io
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from concierge.local_stack import LocalStack
from kit.settings import DEMO_OPEN311_KEY
from tests.emulators.conftest import ARGUMENTS, PHONE
from tests.journeys.test_conversations import Talk, labels, words
from tests.support import Line, form_token, staff_browser

HERE = {"latitude": 37.4943, "longitude": 139.9312}
BESIDE = {"latitude": 37.4944, "longitude": 139.9312}


def photo() -> str:
    """A phone's photo that says where it was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (37.0, 29.0, 39.5), 3: "E", 4: (139.0, 55.0, 52.3)}
    out = io.BytesIO()
    Image.new("RGB", (320, 240), (200, 215, 230)).save(out, "JPEG", exif=exif)
    return base64.b64encode(out.getvalue()).decode()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser: Browser, stack: LocalStack) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="ja-JP", base_url=stack.web)
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def button(value: Any, label: str) -> str:
    """Return what the first button of that label carries, wherever it stands."""
    found = [action["data"] for action in _actions(value) if action.get("label") == label]
    assert found, f"no {label} in {value}"
    return str(found[0])


def _actions(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if "data" in value:
            yield value
        value = list(value.values())
    for inner in value if isinstance(value, list) else ():
        yield from _actions(inner)


def test_reported_joined_planned_solved_told_and_seen(stack: LocalStack, phone: Page) -> None:
    line = Line(stack.line)
    hanako, taro = Talk(line), Talk(line)
    said = hanako.say("歩道がつるつるで歩けない")
    assert "119" in words(said)
    assert "地図で場所を送る" in labels(said)
    said = hanako.send(type="location", title="", address="", **HERE)
    assert "写真があれば" in words(said)
    said = hanako.send(type="image", content=photo())
    assert "種類：凍結・つるつる" in str(said)
    assert "写真：1枚" in str(said)
    said = hanako.press(button(said, "知らせる"))
    number = re.search(r"S-\d+", words(said))
    assert number is not None, words(said)
    report = number[0]

    taro.say("道が凍ってて危ない")
    said = taro.send(type="location", title="", address="", **BESIDE)
    assert report in str(said)
    said = taro.press(button(said, "同じ場所です"))
    assert f"報告 {report} に加わりました（2人が報告）。" in words(said)

    yard = staff_browser(stack, "demo-roads")
    listed = yard.get("/console/reports/")
    assert report in listed.text
    for to in ("予定", "完了"):
        token = form_token(yard.get("/console/reports/"))
        form = {"form_token": token, "to": to, "note": "砂をまきました" if to == "完了" else ""}
        assert yard.post(f"/console/reports/{report}/step", data=form).status_code == 303
    for talk in (hanako, taro):
        seen = line.wait_for_bot(talk.user, talk.count + 2)
        told = [entry["message"]["text"] for entry in seen[talk.count :]]
        assert "【予定】" in told[0]
        assert "【完了】作業が終わりました。\n市から：砂をまきました" in told[1]

    with httpx2.Client(base_url=stack.web, trust_env=False, timeout=20) as web:
        features = web.get("/snow/reports.geojson").json()["features"]
        [feature] = [f for f in features if f["id"] == report]
        assert feature["properties"]["status"] == "完了"
        assert feature["properties"]["reporters"] == 2
        [request] = web.get(f"/open311/v2/requests/{report}.json").json()
        assert (request["status"], request["service_code"]) == ("closed", "ice")
        filed = {"api_key": DEMO_OPEN311_KEY, "service_code": "pothole"}
        answer = web.post(
            "/open311/v2/requests.json", data={**filed, "lat": "37.4950", "long": "139.9300"}
        )
        assert answer.status_code == 201
    phone.goto("/snow/?status=")
    assert phone.get_by_role("link", name=re.compile(f"^{report} 凍結")).count() == 2
    phone.goto(f"/snow/reports/{report}")
    assert phone.get_by_text("完了。砂をまきました").count() == 1
    said = hanako.say("知らせた件はどうなりましたか")
    assert "【完了】" in words(said)


def test_interrupted_taken_up_again_corrected_and_left(stack: LocalStack) -> None:
    talk = Talk(Line(stack.line))
    assert "場所はどこですか" in words(talk.say("道がつるつるで危ないです"))
    assert "地区" in words(talk.say("明日は何のごみですか"))
    said = talk.press("/report_snow_road")
    assert "途中の報告があります（凍結・つるつる）" in words(said)
    assert "場所はどこですか" in words(talk.tap("続ける", said))
    assert "写真があれば" in words(talk.say("鶴ヶ城の前です"))
    said = talk.press('/report_snow_road{"report_photo": "none"}')
    assert "場所：鶴ヶ城" in str(said)
    assert "種類：わだち・圧雪" in str(talk.say("つるつるじゃなくてわだちです"))
    assert "まだ知らせていません" in words(talk.say("やめる"))
    assert "ありません" in words(talk.say("知らせた件はどうなりましたか"))
