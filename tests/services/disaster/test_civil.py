"""J-Alert through the city's receiver: fixed sentences, to everybody, and taken back."""

import pytest

from bot.preferences.contract import Preferences
from messages.hazards import Hazard
from services.disaster.areas import areas
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
) -> bytes:
    """An alert, sent so many minutes after the beginning; others than the first refer to it."""
    first = f"receiver,a0,{at(0).isoformat()}" if number else ""
    info = (
        f"<info><language>ja-JP</language><category>Safety</category><event>{event}</event>{more}"
        "<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>"
        "<headline>そのまま伝えてはならない文</headline><area><areaDesc>福島県</areaDesc>"
        f"<geocode><valueName>JIS5</valueName><value>{city}</value></geocode></area></info>"
    )
    body = "" if kind == "Cancel" else info
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>a{number}</identifier><sender>receiver</sender>"
        f"<sent>{at(number).isoformat()}</sent><status>{status}</status><msgType>{kind}</msgType>"
        f"<scope>Public</scope><references>{first}</references>{body}</alert>"
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
