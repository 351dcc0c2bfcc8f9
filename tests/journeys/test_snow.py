"""A slippery pavement, from the first message to the map, through every real process."""

import io
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from concierge.local_stack import LocalStack
from kit.settings import DEMO_OPEN311_KEY
from tests.browsers import PHONE
from tests.journeys.test_conversations import Talk, words
from tests.support import DEMO_PASSWORD, Line

SHOTS = os.environ.get("SHOTS", "")
SLOW = 30_000
DESK_SCREEN = {"width": 1280, "height": 900}


def photo() -> bytes:
    """A phone's photo that says where it was taken."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (37.0, 29.0, 39.5), 3: "E", 4: (139.0, 55.0, 52.3)}
    out = io.BytesIO()
    scene = Image.new("RGB", (640, 480), (196, 208, 222))
    brush = ImageDraw.Draw(scene)
    brush.rectangle((0, 250, 640, 480), fill=(244, 247, 250))
    brush.polygon([(290, 250), (350, 250), (520, 480), (120, 480)], fill=(150, 165, 180))
    brush.polygon([(310, 300), (340, 300), (400, 420), (240, 420)], fill=(205, 222, 235))
    scene.save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def phone(browser: Browser, stack: LocalStack) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, locale="ja-JP", base_url=stack.web)
    page = context.new_page()
    page.set_default_timeout(SLOW)
    yield page
    context.close()


class Citizen:
    """Somebody with the chat page on a phone."""

    def __init__(self, browser: Browser, stack: LocalStack, name: str) -> None:
        self.context = browser.new_context(viewport=PHONE, locale="ja-JP")
        self.page = self.context.new_page()
        self.page.set_default_timeout(SLOW)
        self.page.goto(stack.line)
        self.page.get_by_label("表示名").fill(name)
        self.page.get_by_role("button", name="友だち追加").click()
        self.hears("ご案内係です")

    def says(self, words: str) -> None:
        self.page.get_by_label("メッセージ", exact=True).fill(words)
        self.page.keyboard.press("Enter")

    def taps(self, label: str) -> None:
        self.page.get_by_role("button", name=label).last.click()

    def sends_place(self, name: str) -> None:
        self.taps("地図で場所を送る")
        self.page.get_by_role("group", name="場所の候補").get_by_role("button", name=name).click()
        self.page.get_by_role("button", name="送る", exact=True).click()

    def hears(self, words: str) -> str:
        heard = self.page.get_by_role("log").get_by_text(words).last
        expect(heard).to_be_visible(timeout=SLOW)
        return heard.inner_text()


@pytest.fixture
def citizens(browser: Browser, stack: LocalStack) -> Iterator[list[Citizen]]:
    both = [Citizen(browser, stack, name) for name in ("花子", "太郎")]
    yield both
    for citizen in both:
        citizen.context.close()


@pytest.fixture
def yard(browser: Browser, stack: LocalStack) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK_SCREEN, locale="ja-JP", base_url=stack.web)
    page = context.new_page()
    page.set_default_timeout(SLOW)
    page.goto("/console/login")
    page.fill("[name=login]", "demo-roads")
    page.fill("[name=password]", DEMO_PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url("**/console/")
    yield page
    context.close()


def shoot(page: Page, name: str, *, full: bool = False) -> None:
    """Keep a picture where somebody wants to look; nothing is wider than the screen."""
    assert page.viewport_size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=full)


def test_reported_joined_planned_solved_told_and_seen(
    stack: LocalStack, citizens: list[Citizen], yard: Page, phone: Page, tmp_path: Path
) -> None:
    hanako, taro = citizens
    hanako.says("歩道がつるつるで歩けない")
    hanako.hears("119")
    hanako.sends_place("会津若松駅")
    hanako.hears("写真があれば")
    picture = tmp_path / "road.jpg"
    picture.write_bytes(photo())
    hanako.page.locator("#file").set_input_files(picture)
    summary = hanako.hears("この内容で知らせます")
    assert "種類：凍結・つるつる" in summary
    assert "写真：1枚" in summary
    hanako.taps("知らせる")
    found = re.search(r"S-\d+", hanako.hears("受付番号は"))
    assert found is not None
    report = found[0]

    taro.says("道が凍ってて危ない")
    taro.sends_place("会津若松駅")
    taro.taps("同じ場所です")
    taro.hears(f"報告 {report} に加わりました（2人が報告）。")

    _handled(yard, report)
    for citizen in citizens:
        citizen.hears("【予定】作業の予定に入れました。")
        citizen.hears("市から：砂をまきました")
    hanako.page.locator("#menu-bar").click()
    shoot(hanako.page, "snow-chat")

    _seen_by_everybody(phone, report)
    filed = {"api_key": DEMO_OPEN311_KEY, "service_code": "pothole"}
    posted = phone.request.post(
        "/open311/v2/requests.json", form={**filed, "lat": "37.4950", "long": "139.9300"}
    )
    assert posted.status == 201
    hanako.says("知らせた件はどうなりましたか")
    hanako.hears("いまの状態：【完了】")


def _handled(yard: Page, report: str) -> None:
    """The yard looks at the photo, plans the matter, goes there and ends it."""
    yard.goto("/console/reports/")
    yard.get_by_role("link", name=f"{report} 凍結").click()
    yard.get_by_label("上から1、左から1の四角").check()
    yard.get_by_role("button", name="公開する").last.click()
    yard.goto("/console/reports/")
    yard.get_by_role("button", name=f"{report}を予定にする").click()
    expect(yard.get_by_text("記録しました。")).to_be_visible()
    shoot(yard, "snow-desk")
    yard.goto("/console/reports/route")
    yard.get_by_role("button", name=f"{report}に砂をまいたことを記録する").click()
    yard.get_by_role("button", name=f"{report}を作業中にする").click()
    shoot(yard, "snow-route")
    yard.goto(f"/console/reports/{report}")
    yard.get_by_label("報告した方へのひとこと").fill("砂をまきました")
    yard.get_by_role("button", name="完了", exact=True).click()
    expect(yard.get_by_text("記録しました。")).to_be_visible()


def _seen_by_everybody(phone: Page, report: str) -> None:
    """The public map, its list, GeoJSON and Open311 tell the same; the photo says no place."""
    phone.goto("/snow/?status=")
    spot = phone.get_by_role("link", name=re.compile(f"^{report} 凍結"))
    expect(spot).to_have_count(2)
    shoot(phone, "snow-map", full=True)
    spot.last.click()
    phone.wait_for_url(f"**/snow/reports/{report}")
    expect(phone.get_by_text("完了。砂をまきました")).to_be_visible()
    expect(phone.get_by_text("2人が報告")).to_be_visible()
    image = phone.get_by_role("img", name=f"{report} の現地の写真")
    expect(image).to_be_visible()
    shoot(phone, "snow-report", full=True)
    jpeg = phone.request.get(str(image.get_attribute("src"))).body()
    assert not Image.open(io.BytesIO(jpeg)).getexif()

    phone.goto("/snow/reports.geojson")
    features = json.loads(phone.locator("pre").inner_text())["features"]
    [feature] = [f for f in features if f["id"] == report]
    assert feature["geometry"]["coordinates"] == [139.9306, 37.5078]
    assert (feature["properties"]["status"], feature["properties"]["reporters"]) == ("完了", 2)
    phone.goto(f"/open311/v2/requests/{report}.json")
    [request] = json.loads(phone.locator("pre").inner_text())
    assert (request["status"], request["service_code"]) == ("closed", "ice")
    assert request["media_url"].endswith(".jpg")


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
