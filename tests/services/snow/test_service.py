"""Reports over HTTP: filed once, joined once, told once, forgotten."""

import asyncio
import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select, text

from kit.errors import ConflictError, InvalidInputError, NotFoundError, TooManyRequestsError
from services.snow import plough_repository, repository
from services.snow.changing import Step, take_step
from services.snow.contract import Position, SlipperyQuestion, StatusQuestion
from services.snow.forgetting import Forgetting
from services.snow.geometry import Place
from services.snow.lifecycle import Status
from services.snow.models import SnowPhoto, SnowReport
from services.snow.personal_data import SnowPersonalData
from services.snow.service import MOST_A_DAY
from services.snow.tracks import Fix
from tests.services.snow.world import HANAKO, MORNING, STATION, TARO, World


async def step(world: World, number: str, to: Status, **said: object) -> None:
    async with world.database.transaction() as session:
        row = await repository.load(session, int(number[2:]), lock=True)
        assert row is not None
        await take_step(session, row, Step(to, "stf_1", **said), world.now)


async def test_a_double_tap_files_one_report(world: World) -> None:
    first = await world.file()
    again = await world.file()
    assert first.fresh
    assert not again.fresh
    assert again.number == first.number
    assert first.status == "受付"


async def test_two_taps_at_the_same_instant_file_one_report(world: World) -> None:
    reports = await asyncio.gather(*(world.file() for _ in range(5)))
    assert len({report.number for report in reports}) == 1
    assert [report.fresh for report in reports].count(True) == 1


async def test_the_same_key_of_somebody_else_is_another_report(world: World) -> None:
    assert (await world.file()).number != (await world.file(citizen=TARO)).number


async def test_a_report_near_by_is_offered_and_joined_once(world: World) -> None:
    first = await world.file()
    near = (STATION[0] + 0.0002, STATION[1])
    assert await world.offered(near) == [first.number]
    assert await world.offered((STATION[0] + 0.0004, STATION[1])) == []
    assert await world.offered(near, "berm") == []
    joined = await world.client.follow(first.number, TARO)
    again = await world.client.follow(first.number, TARO)
    assert (joined.fresh, joined.reporters) == (True, 2)
    assert (again.fresh, again.reporters) == (False, 2)


async def test_ten_centimetres_of_new_snow_end_the_offer(world: World) -> None:
    await world.file()
    world.later(hours=1)
    weather = {"lowest_c": -3.0, "highest_c": 0.0, "snow_on_ground_cm": 20.0, "rain_mm": 0.0}
    async with world.database.transaction() as session:
        values = {"at": world.now, "who": "stf_1", "new_snow_cm": 9.0, **weather}
        await plough_repository.add_outlook(session, values)
    assert len(await world.offered()) == 1
    async with world.database.transaction() as session:
        values = {"at": world.now, "who": "stf_1", "new_snow_cm": 12.0, **weather}
        await plough_repository.add_outlook(session, values)
    assert await world.offered() == []


@pytest.mark.parametrize("at", [(35.68, 139.76), (37.66, 139.87), (37.55, 140.11)])
async def test_a_place_outside_the_city_is_refused_kindly(
    world: World, at: tuple[float, float]
) -> None:
    with pytest.raises(InvalidInputError, match="市の外の場所です"):
        await world.file(at=at)


async def test_more_than_twenty_a_day_from_one_citizen_are_too_many(world: World) -> None:
    for number in range(MOST_A_DAY):
        await world.file(key=f"line-{number}")
    with pytest.raises(TooManyRequestsError):
        await world.file(key="line-more")
    assert (await world.file(key="line-more", citizen=TARO)).fresh


async def test_followers_hear_of_each_change_once_and_with_its_facts(world: World) -> None:
    report = await world.file()
    await world.client.follow(report.number, TARO)
    expected = world.now + timedelta(hours=3)
    await step(world, report.number, Status.PLANNED, expected_at=expected)
    await step(world, report.number, Status.DONE, note="砂をまきました")
    await world.tell_everything()
    for citizen in (HANAKO, TARO):
        planned, done = world.words_to(citizen)[-2:]
        assert report.number in planned
        assert "【予定】作業の予定に入れました。" in planned
        assert "見込み：1月15日(金) 10時" in planned
        assert "【完了】作業が終わりました。" in done
        assert "市から：砂をまきました" in done
    assert len(world.told) == len({n["key"] for n in world.told}) == 4


async def test_what_is_not_ours_says_where_it_went_and_a_merged_one_says_its_parent(
    world: World,
) -> None:
    first = await world.file()
    second = await world.file(key="line-2", citizen=TARO)
    with pytest.raises(InvalidInputError):
        await step(world, first.number, Status.NOT_OURS)
    await step(world, first.number, Status.NOT_OURS, handed_to="県の土木事務所")
    parent = int(first.number[2:])
    await step(world, second.number, Status.DUPLICATE, parent_id=parent)
    await world.tell_everything()
    assert "県の土木事務所に引き継ぎました" in world.words_to(HANAKO)[-1]
    assert f"{first.number} にまとめました" in world.words_to(TARO)[-1]
    await step(world, first.number, Status.CHECKING)
    await world.tell_everything()
    assert f"報告 {first.number}" in world.words_to(TARO)[-1]


async def test_an_ended_report_cannot_be_joined_and_is_reopened_by_still_there(
    world: World,
) -> None:
    report = await world.file()
    await step(world, report.number, Status.DONE)
    with pytest.raises(ConflictError):
        await world.client.follow(report.number, TARO)
    reopened = await world.client.still_there(report.number, HANAKO)
    assert (reopened.status, reopened.fresh) == ("確認中", True)


