"""Every sample telegram, against what a person reads in it."""

import pytest

from services.disaster.areas import areas
from services.disaster.facts import InfoType, Status
from services.disaster.telegrams.reading import read_telegram
from tests.services.disaster.builder import JMA, Told, sample, told

_SHIMANE_RAIN = {
    **dict.fromkeys(["32201", "32202", "32203", "32204", "32205", "32206", "32207", "32209"], 3),
    **dict.fromkeys(["32501", "32505"], 3),
    **dict.fromkeys(["32343", "32386", "32441", "32448", "32449"], 2),
}


def _alone(name: str) -> Told:
    return told(sample(name))


def test_every_sample_is_read() -> None:
    files = sorted([*JMA.glob("official/*.xml"), *JMA.glob("live/*.xml")])
    read = [read_telegram(path.read_bytes(), path.name, areas()) for path in files]
    types = [telegram.info_type for telegram in read]
    assert len(read) == 49
    assert (types.count(InfoType.CANCELLED), types.count(InfoType.CORRECTED)) == (4, 1)
    assert sum(telegram.status is not Status.ACTUAL for telegram in read) == 2


def test_a_bulletin_with_an_empty_headline_has_the_text_of_its_body() -> None:
    assert sample("57_03_01_240401_VPFT50").headline.startswith("埼玉県では")


def test_new_rain_warning_has_levels_by_city_and_a_release_that_keeps_its_code() -> None:
    state = _alone("15_17_01_250630_VPWW55")
    assert state.active("rain") == _SHIMANE_RAIN
    assert state.state("32528", "rain") == (None, "10", False)
    assert state.state("32525", "rain") is None  # 発表警報・注意報はなし
    assert state.hazards() == {"rain"}


def test_new_landslide_warning_has_levels_by_city() -> None:
    active = _alone("15_17_01_250630_VPWW56").active("landslide")
    assert {area for area, level in active.items() if level == 4} == {"32209", "32505"}
    assert sum(level == 2 for level in active.values()) == 13
    assert len(active) == 15


def test_storm_surge_warning_is_of_level_four_in_four_cities() -> None:
    state = _alone("15_16_08_250630_VPWW57")
    assert state.active("surge") == dict.fromkeys(["01214", "01511", "01512", "01514"], 4)


def test_snow_warning_and_advisory_are_told_by_their_codes() -> None:
    state = _alone("15_16_06_241226_VPWW60")
    assert state.state("01214", "snow") == (None, "06", True)
    assert state.state("01511", "snow") == (None, "06", True)
    others = {area: code for area, code in state.active("snow").items() if code == "12"}
    assert len(others) == 8


@pytest.mark.parametrize(
    ("city", "hazard", "code"),
    [
        ("01214", "thunder", "14"),
        ("01511", "snowmelt", "17"),
        ("01512", "fog", "20"),
        ("01513", "dry", "21"),
        ("01514", "avalanche", "22"),
        ("01516", "cold", "23"),
        ("01517", "frost", "24"),
        ("01518", "icing", "25"),
        ("01519", "snowaccretion", "26"),
        ("01520", "cold", "23"),
    ],
)
def test_other_advisories_keep_their_hazards_apart(city: str, hazard: str, code: str) -> None:
    state = _alone("15_16_07_250630_VPWW61")
    assert state.state(city, hazard) == (None, code, True)
    assert sum(len(state.active(str(hazard))) for hazard in state.hazards()) == 10


def test_live_rain_warning_in_gifu_is_of_level_three_in_one_city() -> None:
    active = _alone("202607_keiho_multi_pref_gifu").active("rain")
    assert [area for area, level in active.items() if level == 3] == ["21213"]
    assert sum(level == 2 for level in active.values()) == 18


def test_live_release_of_a_thunder_advisory_is_ended_though_its_code_is_the_old_one() -> None:
    state = _alone("202607_sample_sonota_chuiho")
    assert state.active("thunder") == {}
    assert state.state("15202", "thunder") == (None, "14", False)
    assert state.state("15100", "thunder") is None
    assert state.changes == []


