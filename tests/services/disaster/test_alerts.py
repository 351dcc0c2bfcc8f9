"""CAP 1.2 in: J-Alert and other systems, told in fixed sentences, changed and taken back."""

import pytest

from bot.preferences.contract import Preferences
from messages.hazards import Hazard
from services.disaster.areas import areas
from services.disaster.replay import replay
from services.disaster.service import StateKeeper
from services.disaster.telegrams.reading import read_telegram
from services.disaster.xml import UnreadableError
from tests.services.disaster.builder import at
from tests.services.disaster.world import ENGLISH, Warned


def alert(
    number: int,
    *,
    event: str = "弾道ミサイル情報",
    status: str = "Actual",
    kind: str = "Alert",
    city: str = "07202",
    more: str = "",
    weight: tuple[str, str] = ("Immediate", "Extreme"),
    scope: str = "Public",
    refers: int = 0,
) -> bytes:
    """An alert, sent so many minutes after the beginning; later ones refer to that of `refers`."""
    first = f"receiver,a{refers},{at(refers).isoformat()}" if number else ""
    info = (
        f"<info><language>ja-JP</language><category>Safety</category><event>{event}</event>{more}"
        f"<urgency>{weight[0]}</urgency><severity>{weight[1]}</severity><certainty>Likely</certainty>"
        "<headline>そのまま伝えてはならない文</headline><area><areaDesc>福島県</areaDesc>"
        f"<geocode><valueName>JIS5</valueName><value>{city}</value></geocode></area></info>"
    )
    body = "" if kind == "Cancel" else info
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>a{number}</identifier><sender>receiver</sender>"
        f"<sent>{at(number).isoformat()}</sent><status>{status}</status><msgType>{kind}</msgType>"
        f"<scope>{scope}</scope><references>{first}</references>{body}</alert>"
    ).encode()


async def test_an_alert_is_told_to_everybody_in_fixed_words_and_taken_back(world: Warned) -> None:
    quakes = await world.resident(Preferences(hazards=(Hazard.earthquake,), topics=()))
    english = await world.resident(ENGLISH)
    await world.send(alert(0), hook="cap")
    await world.send(alert(0), hook="cap")
    [said] = world.heard(quakes)
    assert said.startswith("【ミサイル発射情報】\n会津若松市（7/28 17:00、国（Jアラート）発表）")
    assert "丈夫な建物の中か地下" in said
    assert "伝えてはならない" not in said
    assert world.heard(english)[0].startswith("【Missile launch】")
    stranger = await world.resident()
    world.later(2)
    await world.send(alert(2, kind="Cancel"), hook="cap")
    assert world.heard(quakes)[-1].startswith("【取り消し】国民保護の情報")
    assert world.heard(stranger) == []


async def test_an_all_clear_ends_it_for_those_who_were_told(world: Warned) -> None:
    user = await world.resident()
    await world.send(alert(0), hook="cap")
    world.later(5)
    clear = "<responseType>AllClear</responseType>"
    await world.send(alert(5, kind="Update", more=clear), hook="cap")
    assert world.heard(user)[-1].startswith("【解除】国民保護の情報")


@pytest.mark.parametrize(
    "other",
    [{"status": "Exercise"}, {"status": "Test"}, {"city": "13101"}, {"event": "お祭り"}],
)
async def test_drills_other_cities_and_what_has_no_fixed_words_reach_nobody(
    world: Warned, other: dict[str, str]
) -> None:
    user = await world.resident()
    await world.send(alert(0, **other), hook="cap")
    assert world.heard(user) == []
    assert await world.decisions() == []


def test_what_is_no_alert_is_refused() -> None:
    with pytest.raises(UnreadableError):
        read_telegram(alert(0, kind="Ack"), "x", areas())
    with pytest.raises(UnreadableError, match="Public"):
        read_telegram(alert(0, scope="Private"), "x", areas())
    bomb = alert(0).replace(b"<alert", b'<!DOCTYPE a [<!ENTITY b "c">]><alert', 1)
    with pytest.raises(UnreadableError, match="document type"):
        read_telegram(bomb, "x", areas())


SEVERE, MODERATE = ("Expected", "Severe"), ("Future", "Moderate")
DANGER = ("Immediate", "Severe")


