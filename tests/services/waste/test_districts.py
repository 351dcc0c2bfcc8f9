"""A district is taken as meant only where its name stands by itself, however it is spelt."""

from pathlib import Path

import pytest

from kit.settings import ROOT
from services.waste.districts import doubtful_areas, named_areas, resolve_area
from services.waste.importer import read_city
from services.waste.rules import Area, CityData

_, DEMO = read_city(ROOT / "city/aizuwakamatsu/waste")


def read(folder: Path) -> CityData:
    report, city = read_city(folder)
    assert report.problems == []
    return city


@pytest.fixture
def long_names(shared: Path) -> CityData:
    return read(shared / "cases/data/01-short-name-inside-long-name")


@pytest.fixture
def chome(shared: Path) -> CityData:
    return read(shared / "cases/data/02-chome-numerals")


@pytest.fixture
def variants(shared: Path) -> CityData:
    return read(shared / "cases/data/05-variant-kanji")


def city_of(*names: str) -> CityData:
    return CityData(("可燃",), tuple(Area(name, name, "", ("月",)) for name in names))


def sure(city: CityData, text: str) -> str | None:
    area, _ = resolve_area(city, text)
    return area.label if area else None


def offered(city: CityData, text: str) -> list[str]:
    area, candidates = resolve_area(city, text)
    assert area is None
    return [candidate.label for candidate in candidates]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("村松原2丁目の不燃ごみの日は？", "村松原1～2丁目"),
        ("村松原三丁目です", "村松原3丁目"),
        ("大和田町", "大和田町１〜７丁目"),
        ("大和田町の可燃ごみはいつ", "大和田町１〜７丁目"),
        ("大和田町5丁目12番地", "大和田町１〜７丁目"),
        ("北矢部町", "北矢部町1～2丁目"),
        ("北矢部", "北矢部"),
        ("村松の不燃ごみの日は？", "村松"),
        ("住所は新居、田町の1番地です", "田町"),
        ("今日田町燃えるごみの日？", "田町"),
    ],
)
def test_the_longest_name_that_stands_in_the_words_is_meant(
    long_names: CityData, text: str, label: str
) -> None:
    assert sure(long_names, text) == label


def test_a_name_shared_by_two_districts_offers_both_and_not_the_short_one(
    long_names: CityData,
) -> None:
    assert offered(long_names, "村松原") == ["村松原1～2丁目", "村松原3丁目"]
    assert offered(long_names, "村松原の不燃ごみはいつ") == ["村松原1～2丁目", "村松原3丁目"]


@pytest.mark.parametrize("text", ["新田町", "新田町です", "新田町の不燃ごみはいつ", "田町原"])
def test_a_name_within_an_unlisted_one_is_only_offered(long_names: CityData, text: str) -> None:
    assert "田町" in offered(long_names, text)
    assert named_areas(long_names, text) == []
    assert [area.label for area in doubtful_areas(long_names, text)] == ["田町"]


def test_a_block_that_is_not_listed_is_only_offered(long_names: CityData) -> None:
    assert "大和田町１〜７丁目" in offered(long_names, "大和田町8丁目です")
    assert named_areas(long_names, "大和田町8丁目のごみ") == []


def test_half_a_name_of_another_place_is_not_taken_as_the_listed_one() -> None:
    city = city_of("新田原", "みなみさくらだい", "さくらだい", "門田町")
    assert offered(city, "新田") == ["新田原"]
    assert sure(city, "門田") == "門田町"
    assert sure(city, "みなみさくらだい") == "みなみさくらだい"
    assert "さくらだい" in offered(city, "ひがしさくらだいです")


@pytest.mark.parametrize("text", ["昨日新しい冷蔵庫が来た", "数日新聞を出していない"])
def test_letters_of_two_words_are_no_district(text: str) -> None:
    assert named_areas(DEMO, text) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("上目黒1丁目", "上目黒一丁目"),
        ("上目黒１丁目", "上目黒一丁目"),
        ("上目黒1-2-3", "上目黒一丁目"),
        ("上目黒１−２−３の可燃ごみはいつ", "上目黒一丁目"),
        ("上目黒1丁目の可燃ごみはいつですか", "上目黒一丁目"),
        ("上目黒11丁目", "上目黒十一丁目"),
        ("塚口町一丁目", "塚口町1丁目"),
        ("目黒1丁目", "目黒一丁目"),
        ("一の坂町", "一の坂町"),
    ],
)
def test_a_block_has_one_name_in_kanji_and_in_figures(
    chome: CityData, text: str, label: str
) -> None:
    assert sure(chome, text) == label


def test_a_town_of_several_blocks_offers_its_own(chome: CityData) -> None:
    assert offered(chome, "上目黒の可燃はいつ") == ["上目黒一丁目", "上目黒十一丁目"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("磯崎", "磯﨑"),
        ("高田町", "髙田町"),
        ("渡辺町", "渡邉町"),
        ("渡邊町", "渡邉町"),
        ("条南町", "條南町"),
        ("四ッ谷", "四ツ谷"),
        ("四谷", "四ツ谷"),
        ("高田町のごみはいつ", "髙田町"),
    ],
)
def test_variants_of_kanji_are_one_name(variants: CityData, text: str, label: str) -> None:
    assert sure(variants, text) == label


def test_of_two_names_that_differ_only_in_spelling_the_written_one_is_meant() -> None:
    city = city_of("大沢", "大澤")
    assert sure(city, "大澤") == "大澤"
    assert sure(city, "大沢です") == "大沢"
