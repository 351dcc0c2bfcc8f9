"""Several people side by side, group chats, and the traffic of one message."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from tests.emulators.line.running import Emulator
from tests.emulators.line.test_chat_page import bubble, push, sent

DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture
def board(browser: Browser, emulator: Emulator) -> Iterator[Page]:
    """The board on a desktop; errors of any of its frames fail the test."""
    context = browser.new_context(viewport=DESKTOP, locale="ja-JP", timezone_id="Asia/Tokyo")
    page = context.new_page()
    page.set_default_timeout(10_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{emulator.url}/board")
    yield page
    context.close()
    assert errors == []


def add(board: Page, name: str) -> FrameLocator:
    board.get_by_label("人を加える").fill(name)
    board.get_by_role("button", name="加える").click()
    return phone(board, name)


def phone(board: Page, name: str) -> FrameLocator:
    return board.frame_locator(f"iframe[title='{name}の画面']")


def write(frame: FrameLocator, words: str) -> None:
    frame.get_by_label("メッセージ", exact=True).fill(words)
    frame.get_by_role("button", name="送信", exact=True).click()


def people(emulator: Emulator) -> dict[str, str]:
    users = emulator.control("GET", "/users")["users"]
    return {user["displayName"]: user["userId"] for user in users}


def test_two_people_chat_side_by_side(board: Page, emulator: Emulator) -> None:
    hanako, taro = add(board, "花子"), add(board, "太郎")
    write(hanako, "花子です")
    write(taro, "太郎です")
    ids = people(emulator)
    assert sent(emulator, ids["花子"], 0)["text"] == "花子です"
    assert sent(emulator, ids["太郎"], 0)["text"] == "太郎です"
    push(emulator, ids["太郎"], {"type": "text", "text": "太郎さんだけに"})
    expect(taro.get_by_text("太郎さんだけに")).to_be_visible()
    expect(hanako.locator(".row")).to_have_count(1)
    expect(board.get_by_text("LINEとは関係のないエミュレーターです")).to_be_visible()


def test_people_who_are_there_already_appear_and_can_be_put_away(
    emulator: Emulator, user: str, board: Page
) -> None:
    expect(phone(board, "花子").get_by_label("メッセージ", exact=True)).to_be_visible()
    board.get_by_role("button", name="花子の画面をしまう").click()
    expect(board.locator("iframe")).to_have_count(0)
    back = board.get_by_role("button", name="花子を出す")
    expect(back).to_be_focused()
    board.keyboard.press("Enter")
    expect(phone(board, "花子").get_by_label("メッセージ", exact=True)).to_be_visible()
    emulator.control("POST", "/reset")
    expect(board.locator("iframe")).to_have_count(0)


def test_of_many_people_the_later_ones_stand_on_the_shelf_and_none_is_in_a_group_unasked(
    emulator: Emulator, board: Page
) -> None:
    names = [f"住民{number}" for number in range(1, 7)]
    for name in names:
        emulator.control("POST", "/users", {"display_name": name})
    expect(board.locator("iframe")).to_have_count(4)
    shelf = board.get_by_role("navigation", name="しまった画面")
    expect(shelf.get_by_role("button")).to_have_text(["住民5を出す", "住民6を出す"])
    board.get_by_role("button", name="作る").click()
    expect(board.get_by_role("status")).to_have_text("グループに入る人を選んでください。")
    board.get_by_text("入る人を選ぶ").click()
    expect(board.get_by_role("checkbox")).to_have_count(6)
    board.get_by_role("checkbox", name="住民6").check()
    board.get_by_role("button", name="作る").click()
    expect(
        board.frame_locator("iframe[title='一丁目の会（グループ）の画面']").locator("body")
    ).to_be_visible()
    [group] = emulator.control("GET", "/groups")["groups"]
    assert group["members"] == [people(emulator)["住民6"]]


def make_group(board: Page) -> FrameLocator:
    """A group of 花子 and 太郎."""
    for name in ("花子", "太郎"):
        add(board, name).get_by_label("メッセージ", exact=True).wait_for()
    board.get_by_label("グループを作る").fill("町内会")
    board.get_by_text("入る人を選ぶ").click()
    for name in ("花子", "太郎"):
        board.get_by_role("checkbox", name=name).check()
    board.get_by_text("入る人を選ぶ").click()
    board.get_by_role("button", name="作る").click()
    return phone(board, "町内会（グループ）")


def group_talk(emulator: Emulator, count: int) -> list[Any]:
    (group,) = emulator.control("GET", "/groups")["groups"]
    path = f"/groups/{group['groupId']}/messages?after={count - 1}&wait=10"
    emulator.control("GET", path)
    talk: list[Any] = emulator.control("GET", f"/groups/{group['groupId']}/messages")["messages"]
    return talk


def test_members_of_a_group_take_turns(board: Page, emulator: Emulator) -> None:
    group = make_group(board)
    write(group, "@太郎 来られますか")
    group.get_by_label("話す人").select_option("太郎")
    write(group, "行きます")
    talk = group_talk(emulator, 2)
    assert [(m["name"], m["message"]["text"]) for m in talk] == [
        ("花子", "@太郎 来られますか"),
        ("太郎", "行きます"),
    ]
    assert talk[0]["message"]["mention"]["mentionees"][0]["userId"] == people(emulator)["太郎"]
    expect(group.locator(".row.theirs .sender")).to_have_text(["花子"])
    expect(group.locator(".row.mine")).to_contain_text("行きます")


def test_a_member_edits_and_takes_back_a_message(board: Page, emulator: Emulator) -> None:
    group = make_group(board)
    write(group, "7時です")
    group.get_by_role("button", name="このメッセージを編集する").focus()
    board.keyboard.press("Enter")
    group.get_by_label("内容").fill("8時です")
    group.get_by_role("button", name="編集する", exact=True).click()
    expect(group.locator(".row")).to_contain_text("8時です")
    expect(group.locator(".row")).to_contain_text("編集済み")
    emulator.settle()
    assert b'"type":"messageEdited"' in emulator.bot.received[-1].raw
    group.get_by_role("button", name="このメッセージの送信を取り消す").focus()
    board.keyboard.press("Enter")
    expect(group.locator(".row")).to_contain_text("送信を取り消しました")
    expect(group.get_by_role("button", name="編集する")).to_have_count(0)


def test_the_account_can_be_sent_out_of_a_group_and_invited_again(
    board: Page, emulator: Emulator
) -> None:
    group = make_group(board)
    group.get_by_text("設定").click()
    group.get_by_role("button", name="アカウントを退会させる").click()
    emulator.settle()
    assert b'"type":"leave"' in emulator.bot.received[-1].raw


def test_the_traffic_of_one_message_stands_alone(
    page: Page, person: str, emulator: Emulator
) -> None:
    emulator.write(person, type="text", text="これだけ")
    emulator.bot.wait(2)
    token = re.findall(rb'"replyToken":"(\w+)"', emulator.bot.received[1].raw)[0].decode()
    reply = {"replyToken": token, "messages": [{"type": "text", "text": "その答え"}]}
    assert emulator.call("POST", "/v2/bot/message/reply", reply).status_code == 200
    push(emulator, person, {"type": "text", "text": "ほかの話"})
    expect(page.locator(".row")).to_have_count(3)
    panel = page.get_by_role("complementary", name="この人の通信")
    for number in (0, 1):
        page.locator(".row").nth(number).get_by_role("button", name="通信を見る").focus()
        page.keyboard.press("Enter")
        expect(panel.locator("li")).to_have_count(2)
        expect(panel.locator("li").nth(0)).to_contain_text("webhook message")
        expect(panel.locator("li").nth(1)).to_contain_text("POST /v2/bot/message/reply")
        expect(panel.locator("summary").first).to_be_focused()
        page.get_by_role("button", name="閉じる").click()
    page.locator(".row").nth(2).get_by_role("button", name="通信を見る").focus()
    page.keyboard.press("Enter")
    expect(panel.locator("li")).to_have_count(1)
    panel.get_by_role("button", name="すべての通信を見る").click()
    expect(panel.get_by_text("webhook follow")).to_be_visible()
    with page.expect_download() as download:
        panel.get_by_role("link", name="ファイル（HAR）に保存する").click()
    saved = json.loads(download.value.path().read_text())
    assert len(saved["log"]["entries"]) == 4


@pytest.mark.parametrize(
    ("mode", "label", "value"),
    [("time", "時刻", "09:30"), ("datetime", "日時", "2026-11-24T09:30")],
)
def test_a_time_is_picked(
    page: Page, person: str, emulator: Emulator, mode: str, label: str, value: str
) -> None:
    action = {"type": "datetimepicker", "label": "選ぶ", "data": "d", "mode": mode}
    message = {"type": "buttons", "text": "いつですか", "actions": [action | {"initial": value}]}
    push(emulator, person, {"type": "template", "altText": "いつ", "template": message})
    page.get_by_role("button", name="選ぶ").click()
    expect(page.get_by_label(label, exact=True)).to_have_value(value)
    page.get_by_role("button", name="決定").click()
    assert f'"params":{{"{mode}":"{value}"}}'.encode() in emulator.bot.wait(2)[1].raw


def test_a_stranger_can_become_a_friend(board: Page, emulator: Emulator) -> None:
    body = {"display_name": "通りすがり", "friend": False}
    emulator.control("POST", "/users", body)
    stranger = phone(board, "通りすがり")
    stranger.get_by_text("設定").click()
    stranger.get_by_role("button", name="友だちに追加する").click()
    assert b'"isUnblocked":false' in emulator.bot.wait(1)[0].raw


def imagemap(emulator: Emulator) -> Any:
    area = {"x": 0, "y": 0, "width": 520, "height": 520}
    right = area | {"x": 520}
    media = f"{emulator.url}/page/none"
    link = {"linkUri": "https://example.jp/more", "label": "もっと見る"}
    video = {"originalContentUrl": f"{media}.mp4", "previewImageUrl": f"{media}.png"}
    return {
        "type": "imagemap",
        "altText": "避難の手順",
        "baseUrl": media,
        "baseSize": {"width": 1040, "height": 520},
        "actions": [{"type": "message", "label": "くわしく", "text": "手順1", "area": area}],
        "video": {**video, "area": right, "externalLink": link},
    }


def test_an_imagemap_has_places_to_tap_and_a_link_after_its_video(
    page: Page, person: str, emulator: Emulator
) -> None:
    push(emulator, person, imagemap(emulator))
    group = page.get_by_role("group", name="避難の手順")
    source = group.locator("img").get_attribute("src") or ""
    assert re.search(r"/none/(240|300|460|700|1040)$", source)
    link = group.get_by_role("link", name="もっと見る")
    expect(link).to_be_hidden()
    group.locator("video").dispatch_event("ended")
    expect(link).to_have_attribute("href", "https://example.jp/more")
    group.get_by_role("button", name="くわしく").focus()
    page.keyboard.press("Enter")
    assert sent(emulator, person, 1)["text"] == "手順1"


def test_a_video_that_was_watched_is_told_to_the_bot(
    page: Page, person: str, emulator: Emulator
) -> None:
    media = f"{emulator.url}/page/none"
    video = {"originalContentUrl": f"{media}.mp4", "previewImageUrl": f"{media}.png"}
    push(emulator, person, {"type": "video", "trackingId": "film-1", **video})
    page.locator("video").dispatch_event("ended")
    assert b'"videoPlayComplete":{"trackingId":"film-1"}' in emulator.bot.wait(2)[1].raw


def test_every_control_has_a_name_for_screen_readers(
    page: Page, person: str, emulator: Emulator
) -> None:
    flex = {"type": "flex", "altText": "避難所", "contents": bubble("城北小学校")}
    push(emulator, person, flex, imagemap(emulator))
    emulator.write(person, type="text", text="はい")
    expect(page.locator(".row")).to_have_count(3)
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, a[href], input, textarea, select")]
            .filter((node) => node.checkVisibility())
            .filter((node) => !(node.ariaLabel || node.textContent.trim() || node.labels?.length))
            .map((node) => node.outerHTML)"""
    )
    assert nameless == []
