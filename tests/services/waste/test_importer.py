"""Real files of three cities are read whole; a bad cell is named and changes nothing."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kit.db import Database
from services.waste.importer import import_city, plain_text, read_city
from services.waste.repository import newest_dataset
from services.waste.rules import CityData, Stop, collections, next_days

NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, shared: Path) -> Path:
    """A copy of Kanazawa's template that a test may spoil."""
    copy = tmp_path / "waste"
    shutil.copytree(shared / "samples/garbage/kanazawa_template", copy)
    for file in copy.iterdir():
        file.chmod(0o644)
    return copy


def rewrite(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def problems(folder: Path) -> list[str]:
    report, _ = read_city(folder)
    return [str(problem) for problem in report.problems]


@pytest.mark.parametrize(
    ("name", "areas", "categories", "targets"),
    [("kanazawa_template", 1, 4, 4), ("tottori", 71, 4, 1037), ("kawasaki_ja", 264, 8, 356)],
)
def test_the_real_files_of_a_city_are_read_whole(
    shared: Path, name: str, areas: int, categories: int, targets: int
) -> None:
    report, city = read_city(shared / "samples/garbage" / name)
    assert report.problems == []
    assert (len(city.areas), len(city.categories), len(city.targets)) == (
        areas,
        categories,
        targets,
    )


def test_kawasakis_wards_tell_districts_of_one_name_apart(shared: Path) -> None:
    _, city = read_city(shared / "samples/garbage/kawasaki_ja")
    labels = [area.label for area in city.areas if area.name == "梶ヶ谷"]
    assert labels == ["高津区 梶ヶ谷", "宮前区 梶ヶ谷"]


def test_kawasakis_descriptions_lose_their_markup(shared: Path) -> None:
    _, city = read_city(shared / "samples/garbage/kawasaki_ja")
    assert "<" not in "".join(city.how.values())
    assert city.how["小物金属"].splitlines()[0] == "・30cm未満の金属製品・かさ・針金ハンガーなど"


def test_a_kind_written_otherwise_is_the_same_kind(shared: Path) -> None:
    _, city = read_city(shared / "samples/garbage/kawasaki_ja")
    kinds = {target.category for target in city.targets}
    assert "粗大ゴミ" not in kinds
    assert "市では収集しません" in kinds


def test_tottoris_early_form_gives_known_days(shared: Path) -> None:
    _, city = read_city(shared / "samples/garbage/tottori")
    asano = city.areas[0]
    found = {p.category: p.day for p in next_days(city, asano, date(2013, 12, 30))}
    assert found == {
        "燃やすごみ": date(2014, 1, 6),
        "資源": date(2014, 1, 7),
        "燃やさないごみ": date(2014, 1, 8),
        "びん": date(2014, 1, 22),
    }


def test_pauses_are_read(folder: Path) -> None:
    _, city = read_city(folder)
    assert city.stops[1] == Stop("東部管理センター", date(2015, 12, 29), date(2016, 1, 3))


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("area_days.csv", "水4", "管路", "area_days.csv:2 [びん] 「管路」 is neither"),
        ("area_days.csv", "水4", "水4 *9", "area_days.csv:2 [びん] no remark 9 in remarks.csv"),
        (
            "area_days.csv",
            "片町,東部",
            "片町,南部",
            "[センター（center.csvを使わない場合は空白化）]",
        ),
        ("area_days.csv", "片町,", ",", "area_days.csv:2 [地名] the name is missing"),
        ("area_days.csv", "片町", "片\0町", "area_days.csv:2 [地名] holds control characters"),
        ("area_days.csv", "びん", "び\0ん", "area_days.csv:1 [びん] holds control characters"),
        ("center.csv", "2016/01/03", "2016/02/30", "center.csv:2 [休止終了日] 「2016/02/30」"),
        ("center.csv", "2016/01/03", "2014/01/03", "the pause ends before it begins"),
    ],
)
def test_a_bad_cell_is_named_by_file_line_column_and_reason(
    folder: Path, file: str, old: str, new: str, problem: str
) -> None:
    rewrite(folder / file, old, new)
    assert any(problem in found for found in problems(folder)), problems(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "warning"),
    [
        ("target.csv", "燃やすごみ,アイス", "燃すごみ,アイス", "is 「燃やすごみ」 meant?"),
        ("target.csv", "びん,一升びん", "びん,", "target.csv:5 [name] the cell is empty"),
        ("target.csv", "一升びん", "一升\0びん", "target.csv:5 [name] holds control characters"),
    ],
)
def test_a_slip_in_the_list_of_things_costs_only_its_row(
    folder: Path, file: str, old: str, new: str, warning: str
) -> None:
    _, before = read_city(folder)
    rewrite(folder / file, old, new)
    report, city = read_city(folder)
    assert report.problems == []
    assert [warning in str(w) for w in report.warnings] == [True]
    assert len(city.targets) == len(before.targets) - 1
    assert city.areas == before.areas


