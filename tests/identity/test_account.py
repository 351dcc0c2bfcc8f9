"""A citizen's account: what is linked, who is logged in, what was agreed to, who looked at what."""

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from auth.levels import Level
from auth.manifests import read_manifest
from concierge.modules import load_modules
from identity.account import consents
from identity.account import wording as account_words
from identity.account.pages import EXPORT_PAGE, PAGE_ROWS
from identity.account.purposes import load_purposes
from identity.audit.log import Actor, AuditEntry, record
from identity.contract import ACCESS_PAGE, ACCOUNT_PAGE, DELETE_PAGE
from identity.oidc.providers import load_providers
from kit.errors import NotFoundError, UnauthorizedError
from kit.http import call
from kit.settings import ROOT, Settings
from services.developers.sharing import Shared
from services.residents.contract import AUDIENCE
from tests.identity.browsing import Browser
from tests.identity.test_deletion import JPEG, WORDS, open_account, settled
from tests.identity.world import IdentityWorld, Person

WITH_REGISTER = True


async def at_line(world: IdentityWorld, person: Person, page: str = ACCOUNT_PAGE) -> Browser:
    """A browser in which LINE alone was verified."""
    browser = Browser()
    browser.open(await world.identity.one_time_link(person.citizen_id, Level.L1, page=page))
    browser.send("/start")
    world.pass_line(browser, person)
    return browser


async def test_the_page_shows_what_is_linked_and_ends_one_link(world: IdentityWorld) -> None:
    misaki = await world.person()
    await world.linked(misaki, "my-id")
    browser = await at_line(world, misaki)
    assert "My-IDの連携を外す" in browser.page.text
    assert "連携を外しました" in browser.send("/links")
    assert await world.links(misaki) == [("my-id", "ended")]
    assert "もう一度始めてください" in open_account(world, browser)