def test_old_warning_alone_counts_with_its_levels() -> None:
    state = _alone("15_12_01_161130_VPWW54")
    rain = state.active("rain")
    assert {a for a, level in rain.items() if level == 5} == {"32202", "32207", "32449"}
    assert {a for a, level in rain.items() if level == 3} == {"32205", "32441", "32448"}
    assert sum(level == 2 for level in rain.values()) == 8
    assert state.state("32202", "flood") == (3, "04", True)
    assert state.state("32201", "flood") == (2, "18", True)
    assert state.state("32505", "thunder") == (None, "14", True)
    assert state.state("32505", "rain") is None


def test_old_surge_warning_is_for_one_town() -> None:
    assert _alone("15_15_01_220314_VPWW54").active("surge") == {"36403": 3}


def test_live_old_warning_names_parts_of_a_city_and_the_city_shows_the_gravest() -> None:
    state = _alone("202607_keiho_toyama_companion_vpww53")
    assert state.state("1620111", "rain") == (2, "10", True)
    assert state.state("1620113", "rain") == (3, "03", True)
    assert state.state("16201", "rain") == (3, "03", True)
    assert state.state("16321", "rain") is None
    assert state.state("16321", "thunder") == (None, "14", True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("17_02_01_190529_VXWW50", {"01331", "01332"}),
        ("17_04_01_250630_VXWW50", {"14206", "14383", "14384"}),
        ("202607_dosha_keikai_joho_toyama_serial1", {"16209", "16210"}),
        (
            "202607_dosha_keikai_joho_toyama_serial3",
            {"1620113", "16201", "16208", "16209", "16210"},
        ),
    ],
)
def test_landslide_notice_alone_is_of_level_four(name: str, expected: set[str]) -> None:
    state = _alone(name)
    assert state.active("landslide") == dict.fromkeys(expected, 4)
    assert state.hazards() == {"landslide"}


def test_river_forecasts_show_the_section_with_its_level() -> None:
    assert _alone("16_01_01_220728_VXKOii").active("flood") == {"123456789012": 2}
    assert _alone("16_05_01_210630_VXKOii").active("flood") == {"123456789012": 3}


def test_special_warning_notice_is_of_level_five_in_its_cities() -> None:
    state = _alone("VPNO50_20260830_fukui_issue")
    assert state.active("rain") == dict.fromkeys(["18201", "18205", "18206"], 5)
    nara = _alone("62_01_01_130412_VPNO50").active("rain")
    assert (nara["2920701"], nara["29207"], nara["29201"]) == (5, 5, 5)
    assert "29203" not in nara


@pytest.mark.parametrize(
    "name",
    [
        "32-35_01_02_240613_VXSE52",
        "32-35_10_01_220510_VXSE51",
        "37_01_03_240613_VXSE43",
        "57_03_01_240401_VPFT50",
        "62_01_05_130412_VPNO50",
        "67_01_04_140927_VFVO56",
        "74_01_01_200512_VYSE50",
        "74_03_01_220318_VYSE50",
        "VPNO50_20260830_fukui_switch",
        "data_20210217140847_0_VXSE52",
        "data_20231120170318",
        "data_20231120190010",
    ],
)
def test_what_names_no_area_or_cancels_what_is_not_held_prints_nothing(name: str) -> None:
    assert _alone(name).lines == []


def test_intensity_report_has_each_citys_own_value_and_its_regions() -> None:
    state = _alone("data_20210217140958_0_VXSE53")
    quakes = state.active("earthquake")
    assert (quakes["04202"], quakes["07546"], quakes["222"], quakes["251"]) == ("3", "3", "3", "3")
    assert (quakes["04214"], quakes["04101"], quakes["04100"]) == ("2", "1", "1")
    assert sum(value == "3" for value in quakes.values()) == 4


