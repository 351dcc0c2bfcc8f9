"""What follows from telegrams one after the other."""

from tests.services.disaster.builder import (
    at,
    envelope,
    intensities,
    landslide_notice,
    sample,
    told,
    warning,
)

NANTO, OYABE, TOYAMA_WEST, TOYAMA_PLAIN = "1621000", "1620900", "1620113", "1620111"


def test_issue_raise_partial_lift_and_clear_make_one_change_each() -> None:
    state = told(
        warning("土砂", 0, {NANTO: ("09", "発表"), OYABE: ("29", "発表")}),
        warning("土砂", 30, {NANTO: ("49", "発表"), OYABE: ("29", "継続")}),
        warning("土砂", 60, {NANTO: ("49", "継続"), OYABE: ("29", "継続")}),
        warning("土砂", 90, {NANTO: ("09", "危険警報から警報"), OYABE: ("29", "解除")}),
        warning("土砂", 120, {NANTO: ("09", "解除"), OYABE: None}),
    )
    assert state.kinds("16210", "landslide") == [
        ("started", None, 3),
        ("raised", 3, 4),
        ("lowered", 4, 3),
        ("ended", 3, None),
    ]
    assert state.kinds("16209", "landslide") == [("started", None, 2), ("ended", 2, None)]
    assert state.state("16210", "landslide") == (None, "09", False)


def test_what_a_full_state_does_not_name_any_more_has_ended() -> None:
    state = told(
        warning("大雨", 0, {NANTO: ("03", "発表"), OYABE: ("10", "発表")}),
        warning("大雨", 10, {NANTO: ("03", "継続"), OYABE: None}),
    )
    assert state.kinds("16209", "rain") == [("started", None, 2), ("ended", 2, None)]
    assert state.active("rain") == {"16210": 3}


def test_one_types_telegram_leaves_another_types_warnings_alone() -> None:
    state = told(
        warning("大雨", 0, {NANTO: ("03", "発表")}),
        warning("土砂", 5, {NANTO: None}),
        warning("大雨", 6, {"2120100": ("10", "発表")}, office="岐阜地方気象台"),
    )
    assert state.active("rain") == {"16210": 3, "21201": 2}


def test_the_same_state_sent_again_makes_no_change_and_is_newer() -> None:
    state = told(
        warning("土砂", 0, {NANTO: ("49", "発表")}),
        warning("土砂", 60, {NANTO: ("49", "継続")}),
    )
    assert len(state.changes) == 1
    assert state.lines[-1]["reported_at"] == at(60).isoformat()


def test_a_city_shows_its_gravest_part_and_changes_with_it() -> None:
    state = told(
        warning("土砂", 0, {TOYAMA_WEST: ("49", "発表"), TOYAMA_PLAIN: ("29", "発表")}),
        warning(
            "土砂", 9, {TOYAMA_WEST: ("29", "危険警報から注意報"), TOYAMA_PLAIN: ("09", "発表")}
        ),
        warning("土砂", 19, {TOYAMA_WEST: None, TOYAMA_PLAIN: None}),
    )
    assert state.kinds("16201", "landslide") == [
        ("started", None, 4),
        ("lowered", 4, 3),
        ("ended", 3, None),
    ]
    assert state.kinds("1620111", "landslide")[1] == ("raised", 2, 3)


def test_an_unknown_part_belongs_to_the_city_of_its_first_five_digits() -> None:
    state = told(warning("土砂", 0, {"1620199": ("49", "発表")}))
    assert state.active("landslide") == {"1620199": 4, "16201": 4}


def test_an_unknown_code_is_shown_without_a_level() -> None:
    state = told(warning("大雨", 0, {NANTO: ("63", "発表")}))
    assert state.state("16210", "rain") == (None, "63", True)
    assert state.kinds("16210", "rain") == [("started", None, "63")]


def test_code_twenty_is_fog_in_a_warning_and_level_two_in_a_river_forecast() -> None:
    state = told(warning("その他注意報", 0, {NANTO: ("20", "発表")}), sample("16_01_01"))
    assert state.state("16210", "fog") == (None, "20", True)
    assert told(sample("16_01_01")).state("123456789012", "flood") == (2, "20", True)


