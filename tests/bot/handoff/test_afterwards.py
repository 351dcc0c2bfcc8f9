"""Search, labels, transcripts and who is looking: what each gives, and to whom it gives nothing."""

import csv
import html
import io
import json
import re

import pytest
from sqlalchemy import text

from auth.permissions import Role
from bot.console.talk_page import PATH
from bot.handoff import search as search_module
from bot.handoff.search import TooShortError, search, take_in
from tests.bot.handoff.people import CITIZENS, TAX, People
from tests.bot.handoff.test_desk_pages import taken

CARD = "マイナンバー"
NOTHING = "見つかりませんでした"


async def found(people: People, asked: str, *desks: str) -> list[str]:
    async with people.world.database.transaction() as session:
        await take_in(session, people.world.now())
        return [hit.words for hit in await search(session, desks or (CITIZENS,), asked)]


@pytest.fixture
async def talk(people: People) -> str:
    """Somebody who spoke with the citizens' desk, and earlier with the bot alone."""
    user = await people.citizen()
    await people.says(user, "カードの暗証番号をわすれました")
    people.later(minutes=30)
    await people.asks(user)
    await people.says(user, "ﾏｲﾅﾝﾊﾞｰｶｰﾄﾞの更新は100%オンラインですか")
    return user


async def test_words_are_found_however_they_are_written(people: People, talk: str) -> None:
    for asked in ("まいなんばーかーど", "マイナンバー", "更新 オンライン", "100%", "ONLINE"):
        expected = 0 if asked == "ONLINE" else 1
        assert len(await found(people, asked)) == expected, asked
    assert await found(people, "更新 ない") == []
    assert await found(people, "10_%") == [], "signs of LIKE are signs like others"