async def test_who_does_not_follow_a_report_changes_nothing_of_it(world: World) -> None:
    report = await world.file()
    for change in (world.client.still_there, world.client.is_gone):
        with pytest.raises(NotFoundError):
            await change(report.number, TARO)


async def test_only_the_reporter_takes_a_report_back(world: World) -> None:
    report = await world.file()
    await world.client.follow(report.number, TARO)
    assert (await world.client.is_gone(report.number, TARO)).status == "受付"
    assert (await world.client.is_gone(report.number, HANAKO)).status == "取下げ"
    await world.tell_everything()
    assert "【取下げ】" in world.words_to(TARO)[-1]


async def test_before_its_end_it_is_asked_whether_it_is_still_there(world: World) -> None:
    report = await world.file()
    world.later(hours=50)
    await world.telling.look_after()
    assert world.told == []
    world.later(hours=11)
    await world.telling.look_after()
    await world.telling.look_after()
    assert ["まだありますか" in words for words in world.words_to(HANAKO)] == [True]
    await world.client.still_there(report.number, HANAKO)
    world.later(hours=20)
    await world.telling.look_after()
    [now] = (await world.client.status(StatusQuestion(citizen_id=HANAKO))).reports
    assert now.is_open
    world.later(hours=60)
    await world.telling.look_after()
    [now] = (await world.client.status(StatusQuestion(citizen_id=HANAKO))).reports
    assert (now.status, now.note) == ("取下げ", "期限までに続きのお知らせがありませんでした")


async def test_a_status_is_told_by_number_or_of_ones_own(world: World) -> None:
    report = await world.file()
    by_number = await world.client.status(StatusQuestion(citizen_id=TARO, number=report.number))
    assert by_number.reports[0].number == report.number
    assert not by_number.reports[0].is_own
    assert (await world.client.status(StatusQuestion(citizen_id=TARO))).reports == ()
    await step(world, report.number, Status.HIDDEN)
    hidden = await world.client.status(StatusQuestion(citizen_id=TARO, number=report.number))
    assert hidden.reports == ()


def picture(kind: str = "JPEG", **exif: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(out, kind, **exif)
    return out.getvalue()


async def test_a_photo_is_taken_in_without_where_it_was_taken(world: World) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (37.0, 30.0, 29.0)}
    world.photos["line-7"] = picture(exif=exif)
    await world.file(photo_turns=("line-7",))
    await world.take_photos_in()
    async with world.database.transaction() as session:
        [photo] = list(await session.scalars(select(SnowPhoto)))
    assert photo.state == "pending"
    assert photo.jpeg is not None
    assert not Image.open(io.BytesIO(photo.jpeg)).getexif()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (410, "写真を受け取れませんでした"),
        (404, "写真を受け取れませんでした"),
        (413, "写真が大きすぎます"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "この形式の画像は"),
        (b"no picture", "写真を読み取れませんでした"),
    ],
)
async def test_a_photo_that_cannot_be_used_is_said_and_the_report_stands(
    world: World, sent: bytes | int, said: str
) -> None:
    world.photos["line-7"] = sent
    report = await world.file(photo_turns=("line-7",))
    await world.take_photos_in()
    await world.take_photos_in()
    [words] = world.words_to(HANAKO)
    assert said in words
    assert f"報告 {report.number} は受け付けています。" in words
    own = await world.client.status(StatusQuestion(citizen_id=HANAKO))
    assert own.reports[0].is_open


async def test_ice_around_a_place_is_told_and_nothing_is_made_up(world: World) -> None:
    nothing = await world.client.slippery(SlipperyQuestion())
    assert (nothing.count, nothing.level) == (0, "")
    report = await world.file()
    here = Position(lat=STATION[0] + 0.001, lon=STATION[1])
    around = await world.client.slippery(SlipperyQuestion(place=here))
    assert [offer.number for offer in around.reports] == [report.number]
    far = Position(lat=STATION[0] - 0.02, lon=STATION[1])
    assert (await world.client.slippery(SlipperyQuestion(place=far))).count == 0


async def test_everything_of_a_citizen_is_handed_out_and_then_gone(world: World) -> None:
    world.photos["line-7"] = picture()
    report = await world.file(words="うちの前です", photo_turns=("line-7",))
    await world.take_photos_in()
    other = await world.file(key="line-9", citizen=TARO)
    await world.client.follow(other.number, HANAKO)
    data = SnowPersonalData(world.database)
    await world.client.sanded(other.number, HANAKO)
    kept = await data.export(HANAKO)
    assert [one["number"] for one in kept["sanded"]] == [other.number]
    assert kept["reports"][0]["words"] == "うちの前です"
    assert kept["follows"] == [other.number]
    await data.erase(HANAKO)
    assert await data.export(HANAKO) == {}
    async with world.database.transaction() as session:
        row = await repository.load(session, int(report.number[2:]))
        assert row is not None
        assert (row.citizen_id, row.description) == (None, "")
        assert list(await session.scalars(select(SnowPhoto))) == []
        found = await session.scalar(text("SELECT count(*) FROM snow_report"))
    assert found == 2


async def test_what_ended_a_year_ago_is_forgotten_and_what_is_open_stays(world: World) -> None:
    old = await world.file()
    await world.file(key="line-2")
    await step(world, old.number, Status.DONE)
    world.later(days=366)
    await Forgetting(world.database, lambda: world.now).forget_old()
    async with world.database.transaction() as session:
        rows = list(await session.scalars(select(SnowReport)))
    assert [row.draft_key for row in rows] == [f"line:{HANAKO}:line-2"]


async def test_a_position_that_comes_twice_is_kept_once(world: World) -> None:
    fix = Fix("p1", MORNING, Place(*STATION), True)
    assert await world.ploughs.take([fix, fix]) == 1
    assert await world.ploughs.take([fix]) == 0
