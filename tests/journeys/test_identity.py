"""A person with a phone proves who they are: the talk, Chromium, and behind it every process."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from concierge.local_stack import LocalStack
from tests.identity.phone import Phone
from tests.support import Line


@pytest.fixture
def phone(browser: Browser, stack: LocalStack) -> Iterator[Phone]:
    line = Line(stack.line)
    user = line.add_user("みさき")
    line.wait_for_bot(user, 1)
    phone = Phone(browser, line, stack.web, user)
    yield phone
    phone.page.context.close()
    assert phone.complaints == []


def test_my_id_is_linked_from_the_talk_and_undone_with_one_tap(phone: Phone) -> None:
    offers = phone.say("My-IDを連携したい")
    phone.page.goto(offers["My-IDとつなぐ"])
    phone.check("LINEとMy-IDをつなぎます")
    phone.press("LINEで確認して進む")
    phone.is_me("同意してログイン")
    phone.log_in_at_my_id("misaki")
    before = len(phone.texts())
    phone.is_me("連携する")
    phone.page.get_by_text("連携しました").wait_for()
    offers = phone.offers(before)
    assert "佐＊＊＊ さま" in phone.texts()[-1]
    phone.line.tap(phone.user, offers["取り消す"])
    phone.line.wait_for_bot(phone.user, before + 2)
    assert "取り消しました" in phone.texts()[-1]


def test_the_card_is_asked_for_and_the_dialogue_goes_on_by_itself(phone: Phone) -> None:
    offers = phone.say("マイナンバーカードで本人確認したい")
    phone.page.goto(offers["カードで本人確認"])
    phone.check("マイナンバーカードで本人確認をします")
    phone.press("LINEで確認して進む")
    phone.is_me("同意してログイン")
    before = len(phone.texts())
    phone.read_card("鈴木 健太")
    phone.is_me("連携する")
    phone.page.get_by_text("連携しました").wait_for()
    phone.line.wait_for_bot(phone.user, before + 1)
    assert any("マイナンバーカードでの本人確認ができました" in text for text in phone.texts())