def test_old_titles_of_the_new_telegrams_are_the_same_subject() -> None:
    state = told(
        warning("土砂災害", 0, {NANTO: ("49", "発表")}),
        warning("土砂", 30, {NANTO: ("49", "解除")}),
    )
    assert state.active("landslide") == {}


def test_the_landslide_notice_ends_with_its_all_clear() -> None:
    state = told(
        sample("202607_dosha_keikai_joho_toyama_serial1"),
        sample("202607_dosha_keikai_joho_toyama_serial3"),
        landslide_notice(180, dict.fromkeys([TOYAMA_WEST, "1620800", OYABE, NANTO], "1")),
    )
    assert state.kinds("16210", "landslide") == [("started", None, 4), ("ended", 4, None)]
    assert state.kinds("1620113", "landslide") == [("started", None, 4), ("ended", 4, None)]
    assert state.active("landslide") == {}
    assert state.state("16210", "landslide") == (None, "1", False)


def test_tsunami_is_issued_raised_and_over_with_the_small_changes() -> None:
    state = told(
        sample("32-39_11_02_250206_VTSE41"),
        sample("32-39_11_09_250206_VTSE41"),
        sample("32-39_11_13_250206_VTSE41"),
    )
    assert state.kinds("201", "tsunami") == [
        ("started", None, "51"),
        ("raised", "51", "52"),
        ("ended", "52", None),
    ]
    # 53 says that 52 is new: no change when it is 52 afterwards.
    assert state.kinds("210", "tsunami") == [("started", None, "53"), ("ended", "52", None)]
    assert state.active("tsunami") == {}


def test_tsunami_advisory_of_2022_ends_where_it_was_issued() -> None:
    state = told(sample("data_20220918154907"), sample("data_20220918171502"))
    assert state.kinds("47214", "tsunami") == [("started", None, "62"), ("ended", "62", None)]
    assert state.state("802", "tsunami") == (None, "60", False)


def test_one_earthquakes_reports_make_one_start_per_city() -> None:
    state = told(
        sample("data_20210217140808_0_VXSE51"),
        sample("data_20210217140847_0_VXSE52"),
        sample("data_20210217140958_0_VXSE53"),
    )
    assert state.kinds("04202", "earthquake") == [("started", None, "3")]
    assert state.kinds("222", "earthquake") == [("started", None, "3")]
    # The prompt report gave the whole region 3; the city's own value is 2.
    assert state.kinds("04214", "earthquake") == [("started", None, "3"), ("lowered", "3", "2")]
    assert not [change for change in state.changes if change["kind"] == "ended"]


def test_the_citys_own_intensity_stands_whichever_report_comes_first() -> None:
    state = told(sample("data_20210217140958_0_VXSE53"), sample("data_20210217140808_0_VXSE51"))
    assert state.active("earthquake")["04214"] == "2"
    assert state.kinds("04214", "earthquake") == [("started", None, "2")]


def test_a_second_earthquake_of_equal_strength_starts_anew_and_a_weaker_does_not() -> None:
    state = told(
        intensities(0, {"741": {"4320200": "4"}}, event="1", serial="1"),
        intensities(9, {"741": {"4320200": "4"}}, event="2", serial="1"),
        intensities(20, {"741": {"4320200": "2"}}, event="3", serial="1"),
        intensities(30, {"741": {"4320200": "5-"}}, event="4", serial="1"),
    )
    assert state.kinds("43202", "earthquake") == [
        ("started", None, "4"),
        ("started", None, "4"),
        ("raised", "4", "5-"),
    ]


def test_a_newer_report_of_the_earthquake_replaces_the_older() -> None:
    state = told(
        intensities(0, {"741": {"4320200": "4"}}, event="1", serial="1"),
        intensities(3, {"741": {"4320200": "5-"}}, event="1", serial="2"),
    )
    assert state.kinds("43202", "earthquake") == [("started", None, "4"), ("raised", "4", "5-")]


