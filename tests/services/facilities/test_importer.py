"""Importing real lists, dirty lists, and lists that must not replace anything."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kit.db import Database
from kit.settings import ROOT
from kit.tables import ImportReport
from messages.hazards import DESIGNATED, Hazard
from services.facilities import repository
from services.facilities.cells import Box
from services.facilities.contract import Kind
from services.facilities.importer import Source, Sources, import_city, read_city, read_source
from services.facilities.rules import Record

CITY = ROOT / "city" / "aizuwakamatsu"
AIZU = Box(south=37.25, north=37.62, west=139.80, east=140.12)
NANAO = Box(south=36.9, north=37.3, west=136.7, east=137.2)
HEADER = "全国地方公共団体コード,ID,名称,緯度,経度,災害種別_洪水,想定収容人数"
GOOD = "072028,A1,東公園,37.5,139.93,1,100"


def now() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


def read(
    path: Path, kind: Kind = Kind.emergency_site, code: str = "072028", box: Box = AIZU
) -> tuple[list[Record], ImportReport]:
    source = Source(file=path.name, kind=kind, credit="出典：テスト", demonstration=False)
    report = ImportReport("test")
    return read_source(path, source, Sources(code=code, box=box, sources=(source,)), report), report


def write(folder: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path = folder / "places.csv"
    path.write_bytes("\n".join(lines).encode(encoding))
    return path


def problems(report: ImportReport) -> list[tuple[int, str]]:
    return [(problem.line, problem.column) for problem in report.problems]


def test_the_demo_city_is_imported_whole() -> None:
    report = ImportReport("city")
    records = read_city(CITY / "facilities", report)
    assert report.problems == []
    kinds = [record.kind for record in records]
    assert kinds.count(Kind.emergency_site) == 199
    # 102 shelters, of which 32 take in only certain people.
    assert (kinds.count(Kind.shelter), kinds.count(Kind.welfare_shelter)) == (70, 32)
    assert kinds.count(Kind.facility) >= 45


def test_the_national_list_keeps_its_hazards_and_names_its_source() -> None:
    records = read_city(CITY / "facilities", ImportReport("city"))
    school = next(r for r in records if r.name == "第一中学校" and r.kind is Kind.emergency_site)
    assert school.address == "福島県会津若松市蚕養町11-1"
    assert (school.latitude, school.longitude) == (37.505394, 139.934974)
    assert Hazard.earthquake in school.hazards
    assert school.doubles_as_shelter
    assert "国土地理院" in school.credit
    assert not school.demonstration


def test_everything_that_is_not_real_open_data_is_marked() -> None:
    records = read_city(CITY / "facilities", ImportReport("city"))
    assert all(r.demonstration for r in records if r.kind is Kind.facility)


def test_the_municipality_that_publishes_nothing_is_told_as_such(shared: Path) -> None:
    path = shared / "samples/shelter/gsi_evacuation_011002_unavailable.json"
    records, report = read(path, Kind.shelter, code="011002")
    assert records == []
    assert len(report.problems) == 1
    assert "公開されていません" in report.problems[0].reason


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("nanao_reference_ods.csv", 112),
        ("nanao_open_2024-01-09-1800.csv", 29),
        ("nanao_open_2024-01-11-1800.csv", 28),
        ("nanao_open_2024-01-29-0600.csv", 24),
    ],
)
def test_the_lists_of_the_noto_earthquake_are_read(shared: Path, name: str, places: int) -> None:
    path = shared / "samples/shelter" / name
    records, report = read(path, code="172022", box=NANAO)
    assert report.problems == []
    assert len(records) == places


def test_flags_and_capacities_of_the_reference_list_are_understood(shared: Path) -> None:
    path = shared / "samples/shelter/nanao_reference_ods.csv"
    records, _ = read(path, code="172022", box=NANAO)
    school = next(r for r in records if r.name == "七尾中学校")
    assert set(school.hazards) == set(DESIGNATED) - {Hazard.volcano}
    assert school.capacity_people == 1371
    assert school.capacity == "屋内1,371人/屋外5,470人（面積の1/2）"


def test_a_list_in_shift_jis_with_lost_zeros_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER, "72028,A1,東公園,37.5,139.93,○,100", encoding="cp932")
    records, report = read(path)
    assert report.problems == []
    assert records[0].hazards == (Hazard.flood,)
    assert records[0].capacity_people == 100


def test_the_older_edition_of_the_facility_list_is_read(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,住所,方書,緯度,経度,"
        "電話番号,利用可能曜日,開始時間,終了時間,利用可能日時特記事項,説明,バリアフリー情報,URL,備考",
        "070009,7,福島県,会津若松市,中央図書館,チュウオウトショカン,中図,栄町1,2階,37.5,139.93,"
        "(0242)12-3456,火水木金土日,09:00,19:00,月曜休館,本,車いす対応トイレ,https://example.jp/,",
    )
    records, report = read(path, Kind.facility)
    assert report.problems == []
    library = records[0]
    assert library.nicknames == ("中図",)
    assert library.address == "栄町1 2階"
    assert library.hours == "火〜日 9:00〜19:00（月曜休館）"
    assert library.categories == ("トイレ", "図書館")
    assert library.phone == "(0242)12-3456"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("072028,A2,西公園,139.93,37.5,1,", "緯度"),
        ("072028,A2,西公園,0,0,1,", "緯度"),
        ("072028,A2,西公園,35.6,139.7,1,", "緯度"),
        ("072028,A2,西公園,,,1,", "緯度"),
        ("072028,A2,,37.5,139.93,1,", "名称"),
        ("072028,A2,西公園,37.5,139.93,△,", "災害種別_洪水"),
        ("072020,A2,西公園,37.5,139.93,1,", "全国地方公共団体コード"),
        ("172022,A2,西公園,37.5,139.93,1,", "全国地方公共団体コード"),
        ("072028,A1,西公園,37.5,139.93,1,", "ID"),
    ],
)
def test_a_bad_cell_is_reported_with_its_line_and_column(
    tmp_path: Path, row: str, column: str
) -> None:
    _, report = read(write(tmp_path, HEADER, GOOD, row))
    assert problems(report) == [(3, column)]


def test_a_web_address_that_is_none_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "ID,名称,緯度,経度,URL", "A1,東公園,37.5,139.93,javascript:alert(1)")
    _, report = read(path)
    assert problems(report) == [(2, "URL")]


def test_a_list_without_a_needed_column_is_refused(tmp_path: Path) -> None:
    records, report = read(write(tmp_path, "ID,名称,経度", "A1,東公園,139.93"))
    assert records == []
    assert problems(report) == [(1, "latitude")]


@pytest.mark.parametrize("content", [HEADER, "", "ID,名称,緯度,経度\n\n"])
def test_an_empty_list_never_empties_the_city(tmp_path: Path, content: str) -> None:
    _, report = read(write(tmp_path, content))
    assert not report.ok


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"type": "FeatureCollection", "features": []}',
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [1, {"properties": null}]}',
        '{"type": "FeatureCollection", "features": [{"geometry": {"coordinates": [139.9]},'
        ' "properties": {"施設・場所名": "東公園"}}]}',
    ],
)
def test_a_broken_feature_collection_is_a_problem_and_no_crash(
    tmp_path: Path, content: str
) -> None:
    path = tmp_path / "places.geojson"
    path.write_text(content, "utf-8")
    records, report = read(path)
    assert records == []
    assert not report.ok


def test_features_are_counted_in_the_report(tmp_path: Path) -> None:
    features = json.loads((CITY / "facilities/gsi_shelters.json").read_text("utf-8"))
    features["features"][4]["geometry"]["coordinates"] = [37.5, 139.93]
    path = tmp_path / "shelters.json"
    path.write_text(json.dumps(features), "utf-8")
    _, report = read(path, Kind.shelter)
    assert problems(report) == [(5, "緯度")]
    assert "swapped" in report.problems[0].reason


@pytest.mark.parametrize(
    "content",
    ["code = ", 'code = "072028"', 'code = "072028"\nbox = {}\nsources = []'],
)
def test_a_broken_list_of_lists_is_a_problem(tmp_path: Path, content: str) -> None:
    (tmp_path / "sources.toml").write_text(content, "utf-8")
    report = ImportReport("city")
    assert read_city(tmp_path, report) == []
    assert not report.ok


def test_a_city_without_lists_is_a_problem(tmp_path: Path) -> None:
    report = ImportReport("city")
    assert read_city(tmp_path / "facilities", report) == []
    assert not report.ok


async def test_what_is_imported_comes_back_as_it_was(database: Database) -> None:
    report = await import_city(database, CITY, now)
    assert report.ok
    async with database.transaction() as session:
        stored = await repository.all_records(session)
        instant = await repository.imported_at(session)
    records = read_city(CITY / "facilities", ImportReport("city"))
    assert sorted(stored, key=str) == sorted(records, key=str)
    assert instant == now()


async def test_a_bad_row_leaves_the_old_data_in_use(database: Database, tmp_path: Path) -> None:
    await import_city(database, CITY, now)
    shutil.copytree(CITY / "facilities", tmp_path / "facilities")
    with (tmp_path / "facilities/aed.csv").open("a", encoding="utf-8") as file:
        file.write("072028,999,福島県,会津若松市,どこか,,,,0,0,,,,,,,,,,,,\n")
    report = await import_city(database, tmp_path, now)
    assert [str(problem) for problem in report.problems] == ["aed.csv:22 [緯度] the position is 0"]
    async with database.transaction() as session:
        assert len(await repository.all_records(session)) == 423


async def test_importing_again_replaces_and_doubles_nothing(database: Database) -> None:
    await import_city(database, CITY, now)
    await import_city(database, CITY, now)
    async with database.transaction() as session:
        assert len(await repository.all_records(session)) == 423


def test_web_addresses_that_line_refuses_are_mended_or_left_out(
    shared: Path, tmp_path: Path
) -> None:
    given = (shared / "cases/data/20-web-address-line-refuses/facilities.csv").read_bytes()
    (tmp_path / "places.csv").write_bytes(given)
    records, report = read(tmp_path / "places.csv", Kind.facility)
    assert report.problems == []
    assert [record.url for record in records] == [
        "https://www.example.jp/a%20b.html",
        "https://www.example.jp/%E6%96%BD%E8%A8%AD/%E6%A1%88%E5%86%85.html",
        "https://a.example.jp/",
        "",
        "",
    ]
    assert [(w.line, w.column) for w in report.warnings] == [
        (2, "URL"),
        (3, "URL"),
        (5, "URL"),
        (6, "URL"),
        (7, "URL"),
    ]


def test_control_characters_are_refused_by_place(tmp_path: Path) -> None:
    _, report = read(write(tmp_path, HEADER, GOOD.replace("東公園", "東\0公園")))
    assert problems(report) == [(2, "名称")]


@pytest.mark.parametrize("name", ["東\0公園", "東\ud83d公園"])
def test_characters_that_cannot_be_stored_are_refused_in_geojson(tmp_path: Path, name: str) -> None:
    feature = {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [139.93, 37.5]},
        "properties": {"施設・場所名": name, "NO": "1"},
    }
    path = tmp_path / "places.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    _, report = read(path)
    assert problems(report) == [(1, "施設・場所名")]


def test_control_characters_in_the_list_of_sources_are_refused(tmp_path: Path) -> None:
    shutil.copytree(CITY / "facilities", tmp_path / "facilities")
    file = tmp_path / "facilities" / "sources.toml"
    file.write_text(file.read_text("utf-8").replace('credit = "', 'credit = "\\u0000', 1), "utf-8")
    report = ImportReport("city")
    assert read_city(tmp_path / "facilities", report) == []
    assert [(p.file, p.column) for p in report.problems] == [("sources.toml", "credit")]