async def test_link_09_after_unlinking_the_card_nobody_stands_for_a_resident(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await world.linked(misaki, "card")
    cases = "SELECT count(*) FROM residents_case WHERE citizen_id = :of"
    assert await world.bot.one(cases, of=misaki.citizen_id) == 1
    open_account(world, browser)
    browser.send("/links")
    assert await world.bot.one(cases, of=misaki.citizen_id) == 0
    scopes = ("residents:people:read",)
    assert await world.identity.grant(misaki.citizen_id, AUDIENCE, scopes, Level.L3) is None


@pytest.mark.parametrize("page", [EXPORT_PAGE, DELETE_PAGE])
async def test_after_unlinking_the_card_export_and_deletion_still_need_it(
    world: IdentityWorld, page: str
) -> None:
    misaki = await world.person()
    await world.linked(misaki, "card")
    await world.identity.unlink(misaki.citizen_id)
    borrowed = await at_line(world, misaki, page)
    assert "/identity/step-up/card" in borrowed.url
    await world.linked(misaki, "card", "kenta")
    borrowed = await at_line(world, misaki, page)
    borrowed.send("/step-up/card")
    world.pass_card(borrowed, "kenta")
    assert "前のカードと違います" in borrowed.page.text


async def test_parting_with_the_card_on_a_page_needs_the_card(world: IdentityWorld) -> None:
    misaki = await world.person()
    await world.linked(misaki, "card")
    browser = await at_line(world, misaki)
    browser.send("/links")
    assert "/identity/step-up/card" in browser.url
    assert await world.links(misaki) == [("card", "active")]
    browser.send("/step-up/card")
    world.pass_card(browser)
    assert browser.url.endswith(ACCOUNT_PAGE)
    assert "連携を外しました" in browser.send("/links")
    assert await world.links(misaki) == [("card", "ended")]


async def test_somebody_elses_link_cannot_be_ended(world: IdentityWorld) -> None:
    misaki, taro = await world.person(), await world.person("たろう")
    await world.linked(misaki, "my-id")
    [(link_id,)] = await world.bot.query("SELECT id FROM identity_link")
    await world.linked(taro, "my-id", "kenta")
    browser = await at_line(world, taro)
    browser.send("/links", link=link_id)
    assert await world.links(misaki) == [("my-id", "active")]


async def test_sess_04_browsers_are_listed_and_one_is_ended(world: IdentityWorld) -> None:
    misaki = await world.person()
    first = await at_line(world, misaki)
    second = await at_line(world, misaki)
    said = open_account(world, second)
    assert said.count("このログインを終わらせる") == 1
    assert said.count("いまお使いのもの") == 1
    # The newest browser comes first: this one.
    own, other = re.findall(r'name="browser" value="([0-9a-f]{16})"', said)
    assert own != other
    assert "そのブラウザのログインを終わらせました" in second.send("/browsers", browser=other)
    assert "もう一度始めてください" in open_account(world, first)
    assert "お預かりの情報" in open_account(world, second)


async def test_a_browser_that_has_only_opened_a_link_is_not_logged_in(
    world: IdentityWorld,
) -> None:
    misaki, stranger = await world.person(), Browser()
    stranger.open(await world.link(misaki, "my-id"))
    stranger.send("/start")
    browser = await at_line(world, misaki)
    assert "このログインを終わらせる" not in browser.page.text
    assert "もう一度始めてください" in open_account(world, stranger)


async def test_sess_04_all_browsers_are_ended_at_once(world: IdentityWorld) -> None:
    misaki = await world.person()
    first, second = await at_line(world, misaki), await at_line(world, misaki)
    assert "ログアウトしました" in second.send("/browsers", browser="all")
    for browser in (first, second):
        assert "もう一度始めてください" in open_account(world, browser)


async def test_priv_05_consent_counts_from_giving_to_withdrawing(world: IdentityWorld) -> None:
    misaki = await world.person()
    browser = await at_line(world, misaki)
    of, purpose = misaki.citizen_id, "personal_notices"
    assert not await world.identity.agrees(of, purpose)
    assert "同意済み" in browser.send("/consents", purpose=purpose, do="give", version="1")
    assert await world.identity.agrees(of, purpose)
    assert not await world.identity.agrees(of, "improvement")
    said = browser.send("/consents", purpose=purpose, do="withdraw")
    assert "同意をやめました" in said
    assert not await world.identity.agrees(of, purpose)


async def test_priv_05_consent_to_another_wording_than_the_one_in_force_is_none(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await at_line(world, misaki)
    async with world.bot.database.transaction() as session:
        await consents.give(session, misaki.citizen_id, "improvement", 7, world.bot.now())
    assert not await world.identity.agrees(misaki.citizen_id, "improvement")
    assert "以前の文面（第7版）に同意済み" in open_account(world, browser)
    browser.send("/consents", purpose="improvement", do="give", version="7")
    assert not await world.identity.agrees(misaki.citizen_id, "improvement")
    browser.send("/consents", purpose="improvement", do="give", version="1")
    assert await world.identity.agrees(misaki.citizen_id, "improvement")


async def test_an_unknown_purpose_is_nobodys_to_agree_to(world: IdentityWorld) -> None:
    misaki = await world.person()
    with pytest.raises(NotFoundError):
        await world.identity.agrees(misaki.citizen_id, "everything")
    browser = await at_line(world, misaki)
    browser.send("/consents", purpose="everything", do="give", version="1")
    assert browser.page.status_code == 400


@pytest.mark.parametrize("form", ["links", "browsers", "consents", "export", "delete"])
async def test_a_form_that_no_page_of_this_session_sent_changes_nothing(
    world: IdentityWorld, form: str
) -> None:
    misaki = await world.person()
    browser = await at_line(world, misaki)
    url = f"{world.bot.settings.public_base_url}{ACCOUNT_PAGE}/{form}"
    everything = {"what": "everything", "read": "on", "browser": "all"}
    refused = browser.http.post(url, data=everything | {"form_token": "forged"})
    assert refused.status_code == 403
    assert "もう一度お試しください" in refused.text
    assert "お預かりの情報" in open_account(world, browser)


async def look(world: IdentityWorld, citizen_id: str, action: str) -> None:
    entry = AuditEntry(citizen_id, action, Actor.staff, "市民課 stf_7", "電話でのお問い合わせ")
    async with world.bot.database.transaction() as session:
        await record(session, entry, world.bot.now())


async def test_the_log_says_when_who_what_and_why_and_names_no_officer(
    world: IdentityWorld,
) -> None:
    misaki, taro = await world.person(), await world.person("たろう")
    browser = await at_line(world, misaki, ACCESS_PAGE)
    assert "記録はまだありません" in browser.page.text
    await look(world, misaki.citizen_id, "residents:contact:read")
    await look(world, taro.citizen_id, "residents:export")
    said = open_account(world, browser, ACCESS_PAGE)
    for words in ("連絡先を見た", "市民課の職員", "電話でのお問い合わせ", "年", "いつ"):
        assert words in said
    assert "stf_7" not in said
    assert "写しを取り出した" not in said
    assert "書きかえられた記録はありません" in said


async def test_a_grant_in_a_citizens_name_stands_in_their_log(world: IdentityWorld) -> None:
    misaki = await world.person()
    browser = await world.linked(misaki, "card")
    scopes = ("residents:people:read",)
    await world.identity.grant(misaki.citizen_id, AUDIENCE, scopes, Level.L3)
    said = open_account(world, browser, ACCESS_PAGE)
    assert "住民としての登録（ご家族を含む）を見た" in said
    assert "ご本人の操作（マイナンバーカードで確認）" in said


async def test_the_log_is_paged_newest_first(world: IdentityWorld) -> None:
    misaki = await world.person()
    browser = await at_line(world, misaki)
    for number in range(PAGE_ROWS + 2):
        action = "residents:export" if number < 2 else "residents:contact:read"
        await look(world, misaki.citizen_id, action)
    said = open_account(world, browser, ACCESS_PAGE)
    assert said.count("連絡先を見た") == PAGE_ROWS
    assert "写しを取り出した" not in said
    older = f"{ACCESS_PAGE}?before=3"
    assert older in said
    said = open_account(world, browser, older)
    assert said.count("写しを取り出した") == 2
    assert "いちばん新しい記録に戻る" in said


@pytest.mark.parametrize("number", ["0", "-1", "9" * 30, "x"])
async def test_a_number_that_no_record_has_is_refused(world: IdentityWorld, number: str) -> None:
    browser = await at_line(world, await world.person())
    open_account(world, browser, f"{ACCESS_PAGE}?before={number}")
    assert browser.page.status_code == 422


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE identity_access SET reason = 'another' WHERE id = 2",
        "DELETE FROM identity_access WHERE id = 1",
        "DELETE FROM identity_access WHERE id = 2",
    ],
)
async def test_priv_06_a_changed_or_missing_record_shows(world: IdentityWorld, change: str) -> None:
    misaki, taro = await world.person(), await world.person("たろう")
    browser = await at_line(world, misaki)
    for who in (taro, misaki, taro):
        await look(world, who.citizen_id, "residents:export")
    await world.bot.query("ALTER TABLE identity_access DISABLE TRIGGER ALL")
    await world.bot.query(change)
    said = open_account(world, browser, ACCESS_PAGE)
    assert "確かめられませんでした" in said
    assert "書きかえられた記録はありません" not in said