def test_prompt_intensities_go_from_the_region_to_its_cities() -> None:
    quakes = _alone("202607_eq_shindo_sokuho").active("earthquake")
    assert (quakes["741"], quakes["43100"], quakes["43103"], quakes["43202"]) == ("3",) * 4
    assert "43215" not in quakes  # 天草市 lies in another region


def test_a_large_earthquakes_regions_have_their_own_values() -> None:
    quakes = _alone("32-35_01_01_100806_VXSE51").active("earthquake")
    assert (quakes["442"], quakes["440"], quakes["350"], quakes["540"]) == ("6-", "5+", "4", "3")
    assert (quakes["22100"], quakes["22130"], quakes["29201"]) == ("6-", "6-", "3")


def test_exercise_prints_drill_lines_only() -> None:
    state = _alone("32-35_01_03_240613_VXSE53")
    assert state.lines
    assert all(line["drill"] is True for line in state.lines)
    assert state.active("earthquake")["22306"] == "5-"


def test_swarm_has_each_earthquakes_values() -> None:
    quakes = _alone("202607_eq_another_event_swarm").active("earthquake")
    assert {area for area in quakes if len(str(area)) == 3} == {"732", "741", "743", "763"}
    assert quakes["42213"] == "1"


def test_early_warning_names_regions_and_their_cities() -> None:
    warned = _alone("37_01_01_240613_VXSE43").active("eew")
    regions = {area for area in warned if len(str(area)) == 3}
    assert regions == {"622", "632", "752", "751", "621", "750", "620", "703", "592"}
    assert "38203" in warned  # 宇和島市
    assert "34207" not in warned  # 福山市 lies in the region beside


def test_tsunami_warnings_name_coasts_and_the_cities_on_them() -> None:
    state = _alone("32-39_11_02_250206_VTSE41")
    coasts = {a: c for a, c in state.active("tsunami").items() if len(str(a)) == 3}
    assert {a for a, c in coasts.items() if c == "53"} == {"210", "220", "250"}
    assert {a for a, c in coasts.items() if c == "51"} == {"101", "201", "300", "310", "320"}
    assert sum(c == "62" for c in coasts.values()) == 15
    assert state.state("312", "tsunami") == (None, "71", False)
    assert state.state("03202", "tsunami") == (None, "53", True)  # 宮古市
    assert state.state("03201", "tsunami") is None  # 盛岡市 has no coast


def test_tsunami_forecast_of_small_changes_is_not_in_force() -> None:
    assert _alone("32-39_11_13_250206_VTSE41").active("tsunami") == {}


def test_tsunami_advisory_of_2022_is_for_one_coast() -> None:
    active = _alone("data_20220918154907").active("tsunami")
    assert active == dict.fromkeys(["802", "47207", "47214", "47375", "47381", "47382"], "62")


def test_volcano_warning_is_in_force_in_its_four_cities() -> None:
    active = _alone("45_01_01_200522_VFVO50").active("volcano")
    assert active == dict.fromkeys(["10425", "20208", "20321", "20323"], "02")


def test_eruption_notice_is_in_force_in_its_four_cities() -> None:
    cities = ["20429", "20432", "21203", "21220"]
    assert _alone("67_01_01_140927_VFVO56").active("volcano") == dict.fromkeys(cities, "52")
    assert _alone("67_01_03_140927_VFVO56").active("volcano") == dict.fromkeys(cities, "62")


def test_tornado_notice_names_the_cities_of_two_districts() -> None:
    active = _alone("19_08_04_250630_VPHW51").active("tornado")
    assert "11100" in active
    assert "11465" in active
    assert "11207" not in active  # 秩父市


def test_records_of_rain_go_from_the_named_district_to_its_cities() -> None:
    osaka = _alone("18_01_01_100806_VPOA50").active("recordrain")
    assert {"27100", "27140", "27202", "27383"} <= set(osaka)
    assert all(str(area).startswith("27") for area in osaka)
    abashiri = _alone("82_01_02_250630_VPBS50").active("recordrain")
    assert {"01543", "01211", "0120802", "01208"} <= set(abashiri)
    assert "01219" not in abashiri  # 紋別市
