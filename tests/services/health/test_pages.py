"""`/my/health/` in a browser: behind the card, for one's own children, every look in the log."""

import re
from collections.abc import AsyncIterator

import pytest

from kit.settings import Settings
from tests.identity.support import Clock
from tests.services.health.visitor import KENTA, KENTA_AT, Visitor, visiting

PAGES = ("vaccinations", "growth", "checks", "medication", "diary")
CHILDREN_S_OWN = ("結衣", "蓮", "DEMO-", "デモ小児科", "9.86", "スギ花粉")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def visitor(settings: Settings, clock: Clock) -> AsyncIterator[Visitor]:
    async with visiting(settings, clock) as visitor:
        yield visitor


@pytest.fixture
async def misaki(visitor: Visitor) -> Visitor:
    await visitor.becomes()
    await visitor.agrees()
    await visitor.log_in("card_at")
    return visitor


async def test_a_mother_sees_what_comes_next_for_both_children(misaki: Visitor) -> None:
    page = await misaki.get("/my/health/")
    assert page.headers["cache-control"] == "no-store"
    assert [re.sub(r"\s", "", n) for n in re.findall(r"<h2 [^>]*>(.+?)さん", page.text)] == [
        "佐藤蓮",
        "佐藤結衣",
    ]
    assert "水ぼうそう（水痘） 2回目" in page.text
    assert "標準の時期を過ぎています" in page.text
    assert "JP-2026-10-01 Varicella 2 （定期接種実施要領" in page.text.replace("(", "（")
    assert "安全です" not in page.text
    assert "打たなくて" not in page.text
    # Each child's, and whether she has a record of a pregnancy herself.
    assert (await misaki.looks()).count("health:record:read") == 3


async def test_each_page_of_a_child_shows_what_is_recorded_with_its_source(
    misaki: Visitor,
) -> None:
    _, yui = await misaki.children()
    said = {name: (await misaki.get(f"/my/health/{name}?child={yui}")).text for name in PAGES}
    for name, words in {
        "vaccinations": ("DEMO-113", "デモ小児科", "医療機関", "2025年10月3日"),
        "growth": ("9.86kg", "<desc", "パーセンタイルあたり", "保健センター"),
        "checks": ("1歳6か月児健康診査", "仕上げみがき"),
        "medication": ("デモ薬A", "アレルギーの記録はありません"),
        "diary": ("日記は、書いたご本人だけが読めます",),
    }.items():
        assert not [word for word in words if word not in said[name]], name


async def test_which_child_is_asked_where_it_is_not_said(misaki: Visitor) -> None:
    page = (await misaki.get("/my/health/growth")).text
    assert "どのお子さまの記録ですか" in page
    assert page.count("/my/health/growth?child=res_") == 2
    assert "health:record:read" not in await misaki.looks()


async def test_a_weight_is_recorded_once_however_often_its_form_is_sent(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    path = f"/my/health/growth?child={yui}"
    form = await misaki.form(path) | {"date": "2026-11-20", "weight": "１１.２ kg"}
    for _ in range(2):
        sent = await misaki.http.post("/my/health/growth", data=form)
        assert (sent.status_code, sent.headers["location"]) == (303, f"{path}&done=saved")
    page = (await misaki.get(sent.headers["location"])).text
    assert "記録しました。" in page
    assert page.count("<strong>2026年11月20日　体重 11.2kg</strong>") == 1
    assert "health:record:write" in await misaki.looks()


async def test_a_correction_keeps_what_was_there_and_a_withdrawal_too(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    path = f"/my/health/growth?child={yui}"
    form = await misaki.form(path) | {"date": "2026-11-20", "weight": "11.2"}
    await misaki.http.post("/my/health/growth", data=form)
    [entry] = re.findall(r"fix=(hen_[0-9a-f]+)", (await misaki.get(path)).text)
    form = await misaki.form(f"{path}&fix={entry}")
    assert form["corrects"] == entry
    await misaki.http.post(
        "/my/health/growth", data=form | {"date": "2026-11-20", "weight": "11.5"}
    )
    page = (await misaki.get(path)).text
    assert "<strong>2026年11月20日　体重 11.5kg</strong>" in page
    assert "<del>2026年11月20日　体重 11.2kg</del>（直しました）" in page
    again = await misaki.http.post(
        "/my/health/growth",
        data=form | {"key": "x" * 20, "date": "2026-11-20", "weight": "12.0"},
    )
    assert again.headers["location"].endswith("done=ended")
    [entry] = re.findall(r"fix=(hen_[0-9a-f]+)", page)
    await misaki.http.post("/my/health/growth", data=form | {"corrects": entry, "do": "withdraw"})
    page = (await misaki.get(path)).text
    assert "<strong>2026年11月20日　体重" not in page
    assert page.count("取り消しました") == 1


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"weight": "11200"}, "単位か小数点"),
        ({"weight": "1.12"}, "単位か小数点"),
        ({"height": "812"}, "単位か小数点"),
        ({"weight": "重い"}, "数字だけ"),
        ({"weight": "-3"}, "数値をご確認"),
        ({"weight": "11.2", "date": "2030-01-01"}, "まだ来ていない日付"),
        ({"weight": "11.2", "date": "2020-01-01"}, "生まれる前の日付"),
        ({"weight": "11.2", "date": "きのう"}, "日付を選んで"),
        ({}, "どれか1つ"),
    ],
)
async def test_a_slip_is_said_beside_its_field_and_nothing_is_kept(
    misaki: Visitor, typed: dict[str, str], problem: str
) -> None:
    _, yui = await misaki.children()
    path = f"/my/health/growth?child={yui}"
    form = await misaki.form(path) | {"date": "2026-11-20"} | typed
    answer = await misaki.http.post("/my/health/growth", data=form)
    assert answer.status_code == 422
    assert problem in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "fix=hen_" not in (await misaki.get(path)).text