def test_a_doubtful_everyday_name_is_left_out_and_told(folder: Path) -> None:
    words = "word,kind,meaning\nかたまち,area,片町\nかたまち,area,方町\n酒びん,item,二升びん\n"
    (folder / "synonyms.csv").write_text(words, encoding="utf-8")
    report, city = read_city(folder)
    assert report.problems == []
    assert [w.line for w in report.warnings] == [3, 4]
    assert city.area_words == {"かたまち": ("片町",)}


def test_a_dirty_list_of_things_does_not_stop_the_calendar(shared: Path) -> None:
    report, city = read_city(shared / "cases/data/10-target-stops-calendar")
    assert report.problems == []
    assert [a.name for a in city.areas] == ["北町"]
    assert [(t.name, t.category) for t in city.targets] == [
        ("生ごみ", "燃えるごみ"),
        ("折り紙", "古紙・燃えるごみ"),
    ]
    assert [str(w) for w in report.warnings] == [
        "target.csv:4 [label] the cell is empty: the row is left out"
    ]


@pytest.mark.parametrize(
    "text", ["燃やすごみ,アイス\nびん,一升びん\n", "区分,品目\nびん,一升びん\n"]
)
def test_a_list_of_things_without_known_headings_is_read_by_position(
    folder: Path, text: str
) -> None:
    (folder / "target.csv").write_text(text, encoding="utf-8")
    report, city = read_city(folder)
    assert report.problems == []
    assert city.targets[-1].name == "一升びん"
    assert len(city.targets) == len(
        [line for line in text.split() if "びん" in line or "アイ" in line]
    )
    assert [w.line for w in report.warnings] == [1]


def test_pauses_under_other_headings_are_read_by_position(folder: Path) -> None:
    rewrite(folder / "center.csv", "名称,休止開始日,休止終了日", "収集所,から,まで")
    report, city = read_city(folder)
    assert report.problems == []
    assert city.stops[1] == Stop("東部管理センター", date(2015, 12, 29), date(2016, 1, 3))


def test_a_short_form_of_one_kind_is_that_kind(folder: Path) -> None:
    rewrite(folder / "target.csv", "燃やすごみ,アイス", "燃やす,アイス")
    report, city = read_city(folder)
    assert (report.problems, report.warnings) == ([], [])
    assert {t.category for t in city.targets if t.name.startswith("アイス")} >= {"燃やすごみ"}


@pytest.mark.parametrize("heading", ["地区", "地域", "校下・地区", "収集地区"])
def test_the_first_heading_may_be_another(shared: Path, tmp_path: Path, heading: str) -> None:
    given = (shared / "cases/data/09-first-heading/area_days.csv").read_text(encoding="utf-8")
    (tmp_path / "area_days.csv").write_text(given.replace("地区", heading, 1), encoding="utf-8")
    report, city = read_city(tmp_path)
    assert report.problems == []
    assert [a.label for a in city.areas] == ["北町", "南町"]
    assert city.categories == ("可燃",)


@pytest.mark.parametrize(
    "text",
    [
        "センター,地名,可燃,びん\n東,北町,月 木,水1\n",
        "可燃,地名,びん,センター\n月 木,北町,水1,東\n",
        "NO,地名,センター,可燃,びん\n1,北町,東,月 木,水1\n",
    ],
)
def test_headings_may_stand_in_another_order(tmp_path: Path, text: str) -> None:
    (tmp_path / "area_days.csv").write_text(text, encoding="utf-8")
    report, city = read_city(tmp_path)
    assert report.problems == []
    assert city.categories == ("可燃", "びん")
    assert [(a.name, a.center, a.cells) for a in city.areas] == [("北町", "東", ("月 木", "水1"))]


def test_a_calendar_without_headings_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "area_days.csv").write_text("北町,,月 木\n南町,,火 金\n", encoding="utf-8")
    assert problems(tmp_path) == ["area_days.csv:1 [] the first line holds no headings but days"]


