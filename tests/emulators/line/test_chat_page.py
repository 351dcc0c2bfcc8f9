"""The chat page in a real browser: what people see and tap."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests import axe
from tests.emulators.conftest import PHONE
from tests.emulators.line.running import Emulator
from tests.emulators.line.test_conformity import add_menu, png


def push(emulator: Emulator, person: str, *messages: Any) -> None:
    answer = emulator.push(person, *messages)
    assert answer.status_code == 200, answer.text


def sent(emulator: Emulator, person: str, after: int) -> Any:
    """Wait for the next thing that the person sends; returns its message."""
    return emulator.talk(person, after=after, wait=10)[0]["message"]


def chips(*actions: Any) -> Any:
    items = [{"type": "action", "action": action} for action in actions]
    return {"type": "text", "text": "どれにしますか", "quickReply": {"items": items}}


def bubble(title: str) -> Any:
    button = {"type": "message", "label": f"{title}を選ぶ", "text": title}
    contents = [
        {"type": "text", "text": title, "weight": "bold", "wrap": True},
        {"type": "button", "action": button},
    ]
    return {"type": "bubble", "body": {"type": "box", "layout": "vertical", "contents": contents}}


def test_the_first_visit_adds_a_friend_and_a_reload_keeps_them(
    page: Page, person: str, emulator: Emulator
) -> None:
    expect(page.get_by_text("LINEとは関係のないエミュレーターです").last).to_be_visible()
    page.reload()
    page.get_by_label("メッセージ", exact=True).wait_for()
    users = emulator.control("GET", "/users")["users"]
    assert [(u["userId"], u["displayName"]) for u in users] == [(person, "太郎")]


def test_words_go_out_and_answers_appear(page: Page, person: str, emulator: Emulator) -> None:
    page.get_by_label("メッセージ", exact=True).fill("ごみの日は？")
    page.keyboard.press("Enter")
    assert sent(emulator, person, 0)["text"] == "ごみの日は？"
    push(emulator, person, {"type": "text", "text": "火曜日です。\nhttps://example.jp/gomi"})
    log = page.get_by_role("log")
    expect(log.get_by_text("火曜日です。")).to_be_visible()
    expect(log.get_by_role("link", name="https://example.jp/gomi")).to_be_visible()
    expect(log.locator(".row")).to_have_count(2)


def test_a_reload_shows_everything_once(page: Page, person: str, emulator: Emulator) -> None:
    for number in range(5):
        push(emulator, person, {"type": "text", "text": f"{number}番"})
    expect(page.locator(".row")).to_have_count(5)
    page.reload()
    expect(page.locator(".row")).to_have_count(5)
    push(emulator, person, {"type": "text", "text": "新しい"})
    expect(page.locator(".row")).to_have_count(6)


def test_markup_in_a_message_is_only_text(page: Page, person: str, emulator: Emulator) -> None:
    nasty = "<img src=x onerror=alert(1)><b>太字</b>"
    push(emulator, person, {"type": "text", "text": nasty})
    expect(page.get_by_role("log").get_by_text(nasty)).to_be_visible()
    assert page.locator(".words img, .words b").count() == 0


def test_a_quick_reply_sends_its_words_and_disappears(
    page: Page, person: str, emulator: Emulator
) -> None:
    push(
        emulator, person, chips({"type": "message", "label": "はい", "text": "はい、お願いします"})
    )
    page.get_by_role("button", name="はい").click()
    assert sent(emulator, person, 1)["text"] == "はい、お願いします"
    expect(page.get_by_role("group", name="返信の候補")).to_be_hidden()


def test_a_silent_postback_hides_the_quick_replies_too(
    page: Page, person: str, emulator: Emulator
) -> None:
    push(emulator, person, chips({"type": "postback", "label": "静か", "data": "x=1"}))
    page.get_by_role("button", name="静か").click()
    expect(page.get_by_role("group", name="返信の候補")).to_be_hidden()
    assert b'"data":"x=1"' in emulator.bot.wait(2)[1].raw


def test_a_date_is_picked(page: Page, person: str, emulator: Emulator) -> None:
    picker = {"type": "datetimepicker", "label": "日を選ぶ", "data": "d", "mode": "date"}
    push(emulator, person, chips(picker | {"min": "2026-11-01", "max": "2026-11-30"}))
    page.get_by_role("button", name="日を選ぶ").click()
    page.get_by_label("日付").fill("2026-11-24")
    page.get_by_role("button", name="決定").click()
    assert b'"params":{"date":"2026-11-24"}' in emulator.bot.wait(2)[1].raw


def test_a_place_is_sent_from_a_preset(page: Page, person: str, emulator: Emulator) -> None:
    push(emulator, person, chips({"type": "location", "label": "位置を送る"}))
    page.get_by_role("button", name="位置を送る").click()
    page.get_by_role("button", name="鶴ヶ城").click()
    page.get_by_role("button", name="送る", exact=True).click()
    place = sent(emulator, person, 1)
    assert (place["type"], place["latitude"], place["longitude"]) == ("location", 37.4877, 139.9297)
    expect(page.get_by_role("log").get_by_text("鶴ヶ城")).to_be_visible()


def test_a_sticker_is_sent(page: Page, person: str, emulator: Emulator) -> None:
    page.get_by_role("button", name="スタンプを送る").click()
    page.get_by_role("button", name="スタンプ: OK").click()
    assert sent(emulator, person, 0)["stickerId"] == "1990"


def test_a_picture_is_sent_and_shown(page: Page, person: str, emulator: Emulator) -> None:
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": png(40, 30)}
    page.locator("#file").set_input_files(picture)
    message = sent(emulator, person, 0)
    path = f"/v2/bot/message/{message['id']}/content"
    assert emulator.call("GET", path).content == png(40, 30)
    shown = page.get_by_role("img", name="写真")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 40


def test_a_flex_carousel_is_drawn_and_tapped(page: Page, person: str, emulator: Emulator) -> None:
    carousel = {"type": "carousel", "contents": [bubble("城北小学校"), bubble("一箕中学校")]}
    push(emulator, person, {"type": "flex", "altText": "避難所2件", "contents": carousel})
    expect(page.get_by_role("group", name="避難所2件")).to_be_visible()
    first, second = page.locator(".bubble").all()
    assert first.bounding_box()["y"] == second.bounding_box()["y"]  # type: ignore[index]
    page.get_by_role("button", name="一箕中学校を選ぶ").click()
    assert sent(emulator, person, 1)["text"] == "一箕中学校"


def test_templates_are_drawn_and_tapped(page: Page, person: str, emulator: Emulator) -> None:
    yes = {"type": "postback", "label": "はい", "data": "ok=1", "displayText": "はい！"}
    no = {"type": "message", "label": "いいえ", "text": "いいえ"}
    confirm = {"type": "confirm", "text": "よろしいですか", "actions": [yes, no]}
    push(emulator, person, {"type": "template", "altText": "確認", "template": confirm})
    page.get_by_role("button", name="はい").click()
    assert sent(emulator, person, 1)["text"] == "はい！"


def test_an_address_that_is_not_allowed_never_becomes_a_link(
    page: Page, person: str, emulator: Emulator
) -> None:
    emulator.control("POST", "/settings", {"strict": False})
    push(emulator, person, chips({"type": "uri", "label": "電話", "uri": "tel:0242391111"}))
    expect(page.get_by_role("link", name="電話")).to_have_attribute("href", "tel:0242391111")
    drawn = page.evaluate(
        """async () => {
            const { linkUrl, mediaUrl } = await import("/page/dom.js");
            const tries = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "x"];
            return tries.flatMap((address) => [linkUrl(address), mediaUrl(address)]);
        }"""
    )
    assert set(drawn) == {None}


def test_menu_tabs_change_the_menu(page: Page, person: str, emulator: Emulator) -> None:
    first, second = add_menu(emulator), add_menu(emulator, name="防災", chatBarText="防災")
    for alias, menu in (("tab-a", first), ("tab-b", second)):
        body = {"richMenuAliasId": alias, "richMenuId": menu}
        assert emulator.call("POST", "/v2/bot/richmenu/alias", body).status_code == 200
    assert emulator.call("POST", f"/v2/bot/user/all/richmenu/{first}").status_code == 200
    bar = page.get_by_role("button", name=re.compile("メニュー|防災"), expanded=False)
    bar.click()
    page.get_by_role("button", name="防災").press("Enter")
    expect(page.get_by_role("img", name="防災")).to_be_visible()
    assert b'"newRichMenuAliasId":"tab-b"' in emulator.bot.wait(2)[1].raw
    own = emulator.call("GET", f"/v2/bot/user/{person}/richmenu").json()
    assert own == {"richMenuId": second}
    # By keyboard one stays at the place of the tab.
    expect(page.locator("#menu-picture .area[aria-label='防災']")).to_be_focused()


def test_on_a_low_screen_the_menu_leaves_room_for_the_talk(
    page: Page, person: str, emulator: Emulator
) -> None:
    menu = add_menu(emulator, selected=True)
    assert emulator.call("POST", f"/v2/bot/user/all/richmenu/{menu}").status_code == 200
    page.reload()
    expect(page.locator("#menu-bar")).to_have_attribute("aria-expanded", "true")
    page.set_viewport_size({"width": 390, "height": 420})
    page.reload()
    expect(page.locator("#menu-bar")).to_be_visible()
    bar = page.locator("#menu-bar")
    expect(bar).to_have_attribute("aria-expanded", "false")
    log = page.get_by_role("log").bounding_box()
    assert log is not None
    assert log["height"] > 180
    bar.click()
    expect(bar).to_have_attribute("aria-expanded", "true")
    page.set_viewport_size({"width": 390, "height": 800})
    page.set_viewport_size({"width": 390, "height": 500})
    expect(bar).to_have_attribute("aria-expanded", "false")


def test_the_loading_dots_end_with_the_answer(page: Page, person: str, emulator: Emulator) -> None:
    body = {"chatId": person, "loadingSeconds": 60}
    assert emulator.call("POST", "/v2/bot/chat/loading/start", body).status_code == 202
    dots = page.get_by_role("img", name="入力中")
    expect(dots).to_be_visible()
    push(emulator, person, {"type": "text", "text": "できました"})
    expect(dots).to_have_count(0)


def test_a_message_can_be_taken_back(page: Page, person: str, emulator: Emulator) -> None:
    emulator.write(person, type="text", text="まちがい")
    page.locator(".row").hover()
    page.get_by_role("button", name="このメッセージの送信を取り消す").click()
    expect(page.get_by_text("送信を取り消しました")).to_be_visible()
    expect(page.get_by_text("まちがい")).to_have_count(0)


def test_blocking_stops_messages_until_it_is_lifted(
    page: Page, person: str, emulator: Emulator
) -> None:
    page.get_by_text("設定").click()
    page.get_by_role("button", name="ブロックする").click()
    emulator.bot.wait(2)
    page.get_by_label("メッセージ", exact=True).fill("やあ")
    page.get_by_role("button", name="送信", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("ブロック中です")
    page.get_by_text("設定").click()
    page.get_by_role("button", name="ブロックを解除する").click()
    assert b'"isUnblocked":true' in emulator.bot.wait(3)[2].raw


def test_the_panel_shows_the_raw_traffic(page: Page, person: str, emulator: Emulator) -> None:
    push(emulator, person, {"type": "text", "text": "見えますか"})
    page.get_by_role("button", name="通信", exact=True).click()
    panel = page.get_by_role("complementary", name="この人の通信")
    panel.get_by_text("POST /v2/bot/message/push").click()
    expect(panel.locator("pre:visible").first).to_contain_text("見えますか")
    page.get_by_role("button", name="閉じる").click()
    expect(page.get_by_role("button", name="通信", exact=True)).to_be_focused()


def test_rows_of_the_traffic_say_when_and_what_and_esc_closes_the_panel(
    page: Page, person: str, emulator: Emulator
) -> None:
    page.get_by_label("メッセージ", exact=True).fill("ごみの日は")
    page.get_by_role("button", name="送信", exact=True).click()
    toggle = page.get_by_role("button", name="通信", exact=True)
    toggle.click()
    row = page.locator("#traffic-list summary", has_text="ごみの日は").first
    expect(row.locator("time")).to_have_text(re.compile(r"\d+:\d\d:\d\d"))
    row.press("Escape")
    expect(page.locator("#traffic")).to_be_hidden()
    expect(toggle).to_be_focused()


def test_axe_finds_nothing_on_the_chat_page(page: Page, person: str, emulator: Emulator) -> None:
    found = [axe.judge(page)]
    place = {
        "type": "location",
        "title": "市役所",
        "address": "東栄町",
        "latitude": 37,
        "longitude": 139,
    }
    picture = f"{emulator.url}/none.png"
    image = {"type": "image", "originalContentUrl": picture, "previewImageUrl": picture}
    card = {"type": "flex", "altText": "札", "contents": bubble("避難所")}
    push(emulator, person, {"type": "text", "text": "はい"}, place, image, card)
    yes = {"type": "message", "label": "はい", "text": "はい"}
    push(emulator, person, chips(yes, {"type": "location", "label": "場所を送る"}))
    expect(page.locator(".row")).to_have_count(5)
    found.append(axe.judge(page))
    for opener in ("位置情報を送る", "スタンプを送る", "通信"):
        page.get_by_role("button", name=opener, exact=True).click()
        found.append(axe.judge(page))
        page.keyboard.press("Escape")
    page.goto(f"{emulator.url}/board")
    found.append(axe.judge(page))
    assert found == [{}] * len(found)


def test_everything_can_be_reached_with_the_keyboard(page: Page, emulator: Emulator) -> None:
    page.locator("body").click(position={"x": 200, "y": 300})
    names = []
    for _ in range(9):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent")
        )
    assert {"写真を送る", "位置情報を送る", "スタンプを送る", "送信"} <= set(names)


def test_nothing_sticks_out_of_a_narrow_phone(page: Page, person: str, emulator: Emulator) -> None:
    push(
        emulator,
        person,
        {"type": "text", "text": "x" * 400},
        {"type": "flex", "altText": "札", "contents": bubble("長い名前" * 8) | {"size": "giga"}},
        chips(*[{"type": "message", "label": "とても長い選択肢です", "text": "x"}] * 13),
    )
    expect(page.locator(".row")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_reset_leads_back_to_the_welcome(page: Page, emulator: Emulator) -> None:
    emulator.control("POST", "/reset")
    expect(page.get_by_role("button", name="友だち追加")).to_be_visible()
