"""`/my/settings` in a real browser of a phone's width, served by the whole web application."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import text

from bot.citizens import repository as citizen_rows
from bot.preferences.contract import Preferences, QuietHours
from concierge.app import build_web
from kit.db import Database
from kit.http import certificates
from kit.settings import Settings
from messages.hazards import Hazard
from messages.languages import Language
from messages.topics import Topic
from services.waste.importer import import_city
from tests.browsers import PHONE
from tests.emulators.serving import served

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run in a thread of its own: the browser's driver holds this thread's loop."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Site:
    """The web application on a port, with one citizen."""

    def __init__(self, settings: Settings) -> None:
        self.url = settings.public_base_url
        self.settings = settings
        self.citizen = run(self._prepare())
        token = settings.internal_token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}"}
        self._http = httpx2.Client(
            base_url=self.url, headers=headers, verify=certificates(), trust_env=False
        )

    async def _prepare(self) -> str:
        database = Database(self.settings)
        (await import_city(database, self.settings.city_dir, lambda: NOW)).raise_if_bad()
        async with database.transaction() as session:
            user = "U" + "a" * 32
            [citizen] = (await citizen_rows.ensure_citizens(session, {user}, NOW)).values()
        await database.close()
        return citizen

    def link(self) -> str:
        answer = self._http.post(f"/line/preferences/{self.citizen}/link").raise_for_status()
        return str(answer.json()["url"])

    @property
    def chosen(self) -> Preferences:
        answer = self._http.get(f"/line/preferences/{self.citizen}").raise_for_status()
        return Preferences.model_validate(answer.json())

    def choose(self, chosen: Preferences) -> None:
        body = chosen.model_dump(mode="json")
        self._http.put(f"/line/preferences/{self.citizen}", json=body).raise_for_status()

    def browser(self) -> httpx2.Client:
        """A browser without scripts, to look at headers and to send what no form would."""
        return httpx2.Client(base_url=self.url, verify=certificates(), trust_env=False)


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    with served(lambda url: build_web(_at(settings, url))) as url:
        yield Site(_at(settings, url))


def _at(settings: Settings, url: str) -> Settings:
    return settings.model_copy(update={"public_base_url": url})


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A phone without JavaScript: the page must not need any."""
    context = browser.new_context(viewport=PHONE, locale="ja-JP", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def enter(page: Page, site: Site) -> None:
    """Tap the link of the talk, and the button that it shows."""
    page.goto(site.link())
    page.get_by_role("button", name="設定を開く").click()


def enter_plainly(browser: httpx2.Client, site: Site) -> httpx2.Response:
    token = site.link().partition("?t=")[2]
    return browser.post("/my/settings/open", data={"t": token})


def test_a_citizen_chooses_and_saves_on_a_phone(page: Page, site: Site) -> None:
    enter(page, site)
    expect(page).to_have_url(f"{site.url}/my/settings")
    expect(page.get_by_role("heading", level=1)).to_have_text("通知の設定")
    expect(page.get_by_label("防災")).to_be_checked()
    page.get_by_label("子育て").check()
    page.get_by_label("城西").check()
    page.get_by_label("地震").check()
    page.get_by_label("何時から").select_option("22")
    page.get_by_label("ことば").select_option("やさしい日本語")
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("status")).to_contain_text("保存しました")
    expect(page.get_by_label("城西")).to_be_checked()
    assert site.chosen == Preferences(
        areas=("城西",),
        topics=(Topic.disaster, Topic.childcare),
        hazards=(Hazard.earthquake,),
        language=Language.easy,
        quiet=QuietHours(start=22, end=7),
    )


def test_everything_can_be_unticked(page: Page, site: Site) -> None:
    site.choose(Preferences(areas=("城西",), topics=(Topic.snow,), hazards=(Hazard.fire,)))
    enter(page, site)
    for name in ("城西", "大雪・除雪", "大規模な火事", "送らない時間を決める"):
        page.get_by_label(name).uncheck()
    page.get_by_role("button", name="保存する").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert site.chosen == Preferences(topics=(), quiet=None)


def test_a_mistake_is_explained_and_nothing_typed_is_lost(page: Page, site: Site) -> None:
    enter(page, site)
    page.get_by_label("子育て").check()
    page.get_by_label("何時から").select_option("7")
    page.get_by_role("button", name="保存する").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("ちがう時刻を選んでください")
    expect(page.get_by_label("子育て")).to_be_checked()
    expect(page.get_by_label("何時から")).to_have_value("7")
    expect(page).to_have_title("入力の確認：通知の設定")
    assert alert.get_by_role("link").get_attribute("href") == "#quiet_start"
    assert site.chosen == Preferences()


