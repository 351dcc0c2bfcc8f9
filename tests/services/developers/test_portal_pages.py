"""The portal and the console page in a real browser: a phone of 390 px, without scripts."""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from auth.permissions import Role
from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from tests.browsers import PHONE
from tests.emulators.serving import served
from tests.services.developers.skill import Skill, serving
from tests.services.developers.world import API, MANIFEST, import_small_faq, reading
from tests.support import DEMO_PASSWORD, add_staff


async def prepare(settings: Settings, folder: Path) -> None:
    database = Database(settings)
    await import_small_faq(database, settings, folder)
    await database.close()
    app = build_web(settings)
    await add_staff(app, Role.supervisor)
    await app.state.container.get(Database).close()


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Iterator[str]:
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, prepare(settings, tmp_path)).result()
    with reading({}) as rasa:
        own = settings.model_copy(update={"rasa_url": rasa})
        with served(lambda _url: build_web(own)) as url:
            yield url


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    context = browser.new_context(
        viewport=PHONE, locale="ja-JP", java_script_enabled=False, base_url=site
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


@pytest.fixture
def skill() -> Iterator[Skill]:
    with serving() as skill:
        yield skill


def fits(page: Page, name: str) -> None:
    """One heading, nothing beyond the screen's edge, every target its size, every field a name."""
    if folder := os.environ.get("PAGES_SEEN"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    for part in page.locator("main :is(h1, p, pre, input:not([type=hidden]), button, dl)").all():
        box = part.bounding_box()
        assert box is None or box["x"] + box["width"] <= PHONE["width"], part.text_content()
    for target in page.locator(
        "main button, main input:not([type=hidden]):not([type=checkbox])"
    ).all():
        box = target.bounding_box()
        assert box is not None
        assert box["height"] >= 44, target.get_attribute("name")
    for field in page.locator("main input:not([type=hidden])").all():
        name = field.get_attribute("id") or ""
        assert page.locator(f'label[for="{name}"]').count() == 1, name


SUBJECT = {"entities": [{"type": "Alert"}]}
ASKING = {
    "version": "1",
    "messages": [
        {
            "type": "text",
            "text": "どこですか。",
            "choices": [{"kind": "again", "label": "駅前", "slots": {"station": "st-1"}}],
        }
    ],
}


def log_in_staff(page: Page) -> None:
    page.goto("/console/login")
    page.locator("input[name=login]").fill("test-supervisor")
    page.locator("input[name=password]").fill(DEMO_PASSWORD)
    page.locator("main button[type=submit]").click()


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def test_from_the_sign_up_to_a_live_skill_and_its_stop(page: Page, skill: Skill) -> None:
    page.goto("/developers/")
    fits(page, "home")
    for path in ("quickstart", "skills-reference", "status", "changelog"):
        page.goto(f"/developers/{path}")
        fits(page, path)
    page.goto("/developers/sign-up")
    page.get_by_label("お名前").fill("あ")
    page.get_by_label("メールアドレス").fill("dev@example.jp")
    page.get_by_label("使いみち").fill("空きを知らせます")
    press(page, "登録する")
    expect(page.get_by_role("alert")).to_contain_text("お名前")
    fits(page, "sign-up")
    page.get_by_label("お名前").fill("デモ自転車の会")
    press(page, "登録する")
    secret = page.locator("code.secret").inner_text()
    fits(page, "signed-up")

    page.goto("/developers/")
    page.get_by_label("アカウントの鍵").fill("cds_wrong")
    press(page, "ログイン")
    expect(page.get_by_role("alert")).to_contain_text("鍵が違います")
    page.get_by_label("アカウントの鍵").fill(secret)
    press(page, "ログイン")
    expect(page.get_by_text("承認を待っています")).to_be_visible()
    assert page.get_by_role("button", name="鍵を作る").count() == 0

    log_in_staff(page)
    page.goto("/console/developers/")
    fits(page, "console")
    press(page, "「デモ自転車の会」を承認する")

    page.goto("/developers/account")
    page.get_by_label("新しい鍵の名前").fill("手もと")
    press(page, "鍵を作る")
    key = page.locator("code.secret").inner_text()
    wanted = {"http": {"url": skill.url}}
    subscription = {"description": "避難情報", "subject": SUBJECT, "notification": wanted}
    bearer = {"Authorization": f"Bearer {key}"}
    assert page.request.post("/ngsi-v2/subscriptions", data=subscription, headers=bearer).ok
    page.goto("/developers/account")
    assert key not in page.content()
    expect(page.get_by_text("届けています")).to_be_visible()
    fits(page, "account")
    press(page, "「避難情報」をやめる")
    expect(page.get_by_role("row", name="データの購読 0 / 10")).to_be_visible()

    manifest = page.get_by_label("マニフェスト（JSON）")
    manifest.fill(json.dumps({**MANIFEST, "url": skill.url, "triggers": []}))
    press(page, "登録する")
    expect(page.get_by_role("alert")).to_contain_text("triggers")
    assert '"bicycle-stations"' in manifest.input_value()
    manifest.fill(json.dumps({**MANIFEST, "url": skill.url}))
    press(page, "登録する")
    skill.secret = page.locator("code.secret").inner_text()
    press(page, "自動チェックを受ける")
    press(page, "サンドボックスに移す")
    assert skill.secret not in page.content()
    skill.answer = ASKING
    press(page, "送る")
    talk = page.get_by_role("log")
    expect(talk).to_contain_text("どこですか。")
    fits(page, "skill")
    press(page, "駅前")
    assert skill.heard[-1].content["slots"] == {"language": "ja", "station": "st-1"}
    expect(page.locator("#talk-end .said")).to_have_text("駅前")
    press(page, "会話を消す")
    expect(talk).to_contain_text("まだ何も話していません")

    page.goto("/console/developers/skills/bicycle-stations")
    press(page, "内容を承認する")
    press(page, "市民に公開する")
    expect(page.locator("main")).to_contain_text("公開中")
    fits(page, "console-skill")
    press(page, "すぐに停止する")
    expect(page.locator("main")).to_contain_text("停止中")

    page.goto("/developers/account")
    press(page, "「手もと」を取り消す")
    api = {"Authorization": f"Bearer {key}"}
    assert page.request.get(f"{API}/skills", headers=api).status == 401


def test_a_form_from_elsewhere_changes_nothing(page: Page, site: str) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    form = {"name": "デモ", "mail": "dev@example.jp", "purpose": "空きを知らせます"}
    answer = page.request.post("/developers/sign-up", form=form, headers=foreign)
    assert answer.status == 403
    signed_up = page.request.post("/developers/sign-up", form=form)
    assert signed_up.status == 201
    [secret] = set(re.findall(r"cds_[\w-]+", signed_up.text()))
    stale = page.request.post("/developers/keys", form={"name": "x", "form_token": "y"})
    assert re.search("開発者向けページ", stale.text())
    page.request.post("/developers/login", form={"secret": secret}, headers=foreign)
    assert not page.request.get("/developers/account").url.endswith("/account")
    page.request.post("/developers/login", form={"secret": secret})
    for token in ("", "y"):
        refused = page.request.post("/developers/logout", form={"form_token": token})
        assert refused.status == 403
        assert page.request.get("/developers/account").url.endswith("/account")
