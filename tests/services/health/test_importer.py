"""The health centre's files: everything or nothing, the same twice is nothing, changes are kept."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from kit.settings import Settings
from services.health import repository
from services.health.contract import Vaccination
from services.health.importer import HealthReport, import_health
from services.health.service import Records
from services.residents.contract import ResidentsClient
from tests.identity.support import Clock
from tests.services.health.visitor import Visitor, visiting
from tests.support import city_database

LINE = "V0014,D0000003,医療機関,水ぼうそう（水痘）,2025-10-03,,DEMO-114,デモ小児科"


class Centre:
    """The health centre with its folder of files, and the city's handbooks."""

    def __init__(self, visitor: Visitor, folder: Path) -> None:
        self.visitor, self.folder = visitor, folder
        self.records: Records = visitor.app.state.container.get(Records)

    def change(self, before: str, after: str, file: str = "vaccinations.csv") -> None:
        text = (self.folder / file).read_text("utf-8")
        assert before in text
        (self.folder / file).write_text(text.replace(before, after), "utf-8")

    async def load(self) -> HealthReport:
        residents = self.visitor.app.state.container.get(ResidentsClient)
        return await import_health(self.records, residents, self.folder)

    async def entries(self) -> int:
        """Return how many entries all handbooks hold."""
        async with self.records.database.transaction() as session:
            return int(await session.scalar(text("SELECT count(*) FROM health_entry")) or 0)

    async def doses(self) -> list[tuple[str, str, str | None]]:
        """Return the varicella doses of all handbooks: day, place, how they ended."""
        found = []
        async with self.records.database.transaction() as session:
            for person in await self.visitor.children():
                keys = await self.records.vault.keys(session, person)
                for row in await repository.entries_of(session, person):
                    body = repository.open_body(keys, row)
                    if isinstance(body, Vaccination) and body.lot == "DEMO-114":
                        found.append((body.date, body.place, row.end))
        return sorted(found, key=lambda dose: dose[2] is None)


@pytest.fixture
async def centre(settings: Settings, tmp_path: Path) -> AsyncIterator[Centre]:
    folder = tmp_path / "health"
    shutil.copytree(settings.city_dir / "health", folder)
    async with visiting(settings, Clock()) as visitor:
        await visitor.becomes()
        await visitor.agrees()
        await visitor.log_in("card_at")
        yield Centre(visitor, folder)


async def test_the_same_files_twice_change_nothing(centre: Centre) -> None:
    entries = await centre.entries()
    report = await centre.load()
    assert entries
    assert (report.added, report.changed, report.unchanged) == (0, 0, entries)


async def test_a_changed_line_corrects_and_the_old_version_stays(centre: Centre) -> None:
    entries = await centre.entries()
    centre.change(LINE, LINE.replace("2025-10-03", "2025/10/4"))
    report = await centre.load()
    assert (report.added, report.changed, report.unchanged) == (0, 1, entries - 1)
    assert await centre.doses() == [
        ("2025-10-03", "デモ小児科", "corrected"),
        ("2025-10-04", "デモ小児科", None),
    ]


async def test_a_month_without_a_day_is_kept_as_such(centre: Centre) -> None:
    centre.change(LINE, LINE.replace("2025-10-03", "2025年10月"))
    assert (await centre.load()).ok
    assert (await centre.doses())[-1][0] == "2025-10"


@pytest.mark.parametrize(
    ("after", "column"),
    [
        (LINE.replace("2025-10-03", "2025-02-30"), "接種日"),
        (LINE.replace("2025-10-03", "2031-02-01"), ""),
        (LINE.replace("D0000003", "D9999999"), "宛名番号"),
        (LINE.replace("医療機関", "隣の人"), "出どころ"),
        (LINE.replace("水ぼうそう（水痘）", "なぞのワクチン"), "ワクチン"),
        (LINE.replace("DEMO-114", "123456789018"), "ロット"),
        (LINE.replace("V0014", "V0013"), "記録番号"),
    ],
)
async def test_with_one_bad_cell_nothing_changes_and_the_report_names_it_without_its_value(
    centre: Centre, after: str, column: str
) -> None:
    centre.change(LINE, after)
    centre.change("8.71", "8.72", "growth.csv")
    report = await centre.load()
    assert [problem.column for problem in report.problems] == [column]
    assert (report.added, report.changed) == (0, 0)
    assert not [w for w in ("D9999999", "123456789018", "2031") if w in str(report.problems)]
    assert await centre.doses() == [("2025-10-03", "デモ小児科", None)]


async def test_no_word_of_a_record_stands_in_the_database(
    centre: Centre, settings: Settings
) -> None:
    with city_database(settings) as database:
        rows = database.execute("SELECT health_entry::text FROM health_entry").fetchall()
    assert len(rows) == await centre.entries() > 0
    assert not [w for w in ("2025-10-03", "DEMO-114", "Varicella", "デモ小児科") if w in str(rows)]
