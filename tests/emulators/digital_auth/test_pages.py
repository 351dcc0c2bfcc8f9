"""The pages in a phone's browser."""

from playwright.sync_api import Browser, expect

from tests.emulators.digital_auth.conftest import ALL_ITEMS, RunningDigitalAuth
from tests.emulators.openid.phone import check_page, phone


def test_a_resident_has_a_card_read_on_a_phone_and_is_sent_on(
    app: RunningDigitalAuth, browser: Browser
) -> None:
    with phone(browser, app, ALL_ITEMS) as page:
        check_page(page)
        page.get_by_role("button", name="同意して進む").click()
        check_page(page)
        page.get_by_label("暗証番号").fill("0000")
        page.get_by_role("button", name="次へ").click()
        check_page(page)
        page.get_by_role("button", name="髙橋 邦夫").click()
        expect(page.get_by_role("alert")).to_contain_text("あと2回")
        check_page(page)
        page.get_by_label("暗証番号").fill("1234")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="髙橋 邦夫").click()
        expect(page.get_by_role("heading")).to_contain_text("code=")
        page.goto(app.url)
        check_page(page)


def test_a_resident_with_a_revoked_card_is_told_what_to_do(
    app: RunningDigitalAuth, browser: Browser
) -> None:
    with phone(browser, app, "openid") as page:
        page.get_by_role("button", name="同意して進む").click()
        page.get_by_label("暗証番号").fill("1234")
        page.get_by_role("button", name="次へ").click()
        page.get_by_role("button", name="五十嵐 修").click()
        expect(page.get_by_role("alert")).to_contain_text("失効")
        check_page(page)
        page.get_by_role("button", name="戻る").click()
        expect(page.get_by_role("heading")).to_contain_text("error=access_denied")


def test_the_pin_cannot_be_read_on_the_screen(app: RunningDigitalAuth, browser: Browser) -> None:
    with phone(browser, app, "openid") as page:
        page.get_by_role("button", name="同意して進む").click()
        field = page.get_by_label("暗証番号")
        assert field.get_attribute("type") == "password"
        assert field.get_attribute("inputmode") == "numeric"
        assert field.get_attribute("autocomplete") == "off"
