"""From the bytes of a telegram to the talks of those affected: once, in order, to nobody else."""

from datetime import timedelta

from bot.jobs import SEND_CHUNK
from bot.preferences.contract import Preferences
from concierge.worker import Worker
from kit.http import InternalClient
from messages.announcements import AnnounceClient
from messages.hazards import Hazard
from messages.languages import Language
from messages.menus import MenuClient
from services.disaster.drill import drill_telegram
from services.disaster.intake import Intake
from services.disaster.jobs import APPLY, PUSH
from services.disaster.pushing import Pusher
from services.disaster.service import StateKeeper
from services.disaster.xml import read_xml
from tests.services.disaster.builder import JMA, intensities, landslide_notice, warning
from tests.services.disaster.world import CITY, ENGLISH, Warned, of_our_city

OTHER = "1620100"
OFFICE = "福島地方気象台"
MULTICAST = "/v2/bot/message/multicast"


def landslide(minutes: float, code: str | None, kind: str = "発表", **more: str) -> bytes:
    said = {CITY: None if code is None else (code, kind), OTHER: ("29", "発表")}
    return warning("土砂", minutes, said, **{"office": OFFICE, **more})


def rain(minutes: float, code: str | None, **more: str) -> bytes:
    said = {CITY: None if code is None else (code, "発表")}
    return warning("大雨", minutes, said, **{"office": OFFICE, **more})


async def test_a_warning_reaches_those_affected_once_and_its_end_those_who_were_warned(
    world: Warned,
) -> None:
    everyone = await world.resident()
    of_landslides = await world.resident(Preferences(hazards=(Hazard.landslide,)))
    of_quakes = await world.resident(Preferences(hazards=(Hazard.earthquake,)))
    grave_only = await world.resident(Preferences(warn_from=4))
    people = (everyone, of_landslides, of_quakes, grave_only)
    assert (await world.send(landslide(0, "09"))).json() == {"new": True}
    assert (await world.send(landslide(0, "09"))).json() == {"new": False}
    world.later(60)
    await world.send(landslide(60, "09", "継続"))
    assert [len(world.heard(u)) for u in people] == [1, 1, 0, 0]
    said = world.heard(everyone)[0]
    assert "レベル３土砂災害警報" in said
    assert "会津若松市（7/28 17:00、福島地方気象台発表）" in said
    assert "市の避難指示ではありません" in said
    world.later(70)
    await world.send(landslide(70, "49"))
    assert [len(world.heard(u)) for u in people] == [2, 2, 1, 1]
    assert "レベル3から上がりました。" in world.heard(everyone)[1]
    world.later(80)
    stranger = await world.resident()
    await world.send(landslide(80, None))
    assert [len(world.heard(u)) for u in people] == [3, 3, 2, 2]
    assert world.heard(everyone)[-1].startswith("【解除】土砂災害")
    assert world.heard(stranger) == []
    assert await world.decisions() == [
        ("landslide", "started", "announced", 2),
        ("landslide", "raised", "announced", 4),
        ("landslide", "ended", "announced", 4),
    ]


async def test_a_real_telegram_with_our_citys_code_is_told_once_and_its_twins_are_not(
    world: Warned,
) -> None:
    """Gifu's heavy rain of July 2026, word for word; its landslide twin of the old scheme."""
    name = "202607_keiho_multi_pref_gifu"
    body = next(iter(sorted(JMA.glob(f"*/{name}*.xml")))).read_bytes()
    warned_city = _first_city(body, "03")
    user = await world.resident()
    world.instant = world.now().replace(hour=16, minute=45)
    assert (await world.send(of_our_city(name, code=warned_city))).status_code == 202
    assert len(world.heard(user)) == 1
    assert "レベル３大雨警報" in world.heard(user)[0]
    assert "7/28 16:43、岐阜地方気象台発表" in world.heard(user)[0]
    await world.send(of_our_city(name, code=warned_city) + b"\n")
    assert len(world.heard(user)) == 1


def _first_city(body: bytes, code: str) -> str:
    """The first municipality that a telegram warns with that code."""
    for item in read_xml(body).walk("Item"):
        city = item.text("Area", "Code")
        if len(city) == 7 and any(kind.text("Code") == code for kind in item.named("Kind")):
            return city
    raise AssertionError("the sample warns nobody")


