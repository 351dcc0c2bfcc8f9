"""`/console/health/due`: counts without a name, and names with a reason that the parents read."""

import csv
import re
from collections.abc import AsyncIterator
from datetime import date

import pytest

from auth.permissions import Role
from kit.clock import system_clock
from kit.settings import Settings
from services.health.due_reckoning import DueReckoning, months_of_birth
from tests.identity.support import Clock
from tests.services.health.test_desk import Nurse, at_work
from tests.services.health.visitor import Visitor, visiting
from tests.support import form_token

WHY = "案内を送るため"


@pytest.fixture
async def mother(settings: Settings) -> AsyncIterator[Visitor]:
    async with visiting(settings, Clock()) as visitor:
        visitor.clock.now = system_clock().replace(year=2026, month=12, day=1, hour=1)
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield visitor


@pytest.fixture
async def nurse(mother: Visitor) -> Nurse:
    nurse = await at_work(mother, Role.operator)
    await reckon(mother)
    return nurse


async def reckon(mother: Visitor) -> None:
    await mother.app.state.container.get(DueReckoning).run()


async def counted(nurse: Nurse, query: str = "") -> dict[str, list[str]]:
    """Return the table: what → the numbers of overdue, due, soon, to be asked."""
    page = (await nurse.http.get(f"/console/health/due{query}")).text
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page)
    return {name: re.findall(r">([0-9,]+)<", cells) for name, cells in rows}


async def test_the_page_counts_children_by_vaccine_and_check_and_names_nobody(
    mother: Visitor, nurse: Nurse
) -> None:
    page = (await nurse.http.get("/console/health/due")).text
    assert "2026年12月1日の計算です（7人の記録から）" in page
    assert not [word for word in ("結衣", "佐藤", "NGUYEN", "D0000003") if word in page]
    table = await counted(nurse)
    assert sum(map(int, table["水ぼうそう（水痘）"])) >= 1
    assert "3歳児健康診査" in table
    assert await mother.looks() == []
    # It is narrowed by what, state, month and town.
    every = await counted(nurse)
    assert list(await counted(nurse, "?what=Varicella")) == ["水ぼうそう（水痘）"]
    here = await counted(nurse, "?town=中央")
    assert sum(sum(map(int, row)) for row in here.values()) > 0
    assert sum(sum(map(int, row)) for row in here.values()) < sum(
        sum(map(int, row)) for row in every.values()
    )
    assert await counted(nurse, "?town=どこか") == {}
    page = (await nurse.http.get("/console/health/due")).text
    months = re.findall(r'<option value="([0-9]{4}-[0-9]{2})"', page)
    in_months = [await counted(nurse, f"?month={month}") for month in months]
    total = sum(sum(map(int, row)) for table in in_months for row in table.values())
    assert total == sum(sum(map(int, row)) for row in every.values())


async def test_names_open_with_a_reason_and_each_guardian_reads_it(
    mother: Visitor, nurse: Nurse
) -> None:
    wanted = {"what": "Varicella", "town": "中央"}
    refused = await nurse.send("/due/list", **wanted, reason="")
    assert refused.status_code == 422
    assert "結衣" not in refused.text
    assert await mother.looks() == []
    page = (await nurse.send("/due/list", **wanted, reason=WHY)).text
    assert "佐藤 結衣" in page or "佐藤　結衣" in page
    assert "2回目" in page
    assert "NGUYEN" not in page
    assert await mother.looks() == ["health:desk:list"]
    log = (await mother.get("/identity/account/access")).text
    assert WHY in log
    assert "予防接種・健診の対象者の一覧で、氏名と住所を見た" in log
    # A file has the same, and no cell of it is run.
    answer = await nurse.send("/due/csv", reason=WHY, number="1")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["cache-control"] == "no-store"
    table = list(csv.reader(answer.text.removeprefix("\ufeff").splitlines()))
    assert table[0][:3] == ["氏名", "生年月日", "住所"]
    assert len(table) > 10
    assert not [cell for row in table for cell in row if cell[:1] in ("=", "+", "@", "-")]
    # Nothing is behind the last line.
    after = await nurse.send("/due/csv", reason=WHY, number="2")
    assert len(after.text.splitlines()) == 1


async def test_who_has_moved_away_is_in_no_list(mother: Visitor, nurse: Nurse) -> None:
    from sqlalchemy import text

    gone = text("UPDATE residents_resident SET ended_on = '2026-12-01' WHERE id = :child")
    [_, yui] = await mother.children()
    async with mother.identity.database.transaction() as session:
        await session.execute(gone, {"child": yui})
    page = (await nurse.send("/due/list", reason=WHY)).text
    assert "結衣" not in page
    await reckon(mother)
    assert "（6人の記録から）" in (await nurse.http.get("/console/health/due")).text


async def test_a_list_is_reckoned_anew_at_the_desks_wish_and_once_at_a_time(nurse: Nurse) -> None:
    from sqlalchemy import text

    for _ in range(2):
        sent = await nurse.send("/due")
        assert sent.headers["location"] == "/console/health/due?done=begun"
    container = nurse.mother.app.state.container
    records = container.get(DueReckoning)._records
    async with records.database.transaction() as session:
        jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'health.due_now'"
        assert await session.scalar(text(jobs)) == 2
        rows = "SELECT count(*) FROM health_due_run"
        assert await session.scalar(text(rows)) == 1


async def test_another_desk_finds_no_such_page(mother: Visitor) -> None:
    await at_work(mother, Role.operator, desk="税務課")
    token = form_token(await mother.http.get("/console/"))
    for path in ("", "/list", "/csv"):
        sent = await mother.http.post(
            f"/console/health/due{path}", data={"form_token": token, "reason": WHY}
        )
        assert sent.status_code == 404
    assert (await mother.http.get("/console/health/due")).status_code == 404


def test_every_day_on_which_a_child_of_the_list_was_born_is_asked_for_once() -> None:
    today = date(2026, 12, 1)
    spans = list(months_of_birth(today))
    days = [day for first, last in spans for day in range(first.toordinal(), last.toordinal() + 1)]
    assert days == list(range(date(2009, 1, 1).toordinal(), today.toordinal() + 1))
    assert max(last.toordinal() - first.toordinal() for first, last in spans) < 31
