"""The duty calendar's files, as offices keep them: read as they are, refused as a whole."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kit.clock import system_clock
from kit.db import Database
from kit.settings import Settings
from kit.tables import ImportReport
from services.clinics import repository
from services.clinics.importer import Calendar, import_clinics, read_calendar
from services.clinics.module import read_files

HEADER = "日付,区分,診療科,名称,住所,電話,開始,終了,休憩開始,休憩終了,備考"
GOOD = "令和8年12月6日,休日当番医,内科・小児科,試験医院,中央1,0242-00-0000,9時,17:30,12:00,13:00,"
SETTINGS = 'demonstration = true\ncredit = ""\nlast_day = 2026-12-31\n'

Read = Callable[[str], tuple[Calendar | None, ImportReport]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(row: str) -> tuple[Calendar | None, ImportReport]:
        (tmp_path / "duty.csv").write_text(f"{HEADER}\n{row}\n", "cp932")
        (tmp_path / "clinics.toml").write_text(SETTINGS, "utf-8")
        report = ImportReport("clinics")
        return read_calendar(tmp_path, report), report

    return reading


def test_a_row_is_read_as_an_office_writes_it(read: Read) -> None:
    calendar, report = read(GOOD)
    assert report.ok
    assert calendar is not None
    [duty] = calendar.duties
    assert duty.day == date(2026, 12, 6)
    assert duty.departments == ("内科", "小児科")
    assert duty.hours == ((540, 720), (780, 1050))


def test_hours_past_midnight_are_of_the_next_day(read: Read) -> None:
    calendar, _ = read(GOOD.replace("9時,17:30,12:00,13:00", "18:00,6:00,,"))
    assert calendar is not None
    assert calendar.duties[0].hours == ((1080, 1800),)


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("令和8年12月6日", "12月の日曜", "日付"),
        ("休日当番医", "当番", "区分"),
        ("内科・小児科", "", "診療科"),
        ("試験医院", "", "名称"),
        ("0242-00-0000", "代表へ", "電話"),
        ("9時", "朝", "開始"),
        ("17:30", "", "終了"),
        ("12:00,13:00", "8:00,13:00", "休憩開始"),
        ("12:00,13:00", "12:00,", "休憩開始"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_taken(
    read: Read, before: str, after: str, column: str
) -> None:
    calendar, report = read(GOOD.replace(before, after))
    assert [problem.column for problem in report.problems] == [column]
    assert calendar is None


async def test_a_bad_file_leaves_the_calendar_as_it_was(
    database: Database, settings: Settings, tmp_path: Path
) -> None:
    assert (await import_clinics(database, settings.city_dir, system_clock)).ok
    shutil.copytree(settings.city_dir / "clinics", tmp_path / "clinics")
    file = tmp_path / "clinics" / "duty.csv"
    file.write_text(file.read_text("utf-8").replace("9:00", "朝", 1), "utf-8")
    assert not (await import_clinics(database, tmp_path, system_clock)).ok
    async with database.transaction() as session:
        known = await repository.calendar(session)
        duties = await repository.between(session, date(2026, 11, 29), date(2026, 11, 29))
    assert known is not None
    assert known.last_day == date(2027, 3, 28)
    assert len(duties) == 6


def test_a_calendar_that_has_ended_is_warned_of(settings: Settings) -> None:
    report = read_files(settings.city_dir, date(2027, 4, 1))
    assert report is not None
    assert report.ok
    assert "ended on 2027-03-28" in str(report.warnings[0])
