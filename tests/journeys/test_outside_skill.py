"""A skill in JavaScript with no code of ours, from its registration to an answer on the phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from concierge.local_stack import LocalStack
from tests.emulators.conftest import ARGUMENTS
from tests.journeys.test_record_in_the_talk import Handset
from tests.services.developers.test_quickstart import Shell, commands, decide
from tests.support import staff_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def shell() -> Iterator[Shell]:
    shell = Shell()
    yield shell
    shell.close()


def test_the_example_is_registered_checked_approved_and_answers_in_the_emulator(
    browser: Browser, stack: LocalStack, shell: Shell
) -> None:
    staff = staff_browser(stack)
    sign_up, make_key, start, check, clean_up = commands(staff.get("/developers/quickstart").text)
    shell.enter(sign_up)
    accounts = re.findall(r"people/(dev_[0-9a-f]+)", staff.get("/console/developers/").text)
    decide(staff, f"people/{accounts[0]}", state="approved", desk="市民課")
    shell.enter(make_key)
    shell.enter(start)
    assert shell.enter(check)[:2] == ["checked", "sandbox"]
    for state in ("approved", "live"):
        decide(staff, "skills/bicycle-stations", state=state)
    phone = Handset(browser, stack)
    phone.say("シェアサイクルの台数を教えて")
    phone.hears("デモ自転車の会")
    phone.hears("どのステーションの空きを見ますか。")
    phone.tap("市役所前（デモ）")
    expect(phone.chat.get_by_role("log").get_by_text("借りられる自転車").last).to_be_visible()
    assert shell.enter(clean_up) == ["disabled"]
    phone.say("シェアサイクルの台数")
    phone.hears("うまく理解できませんでした")
    phone.context.close()