def test_the_eruption_notices_correction_changes_the_text_and_its_cancellation_retracts() -> None:
    state = told(*(sample(f"67_01_0{number}_140927_VFVO56") for number in (1, 3, 4)))
    assert state.kinds("21203", "volcano") == [
        ("started", None, "52"),
        ("text", "52", "62"),
        ("retracted", "62", None),
    ]


def test_a_special_warning_that_is_switched_down_is_lowered_and_not_over() -> None:
    state = told(sample("VPNO50_20260830_fukui_issue"), sample("VPNO50_20260830_fukui_switch"))
    assert state.kinds("18201", "rain") == [("started", None, 5), ("lowered", 5, "00")]
    assert state.state("18201", "rain") == (None, "00", True)


def test_a_lifted_special_warning_is_over() -> None:
    state = told(sample("62_01_03_130412_VPNO50"), sample("62_01_05_130412_VPNO50"))
    assert state.active("rain") == {}
    assert state.kinds("29201", "rain")[-1] == ("ended", 5, None)


def test_a_river_section_is_raised_and_cleared_with_its_cities() -> None:
    def river(minutes: float, code: str, cities: str = "") -> bytes:
        kind = f"<Item><Kind><Name>氾濫</Name><Code>{code}</Code></Kind><Areas><Area>"
        headline = "".join(
            f'<Information type="指定河川洪水予報（{scale}）">{kind}<Code>{area}</Code>'
            "</Area></Areas></Item></Information>"
            for scale, area in (("予報区域", "890904000100"), ("府県予報区等", "410000"))
        )
        return envelope(
            "指定河川洪水予報", minutes, cities, headline=headline, event="890904000100"
        )

    listed = '<Warning><Item><Areas><Area codeType="水位観測所"><CityCode>4120600</CityCode>'
    listed += "</Area></Areas></Item></Warning>"
    state = told(river(0, "30", listed), river(20, "40", listed), river(60, "22", listed))
    assert state.kinds("41206", "flood") == [
        ("started", None, 3),
        ("raised", 3, 4),
        ("lowered", 4, 2),
    ]
    assert state.active("flood") == {"890904000100": 2, "41206": 2}
    cleared = told(river(0, "30", listed), river(30, "10"))
    assert cleared.active("flood") == {}
    assert cleared.state("890904000100", "flood") == (None, "10", False)
    assert cleared.kinds("41206", "flood")[-1] == ("ended", 3, None)
    assert cleared.state("41201", "flood") is None
    # A later forecast without the list is about the cities named before, no others.
    later = told(river(0, "30", listed), river(20, "22"), river(40, "21"))
    assert later.active("flood") == {"890904000100": 2, "41206": 2}
    # Where no list ever came, all of the section's prefecture take it.
    whole = told(river(0, "20")).active("flood")
    assert {"41201", "41206", "890904000100"} <= set(whole)


def test_cities_on_one_river_take_the_levels_of_their_own_stations() -> None:
    def station(code: str, level: int) -> str:
        text = f"<Property><Type>主文</Type><Text>【警戒レベル{level}相当】水位</Text></Property>"
        return (
            f"<Item><Kind>{text}</Kind><Stations><Station><Code>{code}</Code></Station></Stations>"
            "</Item>"
        )

    def city(code: str, at_station: str) -> str:
        return f"<Area><Code>{at_station}</Code><CityCode>{code}</CityCode></Area>"

    headline = (
        '<Information type="指定河川洪水予報（予報区域）"><Item><Kind><Code>40</Code></Kind><Areas>'
        "<Area><Code>890904000100</Code></Area></Areas></Item></Information>"
    )
    cities = city("4120600", "1") + city("4120900", "2") + city("4142300", "3")
    body = (
        f"<Warning>{station('1', 4)}{station('2', 3)}<Item><Areas>{cities}</Areas></Item></Warning>"
    )
    state = told(envelope("指定河川洪水予報", 0, body, headline=headline, event="890904000100"))
    assert state.active("flood") == {"890904000100": 4, "41206": 4, "41209": 3, "41423": 4}
    assert state.state("41209", "flood") == (3, "30", True)
