"""Entries as offices keep them: a CSV table in either heading language, or an XLSX workbook."""

import tracemalloc
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from concierge.cli import app
from kit.settings import Settings, get_settings
from kit.tables import ImportReport
from services.faq.importer import read_file
from services.faq.rules import Entry

RUN = CliRunner()
HEADER = ["番号", "分類", "質問", "言いかえ", "回答", "担当", "根拠", "見直し期限", "デモ用"]
ROW = ["tax-001", "税金", "軽自動車税はいつまでですか", "軽の税金|納期", "5月末です。", "税務課"]
REST = ["地方税法", "2027/03/31", "いいえ"]


def workbook(path: Path, *rows: list[Any], header: list[str] = HEADER) -> Path:
    book = Workbook()
    for row in (header, *rows):
        book.active.append(row)
    book.save(path)
    return path


def table(
    path: Path, *rows: list[str], header: list[str] = HEADER, encoding: str = "utf-8"
) -> Path:
    lines = [",".join(f'"{cell}"' for cell in row) for row in (header, *rows)]
    path.write_text("\n".join(lines), encoding=encoding)
    return path


def read(path: Path) -> tuple[list[Entry], list[str]]:
    report = ImportReport("faq")
    entries = read_file(path, report)
    return entries, [str(problem) for problem in report.problems]


def test_a_workbook_is_read_with_its_dates_numbers_and_lists(tmp_path: Path) -> None:
    row = [*ROW[:3], "軽の税金\r\n納期", *ROW[4:], "地方税法", datetime(2027, 3, 31), True]
    [entry], problems = read(workbook(tmp_path / "faq.xlsx", row, [None] * 9))
    assert problems == []
    assert entry.variants == ("軽の税金", "納期")
    assert (entry.review_by, entry.demonstration, entry.source_url) == (
        date(2027, 3, 31),
        True,
        None,
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_table_is_read_in_either_encoding(tmp_path: Path, encoding: str) -> None:
    [entry], problems = read(table(tmp_path / "faq.csv", ROW + REST, encoding=encoding))
    assert problems == []
    assert (entry.id, entry.variants, entry.demonstration) == (
        "tax-001",
        ("軽の税金", "納期"),
        False,
    )


def test_the_names_of_the_fields_are_headings_too(tmp_path: Path) -> None:
    header = ["id", "category", "question", "answer", "desk", "source", "review_by"]
    row = ["tax-001", "税金", "いつまで", "5月末です。", "税務課", "地方税法", "2027-03-31"]
    [entry], problems = read(table(tmp_path / "faq.csv", row, header=header))
    assert (problems, entry.keywords) == ([], ())


def test_a_refused_cell_is_named_by_row_and_by_the_heading_that_the_office_wrote(
    tmp_path: Path,
) -> None:
    bad = ["tax-002", *ROW[1:4], "", "税務課", "地方税法", "来年", "たぶん"]
    for path in (
        workbook(tmp_path / "faq.xlsx", ROW + REST, bad),
        table(tmp_path / "faq.csv", ROW + REST, bad),
    ):
        entries, problems = read(path)
        assert [problem.partition("] ")[0] for problem in problems] == [
            f"{path.name}:3 [回答",
            f"{path.name}:3 [見直し期限",
            f"{path.name}:3 [デモ用",
        ]
        assert len(entries) == 1


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ([*HEADER[:8], "メモ"], "faq.xlsx:1 [メモ] no such column is known"),
        ([*HEADER[:8], "質問"], "faq.xlsx:1 [質問] the column stands here twice"),
        ([*HEADER[:7], "更新日", "デモ用"], "faq.xlsx:1 [見直し期限] the column is missing"),
    ],
)
def test_columns_that_are_wrong_are_named(tmp_path: Path, header: list[str], problem: str) -> None:
    _, problems = read(workbook(tmp_path / "faq.xlsx", ROW + REST, header=header))
    assert problems[0] == problem