async def test_a_diary_is_read_by_who_wrote_it_and_holds_no_my_number(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    path = f"/my/health/diary?child={yui}"
    form = await misaki.form(path) | {"date": "2026-11-20"}
    refused = await misaki.http.post("/my/health/diary", data=form | {"text": "123456789018"})
    assert refused.status_code == 422
    assert "12桁の番号は書かないでください" in refused.text
    await misaki.http.post("/my/health/diary", data=form | {"text": "はじめて<b>走った</b>。"})
    assert "はじめて&lt;b&gt;走った" in (await misaki.get(path)).text


async def test_without_the_consent_nothing_is_opened(visitor: Visitor) -> None:
    await visitor.becomes()
    await visitor.log_in("card_at")
    for path in ("/my/health/", *(f"/my/health/{name}" for name in PAGES)):
        page = (await visitor.get(path)).text
        assert "記録を見るための同意" in page
        assert not [word for word in CHILDREN_S_OWN if word in page]
    assert await visitor.looks() == []


async def test_below_the_card_every_page_leads_to_the_card(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    before = await misaki.looks()
    await misaki.log_in("my_id_at")
    for name in PAGES:
        answer = await misaki.get(f"/my/health/{name}?child={yui}")
        assert answer.headers["location"].startswith("/identity/step-up/card")
    assert await misaki.looks() == before


async def test_another_resident_gets_nothing_of_a_child_that_is_not_his(misaki: Visitor) -> None:
    children = await misaki.children()
    form = await misaki.form(f"/my/health/growth?child={children[1]}")
    other = Visitor(misaki.app, misaki.http, misaki.clock)
    await other.becomes(KENTA, KENTA_AT)
    await other.agrees()
    await other.log_in("card_at")
    assert "お子さまの記録はありません" in (await other.get("/my/health/")).text
    strange = [*children, "res_" + "0" * 32, "x", "../1", "a" * 3000]
    answers = [
        (await other.get(f"/my/health/{name}?child={child}")) for name in PAGES for child in strange
    ]
    assert {(a.status_code, a.headers["location"], a.text) for a in answers} == {
        (303, "/identity/ended/page_refused", "")
    }
    token = await other.form_token()
    sent = await other.http.post(
        "/my/health/growth",
        data=form | {"form_token": token, "date": "2026-11-20", "weight": "11.2"},
    )
    assert sent.headers["location"] == "/identity/ended/page_refused"
    assert "health:record:read" not in await other.looks()
    assert "health:record:write" not in await other.looks()


async def test_a_form_of_another_page_changes_nothing(misaki: Visitor) -> None:
    _, yui = await misaki.children()
    path = f"/my/health/growth?child={yui}"
    form = await misaki.form(path) | {"date": "2026-11-20", "weight": "11.2"}
    sent = await misaki.http.post("/my/health/growth", data=form | {"form_token": "stolen"})
    assert sent.headers["location"] == "/identity/ended/form_refused"
    assert "fix=hen_" not in (await misaki.get(path)).text
