"""Canned replies of staff: their own, their desk's, and nobody else's."""

import html

import pytest

from bot.console.own_replies import PATH
from tests.bot.handoff.people import CITIZENS, TAX, People
from tests.bot.handoff.test_desk_pages import taken

WORDS = "〔日付〕に、本庁舎1階へお越しください。"


async def test_one_s_own_and_the_desk_s_are_inserted_and_nobody_else_s(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato, people.browser("suzuki") as suzuki:
        mine = {"title": "来庁", "words": WORDS}
        assert (await sato.post(PATH, **mine)).status_code == 303
        await sato.post(PATH, title="閉庁", words="土日は休みです。", desk=CITIZENS)
        assert "来庁" not in (await suzuki.get(PATH)).text
        assert "閉庁" in (await suzuki.get(PATH)).text
        url, seen = await taken(people, user, sato)
        page = (await sato.get(url)).text
        assert ">自分：来庁<" in page
        assert ">課：閉庁<" in page
        own = await people.world.one("SELECT min(id) FROM bot_canned_reply")
        draft = {"fence": seen, "key": "k", "text": "", "do": "canned", "canned": f"own-{own}"}
        assert WORDS in html.unescape((await sato.post(f"{url}/draft", **draft)).text)
        sent = await sato.post(f"{url}/reply", fence=seen, key="k", text=WORDS, despite="yes")
        assert sent.status_code == 422, "the placeholder has to be written over"
        foreign = await suzuki.post(f"{url}/draft", **draft)
        assert "本庁舎1階" not in foreign.text


async def test_another_desk_neither_sees_nor_deletes_nor_adds(people: People) -> None:
    async with people.browser("sato") as sato, people.browser("tanaka", TAX) as tanaka:
        await sato.post(PATH, title="閉庁", words="土日は休みです。", desk=CITIZENS)
        number = await people.world.one("SELECT id FROM bot_canned_reply")
        assert "閉庁" not in (await tanaka.get(PATH)).text
        assert (await tanaka.post(f"{PATH}/{number}/delete")).status_code == 404
        assert (await tanaka.post(PATH, title="x", words="y", desk=CITIZENS)).status_code == 404
        assert (await sato.post(f"{PATH}/{number}/delete")).status_code == 303
    assert await people.world.one("SELECT count(*) FROM bot_canned_reply") == 0


@pytest.mark.parametrize(
    ("title", "words", "said"),
    [
        ("", "はい", "題名を入力してください。"),
        ("あ" * 38, "はい", "題名は、37文字以内"),
        ("題", " ", "本文を入力してください。"),
        ("題", "090-1234-5678 へ", "電話番号は書けません"),
    ],
)
async def test_what_cannot_be_kept_is_said_and_stays_typed(
    people: People, title: str, words: str, said: str
) -> None:
    async with people.browser("sato") as sato:
        answer = await sato.post(PATH, title=title, words=words, desk=CITIZENS)
    assert answer.status_code == 422
    assert said in answer.text
    assert f"{title}" in answer.text
    assert "<option selected>市民課</option>" in answer.text
