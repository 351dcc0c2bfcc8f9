"""A disaster through every real process: telegrams, the compose desk, a beast near the fields."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx2
from playwright.sync_api import Browser, Page, expect

from concierge.local_stack import LocalStack
from kit.settings import DEMO_HOOK_TOKEN
from tests.journeys.test_conversations import Talk, words
from tests.support import DEMO_PASSWORD, Line

DESKTOP = {"width": 1280, "height": 900}
# A step goes through six processes, and the machine may be busy.
PATIENCE = 60_000
INSIDE, OUTSIDE = "神指 花子（川のそば）", "湊 太郎（川から遠い）"


def opened(browser: Browser, address: str, login: str = "") -> Page:
    page = browser.new_context(viewport=DESKTOP, locale="ja-JP", base_url=address).new_page()
    page.set_default_timeout(20_000)
    if login:
        page.goto("/console/login")
        page.locator("input[name=login]").fill(login)
        page.locator("input[name=password]").fill(DEMO_PASSWORD)
        page.locator("main button[type=submit]").click()
    return page


def test_a_telegram_sequence_is_played_and_only_those_at_the_river_hear_of_it(
    browser: Browser, stack: LocalStack, tmp_path: Path
) -> None:
    """Issued, raised, lifted in part, over: each once to who lives there, nothing to the other."""
    board = opened(browser, stack.line)
    board.goto("/board")
    board.get_by_text("災害の電文を流す").click()
    scene = board.get_by_role("group", name="阿賀川の洪水予報")
    scene.get_by_role("button", name="見る人を加える").click()
    talks = {
        name: board.frame_locator(f"iframe[title='{name}の画面']") for name in (INSIDE, OUTSIDE)
    }
    for talk in talks.values():
        expect(talk.get_by_text("送らない時間：なし").last).to_be_visible(timeout=PATIENCE)
    pages = {
        name: board.locator(f"iframe[title='{name}の画面']").get_attribute("src") for name in talks
    }
    board.screenshot(path=tmp_path / "board.png")
    board.context.close()
    steps = (
        "【レベル３氾濫警報】",
        "【レベル４氾濫危険警報】",
        "前より下がりました",
        "【解除】氾濫",
    )
    line = Line(stack.line)
    people = {one["displayName"]: one["userId"] for one in line.get("users")["users"]}
    scene_id = next(
        one["id"]
        for one in line.get("scenes")["scenes"]
        if "氾濫" in str(one) or "河川" in str(one)
    )
    for number, said in enumerate(steps, start=1):
        line.post(f"scenes/{scene_id}/steps/{number}")
        _wait_for_words(line, people[INSIDE], said)
        _wait_for_menu(line, people[INSIDE], of_disaster="レベル４" in said)
    for name, count in ((INSIDE, 4), (OUTSIDE, 0)):
        told = [m for m in line.from_bot(people[name]) if m["via"] == "multicast"]
        assert len(told) == count
        chat = opened(browser, stack.line)
        chat.goto(str(pages[name]))
        expect(chat.get_by_text("送らない時間：なし").last).to_be_attached(timeout=PATIENCE)
        expect(chat.get_by_text(re.compile("阿賀川河川事務所"))).to_have_count(count)
        chat.context.close()


def _wait_for_words(line: Line, user: str, said: str) -> None:
    """What was sent has arrived once."""
    deadline = time.monotonic() + PATIENCE / 1000
    while sum(said in str(m["message"]) for m in line.from_bot(user)) != 1:
        assert time.monotonic() < deadline, said
        time.sleep(0.2)


def _wait_for_menu(line: Line, user: str, *, of_disaster: bool) -> None:
    """The menu under the talk follows the state of the city."""
    deadline = time.monotonic() + PATIENCE / 1000
    while ("災害時" in (shown := line.get(f"users/{user}")["richMenu"]["name"])) != of_disaster:
        assert time.monotonic() < deadline, shown
        time.sleep(0.2)


def test_a_broadcast_is_composed_approved_by_a_second_person_watched_and_taken_back(
    browser: Browser, stack: LocalStack, tmp_path: Path
) -> None:
    line = Line(stack.line)
    reader, other = Talk(line), Talk(line)
    for talk, district in ((reader, "大戸"), (other, "湊")):
        talk.press(f'/set_alert_area{{"alert_area": "{district}"}}')
    author = opened(browser, stack.web, "demo-broadcaster")
    author.goto("/console/broadcasts/new")
    author.get_by_label("日本語（必須）").fill("大戸の県道が通れません。")
    author.get_by_label("選んだ地区だけ").check()
    author.get_by_label("大戸", exact=True).check()
    author.get_by_label("命にかかわる緊急").check()
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    author.screenshot(path=tmp_path / "compose.png", full_page=True)
    author.get_by_role("button", name="承認を依頼する").click()
    expect(author.get_by_role("heading", level=1)).to_have_text("承認待ち")
    assert author.get_by_role("button", name="承認して送る").count() == 0
    second = opened(browser, stack.web, "demo-approver")
    second.goto(author.url)
    second.get_by_role("button", name="承認して送る").click()
    expect(second.get_by_text("100％まで")).to_be_visible(timeout=PATIENCE)
    expect(second.get_by_text("残り 0人")).to_be_visible()
    second.screenshot(path=tmp_path / "progress.png", full_page=True)
    author.goto(author.url)
    author.get_by_role("link", name="訂正・取り消しを送る").click()
    author.get_by_label("日本語（必須）").fill("先ほどのお知らせは誤りでした。県道は通れます。")
    author.get_by_label("命にかかわる緊急").check()
    author.get_by_role("button", name="人数と見え方を確かめる").click()
    author.get_by_role("button", name="承認を依頼する").click()
    second.goto(author.url)
    second.get_by_role("button", name="承認して送る").click()
    expect(second.get_by_text("100％まで")).to_be_visible(timeout=PATIENCE)
    told = _by_multicast(line, reader.user)
    assert told == ["大戸の県道が通れません。", "先ほどのお知らせは誤りでした。県道は通れます。"]
    assert _by_multicast(line, other.user) == []
    for page in (author, second):
        page.context.close()


def test_a_beast_near_the_fields_is_told_to_the_two_who_farm_there(stack: LocalStack) -> None:
    line = Line(stack.line)
    near, beside, far = Talk(line), Talk(line), Talk(line)
    fields = ((near, 37.4205, 139.9390), (beside, 37.4230, 139.9380), (far, 37.4300, 139.9370))
    for farmer, latitude, longitude in fields:
        assert "畑や猟場の場所を送って" in words(farmer.press("/set_field"))
        place = {"title": "", "address": "", "latitude": latitude, "longitude": longitude}
        assert "登録しました（いま1か所）" in words(farmer.send(type="location", **place))
    sprung = {
        "id": "urn:ngsi-ld:Trap:demo-onya",
        "type": "Trap",
        "status": {"type": "Text", "value": "sprung"},
        "dateObserved": {"type": "DateTime", "value": datetime.now(UTC).isoformat()},
    }
    headers = {"Authorization": f"Bearer {DEMO_HOOK_TOKEN}"}
    for _ in range(2):
        body = {"subscriptionId": "s", "data": [sprung]}
        answer = httpx2.post(
            f"{stack.web}/hooks/ngsi", json=body, headers=headers, trust_env=False, timeout=20
        )
        assert answer.status_code == 204
    for farmer, away in ((near, "約180m"), (beside, "約290m")):
        [told] = line.wait_for_bot(farmer.user, farmer.count + 1)[farmer.count :]
        said = told["message"]["text"]
        assert said.startswith("【わなが動きました】\n大戸町小谷のわな")
        assert away in said
        assert "google.com/maps" in str(told["message"])
    assert len(line.from_bot(far.user)) == far.count


def test_a_timeline_is_made_by_taps(stack: LocalStack) -> None:
    talk = Talk(Line(stack.line))
    asked = talk.press("/my_timeline")
    assert "避難に時間がかかる方" in words(asked)
    asked = talk.tap("家にいます", asked)
    assert "どこへ避難しますか" in words(asked)
    kept = talk.tap("親せきや知人の家", asked)
    assert "レベル3：親せきや知人の家へ行く" in words(kept)
    assert "いまのタイムラインです" in words(talk.press("/my_timeline"))


def _by_multicast(line: Line, user: str) -> list[str]:
    told = [m for m in line.from_bot(user) if m["via"] == "multicast"]
    return [str(m["message"]["text"]) for m in told]