@pytest.mark.parametrize(
    ("name", "content"),
    [("faq.xlsx", b"PK\x03\x04 no workbook"), ("faq.xlsx", b""), ("faq.ods", b"x"), ("a.csv", b"")],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    entries, problems = read(tmp_path / name)
    assert (entries, len(problems)) == ([], 1)


@pytest.fixture
def own_database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    get_settings.cache_clear()


def command(path: Path) -> Any:
    try:
        return RUN.invoke(app, ["faq", "import", str(path)])
    finally:
        get_settings.cache_clear()


@pytest.mark.usefixtures("own_database")
def test_the_command_reports_what_changed_and_refuses_a_bad_file_whole(tmp_path: Path) -> None:
    first = command(workbook(tmp_path / "faq.xlsx", ROW + REST, ["tax-002", *ROW[1:], *REST]))
    assert first.exit_code == 0, first.output
    assert first.stdout.splitlines()[:2] == ["2 rows imported", "added        2  tax-001 tax-002"]
    get_settings.cache_clear()
    bad = command(table(tmp_path / "bad.csv", ["tax-003", *ROW[1:], "", *REST[1:]]))
    assert bad.exit_code == 1
    assert bad.stdout.startswith("bad.csv:2 [根拠] ")
    assert "the old data stays" in bad.stdout
    changed = command(table(tmp_path / "good.csv", [*ROW[:4], "6月です。", "税務課", *REST]))
    assert changed.stdout.splitlines() == [
        "1 rows imported",
        "added        0",
        "changed      1  tax-001",
        "removed      1  tax-002",
        "kept         0",
    ]


def test_every_sheet_with_a_table_is_read(shared: Path) -> None:
    entries, problems = read(shared / "cases/data/14-faq-second-sheet/two-sheets.xlsx")
    assert problems == []
    assert [(entry.id, entry.desk) for entry in entries] == [
        ("case-001", "市民課"),
        ("case-002", "福祉課"),
    ]


def sheets(path: Path, **tables: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in tables.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_guide_in_front_and_a_hidden_sheet_are_named_and_passed_over(tmp_path: Path) -> None:
    path = sheets(
        tmp_path / "faq.xlsx",
        使い方=[["この表の使い方"], ["1行に1つの質問"]],
        税務課=[["税務課のよくある質問"], [], HEADER, ROW + REST],
        控え=[HEADER, ["tax-009", *ROW[1:], *REST]],
        空=[],
    )
    book = load_workbook(path)
    book["控え"].sheet_state = "hidden"
    book.save(path)
    report = ImportReport("faq")
    entries = read_file(path, report)
    assert report.problems == []
    assert [entry.id for entry in entries] == ["tax-001"]
    assert [warning.reason for warning in report.warnings] == [
        "the sheet 「使い方」 is without the headings of a table: not read",
        "the sheet 「控え」 is hidden: not read",
    ]


def test_a_problem_of_a_workbook_names_the_sheet_and_the_row(tmp_path: Path) -> None:
    bad = ["tax-002", *ROW[1:4], "#REF!", *ROW[5:], *REST]
    path = sheets(tmp_path / "faq.xlsx", 甲=[HEADER, ROW + REST], 乙=[[], HEADER, bad])
    assert read(path) == ([], ["faq.xlsx「乙」:3 [回答] holds an error of the spreadsheet: #REF!"])
    doubled = sheets(tmp_path / "two.xlsx", 甲=[HEADER, ROW + REST], 乙=[HEADER, ROW + REST])
    assert read(doubled)[1] == ["two.xlsx「乙」:2 [id] tax-001 stands in two.xlsx「甲」:2"]


def test_a_workbook_without_any_table_names_its_sheets(tmp_path: Path) -> None:
    path = sheets(tmp_path / "faq.xlsx", 甲=[["説明"]], 乙=[["もう一つ"]])
    assert "(sheets: 甲、乙)" in read(path)[1][0]


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#NAME?", "#DIV/0!"])
def test_a_failed_formula_in_a_table_is_no_answer(tmp_path: Path, error: str) -> None:
    row = [*ROW[:4], error, *ROW[5:], *REST]
    assert read(table(tmp_path / "faq.csv", row)) == (
        [],
        [f"faq.csv:2 [回答] holds an error of the spreadsheet: {error}"],
    )


@pytest.mark.parametrize(
    "day",
    ["2027/3/31", "2027年3月31日", "２０２７／３／３１", "令和9年3月31日", "R9.3.31", "46477"],
)
def test_dates_are_read_as_offices_write_them(tmp_path: Path, day: str) -> None:
    [entry], problems = read(table(tmp_path / "faq.csv", [*ROW, "地方税法", day, "いいえ"]))
    assert problems == []
    assert entry.review_by == date(2027, 3, 31)


def test_a_date_that_lost_its_format_is_read(tmp_path: Path) -> None:
    [entry], problems = read(workbook(tmp_path / "a.xlsx", [*ROW, "地方税法", 46477, "いいえ"]))
    assert problems == []
    assert entry.review_by == date(2027, 3, 31)


def test_dates_as_excel_saves_them(shared: Path) -> None:
    [entry], problems = read(shared / "cases/data/16-faq-excel-dates/dates.csv")
    assert problems == []
    assert (entry.review_by, entry.updated) == (date(2027, 3, 31), date(2026, 4, 1))


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET_HEAD = f'<worksheet xmlns="{MAIN}"><sheetData>'


def with_sheet(tmp_path: Path, sheet: bytes) -> Path:
    """A workbook whose one sheet is these bytes."""
    sound, forged = workbook(tmp_path / "sound.xlsx", ROW + REST), tmp_path / "faq.xlsx"
    with ZipFile(sound) as old, ZipFile(forged, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = sheet if name == "xl/worksheets/sheet1.xml" else old.read(name)
            new.writestr(name, content)
    return forged


def test_a_small_workbook_that_unpacks_to_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = with_sheet(tmp_path, SHEET_HEAD.encode() + b" " * 60_000_000)
    assert path.stat().st_size < 100_000
    [problem] = read(path)[1]
    assert "faq.xlsx:0" in problem
    assert "unpacks to 60" in problem


def test_cells_at_the_edge_of_a_sheet_take_no_memory(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="XFD{n}" t="inlineStr"><is><t>x</t></is></c></row>'
        for n in range(1, 4001)
    )
    path = with_sheet(tmp_path, (SHEET_HEAD + rows + "</sheetData></worksheet>").encode())
    tracemalloc.start()
    _, problems = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert problems
    assert peak < 20_000_000, f"{peak} bytes for 4,000 cells"


@pytest.mark.parametrize(
    "sheet",
    [
        b"<worksheet><sheetData><row>",
        b"no xml at all",
        SHEET_HEAD.encode() + b'<row r="x"><c r="A1"/></row></sheetData></worksheet>',
        SHEET_HEAD.encode() + b'<row r="1"><c r="A1" t="s"><v>99</v></c></row></sheetData>'
        b"</worksheet>",
        b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        b"]><worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>",
    ],
)
def test_a_forged_sheet_is_a_problem_of_its_file_and_no_traceback(
    tmp_path: Path, sheet: bytes
) -> None:
    _, problems = read(with_sheet(tmp_path, sheet))
    assert problems
    assert all("faq.xlsx" in problem for problem in problems)


def test_more_rows_than_any_city_has_are_refused_in_whatever_sheets(tmp_path: Path) -> None:
    book = Workbook()
    for sheet in (book.active, book.create_sheet()):
        for _ in range(10_001):
            sheet.append(["x"])
    book.save(tmp_path / "faq.xlsx")
    assert any("more than 20000 rows" in problem for problem in read(tmp_path / "faq.xlsx")[1])
