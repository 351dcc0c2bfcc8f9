"""The service over HTTP and a real database."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from kit.db import Database
from kit.errors import InvalidInputError, NotFoundError
from kit.http import internal_client
from kit.settings import Settings
from services.faq.api import router
from services.faq.contract import FaqClient, Verdict
from services.faq.importer import import_city
from services.faq.service import FaqService
from tests.support import bare_app

# 1 April in Japan, still 31 March in UTC.
NOW = datetime(2027, 3, 31, 16, 0, tzinfo=UTC)


def now() -> datetime:
    return NOW


def write(city_dir: Path, **questions: str) -> None:
    (city_dir / "faq").mkdir(exist_ok=True)
    lines = [
        json.dumps(
            {
                "id": name.replace("_", "-"),
                "category": "くらし",
                "question": question,
                "variants": [],
                "answer": "窓口でお答えします。",
                "desk": "市民課",
                "source": "デモ用の記述",
                "source_url": None,
                "review_by": "2027-03-31" if name.startswith("old") else "2027-04-01",
                "demonstration": True,
                "keywords": [],
            }
        )
        for name, question in questions.items()
    ]
    (city_dir / "faq" / "all.jsonl").write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
async def http(database: Database, settings: Settings) -> AsyncIterator[httpx2.AsyncClient]:
    app = bare_app(settings, "faq")
    app.include_router(router)
    app.state.container.put(FaqService, FaqService(database, now, settings))
    token = settings.internal_token.get_secret_value()
    async with internal_client("http://internal", token, app=app) as client:
        yield client


@pytest.fixture
def faq(http: httpx2.AsyncClient) -> FaqClient:
    return FaqClient(http)


@pytest.fixture
async def city_dir(database: Database, tmp_path: Path) -> Path:
    write(
        tmp_path,
        reg_001="住民票はどこで取れますか？",
        old_001="水道の名義を変えたいときは？",
        dog_001="犬を飼いはじめたときの手続きは？",
    )
    assert (await import_city(database, tmp_path, now)).ok
    return tmp_path


async def test_before_the_first_import_nothing_is_found(faq: FaqClient) -> None:
    result = await faq.search("住民票")
    assert (result.verdict, result.hits) == (Verdict.unsure, ())


async def test_a_search_returns_the_entry_with_its_desk_and_source(
    faq: FaqClient, city_dir: Path
) -> None:
    result = await faq.search("住民票はどこで取れますか？", top=2)
    best = result.hits[0].entry
    assert (best.id, best.desk, best.demonstration) == ("reg-001", "市民課", True)
    assert result.verdict is Verdict.sure
    assert len(result.hits) == 2
    signals = set(result.hits[0].signals)
    assert signals == {
        *("words", "letters", "question", "entry", "cover", "echo", "passage", "wording"),
        *("apart", "relief"),
    }


async def test_a_new_import_is_searched_at_once(
    faq: FaqClient, city_dir: Path, database: Database
) -> None:
    assert (await faq.search("熊を見かけました")).verdict is Verdict.unsure
    write(city_dir, bear_001="熊を見かけたときはどこに知らせますか？", reg_001="住民票の写し")
    assert (await import_city(database, city_dir, now)).ok
    result = await faq.search("熊を見かけたとき知らせるところ")
    assert result.hits[0].entry.id == "bear-001"


async def test_many_first_questions_at_once_are_all_answered(
    faq: FaqClient, city_dir: Path
) -> None:
    results = await asyncio.gather(*(faq.search("住民票はどこで取れますか？") for _ in range(8)))
    assert {result.hits[0].entry.id for result in results} == {"reg-001"}


async def test_an_entry_is_read_by_its_id(faq: FaqClient, city_dir: Path) -> None:
    assert (await faq.entry("dog-001")).question == "犬を飼いはじめたときの手続きは？"


async def test_an_unknown_id_is_not_found(faq: FaqClient, city_dir: Path) -> None:
    with pytest.raises(NotFoundError):
        await faq.entry("dog-999")


async def test_an_id_that_is_no_id_cannot_reach_another_path(
    faq: FaqClient, city_dir: Path
) -> None:
    with pytest.raises((InvalidInputError, NotFoundError)):
        await faq.entry("../stale")


async def test_an_entry_is_stale_from_the_day_after_in_the_citys_own_time(
    faq: FaqClient, city_dir: Path
) -> None:
    assert [entry.id for entry in await faq.stale()] == ["old-001"]


async def test_of_a_text_beyond_the_limit_the_end_is_searched(
    faq: FaqClient, city_dir: Path
) -> None:
    result = await faq.search("あ" * 9000 + "住民票はどこで取れますか？")
    assert result.hits[0].entry.id == "reg-001"


async def test_an_empty_text_is_refused_with_the_field_named(http: httpx2.AsyncClient) -> None:
    response = await http.post("/services/faq/search", json={"text": ""})
    assert response.status_code == 422
    assert response.json()["error"]["details"][0]["where"] == ["body", "text"]


async def test_a_stranger_is_not_served(http: httpx2.AsyncClient) -> None:
    response = await http.get("/services/faq/stale", headers={"Authorization": "Bearer wrong"})
    assert response.status_code == 401


async def test_who_gives_up_while_the_index_is_made_leaves_it_to_the_next_question(
    database: Database, settings: Settings, city_dir: Path
) -> None:
    """On a busy machine, making it took longer than a question may take, each time anew."""
    await import_city(database, city_dir, now)
    service = FaqService(database, now, settings)
    begun, made, indexed = asyncio.Event(), [], service._make

    async def noted() -> object:
        made.append("index")
        begun.set()
        return await indexed()

    service._make = noted  # type: ignore[method-assign, assignment]
    asked = asyncio.create_task(service.search("住民票"))
    await begun.wait()
    asked.cancel()
    assert (await service.search("住民票")).hits
    assert made == ["index"]
    assert asked.cancelled()
