"""Papers with what the register knows filled in: behind the card, in the access log, no number."""

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from kit.settings import Settings
from services.procedures.contract import NewGuide
from services.procedures.guides import Guides
from services.procedures.service import Guiding
from tests.kit.test_pdf import words
from tests.services.nursery.applying import KENTA, MAI, Parent, open_town

PATH = "/my/procedures"


@pytest.fixture
async def mai(settings: Settings) -> AsyncIterator[Parent]:
    async with open_town(settings) as town:
        mai = await town.parent(MAI)
        await mai.log_in("card_at")
        yield mai


async def begins(mai: Parent, event: str, **answers: str) -> str:
    new = NewGuide(citizen_id=mai.citizen, event=event, answers=answers)
    return (await Guiding(mai.town.part(Guides)).begin(new)).id


async def paper(mai: Parent, guide: str) -> httpx2.Response:
    return await mai.http.get(f"{PATH}/paper", params={"guide": guide})


async def test_a_notice_of_a_move_has_the_household_and_the_day_and_is_noted(mai: Parent) -> None:
    guide = await begins(mai, "moving_within", moved_on="2026-12-04")
    shown = (await mai.http.get(f"{PATH}/")).text
    assert f"{PATH}/paper?guide={guide}" in shown
    given = await paper(mai, guide)
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["cache-control"] == "no-store"
    said = words(given.content)
    assert "■転居" in said
    assert "2026年12月4日" in said
    assert "NGUYEN THI MAI" in said
    assert said.count("異動する方") > 1
    assert "デモ用の用紙" in said
    assert "署名" in said
    assert not re.search(r"\d{12}", said)
    looks = await mai.looks()
    assert "residents:people:read" in looks
    assert looks.count("residents:export") == said.count("異動する方")


async def test_a_list_after_a_death_has_who_signs_and_what_is_done(mai: Parent) -> None:
    guide = await begins(mai, "bereavement", died_on="2026-11-28")
    said = words((await paper(mai, guide)).content)
    assert "おくやみ関係の手続きの一覧" in said
    assert "2026年11月28日" in said
    assert "□ 死亡届" in said
    assert said.count("NGUYEN THI MAI") == 1


async def test_without_the_card_read_just_now_there_is_no_paper(mai: Parent) -> None:
    guide = await begins(mai, "moving_within", moved_on="2026-12-04")
    await mai.log_in("my_id_at")
    for path in (f"{PATH}/", f"{PATH}/paper?guide={guide}"):
        refused = await mai.http.get(path)
        assert refused.headers["location"].startswith("/identity/step-up/card")
    assert "residents:export" not in await mai.looks()


async def test_nobody_gets_the_paper_of_another_and_a_lost_address_leads_back(mai: Parent) -> None:
    other = await mai.town.parent(KENTA)
    guide = await begins(other, "moving_within", moved_on="2026-12-04")
    assert "page_refused" in (await paper(mai, guide)).headers["location"]
    assert (await paper(mai, "")).headers["location"] == f"{PATH}/"
    assert "residents:export" not in await mai.looks()