def _actions(folder: Path) -> set[str]:
    """Every action that the code writes, a name for what stands in braces."""
    found = set()
    for file in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            is_deed = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "AuditEntry"
            if is_deed and len(node.args) > 1:
                found.add(ast.unparse(node.args[1]))
            is_note = isinstance(node, ast.Call) and "note" in getattr(node.func, "id", "")
            if is_note and isinstance(node.args[-1], ast.Constant):
                found.add(repr(node.args[-1].value))
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
                found.add(ast.unparse(node.value))
    return found


def test_every_action_that_is_recorded_has_words(settings: Settings) -> None:
    providers, purposes = load_providers(settings), load_purposes(settings)
    titles = {name: p.title for name, p in providers.items()} | {p.name: p.title for p in purposes}
    names = {"provider.name": list(providers), "purpose.name": [p.name for p in purposes]}
    names["note.what"] = ["given", "withdrawn", *(f"read.{one}" for one in Shared)]
    scopes = {
        scope
        for folder in sorted((ROOT / "services").iterdir())
        if (folder / "manifest.toml").is_file()
        for scope in read_manifest(folder).scopes
    }
    actions = set(scopes) | {" ".join(sorted(scopes))}
    variables = {"action", "_action(scopes)", "look.action"}
    for written in _actions(ROOT / "identity") - variables:
        value = ast.literal_eval(written) if not written.startswith("f") else written[2:-1]
        [hole, choices] = next(
            ([hole, choices] for hole, choices in names.items() if f"{{{hole}}}" in value),
            ["", [""]],
        )
        actions |= {value.replace(f"{{{hole}}}", choice) for choice in choices}
    assert len(actions) > 20
    assert [a for a in sorted(actions) if not account_words.is_worded(a, titles)] == []