async def test_the_legacy_twin_of_a_warning_raises_no_second_message(world: Warned) -> None:
    user = await world.resident()
    await world.send(landslide_notice(0, {CITY: "3"}, office=OFFICE))
    await world.send(landslide(0.5, "49"))
    await world.send(landslide_notice(1, {CITY: "3"}, office=OFFICE, serial="2"))
    assert len(world.heard(user)) == 1


async def test_everybody_reads_it_in_their_language(world: Warned) -> None:
    english = await world.resident(ENGLISH)
    others = [
        await world.resident(Preferences(language=language))
        for language in Language
        if language not in (Language.ja, Language.en)
    ]
    await world.send(landslide(0, "49"))
    [said] = world.heard(english)
    assert said.startswith("【Level 4: Landslide】")
    assert "It is not an evacuation order of the city." in said
    assert len({world.heard(user)[0] for user in others}) == 4
    assert all("レベル４土砂災害危険警報" not in world.heard(user)[0] for user in others)


async def test_what_is_not_plainly_real_reaches_nobody_and_changes_no_state(
    world: Warned,
) -> None:
    user = await world.resident()
    for minute, status in enumerate(("訓練", "試験", "")):
        await world.send(landslide(minute, "39", status=status))
    assert world.heard(user) == []
    assert await world.decisions() == []
    assert await world.query("SELECT DISTINCT state FROM disaster_message") == [("gated",)]
    assert await world.query("SELECT * FROM disaster_entry") == []


async def test_what_is_old_is_kept_and_shown_but_not_sent(world: Warned) -> None:
    user = await world.resident()
    world.later(61)
    await world.send(landslide(0, "49"))
    assert world.heard(user) == []
    assert await world.decisions() == [("landslide", "started", "stale", None)]
    assert await world.one("SELECT active FROM disaster_entry WHERE area = '07202'")


async def test_a_retraction_goes_to_those_who_were_told(world: Warned) -> None:
    told = await world.resident()
    quake = {"event": "20260728170000"}
    await world.send(intensities(0, {"252": {CITY: "5-"}}, **quake))
    stranger = await world.resident()
    await world.send(intensities(1, {}, info_type="取消", **quake))
    assert "震度5弱" in world.heard(told)[0]
    assert "誤りだった" in world.heard(told)[1]
    assert world.heard(stranger) == []


async def test_an_earthquake_is_told_again_only_when_it_is_graver(world: Warned) -> None:
    user = await world.resident()
    await world.send(intensities(0, {"252": {CITY: "5-"}}, event="1"))
    await world.send(intensities(5, {"252": {CITY: "5-"}}, event="2"))
    assert len(world.heard(user)) == 1
    await world.send(intensities(9, {"252": {CITY: "5+"}}, event="3"))
    assert len(world.heard(user)) == 2


async def test_a_level_three_waits_for_the_morning_and_an_end_in_the_night_takes_it_back(
    world: Warned,
) -> None:
    world.later(5 * 60)
    sleeper = await world.resident()
    awake = await world.resident(Preferences(quiet=None))
    await world.send(landslide(300, "09"))
    assert [len(world.heard(u)) for u in (sleeper, awake)] == [0, 1]
    world.later(330)
    await world.send(landslide(330, None))
    world.instant += timedelta(hours=12)
    await world.retry()
    assert [len(world.heard(u)) for u in (sleeper, awake)] == [0, 2]


async def test_level_four_wakes_everybody_in_the_night(world: Warned) -> None:
    world.later(5 * 60)
    sleeper = await world.resident(Preferences(hazards=(Hazard.earthquake,), topics=()))
    await world.send(landslide(300, "49"))
    assert len(world.heard(sleeper)) == 1


async def test_an_end_waits_until_the_warning_has_arrived(world: Warned) -> None:
    user = await world.resident()
    world.line.fault(path=MULTICAST, timeout_after_accept=1.0, hold_ms=6000)
    await world.send(landslide(0, "49"))
    world.line.clear_faults()
    # However slow the machine is, the second try comes when it is told to.
    await world.query("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour'")
    await world.send(landslide(10, None))
    assert len(world.heard(user)) == 1, "the end waits: the warning is not confirmed"
    await world.retry()
    await world.retry()
    heard = world.heard(user)
    assert [text[:4] for text in heard] == ["【レベル", "【解除】"]


