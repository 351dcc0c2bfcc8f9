"""The desk over HTTP: drafts, four eyes, publication in every process, and the way back."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from concierge.app import build_web
from kit.db import Database
from kit.settings import Settings
from services.procedures.desk import waiting
from services.procedures.guides import Guides
from services.procedures.models import ProcedureVersion
from services.procedures.versions import FRESH
from tests.auth.test_staff import MEMBER
from tests.services.procedures.office import EVENTS, Office, opened_office
from tests.services.procedures.world import FAMILY

KEY = "moving_in"
FEE = 'fee = "無料"'


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    async with opened_office(settings) as office:
        yield office


async def changed(office: Office, new: str = 'fee = "300円"', old: str = FEE) -> str:
    text = await office.writer.text(KEY)
    assert old in text
    return text.replace(old, new, 1)


async def test_the_list_tells_how_each_event_stands(office: Office) -> None:
    page = await office.writer.page("")
    event = office.guides.event(KEY)
    assert event.title in page
    assert f"手続き {len(event.procedures)}・質問 {len(event.facts)}" in page
    assert "1年を過ぎました" not in page
    assert "確認待ち" not in page
    await office.writer.save(KEY, await changed(office))
    await office.writer.decide(KEY, 1, "propose")
    assert "公開の確認待ち：版1" in await office.reader.page("")
    assert await waiting(office.app.state.container, MEMBER) == 1


async def test_what_was_reviewed_more_than_a_year_ago_is_marked(office: Office) -> None:
    text = await office.writer.text(KEY)
    await office.publish(KEY, text.replace("reviewed_on = 2026", "reviewed_on = 2025"))
    page = await office.writer.page("")
    assert page.count("確かめてから1年を過ぎました") == 0
    assert "市のファイルのほうが、あとに" in page
    text = await office.writer.text(KEY)
    await office.publish(KEY, text.replace("2025-11-30", "2025-11-29"))
    assert (await office.writer.page("")).count("確かめてから1年を過ぎました") == 1


async def test_a_change_reaches_residents_once_a_second_person_has_published_it(
    office: Office,
) -> None:
    guide = await office.begin(**FAMILY)
    address = guide.url.removeprefix(office.settings.public_base_url)
    text = await changed(office, 'title = "新しい転入届', 'title = "転入届')
    saved = await office.writer.save(KEY, text)
    assert saved.headers["location"] == f"{EVENTS}/{KEY}/versions/1"
    assert (await office.writer.decide(KEY, 1, "propose")).status_code == 303

    own = await office.writer.decide(KEY, 1, "publish")
    assert own.status_code == 409
    assert "ほかの責任者に確認を頼んでください" in own.text
    assert "公開する</button>" not in own.text
    before = (await office.writer.get(address)).text
    assert "転入届" in before
    assert "新しい転入届" not in before

    shown = await office.reader.page(f"{KEY}/versions/1")
    assert "<ins>新しい転入届" in shown
    assert (await office.reader.decide(KEY, 1, "publish")).status_code == 303
    assert "新しい転入届" in (await office.writer.get(address)).text
    page = await office.writer.page(KEY)
    assert "公開中：版1" in page
    assert "新しい転入届" in page


async def test_another_process_takes_a_publication_up_within_seconds(office: Office) -> None:
    other = build_web(office.settings, lambda: office.now).state.container.get(Guides)
    await other.published.refresh()
    number = await office.publish(KEY, await changed(office))
    fees = [one.fee for one in office.guides.event(KEY).procedures]
    assert number == 1
    assert "300円" in fees
    await other.published.refresh()
    assert [one.fee for one in other.event(KEY).procedures] != fees
    office.now += FRESH
    await other.published.refresh()
    assert [one.fee for one in other.event(KEY).procedures] == fees
    assert other.event("divorce") == office.guides.event("divorce")
    await other.database.close()


async def test_checking_keeps_nothing_and_gives_back_what_was_typed(office: Office) -> None:
    wrong = await changed(office, 'desk = "nowhere"', 'desk = "citizens"')
    line = wrong.splitlines().index('desk = "nowhere"') + 1
    answer = await office.writer.send(f"{KEY}/edit", do="check", text=wrong, note="なぜなら")
    assert answer.status_code == 200
    assert f"{line}行目" in answer.text
    assert "「nowhere」という窓口は登録されていません。" in answer.text
    assert "desk = &#34;nowhere&#34;" in answer.text
    assert 'value="なぜなら"' in answer.text
    assert "版1" not in await office.writer.page(KEY)


async def test_a_right_text_shows_the_list_of_the_chosen_example(office: Office) -> None:
    text = await office.writer.text(KEY)
    event = office.guides.event(KEY)
    answer = await office.writer.send(f"{KEY}/edit", do="check", text=text, example="1")
    assert f"確認用の例{len(event.examples)}件の一覧も、すべて合っています" in answer.text
    preview = answer.text.partition('id="preview"')[2]
    listed = [event.by_key[key].title for key in event.examples[1].list]
    others = [one.title for one in event.procedures if one.title not in listed]
    titles = re.findall(r"<h3[^>]*>([^<]*)</h3>", preview)
    assert set(listed) <= set(titles)
    assert not set(others) & set(titles)


async def test_a_draft_may_be_wrong_and_is_not_proposed(office: Office) -> None:
    saved = await office.writer.save(
        KEY, await changed(office, 'when = "owned =="', 'when = "true"')
    )
    assert saved.status_code == 303
    page = await office.writer.page(f"{KEY}/versions/1")
    assert "直すところが1つあります" in page
    assert "公開の確認を依頼する" not in page
    refused = await office.writer.decide(KEY, 1, "propose")
    assert refused.status_code == 422
    assert "まちがいが残っている" in refused.text


async def test_an_example_that_gives_another_list_stops_a_proposal(office: Office) -> None:
    wrong = await changed(office, 'when = "some(children, age < 4)"', 'when = "some(children)"')
    await office.writer.save(KEY, wrong)
    assert (await office.writer.decide(KEY, 1, "propose")).status_code == 422
    assert "一覧が合いません" in await office.writer.page(f"{KEY}/versions/1")


async def test_who_comes_second_does_not_overwrite_and_loses_nothing(office: Office) -> None:
    opened = await office.reader.opened(f"{KEY}/edit")
    await office.writer.save(KEY, await changed(office))
    late = await changed(office, 'fee = "500円"', 'fee = "300円"')
    answer = await office.reader.save(KEY, late, **opened)
    assert answer.status_code == 409
    assert "ほかの職員が先に変更しました" in answer.text
    assert "500円" in answer.text
    assert "500円" not in await office.writer.text(KEY)


async def test_what_is_published_is_what_the_second_person_saw(office: Office) -> None:
    await office.writer.save(KEY, await changed(office))
    await office.writer.decide(KEY, 1, "propose")
    seen = await office.reader.opened(f"{KEY}/versions/1")
    office.now += timedelta(minutes=1)
    await office.writer.save(KEY, await changed(office, 'fee = "9999円"', 'fee = "300円"'))
    await office.writer.decide(KEY, 1, "propose")
    answer = await office.reader.send(f"{KEY}/versions/1", do="publish", **seen)
    assert answer.status_code == 409
    assert "公開中：市のファイル" in await office.reader.page(KEY)


async def test_writing_on_takes_a_proposal_back(office: Office) -> None:
    await office.writer.save(KEY, await changed(office))
    await office.writer.decide(KEY, 1, "propose")
    await office.reader.save(KEY, await changed(office, 'fee = "400円"', 'fee = "300円"'))
    assert (await office.writer.decide(KEY, 1, "publish")).status_code == 409
    await office.reader.decide(KEY, 1, "propose")
    assert (await office.reader.decide(KEY, 1, "publish")).status_code == 409
    assert (await office.writer.decide(KEY, 1, "publish")).status_code == 303


async def test_a_withdrawn_version_stays_in_the_history_and_moves_no_more(office: Office) -> None:
    await office.writer.save(KEY, await changed(office))
    assert (await office.reader.decide(KEY, 1, "withdraw")).status_code == 303
    page = await office.writer.page(KEY)
    assert "取り下げ：試験" in page
    for do in ("propose", "publish", "withdraw"):
        assert (await office.reader.decide(KEY, 1, do)).status_code == 409
    again = await office.writer.save(KEY, await changed(office))
    assert again.headers["location"].endswith("/versions/2")


async def test_the_way_back_is_a_new_proposal_with_the_old_text(office: Office) -> None:
    before = await office.writer.text(KEY)
    await office.publish(KEY, await changed(office))
    back = await office.writer.send(f"{KEY}/versions/0", do="back")
    assert back.headers["location"].endswith(f"{KEY}/versions/2")
    page = await office.reader.page(f"{KEY}/versions/2")
    assert "公開の確認待ち" in page
    assert "<del>300円</del><ins>無料</ins>" in page
    assert "版0の内容に戻す" in page
    assert (await office.writer.decide(KEY, 2, "publish")).status_code == 409
    assert (await office.reader.decide(KEY, 2, "publish")).status_code == 303
    assert await office.writer.text(KEY) == before


async def test_there_is_no_way_back_over_somebodys_work(office: Office) -> None:
    await office.publish(KEY, await changed(office))
    await office.writer.save(KEY, await changed(office, 'fee = "1円"', 'fee = "300円"'))
    refused = await office.reader.send(f"{KEY}/versions/0", do="back")
    assert refused.status_code == 409
    assert "作業中の版があります" in refused.text


async def test_the_short_form_changes_one_procedure_alone(office: Office) -> None:
    path = f"{KEY}/procedures/transfer_in"
    page = await office.writer.page(path)
    form = {
        name: page.partition(f'id="{name}" name="{name}" value="')[2].partition('"')[0]
        for name in ("title", "for_whom", "fee", "basis")
    }
    form |= {"desk": "citizens", "days": "14", "reviewed_on": "2026-12-01", "why": "手数料"}
    form |= {"note": "", "missed": "遅れずにお届けください。", "fee": "300円"}
    assert form["title"].startswith("転入届")
    saved = await office.writer.send(path, **form, **await office.writer.opened(path))
    assert saved.status_code == 303, saved.text
    shown = await office.reader.page(f"{KEY}/versions/1")
    assert shown.count("<ins>") == 3
    assert shown.count("<del>") == 4
    assert "まちがいはありません" in shown
    assert "手数料" in shown


async def test_the_short_form_keeps_what_was_typed_when_it_is_wrong(office: Office) -> None:
    path = f"{KEY}/procedures/transfer_in"
    form = {"title": "転入届", "for_whom": "全員", "desk": "citizens", "fee": "300円"}
    form |= {"days": "14", "reviewed_on": "2026-12-01"}
    for name, wrong, said in (
        ("days", "十四", "14のような数"),
        ("reviewed_on", "いつか", "確かめた日を選んでください"),
        ("title", "", "書かれていません"),
        ("desk", "nowhere", "登録されていません"),
    ):
        answer = await office.writer.send(path, **{**form, name: wrong})
        assert answer.status_code == 422, name
        assert said in answer.text
        assert 'value="300円"' in answer.text
    assert "版1" not in await office.writer.page(KEY)


async def test_other_days_are_kept_until_the_examples_are_put_right_too(office: Office) -> None:
    form = {"title": "転入届", "for_whom": "全員", "desk": "citizens", "days": "10"}
    saved = await office.writer.send(
        f"{KEY}/procedures/transfer_in", **form, reviewed_on="2026-12-01"
    )
    assert saved.status_code == 303
    page = await office.writer.page(f"{KEY}/versions/1")
    assert "「転入届（transfer_in）」の期限が合いません。いまの期限：2026-11-30" in page
    assert (await office.writer.decide(KEY, 1, "propose")).status_code == 422


async def test_an_earlier_version_is_compared_with_what_stands_now(office: Office) -> None:
    await office.publish(KEY, await changed(office, 'fee = "1円"'))
    await office.publish(KEY, await changed(office, 'fee = "2円"', 'fee = "1円"'))
    assert "<del>1円</del><ins>2円</ins>" in await office.reader.page(f"{KEY}/versions/2")
    assert "<del>2円</del><ins>1円</ins>" in await office.reader.page(f"{KEY}/versions/1")
    assert "<del>2円</del><ins>無料</ins>" in await office.reader.page(f"{KEY}/versions/0")
    chosen = await office.reader.page(f"{KEY}/versions/2", against=0)
    assert "<del>無料</del><ins>2円</ins>" in chosen


async def test_a_guide_that_runs_goes_on_when_its_question_is_gone(office: Office) -> None:
    guide = await office.begin(**FAMILY)
    kept = office.guides.event(KEY).by_key["transfer_in"]
    smaller = f"""title = "小さな案内"