def replayed(*files: bytes) -> list[tuple[object, ...]]:
    telegrams = [read_telegram(file, f"{n}.xml", areas()) for n, file in enumerate(files)]
    lines = replay(telegrams, areas()).lines("07202")
    found = [line for line in lines if line["type"] == "change"]
    return [(c["hazard"], c["kind"], c["from"], c["to"], c["drill"]) for c in found]


@pytest.mark.parametrize(
    ("event", "weight", "to"),
    [
        ("土砂災害", DANGER, ("landslide", 4)),
        ("Landslide", SEVERE, ("landslide", 3)),
        ("flood", MODERATE, ("flood", 2)),
        ("大雨", ("Immediate", "Extreme"), ("rain", 5)),
        ("暴風", SEVERE, ("wind", "05")),
        ("Tsunami", SEVERE, ("tsunami", "51")),
    ],
)
def test_the_hazard_and_the_level_of_any_system_are_understood(
    event: str, weight: tuple[str, str], to: tuple[object, object]
) -> None:
    [(hazard, kind, _, after, drill)] = replayed(alert(0, event=event, weight=weight))
    assert (hazard, after) == to
    assert (kind, drill) == ("started", False)


def test_what_has_no_step_or_is_measured_by_the_agency_alone_is_refused() -> None:
    for event, weight in (
        ("大雨", ("Future", "Minor")),
        ("地震", SEVERE),
        ("雷", ("Past", "Unknown")),
    ):
        with pytest.raises(UnreadableError):
            read_telegram(alert(0, event=event, weight=weight), "x", areas())


def test_updates_and_a_cancellation_find_what_they_replace_along_the_chain() -> None:
    landslide = "土砂災害"
    chain = [
        alert(0, event=landslide, weight=SEVERE),
        alert(5, event=landslide, weight=DANGER, kind="Update"),
        # It names the newest alone, not all before it.
        alert(9, kind="Cancel", refers=5),
    ]
    told = [
        ("landslide", "started", None, 3, False),
        ("landslide", "raised", 3, 4, False),
        ("landslide", "retracted", 4, None, False),
    ]
    assert replayed(*chain) == told
    assert replayed(chain[0], *chain) == told, "the same alert twice"
    assert replayed(*chain, chain[1])[:3] == told
    assert len(replayed(*chain, chain[1])) == 3, "an older one that comes late changes nothing"
    assert replayed(alert(9, kind="Cancel", refers=5)) == []


def test_an_exercise_and_a_test_leave_the_real_state_alone() -> None:
    real = alert(0, event="大雨", weight=DANGER)
    drill = alert(1, event="大雨", weight=SEVERE, kind="Update", status="Exercise")
    assert [line[-1] for line in replayed(real, drill)] == [False, True]
    assert replayed(real, drill)[0] == ("rain", "started", None, 4, False)


async def test_an_alert_of_another_system_is_told_once_credited_and_ends_at_its_time(
    world: Warned,
) -> None:
    user = await world.resident()
    expires = f"<expires>{at(30).isoformat()}</expires>"
    name = "<senderName>隣の県の防災課</senderName>"
    body = alert(0, event="土砂災害", weight=DANGER, more=f"{expires}{name}")
    await world.send(body, hook="cap")
    await world.send(body, hook="cap")
    [said] = world.heard(user)
    assert said.startswith(
        "【レベル４土砂災害危険警報】\n会津若松市（7/28 17:00、隣の県の防災課発表）"
    )
    assert "伝えてはならない" not in said
    world.later(31)
    await world.run("disaster.age")
    assert world.heard(user)[1].startswith("【解除】土砂災害")


async def test_a_restart_between_an_alert_and_its_end_forgets_nothing(world: Warned) -> None:
    user = await world.resident()
    await world.send(alert(0, event="大雨", weight=DANGER), hook="cap")
    await world.send(alert(2, event="大雨", weight=SEVERE, kind="Update"), hook="cap")
    keeper = world.parts.containers[world.settings.city].get(StateKeeper)
    keeper._lanes.clear()
    world.later(4)
    await world.send(alert(4, kind="Cancel", refers=2), hook="cap")
    assert world.heard(user)[-1].startswith("【取り消し】大雨")
