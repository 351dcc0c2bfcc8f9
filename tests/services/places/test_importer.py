"""The tables of a city are taken whole or not at all, and what is wrong is told by its cell."""

import csv
import shutil
from pathlib import Path

import pytest

from kit.settings import ROOT
from services.places.importer import read_city

CITY = ROOT / "city" / "aizuwakamatsu"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(CITY / "places", tmp_path / "places")
    return tmp_path


def calendar_districts() -> list[str]:
    with (CITY / "waste" / "area_days.csv").open(encoding="utf-8") as file:
        return [row["地名"] for row in csv.DictReader(file)]


def test_the_demo_city_is_whole_and_knows_every_district_of_the_calendar() -> None:
    report, table = read_city(CITY, calendar_districts())
    assert report.problems == []
    assert list(table.districts) == calendar_districts()
    assert table.demonstration


def test_a_district_that_only_the_calendar_knows_is_a_problem() -> None:
    report, _ = read_city(CITY, [*calendar_districts(), "新地区"])
    assert [str(problem) for problem in report.problems] == [
        "areas.csv:0 [地区] the calendar's district “新地区” is missing"
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("boundaries.csv", "緑町,,,日新", "緑町,,,日親", "[地区] no district “日親”"),
        ("boundaries.csv", "緑町,,,日新", "緑街,,,日新", "[町字] no town “緑街”"),
        ("boundaries.csv", "大町,2,,城北", "大町,3,,城北", "[丁目] “3” is no 丁目 of 大町"),
        ("boundaries.csv", "大町,2,,城北", "大町,二番,,城北", "[丁目] “二番” is no 丁目 of 大町"),
        ("boundaries.csv", "上川原", "上河原", "[小字] “上河原” is no 小字 of 門田町飯寺"),
        ("towns.csv", "965-0867", "9650867", "[郵便番号] “9650867” is no postal code"),
        ("towns.csv", "965-0867,,37", "965-0867,,北37", "[緯度] “北37"),
        ("towns.csv", "965-0862,,", "965-0862,多,", "[丁目] “多” is no number"),
        (
            "words.csv",
            "松長団地,別名,一箕町松長",
            "松長団地,別名,松永",
            "[意味] no town or district “松永”",
        ),
        ("words.csv", "下町,除外,", "下町,除く,", "[扱い] “除く” is none of the four manners"),
        ("names.csv", "学校,桜町,", "学校,桃町,", "[所在] no town “桃町”"),
        ("areas.csv", "地区,読み", "地域,読み", "[地区] the column is missing"),
    ],
)
def test_a_cell_that_cannot_be_used_is_told_with_file_line_and_column(
    copy: Path, file: str, old: str, new: str, problem: str
) -> None:
    path = copy / "places" / file
    text = path.read_text("utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    path.write_text(text.replace(old, new, 1), "utf-8")
    report, _ = read_city(copy)
    problems = [str(found) for found in report.problems]
    assert any(f"{file}:{line} {problem}" in found for found in problems), problems[:5]


def test_a_town_without_a_district_is_a_problem(copy: Path) -> None:
    path = copy / "places" / "boundaries.csv"
    path.write_text(path.read_text("utf-8").replace("緑町,,,日新\n", ""), "utf-8")
    report, _ = read_city(copy)
    assert [problem.reason for problem in report.problems] == ["“緑町” has no district"]


def test_a_missing_table_is_told(copy: Path) -> None:
    (copy / "places" / "towns.csv").unlink()
    report, _ = read_city(copy)
    assert "towns.csv:0 [] the file is missing" in map(str, report.problems)


def test_the_tables_may_be_saved_by_a_spreadsheet_of_windows(copy: Path) -> None:
    for path in (copy / "places").glob("boundaries.csv"):
        path.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode("cp932"))
    report, table = read_city(copy)
    assert report.problems == []
    assert len(table.places) > 400
