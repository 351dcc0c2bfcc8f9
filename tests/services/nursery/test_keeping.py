"""What comes in from files, what is taken out and erased, and what is forgotten with time."""

import shutil
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from kit.settings import Settings
from kit.tables import ImportReport
from services.nursery.columns import read_city
from services.nursery.forgetting import Forgetting
from services.nursery.importer import import_nursery
from services.nursery.models import NurseryApplication, NurseryChild, NurseryClass, NurseryPoint
from services.nursery.personal_data import NurseryPersonalData
from tests.concierge.test_keys_and_register import concierge
from tests.services.nursery.applying import KEIKO, MAI, ROUND, Parent, Town, open_town

WISHES = [["d02"], ["d02"]]


@pytest.fixture
async def town(settings: Settings) -> AsyncIterator[Town]:
    async with open_town(settings) as town:
        yield town


@pytest.fixture
async def mai(town: Town) -> Parent:
    mai = await town.parent(MAI)
    await mai.fill_in(WISHES)
    return mai


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    return Path(shutil.copytree(settings.city_dir / "nursery", tmp_path / "nursery"))


async def count(town: Town, table: type) -> int:
    async with town.files.database.transaction() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_an_export_has_the_application_and_erasing_leaves_nothing(
    town: Town, mai: Parent
) -> None:
    await mai.hand_in()
    keiko = await town.parent(KEIKO)
    await keiko.fill_in(WISHES)
    await keiko.hand_in()
    kept = town.part(NurseryPersonalData)
    [application] = (await kept.export(mai.citizen))["applications"]
    assert [child["name"] for child in application["submitted"]["children"]] == [
        "NGUYEN AN",
        "NGUYEN MINH",
    ]
    assert {"row": "きょうだい同時申込", "points": 1, "state": "proposed"} in application["points"]
    for _ in range(2):
        await kept.erase(mai.citizen)
    assert (await kept.export(mai.citizen)) == {"applications": []}
    assert await count(town, NurseryApplication) == 1
    assert await count(town, NurseryChild) == 2
    assert await count(town, NurseryPoint) == 3


async def test_a_draft_is_forgotten_after_its_month_and_an_application_after_its_years(
    town: Town, mai: Parent
) -> None:
    keiko = await town.parent(KEIKO)
    await keiko.fill_in(WISHES)
    await keiko.hand_in()
    await town.close_round()
    for days, left in ((29, 2), (2, 1), (1790, 1), (5, 0)):
        town.clock.now += timedelta(days=days)
        await Forgetting(town.files).forget_old()
        assert await count(town, NurseryApplication) == left


async def test_what_a_family_wrote_stands_nowhere_in_the_open(town: Town, mai: Parent) -> None:
    await mai.hand_in()
    async with town.files.database.transaction() as session:
        row = (await session.scalars(select(NurseryApplication))).one()
        assert row.draft is not None
        assert row.submitted is not None
        assert b"NGUYEN" not in row.draft + row.submitted


async def test_the_same_files_twice_change_nothing_and_a_round_goes_on(
    town: Town, folder: Path
) -> None:
    before = await count(town, NurseryClass)
    assert (await import_nursery(town.files.database, folder, town.files.today())).ok
    assert await count(town, NurseryClass) == before


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        ("facilities.csv", "37.", "x", "facilities.csv:2 [緯度]"),
        ("facilities.csv", ",139.", ",13.", "facilities.csv:2 [緯度]"),
        ("classes.csv", "d01,0,0", "d99,0,0", "classes.csv:2 [園ID]"),
        ("classes.csv", "d01,0,0,", "d01,0,0,-", "classes.csv:2 [受入可能数]"),
        ("classes.csv", "d01,0,0", "d01,0,6", "classes.csv:2 [年齢から]"),
        ("classes.csv", "d01,0,0", "d01,0,1", "classes.csv:3 [年齢から]"),
        ("classes.csv", "更新日", "日", "classes.csv:1 [更新日]"),
        ("rounds.toml", "2026-12-11", "2026-10-11", "rounds.toml:0 []"),
        ("rounds.toml", "+09:00", "", "rounds.toml:0 []"),
        ("points.toml", 'combine = "sum"', 'combine = "x"', "points.toml:0 []"),
        ("documents.toml", "label", "labels", "points.toml:0 []"),
    ],
)
async def test_what_cannot_be_used_is_named_and_nothing_is_taken_in(
    town: Town, folder: Path, file: str, old: str, new: str, place: str
) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    report = ImportReport("nursery")
    read_city(folder, report, town.files.today())
    assert str(report.problems[0]).startswith(place)
    async with town.files.database.transaction() as session:
        before = (await session.scalars(select(NurseryClass.seats))).all()
    assert not (await import_nursery(town.files.database, folder, town.files.today())).ok
    async with town.files.database.transaction() as session:
        assert (await session.scalars(select(NurseryClass.seats))).all() == before


async def test_invented_families_are_added_to_a_round_that_there_is(town: Town) -> None:
    status, said = concierge(town.settings, "nursery", "demonstrate", ROUND, "--children", "20")
    assert status == 0, said
    assert await count(town, NurseryChild) >= 15
    before = await count(town, NurseryChild)
    status, said = concierge(town.settings, "nursery", "demonstrate", "2099-01")
    assert (status, "no round of that name" in said) == (2, True)
    assert await count(town, NurseryChild) == before


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2027, 1, 15), date(2031, 2, 28)])
def test_the_round_of_a_demonstration_is_open_on_whatever_day_it_is_read(
    folder: Path, day: date
) -> None:
    report = ImportReport("nursery")
    [row] = read_city(folder, report, day).rounds
    assert report.ok
    assert (row["closes_at"].date() - day, row["closes_at"].hour) == (timedelta(days=11), 17)
    assert (row["opens_at"].date() - day).days == -29


def test_the_deadline_of_a_real_city_never_moves(folder: Path) -> None:
    file = folder / "rounds.toml"
    file.write_text(file.read_text("utf-8").replace("demonstration = true", ""), "utf-8")
    [row] = read_city(folder, ImportReport("nursery"), date(2027, 1, 15)).rounds
    assert row["closes_at"].date() == date(2026, 12, 11)
