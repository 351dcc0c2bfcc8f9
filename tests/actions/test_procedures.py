"""A life event told in a citizen's words, and what is said to it."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import ActionContext
from actions.procedures.actions import HEADINGS, GuideProcedure
from actions.procedures.parsing import TOPICS, LifeEvent, life_event, names_more_than_moving
from kit.clock import system_clock
from kit.settings import Settings
from services.faq.contract import Entry, Hit, SearchResult, Verdict
from services.faq.importer import FaqReport, read_entries, read_synonyms
from services.faq.search.ranker import Ranker

SETTINGS = Settings(environment="test")


class Faq:
    """The real entries and the real ranking, without a database in between."""

    def __init__(self) -> None:
        report, folder = FaqReport("faq"), SETTINGS.city_dir / "faq"
        self.ranker = Ranker(read_entries(folder, report), read_synonyms(folder, report))

    async def search(self, text: str, top: int = 3) -> SearchResult:
        ranking = self.ranker.rank(text, top)
        hits = tuple(
            Hit(entry=_wire(found.entry), score=found.score, signals=found.signals)
            for found in ranking.found
        )
        return SearchResult(verdict=ranking.verdict, confidence=ranking.confidence, hits=hits)

    async def note(self, asked: object) -> str:
        return "key"


def _wire(entry: Any) -> Entry:
    return Entry(**{name: getattr(entry, name) for name in Entry.model_fields})


@pytest.fixture(scope="module")
def faq() -> Faq:
    return Faq()


async def said(faq: Faq, text: str) -> dict[str, Any]:
    context = SimpleNamespace(client=lambda kind: faq, settings=SETTINGS, clock=system_clock)
    message = {"text": text, "intent": {"name": "ask_procedure"}, "entities": []}
    event = {"event": "user", "metadata": {"turn_id": "turn-1"}}
    tracker = Tracker("ctz_1", {}, message, [event], False, None, {}, None)
    dispatcher = CollectingDispatcher()
    await GuideProcedure(cast(ActionContext, context)).run(dispatcher, tracker, {})
    *first, answer = dispatcher.messages
    words = [message["custom"]["text"] for message in first]
    custom = cast(dict[str, Any], answer["custom"])
    return custom | {"text": "\n".join([*words, custom["text"]])}


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("ばっぱが死んじまって、なにすっといいんだべ", LifeEvent.bereavement),
        ("おっとが しにました。どうしますか", LifeEvent.bereavement),
        ("うちの犬が死んだんですけど", None),
        ("こどもが うまれました", LifeEvent.birth),
        ("夫を亡くしたあと引っ越します。夫が亡くなったのは先月です", LifeEvent.bereavement),
        ("来月で定年です", LifeEvent.retirement),
        ("リストラにあいました", LifeEvent.lost_job),
        ("My husband passed away", LifeEvent.bereavement),
        ("孩子出生了", LifeEvent.birth),
        ("Tôi mất việc", LifeEvent.lost_job),
        ("quero abrir um restaurante", LifeEvent.business),
        ("来月東京から引っ越してきます", LifeEvent.moving_in),
        ("転入の手続き", LifeEvent.moving_in),
        ("県外に引っ越す", LifeEvent.moving_out),
        ("引っ越しました", LifeEvent.moving),
        ("図書館は何時まで", None),
    ],
)
def test_the_gravest_event_that_is_told_is_read(text: str, event: LifeEvent | None) -> None:
    assert life_event(text) is event


@pytest.mark.parametrize("event", LifeEvent)
async def test_every_event_has_a_heading_and_finds_at_least_two_entries(
    faq: Faq, event: LifeEvent
) -> None:
    assert HEADINGS[event]
    found = [await faq.search(topic, 1) for topic in TOPICS[event]]
    sure = {result.hits[0].entry.id for result in found if result.verdict is not Verdict.unsure}
    assert len(sure) >= 2, [_ids(result.hits) for result in found]


def _ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.entry.id for hit in hits]


async def test_condolence_comes_before_papers_and_no_more_than_three_are_told(faq: Faq) -> None:
    answer = await said(faq, "母が亡くなりました。何をすればいいですか")
    text = answer["text"]
    assert text.index("お悔やみ") < text.index("死亡届")
    assert text.count("■") == 3
    assert "市民課" in text
    assert "0242-39-1111" in text
    labels = [choice["label"] for choice in answer["choices"]]
    assert labels[-1] == "職員に相談"
    assert len(labels) > 2


async def test_what_was_asked_within_the_event_leads(faq: Faq) -> None:
    answer = await said(faq, "妻が亡くなったのですが、葬祭費はいくらもらえますか")
    guide = answer["text"].partition("【")[2]
    assert guide.index("喪主") < guide.index("死亡届")


async def test_words_without_an_event_are_searched_as_any_question(faq: Faq) -> None:
    answer = await said(faq, "住民票の写しはどこで取れますか")
    assert "■" not in answer["text"]
    assert "住民票" in answer["text"]


async def test_the_bare_intent_asks_which_event(faq: Faq) -> None:
    answer = await said(faq, "/ask_procedure")
    assert "どのようなときの手続きですか" in answer["text"]


@pytest.mark.parametrize(
    ("words", "question", "more"),
    [
        ("引っ越しで水道はどうする", "水道を使い始める・やめるときの手続き", True),
        ("引っ越しの手続きはオンラインで", "引っ越しの手続きはオンラインでできますか", True),
        ("転入の手続き", "子どもの転校の手続きを教えてください", False),
        ("市外から引っ越します", "市外へ引っ越すときの手続きを教えてください", False),
    ],
)
def test_a_matter_beside_moving_is_told_from_moving_itself(
    words: str, question: str, more: bool
) -> None:
    assert names_more_than_moving(words, question) is more
