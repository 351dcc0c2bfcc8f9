"""The desk's pages, through the whole web application, and the indexes of two processes."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import text

from auth.permissions import Role
from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from services.faq.contract import Asked, Opinion, OpinionKind, Outcome
from services.faq.editing import FaqEditor, next_id
from services.faq.feedback import FeedbackBook
from services.faq.importer import import_city
from services.faq.service import FaqService
from tests.services.faq.test_service import write
from tests.support import add_staff, form_token, log_in_staff

NOW = datetime(2027, 3, 31, 16, 0, tzinfo=UTC)
BEAR = {
    "question": "熊を見かけたときはどこに知らせますか？",
    "variants": "クマが出た\r\n熊がいる",
    "answer": "すぐに110番か農林課へお電話ください。",
    "category": "くらし",
    "desk": "農林課",
    "source": "市の手引き",
    "source_url": "",
    "review_by": "2028-03-31",
    "keywords": "",
}


def now() -> datetime:
    return NOW


@pytest.fixture
async def filled(settings: Settings, database: Database, tmp_path: Path) -> Path:
    write(tmp_path, reg_001="住民票はどこで取れますか？", old_001="水道の名義を変えたいときは？")
    assert (await import_city(database, tmp_path, now)).ok
    app = build_web(settings, now)
    await add_staff(app, Role.supervisor)
    await app.state.container.get(Database).close()
    return tmp_path


@asynccontextmanager
async def process(settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    """One web process with its own index and connections, used by staff."""
    app = build_web(settings, now)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=app),
            base_url="http://test",
        ) as http,
    ):
        await log_in_staff(http, "test-supervisor")
        # Every page of the session carries the same token.
        http.headers["X-Form-Token"] = form_token(await http.get("/console/faq/new"))
        yield http


@pytest.fixture
async def staff(settings: Settings, filled: Path) -> AsyncIterator[httpx2.AsyncClient]:
    async with process(settings) as http:
        yield http


async def search(http: httpx2.AsyncClient, settings: Settings, words: str) -> Any:
    token = settings.internal_token.get_secret_value()
    answer = await http.post(
        "/services/faq/search",
        json={"text": words},
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer.raise_for_status().json()


async def version(http: httpx2.AsyncClient, path: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', (await http.get(path)).text)
    assert found is not None
    return found[1]


async def test_a_new_entry_is_found_at_once_in_every_process(
    settings: Settings, filled: Path
) -> None:
    async with process(settings) as one, process(settings) as other:
        for http in (one, other):
            assert (await search(http, settings, "熊が出た"))["verdict"] == "unsure"
        saved = await one.post("/console/faq/new", data=BEAR)
        assert (saved.status_code, saved.headers["location"]) == (303, "/console/faq/?done=added")
        for http in (other, one):
            found = await search(http, settings, "熊を見かけたとき知らせるところ")
            assert found["hits"][0]["entry"]["question"] == BEAR["question"]
            assert found["hits"][0]["entry"]["updated"] == "2027-04-01"


async def test_a_changed_and_a_retired_entry_are_so_in_every_process(
    settings: Settings, filled: Path
) -> None:
    path = "/console/faq/entries/reg-001"
    async with process(settings) as one, process(settings) as other:
        words = "住民票はどこで取れますか？"
        assert (await search(other, settings, words))["hits"][0]["entry"]["desk"] == "市民課"
        changed = {**BEAR, "question": words, "desk": "支所", "version": await version(one, path)}
        assert (await one.post(path, data=changed)).status_code == 303
        assert (await search(other, settings, words))["hits"][0]["entry"]["desk"] == "支所"
        retired = {"version": await version(one, f"{path}/retire"), "reason": "支所へ移った"}
        assert (await one.post(f"{path}/retire", data=retired)).status_code == 303
        hits = (await search(other, settings, words))["hits"]
        assert [hit["entry"]["id"] for hit in hits] == ["old-001"]
        assert (await one.get(path)).status_code == 404


async def test_the_history_tells_who_when_and_what_it_said_before(
    staff: httpx2.AsyncClient,
) -> None:
    path = "/console/faq/entries/reg-001"
    changed = {**BEAR, "answer": "新しい答えです。", "version": await version(staff, path)}
    await staff.post(path, data=changed)
    page = (await staff.get(f"{path}/history")).text
    assert "2027/04/01 01:00 変更" in page
    assert "<del>窓口でお答えします。</del>" in page
    assert "<ins>新しい答えです。</ins>" in page
    assert "ファイルの取り込み" in page


async def test_what_another_member_of_staff_changed_meanwhile_is_not_overwritten(
    staff: httpx2.AsyncClient,
) -> None:
    path = "/console/faq/entries/reg-001"
    seen = await version(staff, path)
    assert (await staff.post(path, data={**BEAR, "version": seen})).status_code == 303
    late = await staff.post(path, data={**BEAR, "answer": "あとからの答え", "version": seen})
    assert late.status_code == 409
    assert "ほかの職員が先に変更しました" in late.text
    assert "あとからの答え" in late.text, "nothing typed is lost"
    assert "<ins>あとからの答え</ins>" in late.text, "what saving would change is shown"
    gone = {"version": seen, "reason": "古い"}
    assert (await staff.post(f"{path}/retire", data=gone)).status_code == 409
    assert "あとからの答え" not in (await staff.get(path)).text
    [now] = re.findall(r'name="version" value="(\d+)"', late.text)
    again = await staff.post(path, data={**BEAR, "answer": "あとからの答え", "version": now})
    assert again.status_code == 303


async def test_an_earlier_version_comes_back_into_the_form_and_is_saved_knowingly(
    staff: httpx2.AsyncClient,
) -> None:
    path = "/console/faq/entries/reg-001"
    await staff.post(path, data={**BEAR, "version": await version(staff, path)})
    history = (await staff.get(f"{path}/history")).text
    [first] = re.findall(rf'href="{path}\?of=(\d+)"', history)
    page = (await staff.get(f"{path}?of={first}")).text
    assert "まだ保存していません" in page
    assert "<ins>窓口でお答えします。</ins>" in page
    assert ">\n窓口でお答えします。</textarea>" in page
    assert "窓口でお答えします。</textarea>" not in (await staff.get(path)).text
    for unknown in ("0", "999999", "x"):
        assert (await staff.get(f"{path}?of={unknown}")).status_code == 404


async def test_retiring_needs_a_reason_which_stands_in_the_history(
    staff: httpx2.AsyncClient,
) -> None:
    path = "/console/faq/entries/reg-001"
    form = {"version": await version(staff, path)}
    for reason in ("", "  ", "長" * 201):
        refused = await staff.post(f"{path}/retire", data={**form, "reason": reason})
        assert refused.status_code == 422
        assert "廃止する理由を、200文字以内で入力してください" in refused.text
    assert (await staff.get(path)).status_code == 200
    gone = await staff.post(f"{path}/retire", data={**form, "reason": "制度が終わったため"})
    assert gone.status_code == 303
    assert "理由：制度が終わったため" in (await staff.get(f"{path}/history")).text


async def test_a_retired_entry_does_not_come_back_with_the_files(
    staff: httpx2.AsyncClient, database: Database, filled: Path
) -> None:
    path = "/console/faq/entries/reg-001/retire"
    await staff.post(path, data={"version": await version(staff, path), "reason": "終わった"})
    report = await import_city(database, filled, now)
    assert (report.added, report.kept) == ([], ["reg-001"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("question", ""),
        ("answer", "長" * 601),
        ("source_url", "http://example.jp"),
        ("review_by", ""),
        ("variants", "長" * 101),
    ],
)
async def test_a_mistake_is_explained_beside_its_field_and_nothing_typed_is_lost(
    staff: httpx2.AsyncClient, field: str, value: str
) -> None:
    answer = await staff.post("/console/faq/new", data={**BEAR, field: value})
    assert answer.status_code == 422
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}-problem"' in answer.text
    assert "まだ保存していません" in answer.text
    assert "市の手引き" in answer.text


@pytest.mark.parametrize("path", ["new", "entries/reg-001", "entries/reg-001/retire"])
async def test_a_form_of_another_site_is_refused(staff: httpx2.AsyncClient, path: str) -> None:
    form = {**BEAR, "version": await version(staff, "/console/faq/entries/reg-001")}
    del staff.headers["X-Form-Token"]
    answer = await staff.post(f"/console/faq/{path}", data=form)
    assert answer.status_code == 403
    assert "熊" not in (await staff.get("/console/faq/")).text


async def test_only_staff_who_edit_answers_see_the_desk(staff: httpx2.AsyncClient) -> None:
    paths = ("", "unanswered", "stale", "new", "entries/reg-001", "entries/reg-001/history")
    assert [(await staff.get(f"/console/faq/{path}")).status_code for path in paths] == [200] * 6
    staff.cookies.clear()
    for path in paths:
        answer = await staff.get(f"/console/faq/{path}")
        assert (answer.status_code, answer.text) == (303, "")


async def test_a_change_bears_the_name_of_who_made_it(
    staff: httpx2.AsyncClient, database: Database
) -> None:
    await staff.post("/console/faq/new", data=BEAR)
    page = await staff.get("/console/faq/", params={"q": "熊"})
    [path] = set(re.findall(r"/console/faq/entries/[a-z]+-[0-9]+", page.text))
    assert "試験 花子" in (await staff.get(f"{path}/history")).text
    async with database.transaction() as session:
        await session.execute(text("UPDATE identity_staff SET name = '会津 花子'"))
        kept = set(await session.scalars(text("SELECT who FROM faq_version WHERE at_desk")))
        accounts = set(await session.scalars(text("SELECT id FROM identity_staff")))
    assert kept <= accounts, "the account is kept, which has one name today and another tomorrow"
    assert "会津 花子" in (await staff.get(f"{path}/history")).text


async def test_what_was_asked_in_vain_leads_to_a_new_entry_without_words_in_the_address(
    staff: httpx2.AsyncClient, database: Database, settings: Settings
) -> None:
    book = FeedbackBook(database, now, settings, FaqService(database, now, settings))
    for turn in ("1", "2"):
        await book.note(Asked(turn_id=turn, text="熊が<b>出た", outcome=Outcome.refused))
    page = (await staff.get("/console/faq/unanswered")).text
    assert "2件" in page
    assert "熊が&lt;b&gt;出た" in page
    link = re.search(r'href="(/console/faq/new\?asked=[0-9a-f]{32})"', page)
    assert link is not None
    assert 'value="熊が&lt;b&gt;出た"' in (await staff.get(link[1])).text


async def test_what_is_due_and_what_does_not_help_stand_on_one_page(
    staff: httpx2.AsyncClient, database: Database, settings: Settings
) -> None:
    book = FeedbackBook(database, now, settings, FaqService(database, now, settings))
    for citizen in ("ctz_1", "ctz_2", "ctz_3"):
        await book.judge(Opinion(citizen_id=citizen, kind=OpinionKind.wrong, entry_id="reg-001"))
    page = (await staff.get("/console/faq/stale")).text
    assert "ちがった 3人・役に立った 0人" in page
    assert page.count("/console/faq/entries/old-001") == 1
    editor = FaqEditor(database, lambda: datetime(2027, 4, 2, tzinfo=UTC), settings)
    sheet = await editor.open("reg-001")
    await editor.change("reg-001", {**BEAR, "answer": "直しました。"}, sheet.version, "佐藤")
    assert await book.unhelpful() == [], "complaints about the old answer are over"


async def test_entries_are_found_by_their_words_and_their_desk(staff: httpx2.AsyncClient) -> None:
    page = (await staff.get("/console/faq/", params={"q": "ジュウミン 住民票"})).text
    assert "0件" in page
    page = (await staff.get("/console/faq/", params={"q": "名義 水道", "desk": "市民課"})).text
    assert "水道の名義を変えたいときは？" in page
    assert "住民票はどこで" not in page


async def test_a_new_id_follows_its_category_and_is_never_used_twice(
    database: Database, settings: Settings, filled: Path
) -> None:
    editor = FaqEditor(database, now, settings)
    first = await editor.add(BEAR, "佐藤")
    sheet = await editor.open(first.id)
    await editor.retire(first.id, sheet.version, "佐藤", "終わった")
    second = await editor.add(BEAR, "佐藤")
    assert (first.id, second.id) == ("old-002", "old-003")
    assert next_id([], frozenset(), "新しい分類") == "desk-001"