async def test_the_newest_are_found_whether_a_word_is_rare_or_stands_everywhere(
    people: People, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        people.later(minutes=1)
        await people.says(talk, f"更新の質問{number}")
    monkeypatch.setattr(search_module, "FOUND", 2)
    common = ["更新の質問2", "更新の質問1"]
    assert await found(people, "更新") == common
    # Where the newest alone do not suffice, the index answers the same.
    monkeypatch.setattr(search_module, "NEWEST", 1)
    assert await found(people, "更新") == common
    assert await found(people, "質問0") == ["更新の質問0"]


async def test_what_staff_wrote_is_found_and_what_the_bot_was_told_is_not(
    people: People, talk: str
) -> None:
    async with people.browser("sato") as sato:
        url, seen = await taken(people, talk, sato)
        await sato.post(f"{url}/reply", fence=seen, key="k", text="窓口でも更新できます。")
        await people.world.work()
        assert await found(people, "窓口でも") == ["窓口でも更新できます。"]
        assert await found(people, "暗証番号") == []
        page = (await sato.post(f"{PATH}/search", q="窓口でも")).text
    assert f'href="{url}"' in page
    assert "sato 太郎" in page


async def test_words_are_ready_by_the_minute_and_go_with_what_they_are_from(
    people: People, talk: str
) -> None:
    count = "SELECT count(*) FROM bot_search_words"
    gone = people.world.line.post(f"users/{talk}/messages", type="text", text="まちがいです")
    await people.world.work()
    await people.world.run("bot.tend_handoffs")
    await people.world.run("bot.tend_handoffs")
    assert await people.world.one(count) == 3
    people.world.line.post(f"users/{talk}/unsend", messageId=gone["messageId"])
    await people.world.work()
    assert await people.world.one(count) == 2
    assert await found(people, "まちがい") == []
    people.later(days=people.world.settings.inbox_retention_days)
    await people.world.run("bot.erase_old")
    assert await people.world.one(count) == 0


@pytest.mark.parametrize("asked", ["", " ", "あ", "更新 あ", "あ" * 101])
async def test_what_cannot_be_searched_is_said(people: People, asked: str) -> None:
    with pytest.raises(TooShortError):
        await found(people, asked)
    async with people.browser("sato") as sato:
        page = await sato.post(f"{PATH}/search", q=asked)
        assert page.status_code == 400
        assert "2文字以上" in page.text


async def test_a_word_that_stands_everywhere_ends_in_good_time_and_says_so(
    people: People, talk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_module, "_PATIENCE", text("SET LOCAL statement_timeout = '1ms'"))
    slow = text("SELECT pg_sleep(1), :desks, :pairs, :patterns, :most")
    monkeypatch.setattr(search_module, "_SEARCH", slow)
    async with people.browser("sato") as sato:
        page = await sato.post(f"{PATH}/search", q=CARD)
    assert page.status_code == 400
    assert "ほかの言葉を足してください" in page.text


async def test_another_desk_s_words_are_found_by_nobody(people: People, talk: str) -> None:
    async with (
        people.browser("sato") as sato,
        people.browser("tanaka", TAX) as tanaka,
        people.browser("kanri", TAX, role=Role.administrator) as kanri,
    ):
        url, seen = await taken(people, talk, sato)
        assert "更新は100" in (await sato.post(f"{PATH}/search", q=CARD)).text
        assert NOTHING in (await tanaka.post(f"{PATH}/search", q=CARD)).text
        assert (await kanri.post(f"{PATH}/search", q=CARD)).status_code == 403
        await sato.post(f"{url}/forward", fence=seen, key="f", desk=TAX)
        assert NOTHING in (await sato.post(f"{PATH}/search", q=CARD)).text
        assert "更新は100" in (await tanaka.post(f"{PATH}/search", q=CARD)).text


async def test_what_was_erased_is_found_no_more(people: People, talk: str) -> None:
    await people.world.query("UPDATE bot_line_event SET raw = '{}'")
    assert await found(people, "マイナンバー") == []


async def test_a_transcript_is_whole_and_no_cell_of_it_runs(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    await people.says(user, '=HYPERLINK("https://evil.example")')
    async with people.browser("sato") as sato:
        url, _ = await taken(people, user, sato)
        await sato.post(f"{url}/notes", key="n", note="-1件目のメモ")
        answer = await sato.get(f"{url}/transcript.csv")
        assert answer.headers["content-disposition"].endswith('.csv"')
        rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
        assert rows[0] == ["日時", "だれ", "名前", "内容", "状態"]
        formula = '\'=HYPERLINK("https://evil.example")'
        assert ["市民", "市民", formula, ""] in [row[1:] for row in rows]
        paper = (await sato.get(f"{url}/transcript")).text
        assert "=HYPERLINK" in html.unescape(paper)
        assert "1件目のメモ" not in paper
        assert "1件目のメモ" in (await sato.get(f"{url}/transcript?notes=yes")).text
        assert (await sato.get(url)).text.count("記録を書き出した") == 3


async def test_labels_are_kept_and_others_refused(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato:
        url, _ = await taken(people, user, sato)
        chosen = {"theme": "税", "quality": "wrong", "follow_up": "call"}
        assert (await sato.post(f"{url}/labels", **chosen)).status_code == 303
        page = (await sato.get(f"{url}?done=labelled")).text
        assert "税・まちがっていた・電話をする" in page
        assert "分類を保存しました。" in page
        wrong = await sato.post(f"{url}/labels", **(chosen | {"theme": "ない"}))
        assert wrong.status_code == 400
    sql = "SELECT theme, quality, follow_up FROM bot_handoff"
    assert await people.world.query(sql) == [("税", "wrong", "call")]


async def test_who_looks_sees_who_else_does_until_they_are_gone(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato, people.browser("suzuki") as suzuki:
        url = f"{PATH}/{(await people.grip(user)).handoff_id}"
        assert "ほかに見ている職員" not in (await sato.get(url)).text
        assert "ほかに見ている職員：sato 太郎<" in (await suzuki.get(url)).text
        assert "ほかに見ている職員：suzuki 太郎<" in (await sato.get(url)).text
        people.later(minutes=2)
        assert not re.search("ほかに見ている職員", (await sato.get(url)).text)


async def test_that_a_person_writes_is_seen_by_the_citizen_and_by_colleagues(
    people: People,
) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato, people.browser("suzuki") as suzuki:
        url = f"{PATH}/{(await people.grip(user)).handoff_id}"
        await sato.post(f"{url}/take", fence=str((await people.grip(user)).fence))
        fence = str((await people.grip(user)).fence)
        assert (await suzuki.post(f"{url}/typing", fence=fence)).status_code == 409
        assert loading(people) == []
        await sato.get(url)
        for _ in range(3):
            assert (await sato.post(f"{url}/typing", fence=fence)).status_code == 204
        assert loading(people) == [{"chatId": user, "loadingSeconds": 20}]
        told = re.sub(r"<[^>]+>", "", (await suzuki.get(url)).text)
        assert "ほかに見ている職員：sato 太郎（返信を書いています）" in told


def loading(people: People) -> list[dict[str, object]]:
    """What LINE was asked to animate."""
    entries = people.world.line.get("journal.har")["log"]["entries"]
    asked = [entry["request"] for entry in entries if "loading/start" in entry["request"]["url"]]
    return [json.loads(request["postData"]["text"]) for request in asked]
