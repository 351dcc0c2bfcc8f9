"""What the guides come to: SQL on guides whose outcome is known, the page, CSV without formulas."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kit.db import Database
from kit.settings import Settings
from services.procedures import figures
from services.procedures.figures import EventFigures, LeftAt
from services.procedures.models import ProcedureGuide, ProcedureTick
from tests.services.procedures.office import NOON, Office, opened_office

PATH = "/console/procedures/figures"
SINCE, UNTIL = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


async def add(database: Database, number: int, *, ticks: int = 0, **values: Any) -> None:
    """Keep a guide that began at noon two days ago."""
    began = NOON - timedelta(days=2)
    row = {"event": "moving_in", "begun_at": began, "seen_at": began, "open_question": None}
    row |= {"helpful": None, "listed_at": None, "reminds": False, **values}
    async with database.transaction() as session:
        session.add(
            ProcedureGuide(
                id=f"prg_{number}", citizen_id="ctz", sealed=b"", page_index=str(number), **row
            )
        )
        await session.flush()
        for tick in range(ticks):
            session.add(
                ProcedureTick(
                    guide_id=f"prg_{number}", procedure=f"p{tick}", ticked_at=NOON, who="citizen"
                )
            )


async def household_of_outcomes(database: Database) -> None:
    done = {"listed_at": NOON}
    await add(database, 1, **done, ticks=3, helpful=True)
    await add(database, 2, **done, ticks=2, helpful=False)
    await add(database, 3, **done)
    await add(database, 4, open_question="insurance")
    await add(database, 5, open_question="insurance", seen_at=NOON - timedelta(hours=23))
    await add(database, 6, open_question="owned", seen_at=NOON - timedelta(hours=25))
    await add(database, 7, open_question="insurance")
    await add(database, 8, event="divorce", open_question="children")
    await add(database, 9, event="gone_since", open_question="something")
    # Midnight in Japan is 15:00 UTC of the day before.
    await add(database, 10, begun_at=datetime(2026, 10, 31, 14, 59, tzinfo=UTC))
    await add(database, 11, begun_at=datetime(2026, 10, 31, 15, 0, tzinfo=UTC), event="birth")


async def test_guides_are_counted_by_what_became_of_them(database: Database) -> None:
    await household_of_outcomes(database)
    async with database.transaction() as session:
        found = await figures.of_events(session, SINCE, UNTIL, NOON)
        left = await figures.left_at(session, SINCE, UNTIL, NOON)
    assert found == {
        "moving_in": EventFigures(
            "moving_in", begun=7, finished=3, left=3, ticks=5, helped=1, not_helped=1
        ),
        "divorce": EventFigures("divorce", begun=1, left=1),
        "gone_since": EventFigures("gone_since", begun=1, left=1),
    }
    assert left == (
        LeftAt("divorce", "children", 1),
        LeftAt("gone_since", "something", 1),
        LeftAt("moving_in", "insurance", 2),
        LeftAt("moving_in", "owned", 1),
    )


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    async with opened_office(settings) as office:
        await household_of_outcomes(office.guides.database)
        yield office


async def test_the_page_shows_a_month_of_the_citys_calendar(office: Office) -> None:
    page = (await office.operator.get(f"{PATH}/")).text
    event = office.guides.event("moving_in")
    row = page.partition(f"<td>{event.title}</td>")[2].partition("</tr>")[0]
    assert "7件" in row
    assert "3件（43%）" in row
    assert "50%" in row
    assert "はい1・いいえ1。一覧まで進んだ3件のうち、67%の方が回答" in row
    assert event.by_name["insurance"].question in page
    assert "gone_since" in page
    assert office.guides.event("birth").title in page
    october = (await office.operator.get(f"{PATH}/", month="2026-10")).text
    assert "2026年10月に始まった" in october
    assert office.guides.event("birth").title not in october
    assert "<td>合計</td>" in october
    empty = (await office.operator.get(f"{PATH}/", month="2026-01")).text
    assert "まだありません" in empty
    assert "2026年11月に始まった" in (await office.operator.get(f"{PATH}/", month="2031-99")).text


async def test_the_csv_holds_the_same_and_no_formula(office: Office) -> None:
    text = await office.writer.text("moving_in")
    evil = text.replace('title = "市外', 'title = "=市外', 1)
    await office.publish("moving_in", evil)
    answer = await office.operator.get(f"{PATH}/figures.csv", month="2026-11")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="procedures-2026-11.csv"' in answer.headers["content-disposition"]
    rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0][:3] == ["手続き", "始めた", "一覧まで進んだ"]
    moving = next(row for row in rows if "市外から" in row[0])
    assert moving == ["'=市外から引っ越してきたとき", "7", "3", "3", "5", "1", "1"]


async def test_figures_are_for_staff_and_the_link_to_the_contents_for_editors(
    office: Office,
) -> None:
    assert ">手続きの内容<" not in (await office.operator.get(f"{PATH}/")).text
    assert ">手続きの内容<" in (await office.writer.get(f"{PATH}/")).text
    office.operator.http.cookies.clear()
    assert (await office.operator.get(f"{PATH}/")).status_code == 303
