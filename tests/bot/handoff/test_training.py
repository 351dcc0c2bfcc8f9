"""A citizen's sentence becomes an example to learn from, without anything personal."""

import csv
import html
import io
import re

import pytest

from auth.permissions import Role
from bot.console.training import REVIEW
from bot.handoff.writing import masked
from tests.bot.handoff.people import TAX, People
from tests.bot.handoff.test_desk_pages import taken


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("０９０-1234-5678に電話して", "〔電話番号〕に電話して"),
        ("taro@example.jp です", "〔メールアドレス〕 です"),
        ("番号は1234 5678 9018", "番号は〔マイナンバー〕"),
        ("昭和60年5月5日生まれ", "〔生年月日〕まれ"),
        ("可燃ごみは3月5日ですか", "可燃ごみは3月5日ですか"),
    ],
)
def test_what_is_surely_personal_is_replaced(said: str, kept: str) -> None:
    assert masked(said) == kept


async def test_a_sentence_is_kept_once_for_review_and_never_with_a_phone_number(
    people: People,
) -> None:
    user = await people.citizen()
    await people.asks(user)
    await people.says(user, "ごみは、いつ？ 090-1234-5678")
    async with (
        people.browser("sato") as sato,
        people.browser("tanaka", TAX) as tanaka,
        people.browser("chief", role=Role.supervisor) as chief,
        people.browser("chief-2", TAX, role=Role.supervisor) as other,
    ):
        url, _ = await taken(people, user, sato)
        links = re.findall(rf'href="({url}/training/\d+)"', (await sato.get(url)).text)
        assert "ごみは、いつ? 〔電話番号〕" in html.unescape((await sato.get(links[-1])).text)
        assert (await tanaka.get(links[-1])).status_code == 404
        typed = {"words": "ごみは、いつ？ 090-1234-5678", "intent": "ask_waste_day"}
        refused = await sato.post(links[-1], **typed)
        assert refused.status_code == 422
        assert "電話番号が残っています" in refused.text
        intents = re.findall(r'<option value="(\w+)"', refused.text)
        good = {"words": "=ごみは、いつ？", "intent": intents[0]}
        for _ in range(2):
            done = await sato.post(links[-1], **good)
            assert done.headers["location"].endswith("?done=taught")
        assert (await sato.get(REVIEW)).status_code == 403
        rows = list(csv.reader(io.StringIO((await chief.get(f"{REVIEW}.csv")).text)))
        assert [row[1] for row in rows[1:]] == ["'=ごみは、いつ？"]
        assert "ごみは" not in (await other.get(REVIEW)).text
        number = await people.world.one("SELECT id FROM bot_training_example")
        assert (await other.post(f"{REVIEW}/{number}/delete")).status_code == 404
        assert (await chief.post(f"{REVIEW}/{number}/delete")).status_code == 303
        assert "まだありません" in (await chief.get(REVIEW)).text
