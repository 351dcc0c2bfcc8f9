"""The tables of areas: what lies where."""

import pytest

from services.disaster.areas import areas, city_of, is_city_code, short


def test_codes_are_cut_to_five_digits_and_parts_keep_seven() -> None:
    assert (short("0720200"), short("1620113"), short("252")) == ("07202", "1620113", "252")
    assert (city_of("1620113"), city_of("07202"), city_of("830303020300"[:3])) == (
        "16201",
        "07202",
        "830",
    )


def test_placeholders_of_samples_are_no_cities() -> None:
    assert not is_city_code("0000000")
    assert not is_city_code("990000")
    assert is_city_code("0720200")


def test_a_city_lies_in_its_district_subdivision_and_prefecture() -> None:
    for region in ("070032", "070030", "070000"):
        assert "07202" in areas().within(region)
    assert "07202" not in areas().within("070010")


def test_a_prefecture_without_an_entry_of_its_own_is_all_of_its_subdivisions() -> None:
    assert {"01100", "01202", "01214"} <= set(areas().within("010000"))


def test_an_office_of_hokkaido_is_for_its_subdivisions() -> None:
    assert {"01202", "01361"} <= set(areas().within("017000"))
    assert "01214" not in areas().within("017000")
    assert {"01223", "0120601"} <= set(areas().within("014100"))
    assert "01207" not in areas().within("014100")


def test_parts_and_wards_show_in_their_cities() -> None:
    assert areas().whole("1620113") == "16201"
    assert areas().whole("04101") == "04100"
    assert areas().whole("22138") == "22130"
    assert areas().whole("13101") is None  # 千代田区 is a municipality
    assert areas().whole("07202") is None


@pytest.mark.parametrize(
    ("region", "city"),
    [
        ("252", "07202"),
        ("442", "22101"),
        ("350", "13101"),
        ("741", "43103"),
        ("610", "37201"),
        ("611", "37202"),
        ("591", "34207"),
        ("805", "47207"),
        ("735", "42209"),
        ("540", "29201"),
    ],
)
def test_earthquake_regions_hold_their_cities(region: str, city: str) -> None:
    assert city in areas().in_quake_region(region)


def test_nearly_every_city_has_an_earthquake_region() -> None:
    known = {city for code in areas().quake_regions for city in areas().in_quake_region(code)}
    cities = {area for area in areas().names if len(area) == 5}
    assert cities - known == set()


def test_every_coast_has_a_name_and_cities_and_inland_cities_have_no_coast() -> None:
    assert all(name and areas().on_coast(code) for code, name in areas().coasts.items())
    coastal = {city_of(area) for code in areas().coasts for area in areas().on_coast(code)}
    assert "07202" not in coastal
    assert {"03202", "07204", "47207", "16211", "34101"} <= coastal
