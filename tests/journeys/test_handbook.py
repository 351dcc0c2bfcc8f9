"""A mother's way to her children's handbooks: the talk, the card, the pages, her access log."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from concierge.local_stack import LocalStack
from tests.browsers import PHONE
from tests.journeys.test_record_in_the_talk import Handset, press, read_card

SHOTS = os.environ.get("SHOTS", "")


@pytest.fixture
def handset(browser: Browser, stack: LocalStack) -> Iterator[Handset]:
    handset = Handset(browser, stack)
    yield handset
    handset.context.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look, and check that nothing is wider than a phone."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_a_mother_finds_the_next_vaccination_records_a_weight_shares_it_and_sees_who_looked(
    handset: Handset,
    browser: Browser,
    stack: LocalStack,
) -> None:
    handset.say("次の予防接種はいつですか")
    handset.hears("何か月、または何歳ですか")
    handset.tap("うちの子の予定を見る")
    page = handset.up_to_provider("カードで本人確認")
    press(page, "同意して進む")
    read_card(page, "佐藤 美咲", "1234")
    handset.is_me(page, "連携する")
    expect(page.get_by_text("連携しました")).to_be_visible()
    page.close()

    handset.hears("お子さん2人の母子健康手帳があります")
    page = handset.open("予防接種のページ")
    expect(page.get_by_role("heading", name="記録を見るための同意")).to_be_visible()
    shoot(page, "consent")
    page.get_by_role("link", name="同意のページへ進む").click()
    purpose = page.get_by_role("listitem").filter(has_text="健診・予防接種の記録を見る")
    purpose.get_by_role("button", name="同意する").click()

    page.goto(f"{stack.web}/my/health/")
    for name in ("佐藤 結衣", "佐藤 蓮"):
        expect(page.get_by_role("region", name=name)).to_be_visible()
    yui = page.get_by_role("region", name="佐藤 結衣")
    expect(yui.get_by_role("heading", name="水ぼうそう（水痘） 2回目")).to_be_visible()
    shoot(page, "index")
    page.get_by_role("link", name="佐藤 蓮さんの成長の記録").click()
    expect(page.get_by_role("img", name="体重のグラフ")).to_be_visible()
    shoot(page, "growth-ren")
    page.goto(f"{stack.web}/my/health/vaccinations")
    expect(page.get_by_text("どのお子さまの記録ですか")).to_be_visible()
    shoot(page, "which")
    page.get_by_role("link", name="佐藤 結衣").click()
    expect(page.get_by_text("DEMO-113")).to_be_visible()
    press(page, "LINEで知らせてもらう")
    expect(page.get_by_role("status")).to_have_text("時期が近づいたら、LINEでお知らせします。")
    expect(page.get_by_role("button", name="お知らせをやめる")).to_be_visible()
    shoot(page, "vaccinations")
    page.get_by_role("link", name="成長の記録").click()
    page.get_by_label("体重（kg）").fill("11000")
    press(page, "記録する")
    expect(page.get_by_text("単位か小数点をご確認ください")).to_be_visible()
    shoot(page, "growth-slip")
    page.get_by_label("体重（kg）").fill("１１．２")
    press(page, "記録する")
    expect(page.get_by_role("status")).to_have_text("記録しました。")
    expect(page.get_by_text("体重 11.2kg").first).to_be_visible()
    expect(page.get_by_role("img", name="体重のグラフ").locator("circle")).to_have_count(7)
    shoot(page, "growth")
    for name, words in (
        ("健診の結果", "1歳6か月児健康診査"),
        ("お薬とアレルギー", "デモ薬A"),
        ("育児日記", "日記を書く"),
    ):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_text(words).first).to_be_visible()
        shoot(page, name)
    if SHOTS:
        page.get_by_role("link", name="成長の記録").click()
        page.pdf(path=str(Path(SHOTS) / "growth.pdf"))

    page.get_by_role("link", name="記録を見せる").click()
    page.get_by_label("見せる相手").fill("デモ小児科")
    page.get_by_label("予防接種", exact=True).check()
    shoot(page, "sharing")
    press(page, "QRコードを作る")
    expect(page.get_by_role("img", name="共有のQRコード")).to_be_visible()
    shoot(page, "share-code")
    opened = page.get_by_role("link", name="このリンク").get_attribute("href")
    clinic = browser.new_context(viewport=PHONE, locale="ja-JP").new_page()
    clinic.goto(str(opened))
    press(clinic, "記録を開く")
    expect(clinic.get_by_role("heading", name="佐藤 結衣")).to_be_visible()
    expect(clinic.get_by_text("DEMO-113")).to_be_visible()
    expect(clinic.get_by_text("体重のグラフ")).to_have_count(0)
    shoot(clinic, "shared")
    clinic.context.close()

    page.get_by_role("link", name="あなたの情報を見た人の記録").click()
    expect(page.get_by_text("共有された母子健康手帳の記録を見た").first).to_be_visible()
    expect(page.get_by_text("母子健康手帳の記録を見た").first).to_be_visible()
    shoot(page, "log")
    page.close()

    # Nothing of it has been said in the talk.
    talk = handset.chat.get_by_role("log")
    for word in ("結衣", "蓮", "水ぼうそう", "11.2"):
        expect(talk.get_by_text(word)).to_have_count(0)
    # The house has one 佐藤 美咲, and others link her too.
    handset.say("連携を解除したい")
    handset.tap("連携だけ外す")
    handset.hears("連携を外しました")
