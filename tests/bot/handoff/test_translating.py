"""Translation by one endpoint that is not trusted: marked, masked, read by a person, or absent."""

import asyncio
import html
import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx2
import pytest

from bot.console.tongues import foreign_words, language_of_talk
from bot.handoff import translating
from bot.handoff.translating import Translator
from kit.settings import Settings
from messages.languages import Language
from tests.bot.handoff.people import People
from tests.bot.handoff.test_desk_pages import taken
from tests.bot.handoff.test_suggesting import said

URL = "https://translate.example/translate"
Answer = Callable[[httpx2.Request], httpx2.Response | Awaitable[httpx2.Response]]


def translator(answer: Any, settings: Settings | None = None) -> Translator:
    own = (settings or Settings()).model_copy(update={"translation_url": URL})
    return Translator(own, httpx2.AsyncClient(transport=httpx2.MockTransport(answer)))


def echo(asked: list[dict[str, str]]) -> Answer:
    """An endpoint that says into which language it would translate what."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content)
        asked.append(body)
        return httpx2.Response(200, json={"translatedText": f"[{body['target']}] {body['q']}"})

    return answer


async def test_both_columns_and_a_reply_that_a_person_has_read(people: People) -> None:
    asked: list[dict[str, str]] = []
    user = await people.citizen()
    await people.asks(user)
    async with people.browser("sato") as sato:
        url, seen = await taken(people, user, sato)
        await people.says(user, "Where can I get a trash bag? Please call 090-1234-5678")
        assert "機械翻訳" not in (await sato.get(url)).text, (
            "without an endpoint there is no column"
        )
        people.web.put(Translator, translator(echo(asked), people.world.settings))
        page = html.unescape((await sato.get(url)).text)
        assert "[ja] Where can I get a trash bag? Please call 〔電話番号〕" in page
        assert "090" not in str(asked)
        assert 'value="translate">英語に訳す（機械翻訳）' in page
        form = {"fence": seen, "key": "k", "text": "市役所で買えます。"}
        draft = await sato.post(f"{url}/draft", **form, do="translate")
        assert "[en] 市役所で買えます。\n(Machine translation)</textarea>" in draft.text
        assert "もとの日本語（送りません）" in draft.text
        english = form | {
            "text": "At the city hall.\n(Machine translation)",
            "original": form["text"],
        }
        unread = await sato.post(f"{url}/reply", **english)
        assert unread.status_code == 400
        assert "訳文を読んで" in unread.text
        assert "At the city hall.\n(Machine translation)</textarea>" in unread.text
        assert (await sato.post(f"{url}/reply", **english, read="yes")).status_code == 303
        page = html.unescape((await sato.get(url)).text)
        assert "[ja] At the city hall." in page, "ours stands beside its translation, too"
        assert "返信した（機械翻訳を使用）" in page
    assert "At the city hall.\n(Machine translation)" in await people.heard(user)
    assert "市役所で買えます。" not in await people.heard(user)


async def test_an_endpoint_that_is_away_leaves_the_words_where_they_are(people: People) -> None:
    user = await people.citizen()
    await people.asks(user)
    people.web.put(Translator, translator(lambda _: httpx2.Response(503), people.world.settings))
    async with people.browser("sato") as sato:
        url, seen = await taken(people, user, sato)
        await people.says(user, "Where can I get a trash bag?")
        assert "まだ訳せていません。" in (await sato.get(url)).text
        form = {"fence": seen, "key": "k", "text": "市役所です。", "do": "translate"}
        draft = await sato.post(f"{url}/draft", **form)
        assert "いまは翻訳できません" in draft.text
        assert "市役所です。</textarea>" in draft.text


def answering(content: bytes, status: int = 200, **headers: str) -> Answer:
    return lambda _: httpx2.Response(status, content=content, headers=headers)


HOSTILE = {
    "no JSON": answering(b"<html>"),
    "a list": answering(b'["x"]'),
    "no text": answering(b'{"translatedText": {"a": 1}}'),
    "nothing": answering(b'{"translatedText": " "}'),
    "far too much": answering(json.dumps({"translatedText": "x" * 9000}).encode()),
    "without end": answering(b'{"translatedText": "' + b"x" * 300_000 + b'"}'),
    "a refusal": answering(b'{"translatedText": "no", "error": "quota"}', 429),
    "elsewhere": answering(b"", 302, location="http://127.0.0.1/"),
    "a fault": answering(b"{}", 500),
    "nested": answering(b"[" * 100_000),
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_a_hostile_endpoint_is_no_translation(kind: str) -> None:
    made = translator(HOSTILE[kind])
    assert await made.translate("Hello there", Language.en, Language.ja) is None
    assert await made.into_japanese([(Language.en, "Hello there")]) == {}


async def test_what_turns_the_reading_direction_is_taken_out() -> None:
    made = translator(answering(json.dumps({"translatedText": "い\u202eろ\u0000は\n"}).encode()))
    assert await made.translate("abc", Language.en, Language.ja) == "いろは"


async def test_one_that_hangs_holds_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(request: httpx2.Request) -> httpx2.Response:
        if b"slow" in request.content:
            await asyncio.Event().wait()
        return httpx2.Response(200, json={"translatedText": "はい"})

    monkeypatch.setattr(translating, "PATIENCE_SECONDS", 0.2)
    made = translator(hang)
    wanted = [(Language.en, "slow one"), (Language.en, "quick one")]
    async with asyncio.timeout(10):
        assert await made.into_japanese(wanted) == {wanted[1]: "はい"}
        assert await made.translate("slow two", Language.en, Language.vi) is None


async def test_the_same_words_are_translated_once() -> None:
    asked: list[dict[str, str]] = []
    made = translator(echo(asked))
    for _ in range(3):
        await made.into_japanese([(Language.en, "Hello there"), (Language.en, "Hello there")])
    assert len(asked) == 1
    assert asked[0] == {"q": "Hello there", "source": "en", "target": "ja", "format": "text"}


def test_the_language_is_that_of_the_newest_words_or_the_chosen_one() -> None:
    english, japanese = said("citizen", "Where can I go?"), said("citizen", "ありがとうございます")
    unclear = said("citizen", "住民票")
    assert language_of_talk([japanese, english, unclear], "ja") is Language.en
    assert language_of_talk([english, japanese], "en") is None
    assert language_of_talk([unclear], "zh") is Language.zh
    assert language_of_talk([], "easy") is None
    assert foreign_words([english, japanese, unclear], "zh") == {
        0: (Language.en, "Where can I go?"),
        2: (Language.zh, "住民票"),
    }