async def test_priv_04_the_export_holds_everything_of_every_room_and_only_own(
    world: IdentityWorld,
) -> None:
    misaki, browser = await settled(world)
    taro = await world.person("たろう")
    world.bot.line.say(taro.line_user, "たろうの話です")
    await world.bot.work()
    open_account(world, browser, EXPORT_PAGE)
    browser.send("/export")
    assert browser.page.headers["content-disposition"].startswith("attachment")
    assert browser.page.headers["cache-control"] == "no-store"
    kept: dict[str, Any] = json.loads(browser.page.text)
    packages = kept["rooms"]
    holders = {module.personal_data.name for module in load_modules() if module.personal_data}
    assert set(packages) == holders | {"identity"}
    assert not any(packages["services/health"].values())
    assert packages["services/nursery"] == {"applications": []}
    assert [link["provider"] for link in packages["identity"]["links"]] == ["my-id", "card"]
    assert packages["identity"]["consents"][0]["purpose"] == "personal_notices"
    assert packages["identity"]["access_log"][0]["action"] == "export"
    line = packages["line"]
    assert line["account"]["line_user_id"] == misaki.line_user
    assert WORDS in json.dumps(line["received"], ensure_ascii=False)
    assert "回答" in json.dumps(line["sent"], ensure_ascii=False)
    assert line["preferences"]["areas"] == ["城西"]
    [file] = line["files"]
    assert file["size"] == len(JPEG)
    assert file["base64"] == "/9j/4CBhIHBpY3R1cmUgb2YgbWluZQ=="
    assert WORDS in json.dumps(line["dialogue"], ensure_ascii=False)
    assert packages["services/waste"] == packages["services/waste"] | {
        "area": "城西",
        "reminded_of": ["2026-11-24"],
    }
    [case] = packages["services/residents"]["cases"]
    assert case["items"]["name"]
    for foreign in ("たろうの話です", taro.citizen_id, taro.line_user):
        assert foreign not in browser.page.text
    # What the provider calls them is between it and the city.
    assert "subject" not in browser.page.text


async def test_taking_out_needs_the_card_where_one_is_linked(world: IdentityWorld) -> None:
    misaki = await world.person()
    await world.linked(misaki, "card")
    browser = await at_line(world, misaki)
    assert "カードで確認する" in open_account(world, browser, EXPORT_PAGE)


async def test_without_a_card_the_records_of_the_register_stay_inside(
    world: IdentityWorld,
) -> None:
    misaki = await world.person()
    browser = await at_line(world, misaki)
    open_account(world, browser, EXPORT_PAGE)
    browser.send("/export")
    packages = json.loads(browser.page.text)["rooms"]
    assert set(packages["services/residents"]) == {"left_out"}
    assert packages["line"]["account"]["line_user_id"] == misaki.line_user


async def test_while_a_room_is_away_nothing_half_is_handed_out(world: IdentityWorld) -> None:
    misaki = await world.person()
    browser = await at_line(world, misaki)
    open_account(world, browser, EXPORT_PAGE)
    world.bot.rasa.status = 503
    said = browser.send("/export")
    assert browser.page.status_code == 503
    assert "ただいま確認できません" in said


async def test_records_leave_the_register_by_a_grant_of_their_own_citizen_alone(
    world: IdentityWorld,
) -> None:
    misaki, taro = await world.person(), await world.person("たろう")
    await world.linked(misaki, "card")
    path = f"/services/residents/personal-data/{taro.citizen_id}"
    with pytest.raises(UnauthorizedError) as refused:
        await call(world.http, "GET", path)
    assert refused.value.status == 401
    grant = await world.identity.grant(
        misaki.citizen_id, AUDIENCE, ("residents:export",), Level.L3_FRESH
    )
    headers = {"Authorization": f"Bearer {grant}"}
    with pytest.raises(NotFoundError):
        await call(world.http, "GET", path, headers=headers)
