"""Several sources of one record: what agrees is one, what differs is shown and never chosen."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auth.permissions import Role
from kit.settings import Settings
from services.health.conflicts import conflicts, reconciled
from services.health.contract import Entry
from services.health.importer import import_health
from services.health.service import Records
from services.residents.contract import ResidentsClient
from tests.identity.support import Clock
from tests.services.health.test_desk import YUI, at_work
from tests.services.health.visitor import Visitor, visiting


def told(source: str, kind: str = "vaccination", **body: Any) -> Entry:
    usual = {
        "vaccination": {"vaccine": "BCG", "date": "2026-06-20"},
        "growth": {"measure": "weight", "date": "2026-06-20", "value": "7.1"},
        "check": {"name": "3か月児健診", "date": "2026-06-20", "result": "良好"},
    }[kind]
    return Entry.model_validate(
        {
            "id": f"{source} {body}",
            "body": {"kind": kind} | usual | body,
            "source": source,
            "is_own": False,
            "written_at": datetime(2026, 7, 1, tzinfo=UTC),
            "corrects": None,
            "record_id": f"{source} {body}",
            "ended_at": None,
            "end": None,
        }
    )


def test_two_sources_that_tell_the_same_are_one_dose_with_both() -> None:
    plain, full = told("health_centre"), told("clinic", lot="L1", place="デモ小児科")
    [one] = reconciled([plain, full])
    assert (one.entry, one.sources) == (full, ("health_centre", "clinic"))
    assert conflicts([plain, full]) == []


@pytest.mark.parametrize(
    ("one", "other", "is_conflict"),
    [
        (told("clinic"), told("school", date="2026-06-21"), True),
        (told("clinic"), told("school", date="2026-06-26"), True),
        (told("clinic"), told("school", date="2026-06-27"), False),
        (told("clinic"), told("school", date="2026-06"), True),
        (told("clinic"), told("clinic", date="2026-06-21"), False),
        (told("clinic"), told("school", vaccine="HepB"), False),
        (told("clinic", lot="A"), told("school", lot="B"), True),
        (told("clinic", "growth"), told("school", "growth", value="7.2"), True),
        (told("clinic", "growth"), told("school", "growth", value="7.10"), False),
        (told("clinic", "growth"), told("guardian", "growth", value="7.2"), False),
        (told("clinic", "check"), told("school", "check", result="要観察"), True),
    ],
)
def test_what_differs_about_one_thing_is_a_conflict(
    one: Entry, other: Entry, is_conflict: bool
) -> None:
    assert conflicts([one, other]) == ([(one, other)] if is_conflict else [])


@pytest.fixture
async def mother(settings: Settings) -> AsyncIterator[Visitor]:
    async with visiting(settings, Clock()) as visitor:
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield visitor


async def test_staff_settle_a_conflict_and_the_next_file_does_not_bring_it_back(
    mother: Visitor, tmp_path: Path
) -> None:
    header = "記録番号,宛名番号,出どころ,ワクチン,接種日,製品,ロット,接種場所\n"
    same = "S1,D0000003,学校,BCG,2025-02-26,,DEMO-111,\n"
    differs = "S2,D0000003,学校,麻しん風しん（MR）1期,2025-10-04,,SCHOOL-1,\n"
    (tmp_path / "vaccinations.csv").write_text(header + same + differs, encoding="utf-8")

    async def import_file() -> None:
        container = mother.app.state.container
        residents = container.get(ResidentsClient)
        assert (await import_health(container.get(Records), residents, tmp_path)).ok

    mother.clock.forward(minutes=1)
    await import_file()
    yui = (await mother.children())[1]
    page = (await mother.get(f"/my/health/vaccinations?child={yui}")).text
    assert page.count("DEMO-111") == 1
    assert "保健センター、学校" in page
    assert "SCHOOL-1" in page
    nurse = await at_work(mother, Role.operator)
    desk = (await nurse.send("/", **YUI)).text
    assert "食い違う記録（1組）" in desk
    start = desk.index("SCHOOL-1")
    ends = desk.rindex('name="ends" value="', 0, start) + len('name="ends" value="')
    wrong = desk[ends : desk.index('"', ends)]
    for answer in ("取り消しました。履歴に残ります。", "この食い違いは、もうありません。"):
        assert answer in (await nurse.send("/conflicts", **YUI, ends=wrong)).text
    await import_file()
    page = (await mother.get(f"/my/health/vaccinations?child={yui}")).text
    counting, _, ended = page.partition("直した記録・取り消した記録（1件）")
    assert "SCHOOL-1" not in counting
    assert "SCHOOL-1）</del>（取り消しました）" in ended
    assert "食い違う記録" not in (await nurse.send("/", **YUI)).text
