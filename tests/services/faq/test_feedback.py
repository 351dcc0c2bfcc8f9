"""What is kept of a question and of an opinion, for how long, and what it is good for."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import text

from kit.db import Database
from kit.http import internal_client
from kit.settings import Settings
from services.faq import feedback_repository as feedback_rows
from services.faq.api import router
from services.faq.contract import Asked, FaqClient, Opinion, OpinionKind, Outcome
from services.faq.feedback import VOTES_KEPT, FeedbackBook, presentable
from services.faq.importer import import_city
from services.faq.service import FaqService
from tests.services.faq.test_service import write
from tests.support import bare_app

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def book(
    database: Database, settings: Settings, clock: Clock, tmp_path: Path
) -> FeedbackBook:
    write(tmp_path, reg_001="住民票はどこで取れますか？", dog_001="犬を飼いはじめたときは？")
    assert (await import_city(database, tmp_path, clock)).ok
    return FeedbackBook(database, clock, settings, FaqService(database, clock, settings))


@pytest.fixture
async def faq(book: FeedbackBook, settings: Settings) -> AsyncIterator[FaqClient]:
    app = bare_app(settings, "faq")
    app.include_router(router)
    app.state.container.put(FeedbackBook, book)
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as http:
        yield FaqClient(http)


def asked(words: str, turn: str, outcome: Outcome = Outcome.refused, *entries: str) -> Asked:
    return Asked.model_validate(
        {"turn_id": turn, "text": words, "outcome": outcome, "entries": entries}
    )


def wrong(citizen: str, key: str = "", entry_id: str = "reg-001") -> Opinion:
    return Opinion(citizen_id=citizen, kind=OpinionKind.wrong, entry_id=entry_id, question=key)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("電話は０２４２－３９－１１１１です", "電話は＊です"),
        ("お客様番号 1234 5678 の水道", "お客様番号 ＊ の水道"),
        ("taro@example.jp に送って", "＊ に送って"),
        ("会津太郎と申します。住民票は", "＊と申します。住民票は"),
        ("24時間の窓口は？4月1日から？", "24時間の窓口は？4月1日から？"),
    ],
)
def test_what_points_to_somebody_is_taken_out_of_the_words(said: str, kept: str) -> None:
    assert presentable(said) == kept


def test_of_a_long_story_the_end_is_kept() -> None:
    assert presentable("あ" * 999 + "犬の登録") == "あ" * 296 + "犬の登録"


async def test_a_repeated_turn_is_one_question(faq: FaqClient, book: FeedbackBook) -> None:
    keys = {await faq.note(asked("ピアノの調律", "turn-1")) for _ in range(3)}
    assert len(keys) == 1
    [cluster] = await book.unanswered()
    assert (cluster.count, cluster.examples) == (1, ("ピアノの調律",))


async def test_one_citizen_has_one_vote_on_an_entry_however_often_they_ask(
    faq: FaqClient, book: FeedbackBook
) -> None:
    for turn in range(5):
        key = await faq.note(asked("住民票", f"turn-{turn}", Outcome.answered, "reg-001"))
        await faq.judge(wrong("ctz_1", key))
    assert await book.unhelpful() == []
    for citizen in ("ctz_2", "ctz_3"):
        await faq.judge(wrong(citizen))
    [(entry, helpful, complaints)] = await book.unhelpful()
    assert (entry.id, helpful, complaints) == ("reg-001", 0, 3)


async def test_neither_the_citizen_nor_the_turn_stands_in_any_table(
    faq: FaqClient, database: Database
) -> None:
    words = "会津太郎と申します。住民票と戸籍"
    key = await faq.note(asked(words, "turn-1", Outcome.answered, "reg-001"))
    await faq.judge(wrong("ctz_1", key))
    async with database.transaction() as session:
        rows = "".join(
            [
                *(await session.scalars(text("SELECT row_to_json(q)::text FROM faq_question q"))),
                *(await session.scalars(text("SELECT row_to_json(v)::text FROM faq_vote v"))),
            ]
        )
    assert "住民票" in rows
    for secret in ("ctz_1", "turn-1", "太郎"):
        assert secret not in rows
    async with database.transaction() as session:
        [vote] = await feedback_rows.votes(session)
    assert "住民" in vote.terms
    assert "戸籍" not in vote.terms, "only the FAQ's own words outlast the sentence"


async def test_an_opinion_on_what_has_gone_is_no_error(
    faq: FaqClient, book: FeedbackBook, database: Database
) -> None:
    await faq.judge(wrong("ctz_1", "0" * 32, "old-999"))
    async with database.transaction() as session:
        assert await session.scalar(text("SELECT count(*) FROM faq_vote")) == 0


async def test_words_go_with_the_inbox_and_votes_after_a_year(
    faq: FaqClient, book: FeedbackBook, clock: Clock, database: Database
) -> None:
    key = await faq.note(asked("住民票", "turn-1", Outcome.answered, "reg-001"))
    await faq.judge(wrong("ctz_1", key))

    async def counts() -> tuple[int, int]:
        await book.forget_old()
        async with database.transaction() as session:
            questions = await session.scalar(text("SELECT count(*) FROM faq_question"))
            return questions, await session.scalar(text("SELECT count(*) FROM faq_vote"))

    clock.now += timedelta(days=29)
    assert await counts() == (1, 1)
    clock.now += timedelta(days=2)
    assert await counts() == (0, 1)
    clock.now = NOW + VOTES_KEPT + timedelta(days=1)
    assert await counts() == (0, 0)


async def test_like_questions_stand_together_and_the_most_frequent_come_first(
    faq: FaqClient, book: FeedbackBook
) -> None:
    said = [
        "熊が出ました",
        "パスポートを作りたい",
        "パスポートの申請はどこですか",
        "家の前に熊がいます",
        "ぱすぽーとのしんせい",
        "パスポート申請の場所",
    ]
    for turn, words in enumerate(said):
        await faq.note(asked(words, f"turn-{turn}"))
    groups = [cluster.examples for cluster in await book.unanswered()]
    assert "パスポート" in groups[0][0]
    assert len(groups[0]) >= 3
    assert all("熊" not in words for words in groups[0])
    assert len(groups) <= 4


async def test_a_stranger_can_neither_ask_nor_vote(settings: Settings, book: FeedbackBook) -> None:
    app = bare_app(settings, "faq")
    app.include_router(router)
    app.state.container.put(FeedbackBook, book)
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="http://internal"
    ) as http:
        body = asked("住民票", "turn-1").model_dump(mode="json")
        assert (await http.post("/services/faq/questions", json=body)).status_code == 401
