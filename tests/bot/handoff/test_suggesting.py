"""Suggested answers: found with the citizen's last words, shown to a person, never sent unread."""

import json
from collections.abc import Callable

import httpx2

from bot.console.suggesting import Suggestions, last_words
from bot.console.transcript import Entry, Part
from kit.clock import system_clock
from services.faq.contract import FaqClient
from tests.bot.handoff.people import OPEN, People
from tests.bot.handoff.test_desk_pages import taken

ANSWER = {
    "id": "moving-in",
    "category": "届出",
    "question": "転入届はどこで出せますか",
    "answer": "市民課の窓口で、引っ越してから14日以内に出してください。",
    "desk": "市民課",
    "source": "市民課",
    "source_url": None,
    "review_by": "2027-03-31",
    "demonstration": True,
    "updated": "2026-10-01",
}


def faq(asked: list[str], verdict: str = "likely") -> FaqClient:
    """An FAQ that knows one answer, and notes what it is asked."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(200, json=ANSWER)
        asked.append(json.loads(request.content)["text"])
        hit = {"entry": ANSWER, "score": 1.0, "signals": {}}
        return httpx2.Response(200, json={"verdict": verdict, "confidence": 0.6, "hits": [hit]})

    return client(answer)


def client(answer: Callable[[httpx2.Request], httpx2.Response]) -> FaqClient:
    transport = httpx2.MockTransport(answer)
    return FaqClient(httpx2.AsyncClient(transport=transport, base_url="http://faq"))


def said(side: str, *texts: str) -> Entry:
    return Entry(OPEN, side, side, tuple(Part("text", text) for text in texts))


async def test_one_tap_puts_a_suggestion_into_the_box_and_sends_nothing(people: People) -> None:
    asked: list[str] = []
    user = await people.citizen()
    await people.asks(user)
    people.web.put(FaqClient, faq(asked))
    people.web.put(Suggestions, Suggestions(people.web.get(FaqClient), people.world.now))
    async with people.browser("sato") as sato, people.browser("suzuki") as suzuki:
        url, seen = await taken(people, user, sato)
        await people.says(user, "転入届を出したいです。電話は090-1234-5678です")
        page = (await sato.get(url)).text
        assert "おすすめの答え" in page
        assert ANSWER["question"] in page
        assert "おすすめの答え" not in (await suzuki.get(url)).text, "only who answers needs them"
        assert "090" not in asked[-1]
        assert "〔電話番号〕" in asked[-1]
        searches = len(asked)
        await sato.get(url)
        assert len(asked) == searches, "a page that looks again searches no second time"
        before = await people.written(user)
        form = {"fence": seen, "key": "k", "text": "はい。", "do": "entry:moving-in"}
        drafted = await sato.post(f"{url}/draft", **form)
        assert f"はい。\n{ANSWER['answer']}</textarea>" in drafted.text
        assert await people.written(user) == before
        await sato.post(f"{url}/reply", fence=seen, key="k", text="市民課でどうぞ。")
        assert "おすすめの答え" not in (await sato.get(url)).text, "answered: nothing is open"


async def test_where_nothing_fits_or_the_faq_is_away_nothing_is_suggested() -> None:
    entries = [said("citizen", "人と話したい")]
    assert await Suggestions(faq([], "unsure"), system_clock).to(entries) == ()
    away = client(lambda _: httpx2.Response(503))
    assert await Suggestions(away, system_clock).to(entries) == ()


def test_the_words_since_a_person_answered_are_what_is_asked() -> None:
    assert last_words([said("citizen", "前の話"), said("staff", "はい")]) == ""
    talk = [
        said("staff", "はい"),
        said("citizen", "転入届"),
        said("bot", "…"),
        said("citizen", "どこ"),
    ]
    assert last_words(talk) == "転入届\nどこ"
