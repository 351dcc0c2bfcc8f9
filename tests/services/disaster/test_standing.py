"""Which telegram stands: legacy, drills, cancellations, late ones, ageing."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.disaster.areas import areas
from services.disaster.facts import Telegram
from services.disaster.state import Board
from tests.services.disaster.builder import (
    Told,
    at,
    envelope,
    intensities,
    landslide_notice,
    old_warning,
    read,
    sample,
    told,
    warning,
)

NANTO, OYABE = "1621000", "1620900"


@pytest.mark.parametrize("old_first", [True, False])
def test_a_legacy_telegram_beside_the_new_one_changes_nothing(old_first: bool) -> None:
    new = warning("土砂", 1, {NANTO: ("49", "発表"), OYABE: None})
    old = landslide_notice(0 if old_first else 2, {NANTO: "3", OYABE: "3"})
    state = told(old, new) if old_first else told(new, old)
    assert state.active("landslide") == {"16210": 4}
    assert [(c["area"], c["kind"]) for c in state.changes] == [("16210", "started")]


def test_a_legacy_telegram_does_not_keep_up_what_the_new_one_lifted() -> None:
    state = told(
        old_warning(0, {NANTO: ("03", "発表")}),
        warning("大雨", 1, {NANTO: ("03", "発表")}),
        warning("大雨", 60, {NANTO: ("03", "解除")}),
        old_warning(59, {NANTO: ("03", "継続")}),
    )
    assert state.active("rain") == {}
    assert state.kinds("16210", "rain") == [("started", None, 3), ("ended", 3, None)]


def test_a_legacy_telegram_counts_for_other_hazards_and_offices() -> None:
    state = told(
        warning("大雨", 0, {NANTO: ("10", "発表")}),
        old_warning(1, {NANTO: ("03", "発表")}),
        old_warning(2, {NANTO: ("05", "発表")}, office="別の気象台"),
        landslide_notice(3, {NANTO: "3"}),
    )
    assert state.active("rain") == {"16210": 2}
    assert state.active("wind") == {"16210": "05"}
    assert state.active("landslide") == {"16210": 4}


def test_the_real_companions_of_toyama_add_nothing_to_the_new_telegrams() -> None:
    new = warning("土砂", 104, {"1620800": ("49", "発表"), NANTO: ("49", "発表")})
    companions = [sample("202607_keiho_toyama_companion"), sample("202607_dosha_keikai")]
    state = told(*companions, new)
    assert state.active("landslide") == {"16208": 4, "16210": 4}
    assert {change["hazard"] for change in state.changes} == {"landslide", "rain", "thunder"}


def test_a_new_telegram_after_the_time_asked_for_does_not_silence_the_legacy() -> None:
    files = (landslide_notice(0, {NANTO: "3"}), warning("土砂", 60, {NANTO: None}))
    assert told(*files, as_of=at(30)).active("landslide") == {"16210": 4}
    assert told(*files).active("landslide") == {}


def test_the_special_warning_notice_is_no_source_of_its_own_beside_the_warning() -> None:
    fukui = {"1820100": ("43", "発表")}
    state = told(
        warning("大雨", 0, fukui, office="福井地方気象台"),
        sample("VPNO50_20260830_fukui_switch"),
    )
    assert len(state.changes) == 1


@pytest.mark.parametrize("status", ["訓練", "試験", "", "なぞ"])
def test_whatever_is_not_plainly_real_stays_out_of_the_real_state(status: str) -> None:
    drill = warning("土砂", 30, {NANTO: ("39", "発表")}, status=status)
    real = told(warning("土砂", 0, {NANTO: ("09", "発表")}), drill)
    lines = [line for line in real.lines if line.get("drill") is not True]
    assert [line["level"] for line in lines] == [3, 3]
    drills = [line for line in real.lines if line.get("drill") is True]
    assert {line["level"] for line in drills} == {5}


def test_a_drill_does_not_end_the_real_warning_and_covers_no_legacy() -> None:
    state = told(
        landslide_notice(0, {NANTO: "3"}), warning("土砂", 9, {NANTO: None}, status="訓練")
    )
    assert state.active("landslide") == {"16210": 4}


@pytest.mark.parametrize("reported", [30, 10])
def test_a_cancellation_retracts_what_its_subject_holds(reported: float) -> None:
    cancel = envelope("気象警報・注意報（Ｒ０６）（土砂）", reported, "", info_type="取消")
    state = told(
        warning("土砂", 10 - 1, {NANTO: ("49", "発表"), "1620113": ("49", "発表")}),
        warning("大雨", 9, {NANTO: ("03", "発表")}),
        cancel,
    )
    assert state.kinds("16210", "landslide") == [("started", None, 4), ("retracted", 4, None)]
    assert state.kinds("16201", "landslide")[-1] == ("retracted", 4, None)
    assert state.active("rain") == {"16210": 3}


def test_a_cancelled_early_warning_is_retracted_everywhere() -> None:
    state = told(sample("37_01_01_240613_VXSE43"), sample("37_01_03_240613_VXSE43"))
    assert state.active("eew") == {}
    assert {c["kind"] for c in state.changes} == {"started", "retracted"}
    assert state.kinds("38203", "eew")[-1] == ("retracted", "31", None)


def test_a_region_once_warned_of_an_earthquake_stays_so_until_the_cancellation() -> None:
    def early(minutes: float, serial: str, *regions: str) -> bytes:
        areas = "".join(f"<Area><Code>{region}</Code></Area>" for region in regions)
        headline = (
            '<Information type="緊急地震速報（細分区域）"><Item><Kind><Code>31</Code></Kind>'
            f"<Areas>{areas}</Areas></Item></Information>"
        )
        return envelope(
            "緊急地震速報（警報）", minutes, "", headline=headline, event="1", serial=serial
        )

    state = told(early(0, "1", "622", "632"), early(0.1, "2", "632", "752"))
    assert {"622", "632", "752"} <= set(state.active("eew"))
    assert {change["kind"] for change in state.changes} == {"started"}


def test_a_tsunami_cancellation_is_matched_by_any_of_the_ids_in_the_field() -> None:
    def tsunami(minutes: float, event: str) -> bytes:
        item = (
            "<Item><Area><Code>250</Code></Area><Category><Kind><Code>62</Code></Kind></Category>"
        )
        body = f"<Tsunami><Forecast>{item}</Item></Forecast></Tsunami>"
        return envelope("津波警報・注意報・予報a", minutes, body, event=event)

    def cancel(event: str) -> bytes:
        return envelope("津波警報・注意報・予報a", 9, "", event=event, info_type="取消")

    two = "20151114055157 20151114061750"
    assert told(tsunami(0, two), cancel("20151114061750")).active("tsunami") == {}
    assert told(tsunami(0, two), cancel("20160101000000")).active("tsunami")
    # A cancellation that comes before what it cancels still stands.
    late = told(cancel("20151114055157"), tsunami(0, "20151114055157"))
    assert late.active("tsunami") == {}
    assert late.changes == []


def test_what_was_cancelled_does_not_come_back_with_a_late_copy() -> None:
    issue = intensities(0, {"741": {"4320200": "4"}}, event="1", serial="1")
    cancel = envelope("震源・震度に関する情報", 5, "", event="1", serial="2", info_type="取消")
    state = told(cancel, issue, issue)
    assert state.active("earthquake") == {}
    assert state.changes == []


def test_a_late_cancellation_of_an_older_telegram_leaves_the_newer_alone() -> None:
    cancel = envelope("気象警報・注意報（Ｒ０６）（土砂）", 5, "", info_type="取消")
    state = told(warning("土砂", 9, {NANTO: ("49", "発表")}), cancel)
    assert state.active("landslide") == {"16210": 4}
    assert len(state.changes) == 1


def test_a_delayed_telegram_is_only_recorded() -> None:
    assert told(warning("土砂", 0, {NANTO: ("49", "発表")}, info_type="遅延")).lines == []


def test_a_correction_without_a_change_is_silent() -> None:
    state = told(
        warning("土砂", 0, {NANTO: ("49", "発表")}),
        warning("土砂", 0, {NANTO: ("49", "発表")}, info_type="訂正"),
    )
    assert len(state.changes) == 1


def test_a_correction_of_the_same_minute_stands_whichever_comes_first() -> None:
    issue = warning("土砂", 0, {NANTO: ("49", "発表")})
    correction = warning("土砂", 0, {NANTO: ("09", "発表")}, info_type="訂正")
    assert told(issue, correction).active("landslide") == {"16210": 3}
    assert told(correction, issue).active("landslide") == {"16210": 3}


def test_a_late_older_telegram_changes_nothing() -> None:
    state = told(
        warning("土砂", 30, {NANTO: ("09", "発表")}),
        warning("土砂", 0, {NANTO: ("49", "発表"), OYABE: ("49", "発表")}),
    )
    assert state.active("landslide") == {"16210": 3}
    assert len(state.changes) == 1


def test_a_tornado_notice_ends_when_it_said_and_that_is_a_change() -> None:
    tornado = sample("19_08_04_250630_VPHW51")
    before = told(tornado, as_of=tornado.reported_at.replace(hour=10, minute=29))
    after = told(tornado, as_of=tornado.reported_at.replace(hour=10, minute=30))
    assert before.state("11100", "tornado") == (None, "1", True)
    assert after.state("11100", "tornado") == (None, "1", False)
    assert after.kinds("11100", "tornado")[-1] == ("ended", "1", None)


def test_an_earthquake_is_shown_for_a_day() -> None:
    quake = intensities(0, {"741": {"4320200": "4"}}, event="1", serial="1")
    assert told(quake, as_of=at(24 * 60 - 1)).active("earthquake")["43202"] == "4"
    later = told(quake, as_of=at(24 * 60))
    assert later.active("earthquake") == {}
    assert {change["kind"] for change in later.changes} == {"started"}


def test_a_warning_that_nobody_confirms_is_not_shown_after_three_days_and_no_all_clear() -> None:
    issue = warning("土砂", 0, {NANTO: ("49", "発表")})
    state = told(issue, as_of=at(72 * 60))
    assert state.active("landslide") == {}
    assert len(state.changes) == 1
    renewed = told(issue, warning("土砂", 60, {NANTO: ("49", "継続")}), as_of=at(72 * 60))
    assert renewed.active("landslide") == {"16210": 4}


def test_a_cancelled_tornado_notice_is_retracted_though_it_has_no_id() -> None:
    tornado = sample("19_08_04_250630_VPHW51")
    minutes = (tornado.reported_at - at(0)).total_seconds() / 60 + 3
    cancel = envelope(
        "竜巻注意情報（目撃情報付き）", minutes, "", office="熊谷地方気象台", info_type="取消"
    )
    state = told(tornado, cancel)
    assert state.kinds("11100", "tornado")[-1] == ("retracted", "1", None)
    assert state.active("tornado") == {}


def test_both_tornado_notices_of_one_moment_make_one_start() -> None:
    new = sample("19_08_04_250630_VPHW51")
    old = replace(new, family="VPHW50", subject="VPHW50 x", legacy=True, covers=frozenset())
    assert told(old, new).kinds("11100", "tornado") == [("started", None, "1")]
    assert told(old).active("tornado")


def test_what_a_board_covers_can_be_given_to_the_next() -> None:
    first = Board(areas())
    first.apply(read(warning("土砂", 0, {NANTO: None})))
    legacy = read(landslide_notice(1, {NANTO: "3"}))
    assert Board(areas(), first.covered).apply(legacy) == []
    assert Board(areas()).apply(legacy) != []


def test_a_warning_of_two_days_is_unconfirmed_and_a_volcanos_is_not() -> None:
    board = Board(areas())
    board.apply(read(warning("土砂", 0, {NANTO: ("49", "発表")})))
    board.apply(sample("45_01_01_200522_VFVO50"))
    landslide, volcano = board.entry("16210", "landslide"), board.entry("20208", "volcano")
    assert landslide is not None
    assert volcano is not None
    assert not landslide.unconfirmed(at(48 * 60 - 1))
    assert landslide.unconfirmed(at(48 * 60))
    assert not volcano.unconfirmed(at(48 * 60))


def test_a_volcano_warning_has_no_age_limit() -> None:
    volcano = sample("45_01_01_200522_VFVO50")
    state = told(volcano, as_of=volcano.reported_at.replace(year=2026))
    assert state.active("volcano")["20208"] == "02"


def test_the_national_telegram_corrects_what_an_offices_lost_telegram_left_behind() -> None:
    national = warning("集約通報", 60, {NANTO: None, OYABE: ("29", "継続")}, office="気象庁本庁")
    state = told(
        warning("土砂", 0, {NANTO: ("49", "発表"), OYABE: ("29", "発表")}),
        national,
        warning("土砂", 90, {NANTO: ("29", "発表"), OYABE: ("29", "継続")}),
    )
    assert state.kinds("16210", "landslide") == [
        ("started", None, 4),
        ("ended", 4, None),
        ("started", None, 2),
    ]
    assert state.kinds("16209", "landslide") == [("started", None, 2)]
    alone = told(national)
    assert alone.active("landslide") == {"16209": 2}
    assert alone.state("16210", "landslide") is None


_SEQUENCE = [
    read(warning("土砂", 0, {NANTO: ("09", "発表"), OYABE: ("29", "発表")}), "a"),
    read(warning("土砂", 30, {NANTO: ("49", "発表"), "1620113": ("29", "発表")}), "b"),
    read(warning("土砂", 60, {NANTO: ("09", "危険警報から警報")}), "c"),
    read(landslide_notice(31, {NANTO: "3", OYABE: "3"}), "d"),
    read(warning("大雨", 20, {NANTO: ("33", "発表")}), "e"),
    read(envelope("気象警報・注意報（Ｒ０６）（大雨）", 50, "", info_type="取消"), "f"),
    read(intensities(5, {"741": {"4320200": "4"}}, event="1", serial="1"), "g"),
    read(intensities(9, {"741": {"4320200": "5-"}}, event="1", serial="2"), "h"),
    sample("data_20210217140808_0_VXSE51"),
    sample("data_20210217140958_0_VXSE53"),
    sample("data_20220918154907"),
    sample("data_20220918171502"),
    read(warning("土砂", 40, {NANTO: ("39", "発表")}, status="訓練"), "i"),
]


def _in_force(state: Told) -> list[tuple[object, ...]]:
    return [
        (line["area"], line["hazard"], line["level"], line["kind_code"], line["source"])
        for line in state.lines
        if line["type"] == "state" and line["active"]
    ]


@settings(max_examples=30, deadline=None)
@given(st.permutations(_SEQUENCE), st.lists(st.sampled_from(_SEQUENCE), max_size=5), st.randoms())
def test_order_and_repetition_do_not_change_what_is_in_force(
    shuffled: list[Telegram], again: list[Telegram], chance: random.Random
) -> None:
    files = [*shuffled]
    for telegram in again:
        files.insert(chance.randint(0, len(files)), telegram)
    assert _in_force(told(*files)) == _in_force(told(*_SEQUENCE))


@given(st.lists(st.sampled_from(_SEQUENCE), max_size=6))
@settings(max_examples=20, deadline=None)
def test_telegrams_that_come_twice_change_what_they_change_once(files: list[Telegram]) -> None:
    twice = [telegram for telegram in files for _ in range(2)]
    assert told(*twice).lines == told(*files).lines
