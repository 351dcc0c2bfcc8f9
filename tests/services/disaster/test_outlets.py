"""CAP 1.2 in and out, and the feed of the state."""

import pytest

from services.disaster.areas import areas
from services.disaster.cap import Issuer, read_cap, write_cap
from services.disaster.entries import Entry
from services.disaster.facts import Status
from services.disaster.rss import write_rss
from services.disaster.state import Board
from services.disaster.wording import kind_name
from services.disaster.xml import UnreadableError, read_xml
from tests.services.disaster.builder import at, read, sample, warning

_ISSUER = Issuer("bousai.example.lg.jp", "富山市", "https://example.lg.jp/disaster/")
_TOYAMA = "1620113"


def _state(*telegrams: bytes) -> list[Entry]:
    board = Board(areas())
    for number, data in enumerate(telegrams):
        board.apply(read(data, f"{number}.xml"))
    return [entry for entry in board.entries() if entry.area == "16201"]


def test_what_is_written_is_read_again_with_its_level_and_area() -> None:
    written = write_cap(
        _state(warning("土砂", 0, {_TOYAMA: ("49", "発表")})), _ISSUER, "id-2", at(1), "富山市"
    )
    alert = read_cap(written)
    assert (alert.identifier, alert.kind, alert.status) == ("id-2", "Alert", Status.ACTUAL)
    (info,) = alert.infos
    assert (info.level, info.urgency, info.severity) == (4, "Immediate", "Severe")
    assert info.headline == "富山市：レベル４土砂災害危険警報"
    assert info.areas[0].cities == ("16201",)
    assert alert.sent == at(1)


@pytest.mark.parametrize(("code", "level"), [("29", 2), ("09", 3), ("49", 4), ("39", 5)])
def test_each_level_has_its_urgency_and_severity(code: str, level: int) -> None:
    entries = _state(warning("土砂", 0, {_TOYAMA: (code, "発表")}))
    (info,) = read_cap(write_cap(entries, _ISSUER, "1", at(1), "富山市")).infos
    assert info.level == level


def test_all_publishers_of_a_river_forecast_are_credited() -> None:
    board = Board(areas())
    board.apply(sample("16_01_01"))
    entry = board.entry("123456789012", "flood")
    assert entry is not None
    assert entry.publishers == "○○河川事務所 ○○地方気象台 △△地方気象台"


def test_an_end_is_an_update_with_an_all_clear() -> None:
    entries = _state(
        warning("土砂", 0, {_TOYAMA: ("49", "発表")}), warning("土砂", 9, {_TOYAMA: None})
    )
    references = [("id-1", at(0)), ("id-0", at(-5))]
    alert = read_cap(write_cap(entries, _ISSUER, "id-2", at(9), "富山市", references))
    assert (alert.kind, alert.references) == ("Update", ("id-1", "id-0"))
    assert alert.infos[0].all_clear


def test_a_drill_is_an_exercise() -> None:
    assert read_cap(write_cap([], _ISSUER, "1", at(1), "富山市", drill=True)).status is (
        Status.EXERCISE
    )


def test_text_that_xml_cannot_hold_is_left_out() -> None:
    assert read_cap(write_cap([], _ISSUER, "a\x00b", at(1), "富山市")).identifier == "ab"


@pytest.mark.parametrize("status", ["Test", "System", "Draft", ""])
def test_an_alert_that_is_not_actual_is_not_real(status: str) -> None:
    text = f"<alert><identifier>1</identifier><sent>{at(0).isoformat()}</sent>"
    assert read_cap(f"{text}<status>{status}</status></alert>".encode()).status is Status.TEST


@pytest.mark.parametrize("text", ["<alert/>", "<alert><identifier>1</identifier></alert>", "<a/>"])
def test_what_is_no_alert_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_cap(text.encode())


def test_circles_and_polygons_of_others_are_read() -> None:
    text = f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier>
<sent>{at(0).isoformat()}</sent><status>Actual</status><msgType>Cancel</msgType><info>
<severity>Unknown</severity><area><areaDesc>a</areaDesc><circle>36.5,137.1 2</circle>
<polygon>1,2 3,4 5,6 1,2</polygon><polygon>nonsense</polygon></area></info></alert>"""
    (info,) = read_cap(text.encode()).infos
    assert info.level is None
    assert info.areas[0].circles == ((36.5, 137.1, 2.0),)
    assert info.areas[0].polygons == (((1, 2), (3, 4), (5, 6), (1, 2)),)


def test_the_feed_names_what_is_in_force_and_what_ended_lately() -> None:
    entries = _state(
        warning("土砂", 0, {_TOYAMA: ("49", "発表")}),
        warning("大雨", 1, {_TOYAMA: ("10", "発表")}),
        warning("土砂", 9, {_TOYAMA: None}),
    )
    feed = read_xml(write_rss(entries, "富山市", "https://x.example/", at(60), areas().name))
    titles = [item.text("title") for item in feed.walk("item")]
    assert titles == ["富山市 土砂災害 解除", "富山市 レベル２大雨注意報"]
    later = read_xml(write_rss(entries, "富山市", "https://x.example/", at(4000), areas().name))
    assert [item.text("title") for item in later.walk("item")] == ["富山市 レベル２大雨注意報"]


def test_a_confirmed_state_is_the_same_item_and_a_repeated_one_another() -> None:
    def guid(*telegrams: bytes) -> str:
        feed = read_xml(write_rss(_state(*telegrams), "t", "l", at(99), areas().name))
        return next(feed.walk("guid")).value

    first = warning("土砂", 0, {_TOYAMA: ("49", "発表")})
    again = warning("土砂", 30, {_TOYAMA: ("49", "継続")})
    over = warning("土砂", 40, {_TOYAMA: None})
    anew = warning("土砂", 50, {_TOYAMA: ("49", "発表")})
    assert guid(first) == guid(first, again)
    assert guid(first) != guid(first, over, anew)


@pytest.mark.parametrize(
    ("name", "area", "said"),
    [
        ("32-39_11_09_250206_VTSE41", "03202", "大津波警報"),
        ("data_20220918154907", "47207", "津波注意報"),
        ("data_20220918171502", "47207", "津波 解除"),
        ("32-35_01_01_100806_VXSE51", "442", "震度6弱"),
        ("45_01_01_200522_VFVO50", "20208", "火口周辺警報"),
        ("67_01_03_140927_VFVO56", "21203", "噴火したもよう"),
        ("15_16_06_241226_VPWW60", "01214", "大雪警報"),
        ("15_16_06_241226_VPWW60", "01512", "大雪注意報"),
        ("19_08_04_250630_VPHW51", "11100", "竜巻注意情報"),
    ],
)
def test_hazards_are_called_as_the_agency_calls_them(name: str, area: str, said: str) -> None:
    board = Board(areas())
    telegram = sample(name)
    board.apply(telegram)
    entry = board.entry(area, telegram.facts[0].hazard)
    assert entry is not None
    assert kind_name(entry) == said
