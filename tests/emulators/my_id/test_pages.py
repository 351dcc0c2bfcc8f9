"""The pages in a phone's browser."""

from playwright.sync_api import Browser, expect

from tests.emulators.my_id.conftest import RunningMyId
from tests.emulators.openid.phone import check_page, phone


def test_a_resident_signs_in_on_a_phone_and_is_sent_on(
    my_id: RunningMyId, browser: Browser
) -> None:
    with phone(browser, my_id, "openid profile") as page:
        check_page(page)
        page.get_by_role("link", name="渡邊 惠子").click()
        expect(page.get_by_label("ユーザーID")).to_have_value("keiko")
        page.get_by_label("パスワード").fill("falsch")
        page.get_by_role("button", name="ログイン").click()
        expect(page.get_by_role("alert")).to_contain_text("違います")
        assert page.title().startswith("エラー")
        check_page(page)
        page.get_by_label("パスワード").fill("demo-my-id")
        page.keyboard.press("Enter")
        expect(page.get_by_text("渡邊 惠子さんとして")).to_be_visible()
        check_page(page)
        page.get_by_role("button", name="同意して進む").click()
        expect(page.get_by_role("heading")).to_contain_text("code=")
        page.goto(f"{my_id.url}/logout")
        check_page(page)
        page.get_by_role("button", name="ログアウトする").click()
        expect(page.get_by_role("heading")).to_have_text("ログアウトしました")
        page.goto(my_id.url)
        check_page(page)


def test_a_resident_cancels_on_a_phone(my_id: RunningMyId, browser: Browser) -> None:
    with phone(browser, my_id, "openid") as page:
        page.get_by_role("button", name="キャンセル").click()
        expect(page.get_by_role("heading")).to_contain_text("error=access_denied")
