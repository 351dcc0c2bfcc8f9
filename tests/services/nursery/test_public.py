"""`/nursery/` without a name: what is free, and which row gives which point."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from kit.settings import Settings
from services.nursery.contract import NurseryClient
from tests.services.nursery.applying import Town, open_town


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


@pytest.fixture
async def http(town: Town) -> httpx2.AsyncClient:
    return town.browser()


async def test_the_list_shows_the_class_asked_for_in_the_district(http: httpx2.AsyncClient) -> None:
    page = (await http.get("/nursery/?age=2&district=門田")).text
    assert "デモすぎのこ保育園" in page
    assert "デモ鶴城保育園" not in page
    assert "3歳児 " not in page
    assert "架空のもの" in page


async def test_seats_shared_by_ages_are_said_to_be_shared(http: httpx2.AsyncClient) -> None:
    page = (await http.get("/nursery/?age=2&district=湊")).text
    assert "1〜2歳児（合わせて） あき4人" in page


@pytest.mark.parametrize(
    "query", ["age=9&district=東京", "age=x", "age=%3Cb%3E", "district=' OR 1"]
)
async def test_what_nobody_offers_shows_everything(http: httpx2.AsyncClient, query: str) -> None:
    answer = await http.get(f"/nursery/?{query}")
    assert answer.status_code == 200
    assert "一覧（16園）" in answer.text


async def test_the_simulator_shows_the_row_of_each_point_and_asks_only_what_matters(
    http: httpx2.AsyncClient,
) -> None:
    page = (await http.get("/nursery/points")).text
    assert "いまの答えでは" not in page
    assert 'name="p0.hours_per_month"' not in page
    assert 'name="h.municipal_tax"' not in page
    answers = {"p0.reason": "work", "p0.hours_per_month": "１68", "p1.reason": "search", "age": "1"}
    page = (await http.post("/nursery/points", data=answers)).text
    assert "<strong>25点</strong>" in page
    assert "保護者1：就労（月160時間以上）</span> <strong>+20点" in page
    assert "保護者2：求職活動</span> <strong>+5点" in page
    assert "昨年度の最低点にとどいていても、入れるとは限りません" in page


async def test_a_row_that_counts_at_one_nursery_says_so(http: httpx2.AsyncClient) -> None:
    answers = {
        "p0.reason": "work",
        "p0.hours_per_month": "168",
        "h.sibling_enrolled": "True",
        "h.sibling_nursery": "d03",
    }
    page = (await http.post("/nursery/points", data=answers)).text
    assert "きょうだいが在園している園を希望（デモすぎのこ保育園だけ）" in page
    assert "<strong>20点</strong>" in page


@pytest.mark.parametrize("typed", ["-1", "1e9", "９" * 30, "<b>", "", "168.5"])
async def test_what_is_no_number_gives_no_point(http: httpx2.AsyncClient, typed: str) -> None:
    answers = {"p0.reason": "work", "p0.hours_per_month": typed}
    answer = await http.post("/nursery/points", data=answers)
    assert answer.status_code == 200
    assert "<strong>0点</strong>" in answer.text


async def test_words_name_the_district_or_the_nursery(town: Town) -> None:
    client: NurseryClient = town.part(NurseryClient)
    found = await client.vacancies(1, "一箕で1歳が入れる園")
    assert (found.district, found.facility) == ("一箕", "")
    assert {seats.district for seats in found.found} == {"一箕"}
    assert all(seats.first_age <= 1 <= seats.last_age for seats in found.found)
    found = await client.vacancies(None, "北会津保育園は空いていますか")
    assert {seats.name for seats in found.found} == {"デモ北会津保育園"}
    found = await client.vacancies(3, "空きのある保育園")
    assert len(found.found) > 5
    assert [s.seats for s in found.found] == sorted((s.seats for s in found.found), reverse=True)
