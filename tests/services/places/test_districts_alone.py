"""A city that has no table of places: the districts' names of its calendar are all there is."""

import pytest

from services.places.importer import from_districts
from services.places.parsing import Reader
from services.places.resolution import resolve

SHORT_IN_LONG = (
    *("村松", "村松原1～2丁目", "村松原3丁目", "田町"),
    *("大和田町１〜７丁目", "北矢部", "北矢部町1～2丁目"),
)
NUMERALS = ("上目黒一丁目", "上目黒十一丁目", "目黒一丁目", "塚口町1丁目", "一の坂町")
VARIANTS = ("髙田町", "磯﨑", "渡邉町", "條南町", "四ツ谷")


@pytest.mark.parametrize(
    ("names", "text", "district"),
    [
        (SHORT_IN_LONG, "村松原2丁目の不燃ごみの日は？", "村松原1～2丁目"),
        (SHORT_IN_LONG, "村松原３丁目", "村松原3丁目"),
        (SHORT_IN_LONG, "村松", "村松"),
        (SHORT_IN_LONG, "大和田町", "大和田町１〜７丁目"),
        (SHORT_IN_LONG, "北矢部町", "北矢部町1～2丁目"),
        (SHORT_IN_LONG, "北矢部です", "北矢部"),
        (NUMERALS, "上目黒1丁目", "上目黒一丁目"),
        (NUMERALS, "上目黒１丁目", "上目黒一丁目"),
        (NUMERALS, "上目黒1-2-3の可燃ごみは？", "上目黒一丁目"),
        (NUMERALS, "上目黒11丁目", "上目黒十一丁目"),
        (NUMERALS, "塚口町一丁目", "塚口町1丁目"),
        (NUMERALS, "目黒1丁目", "目黒一丁目"),
        (NUMERALS, "一の坂町", "一の坂町"),
        (VARIANTS, "磯崎", "磯﨑"),
        (VARIANTS, "高田町", "髙田町"),
        (VARIANTS, "渡辺町", "渡邉町"),
        (VARIANTS, "渡邊町", "渡邉町"),
        (VARIANTS, "条南町", "條南町"),
        (VARIANTS, "四ッ谷", "四ツ谷"),
        (VARIANTS, "四谷です", "四ツ谷"),
    ],
)
def test_a_districts_name_is_sure_in_any_spelling(
    names: tuple[str, ...], text: str, district: str
) -> None:
    found = resolve(Reader(from_districts(names)), text)
    assert found.districts == (district,)
    assert found.settled


def test_without_its_number_a_divided_town_is_asked_about() -> None:
    found = resolve(Reader(from_districts(SHORT_IN_LONG)), "村松原")
    assert found.districts == ("村松原1～2丁目", "村松原3丁目")
    assert not found.settled


def test_a_district_of_one_number_is_not_the_whole_town() -> None:
    found = resolve(Reader(from_districts(NUMERALS)), "目黒です")
    assert found.districts == ("目黒一丁目",)
    assert not found.settled


def test_a_longer_town_is_unknown_and_the_shorter_one_only_offered() -> None:
    found = resolve(Reader(from_districts(SHORT_IN_LONG)), "新田町")
    assert found.districts == ()
    assert [name.text for name in found.unknown] == ["新田町"]
    assert found.unknown[0].similar == ("田町",)