reviewed_on = 2026-11-30
demonstration = true

[[facts]]
name = "moved_on"
kind = "date"
question = "いつですか？"
label = "引っ越した日"
earliest = -730
latest = 365

[[procedures]]
key = "transfer_in"
title = "{kept.title}"
when = "true"
for_whom = "全員"
desk = "citizens"
deadline = {{ from = "moved_on", days = 14 }}

[[examples]]
name = "だれか"
today = 2026-11-30
facts = {{ moved_on = 2026-11-20 }}
list = ["transfer_in"]
"""
    await office.publish(KEY, smaller)
    after = await office.client.latest("ctz_hanako")
    assert after.id == guide.id
    assert [one.name for one in after.known] == ["moved_on"]
    assert after.question is None
    assert [one.key for one in after.first] == ["transfer_in"]
    page = await office.writer.get(guide.url.removeprefix(office.settings.public_base_url))
    assert page.status_code == 200


async def test_a_published_version_that_fits_no_more_gives_way_to_the_file(office: Office) -> None:
    await office.publish(KEY, await changed(office))
    async with office.app.state.container.get(Database).transaction() as session:
        row = await session.get(ProcedureVersion, (KEY, 1))
        row.text = row.text.replace('desk = "citizens"', 'desk = "closed_since"')
    other = build_web(office.settings, lambda: office.now).state.container
    await other.get(Guides).published.refresh()
    assert other.get(Guides).book.events[KEY] == other.get(Guides).published.files.events[KEY]
    assert other.get(Guides).published.unusable == {KEY}
    await other.get(Database).close()


async def test_a_text_of_a_city_fits_into_the_form_and_one_without_end_does_not(
    office: Office,
) -> None:
    long = await office.writer.text("bereavement")
    answer = await office.writer.save("bereavement", long)
    assert answer.status_code == 303
    assert (await office.writer.save("birth", "あ" * 200_000)).status_code == 413
    endless = await office.writer.save("birth", "a" * 120_000)
    assert endless.status_code == 303
    assert "長すぎます" in await office.writer.page("birth/versions/1")


async def test_only_editors_see_the_desk(office: Office) -> None:
    for path in ("", KEY, f"{KEY}/edit", f"{KEY}/versions/0"):
        assert (await office.operator.get(f"{EVENTS}/{path}")).status_code == 403
        assert (await office.reader.get(f"{EVENTS}/{path}")).status_code == 200


async def test_a_change_needs_the_sessions_form(office: Office) -> None:
    text = await changed(office)
    refused = await office.writer.send(f"{KEY}/edit", do="save", text=text, form_token="x")
    assert refused.status_code == 403
    assert "版1" not in await office.writer.page(KEY)


async def test_what_is_not_there_is_said_so(office: Office) -> None:
    for path in ("no_such", f"{KEY}/versions/7", f"{KEY}/procedures/no_such", "no_such/edit"):
        answer = await office.writer.get(f"{EVENTS}/{path}")
        assert answer.status_code == 404, path
        assert "この画面はありません" in answer.text
