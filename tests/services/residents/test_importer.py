"""The register's files: everything or nothing, exact reasons, and no My Number."""

from pathlib import Path

import pytest
from sqlalchemy import select, text

from kit.settings import ROOT
from kit.tables import ImportRejectedError
from services.residents.importer import RegisterReport, import_demonstration, import_register
from services.residents.models import Authority, Resident
from tests.services.residents.world import World, authority, person

MY_NUMBER = "123456789018"


def counts(report: RegisterReport) -> tuple[int, int, int, int]:
    return report.added, report.changed, report.ended, report.unchanged


async def size(world: World) -> tuple[int, int]:
    async with world.database.transaction() as session:
        people = (await session.scalars(select(Resident.id))).all()
        return len(people), len((await session.scalars(select(Authority.id))).all())


async def test_the_report_says_what_became_of_each_row(world: World) -> None:
    first = [person("1", "会津　花子"), person("2", "会津 太郎", 性別="男"), person("3", "三")]
    assert counts(await world.load(first)) == (3, 0, 0, 0)
    assert counts(await world.load(first)) == (0, 0, 0, 3)
    second = [person("1", "磐梯　花子"), person("2", "会津 太郎", 性別="男")]
    second += [person("3", "三", 異動日="2026/11/01"), person("4", "四")]
    assert counts(await world.load(second)) == (1, 1, 1, 1)
    assert await size(world) == (4, 0)
    assert counts(await world.load([])) == (0, 0, 0, 0), "a file cut short ends nobody"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
async def test_files_of_windows_and_of_everybody_else(
    world: World, tmp_path: Path, encoding: str
) -> None:
    folder = world.settings.city_dir / "residents"
    file = tmp_path / "feed.csv"
    file.write_bytes((folder / "residents.csv").read_text("utf-8").encode(encoding))
    assert counts(await import_register(world.register, file)) == (15, 0, 1, 0)


@pytest.mark.parametrize(
    ("change", "column", "why"),
    [
        ({"宛名番号": ""}, "宛名番号", "empty"),
        ({"宛名番号": "あ"}, "宛名番号", "digits"),
        ({"宛名番号": "1" * 12}, "宛名番号", "My Number"),
        ({"氏名": ""}, "氏名", "empty"),
        ({"氏名": "花" * 301}, "氏名", "longer"),
        ({"氏名": f"花子{MY_NUMBER}"}, "氏名", "My Number"),
        ({"住所": "会津若松市 1234 5678 9018"}, "住所", "My Number"),
        ({"住所": "１２３４５６７８９０１８"}, "住所", "My Number"),
        ({"生年月日": "1985-02-30"}, "生年月日", "written"),
        ({"生年月日": "昭和60年5月5日"}, "生年月日", "written"),
        ({"性別": "F"}, "性別", "one of"),
        ({"異動日": "きのう"}, "異動日", "written"),
    ],
)
async def test_one_bad_cell_refuses_the_whole_file_and_says_where(
    world: World, change: dict[str, str], column: str, why: str
) -> None:
    await world.load([person("1", "会津　花子")])
    report = await world.load([person("2", "会津 太郎"), person("3", "三") | change])
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column) == ("residents.csv", 3, column)
    assert why in problem.reason
    assert all(value not in str(problem) for value in change.values() if value)
    assert await size(world) == (1, 0)


async def test_a_number_twice_is_refused(world: World) -> None:
    report = await world.load([person("1", "会津　花子"), person("1", "会津 太郎")])
    assert [str(p) for p in report.problems] == [
        "residents.csv:3 [宛名番号] the number stands there twice"
    ]


@pytest.mark.parametrize("name", ["個人番号", "マイナンバー", "ﾏｲﾅﾝﾊﾞｰ", "my_number", "MyNumber"])
async def test_a_column_of_my_numbers_is_refused_even_when_empty(
    world: World, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "feed.csv"
    header = (world.settings.city_dir / "residents/residents.csv").read_text("utf-8").split("\n")[0]
    file.write_text(f"{header},{name}\n", "utf-8")
    report = await import_register(world.register, file)
    assert [p.reason for p in report.problems] == ["a column of My Numbers may not come in here"]


async def test_columns_that_are_missing_or_strange_are_named(world: World, tmp_path: Path) -> None:
    file = tmp_path / "feed.csv"
    file.write_text("宛名番号,世帯番号,氏名,フリガナ,生年月日,性別,住所,本籍\n", "utf-8")
    report = await import_register(world.register, file)
    assert [(p.line, p.column) for p in report.problems] == [(1, "本籍"), (1, "異動日")]
    with pytest.raises(ImportRejectedError):
        report.raise_if_bad()


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (authority("1", "9"), "本人の宛名番号"),
        (authority("9", "1"), "代理する人の宛名番号"),
        (authority("1", "1"), "本人の宛名番号"),
        (authority("1", "2", "後見"), "種別"),
        (authority("1", "2", "任意代理"), "終了日"),
        (authority("1", "2", 終了日="2009-12-31"), "終了日"),
        (authority("1", "2", 開始日=""), "開始日"),
    ],
)
async def test_a_bad_authority_refuses_the_residents_too(
    world: World, row: dict[str, str], column: str
) -> None:
    report = await world.load([person("1", "会津　花子"), person("2", "二")], [row])
    (problem,) = report.problems
    assert (problem.file, problem.line, problem.column) == ("authorities.csv", 2, column)
    assert await size(world) == (0, 0)


async def test_an_entry_that_comes_again_with_a_last_day_is_ended_not_doubled(
    world: World,
) -> None:
    people = [person("1", "会津　花子"), person("2", "二", 生年月日="2019-06-03")]
    await world.load(people, [authority("1", "2")])
    await world.load(people, [authority("1", "2", 終了日="2026-01-31")])
    async with world.database.transaction() as session:
        (row,) = (await session.scalars(select(Authority))).all()
    assert str(row.last_day) == "2026-01-31"


async def test_the_demonstration_data_says_that_it_is_and_knows_the_register_numbers(
    world: World,
) -> None:
    report = await import_demonstration(world.register, world.settings.city_dir)
    assert (report.ok, report.added) == (True, 15)
    assert await size(world) == (16, 8)
    readme = ROOT / "city/aizuwakamatsu/residents/README.md"
    assert "demonstration data" in readme.read_text("utf-8")


async def test_crypt_05_no_table_shows_what_the_register_says(world: World) -> None:
    rows = [person("N0000777", "植込　花子", フリガナ="ウエコミ", 住所="会津若松市植込町777番地")]
    await world.load(rows)
    planted = ("植込", "ウエコミ", "1985-05-05", "777番地", "N0000777", "female")
    await world.identify(
        "ctz_1", name="植込 太郎", address="植込町777番地", birthdate="1985-05-05", sex="female"
    )
    async with world.database.transaction() as session:
        names = await session.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        )
        dump = b""
        for name in names.all():
            for row in await session.execute(text(f'SELECT * FROM "{name}"')):  # noqa: S608
                for value in row:
                    is_bytes = isinstance(value, bytes | memoryview)
                    dump += bytes(value) if is_bytes else str(value).encode()
    assert b"res_" in dump
    assert not [value for value in planted if value.encode() in dump]