def test_every_second_week_is_read(shared: Path) -> None:
    report, city = read_city(shared / "cases/data/07-every-other-week")
    assert report.problems == []
    found = collections(city, city.areas[0], date(2026, 11, 1), date(2027, 1, 13))
    days = [pickup.day for pickup in found if pickup.category == "びん"]
    assert days == [date(2026, 12, 2), date(2026, 12, 16), date(2026, 12, 30), date(2027, 1, 13)]


def test_a_nul_in_a_cell_is_named(shared: Path) -> None:
    assert problems(shared / "cases/data/12-nul-in-csv") == [
        "area_days.csv:2 [地名] holds control characters"
    ]


def test_a_nul_in_the_settings_is_named(folder: Path) -> None:
    (folder / "manifest.toml").write_text('desk = "ごみ\\u0000課"\n', encoding="utf-8")
    assert problems(folder) == ["manifest.toml:0 [desk] holds control characters"]


def test_a_calendar_that_has_ended_is_told_at_its_import(shared: Path, folder: Path) -> None:
    report, _ = read_city(shared / "cases/data/06-calendar-has-ended", NOW.date())
    assert report.problems == []
    assert [str(w) for w in report.warnings] == [
        "area_days.csv:0 [可燃] no day from 2026-11-23 on in 1 districts (北町 …);"
        " the last is 2026-03-30"
    ]
    report, _ = read_city(folder, NOW.date())
    assert [(w.file, w.column) for w in report.warnings] == [("center.csv", "休止終了日")]


def test_a_district_that_stands_twice_is_a_problem(folder: Path) -> None:
    path = folder / "area_days.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]), encoding="utf-8")
    assert problems(folder) == ["area_days.csv:3 [地名] 「片町」 stands here twice"]


def test_a_missing_calendar_is_a_problem(tmp_path: Path) -> None:
    assert problems(tmp_path) == ["area_days.csv:0 [] the file is missing"]


def test_a_calendar_without_districts_is_a_problem(folder: Path) -> None:
    (folder / "area_days.csv").write_text("地名,センター,燃やすごみ\n", encoding="utf-8")
    assert problems(folder) == ["area_days.csv:1 [] the file holds no district"]


def test_an_empty_centre_file_is_allowed(folder: Path) -> None:
    (folder / "center.csv").write_text("", encoding="utf-8")
    report, city = read_city(folder)
    assert report.ok
    assert city.stops == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_files_as_windows_writes_them_are_read(folder: Path, encoding: str) -> None:
    for path in folder.iterdir():
        path.write_text(path.read_text(encoding="utf-8"), encoding=encoding, newline="\r\n")
    report, city = read_city(folder)
    assert report.problems == []
    assert city.areas[0].name == "片町"


@pytest.mark.parametrize("heading", ["A", ""])
def test_a_trailing_column_of_letters_is_no_kind_of_waste(folder: Path, heading: str) -> None:
    path = folder / "area_days.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(f"{lines[0]},{heading}\n{lines[1]},k\n", encoding="utf-8")
    report, city = read_city(folder)
    assert report.problems == []
    assert len(city.categories) == 4


def test_settings_that_nobody_knows_are_a_problem(folder: Path) -> None:
    (folder / "manifest.toml").write_text('telephone = "110"\n', encoding="utf-8")
    assert "[telephone]" in problems(folder)[0]


def test_markup_becomes_plain_lines() -> None:
    assert plain_text("a<br>b<BR/> <b>c</b> &amp; d<p>e</p>") == "a\nb\nc & d\ne"


async def _stored(database: Database) -> tuple[int | None, CityData | None]:
    async with database.transaction() as session:
        return await newest_dataset(session, None)


async def test_a_bad_row_leaves_the_old_calendar_in_use(folder: Path, database: Database) -> None:
    assert (await import_city(database, folder.parent, lambda: NOW)).ok
    before = await _stored(database)
    rewrite(folder / "area_days.csv", "水4", "水9")
    report = await import_city(database, folder.parent, lambda: NOW)
    assert [(p.file, p.line, p.column) for p in report.problems] == [("area_days.csv", 2, "びん")]
    assert await _stored(database) == before


async def test_a_good_import_replaces_the_calendar_whole(folder: Path, database: Database) -> None:
    await import_city(database, folder.parent, lambda: NOW)
    rewrite(folder / "area_days.csv", "片町", "香林坊")
    await import_city(database, folder.parent, lambda: NOW)
    _, city = await _stored(database)
    assert city is not None
    assert [area.name for area in city.areas] == ["香林坊"]
    assert city == read_city(folder)[1]