def test_the_page_fits_a_phone_and_its_targets_fit_a_finger(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport=PHONE, locale="ja-JP")
    page = context.new_page()
    page.goto(site.link())
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    enter(page, site)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    heights = page.evaluate(
        "[...document.querySelectorAll('.tick, select, button')]"
        ".map(element => element.getBoundingClientRect().height)"
    )
    assert len(heights) > 40
    assert min(heights) >= 44
    unnamed = page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]), select')]"
        ".filter(field => !field.labels.length).length"
    )
    assert unnamed == 0
    context.close()


def test_a_link_works_once(site: Site) -> None:
    link = site.link()
    sent = {"t": link.partition("?t=")[2]}
    with site.browser() as first, site.browser() as second:
        answer = first.post("/my/settings/open", data=sent)
        assert (answer.status_code, answer.headers["location"]) == (303, "/my/settings")
        cookie = answer.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/my"))
        assert "no-store" in answer.headers["cache-control"]
        assert first.get("/my/settings").status_code == 200
        for refused in (second.get(link), second.post("/my/settings/open", data=sent)):
            assert refused.status_code == 410
            assert "「通知の設定」と送ります" in refused.text
            assert "set-cookie" not in refused.headers
        for again in (first.get(link), first.post("/my/settings/open", data=sent)):
            assert again.status_code == 303, "the one who used it may tap it again"


def test_whoever_only_fetches_a_link_uses_nothing_up_and_gets_no_session(site: Site) -> None:
    link = site.link()
    with site.browser() as preview, site.browser() as citizen:
        for _ in range(3):
            for fetched in (preview.get(link), preview.head(link)):
                assert "set-cookie" not in fetched.headers
        assert "設定を開く" in preview.get(link).text
        assert preview.get("/my/settings").status_code == 410
        sent = {"t": link.partition("?t=")[2]}
        assert citizen.post("/my/settings/open", data=sent).status_code == 303
        assert citizen.get("/my/settings").status_code == 200


def test_another_site_opens_nobodys_settings_in_a_browser(site: Site) -> None:
    sent = {"t": site.link().partition("?t=")[2]}
    with site.browser() as browser:
        abroad = {"Sec-Fetch-Site": "cross-site"}
        answer = browser.post("/my/settings/open", data=sent, headers=abroad)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/my/settings", "/my/settings?t=guess", "/my/settings?t="])
def test_without_a_session_the_page_says_what_to_do(site: Site, path: str) -> None:
    with site.browser() as browser:
        answer = browser.get(path)
    assert answer.status_code == 410
    assert "LINEのトークに戻ります" in answer.text


def form_token(html: str) -> str:
    return html.partition('name="form_token" value="')[2].partition('"')[0]


def test_a_form_of_another_page_is_refused(site: Site) -> None:
    with site.browser() as browser, site.browser() as stranger:
        enter_plainly(browser, site)
        enter_plainly(stranger, site)
        token = form_token(stranger.get("/my/settings").text)
        for given in ({}, {"form_token": ""}, {"form_token": token}):
            form = {"language": "en", **given}
            answer = browser.post("/my/settings", data=form)
            assert answer.status_code == 403
            assert "まだ保存されていません" in answer.text
    assert site.chosen == Preferences()


@pytest.mark.parametrize(
    "change",
    [
        {"topic": ["nothing"]},
        {"area": ["ない地区"]},
        {"hazard": ["x"]},
        {"language": ["xx"]},
        {"language": ["ja", "en"]},
        {"quiet": ["on"], "quiet_start": ["24"]},
        {"quiet": ["on"], "quiet_start": ["²"]},
    ],
)
def test_a_form_that_was_tampered_with_changes_nothing(site: Site, change: Any) -> None:
    with site.browser() as browser:
        enter_plainly(browser, site)
        token = form_token(browser.get("/my/settings").text)
        sound = {"form_token": token, "language": "en", "quiet_start": "21", "quiet_end": "7"}
        answer = browser.post("/my/settings", data={**sound, **change})
        assert answer.status_code == 422
        assert site.chosen == Preferences()
        assert browser.post("/my/settings", data=sound).status_code == 303


def test_a_form_that_is_too_large_is_refused_kindly(site: Site) -> None:
    with site.browser() as browser:
        enter_plainly(browser, site)
        answer = browser.post("/my/settings", content=b"a=" + b"x" * 60_000)
    assert answer.status_code == 413
    assert "もう一度お試しください" in answer.text


def test_the_page_works_while_the_districts_are_not_to_be_had(site: Site) -> None:
    site.choose(Preferences(areas=("城西",)))
    run(forget_the_calendar(site.settings))
    with site.browser() as browser:
        enter_plainly(browser, site)
        html = browser.get("/my/settings").text
        assert "今の地区：城西" in html
        form = {"form_token": form_token(html), "language": "vi"}
        assert browser.post("/my/settings", data=form).status_code == 303
    assert (site.chosen.areas, site.chosen.language) == (("城西",), Language.vi)


async def forget_the_calendar(settings: Settings) -> None:
    database = Database(settings)
    async with database.transaction() as session:
        await session.execute(text("DELETE FROM waste_dataset"))
    await database.close()