async def test_those_whom_a_warning_never_reached_hear_of_no_end(world: Warned) -> None:
    user = await world.resident()
    world.line.fault(path=MULTICAST, error_rate=1.0)
    await world.send(landslide(0, "49"))
    world.line.clear_faults()
    await world.query("UPDATE bot_announcement SET stop_reason = 'stopped by staff'")
    await world.send(landslide(10, None))
    await world.retry()
    await world.retry()
    assert world.heard(user) == []


async def test_one_end_is_no_end_of_the_other_dangers(world: Warned) -> None:
    user = await world.resident()
    await world.send(landslide(0, "49"))
    await world.send(rain(1, "03"))
    await world.send(landslide(20, None))
    assert "ほかに出ているもの：レベル３大雨警報" in world.heard(user)[-1]


async def test_a_worker_that_dies_between_any_two_steps_tells_everybody_once(
    world: Warned,
) -> None:
    """Each step is done by another worker, after one that did it and died before saying so."""
    users = [await world.resident() for _ in range(3)]
    await world.send(landslide(0, "09"), work=False)
    city = world.settings.city
    for job, table in (
        (APPLY, "disaster_message"),
        (PUSH, "disaster_change"),
        (SEND_CHUNK, "bot_announcement_chunk"),
    ):
        for _ in range(2):
            survivor = Worker(world.settings, world.now)
            for (row_id,) in await world.query(f"SELECT id FROM {table}"):  # noqa: S608
                [name] = {APPLY: ["message_id"], PUSH: ["change_id"]}.get(job, ["chunk_id"])
                await survivor.do(city, job, **{name: row_id})
            await survivor.close()
    await world.work()
    assert [len(world.heard(user)) for user in users] == [1, 1, 1]
    other = Worker(world.settings, world.now)
    world.later(30)
    await world.send(landslide(30, "49"), work=False)
    [(newest,)] = await world.query("SELECT max(id) FROM disaster_message")
    await other.do(city, APPLY, message_id=newest)
    await other.close()
    await world.work()
    assert [len(world.heard(user)) for user in users] == [2, 2, 2]
    assert await world.query("SELECT kind FROM disaster_change ORDER BY id") == [
        ("started",),
        ("raised",),
    ]


async def test_reading_everything_anew_tells_nothing_twice(world: Warned) -> None:
    user = await world.resident()
    await world.send(landslide(0, "49"))
    keeper = world.parts.containers[world.settings.city].get(StateKeeper)
    assert await keeper.reprocess(world.now() - timedelta(days=1)) == 1
    await world.work()
    assert len(world.heard(user)) == 1
    assert await world.query("SELECT level, active FROM disaster_entry") == [(4, True)]


async def test_an_exercise_goes_the_whole_way_marked_and_apart_from_the_real_state(
    world: Warned,
) -> None:
    user = await world.resident()
    intake = Intake(world.database, world.now)
    for minute, level in enumerate((4, 0)):
        world.later(minute)
        body = drill_telegram(
            "landslide", level, "07202", "会津若松市", world.now(), world.settings.timezone
        )
        await intake.receive("drill", body)
        await world.work()
    first, last = world.heard(user)
    assert first.startswith("【訓練】これは訓練です。実際の災害ではありません。\n【レベル４土砂")
    assert last.startswith("【訓練】")
    assert "【解除】" in last
    assert await world.query("SELECT DISTINCT lane FROM disaster_entry") == [("drill",)]
    assert await world.query("SELECT * FROM disaster_entry WHERE lane = 'actual'") == []


async def test_in_production_an_exercise_is_noted_and_sent_to_nobody(world: Warned) -> None:
    user = await world.resident()
    body = drill_telegram(
        "landslide", 5, "07202", "会津若松市", world.now(), world.settings.timezone
    )
    await Intake(world.database, world.now).receive("drill", body)
    container = world.parts.containers[world.settings.city]
    real = world.settings.model_copy(update={"environment": "production"})
    await container.get(StateKeeper).apply(1)
    clients = container.get(AnnounceClient), MenuClient(container.get(InternalClient))
    pusher = Pusher(world.database, world.now, real, *clients)
    await pusher.push(1)
    await world.work()
    assert world.heard(user) == []
    assert await world.decisions() == [("landslide", "started", "noted", None)]
