"""Headings of every edition, and their variants."""

import csv
import json
from pathlib import Path

from messages.hazards import DESIGNATED
from services.facilities.columns import match_columns

# The 39 columns of the current edition, as knowledge of the format lists them.
CURRENT = (
    "全国地方公共団体コード,ID,名称,名称_カナ,名称_英字,所在地_全国地方公共団体コード,町字ID,所在地_連結表記,"
    "所在地_都道府県,所在地_市区町村,所在地_町字,所在地_番地以下,建物名等(方書),緯度,経度,標高,電話番号,内線番号,"
    "連絡先メールアドレス,連絡先FormURL,連絡先備考（その他、SNSなど）,郵便番号,市区町村コード,地方公共団体名,"
    "災害種別_洪水,災害種別_崖崩れ、土石流及び地滑り,災害種別_高潮,災害種別_地震,災害種別_津波,災害種別_大規模な火事,"
    "災害種別_内水氾濫,災害種別_火山現象,指定避難所との重複,想定収容人数,対象となる町会・自治会,URL,画像,"
    "画像_ライセンス,備考"
)


def header_of(text: str) -> list[str]:
    return next(csv.reader([text]))


def test_the_current_edition_is_understood_down_to_the_comma_in_a_heading() -> None:
    header = header_of(CURRENT)
    assert len(header) == 39
    columns = match_columns(header)
    assert columns["code"] == "全国地方公共団体コード"
    assert columns["address"] == "所在地_連結表記"
    assert columns["landslide"] == "災害種別_崖崩れ、土石流及び地滑り"
    assert columns["doubles_as_shelter"] == "指定避難所との重複"
    assert columns["note"] == "備考"
    assert {hazard.value for hazard in DESIGNATED} <= set(columns)


def test_the_older_edition_is_understood() -> None:
    columns = match_columns(
        header_of(
            "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,住所,方書,緯度,経度,電話番号"
        )
    )
    assert columns["code"] == "都道府県コード又は市区町村コード"
    assert columns["source_id"] == "NO"
    assert (columns["name"], columns["address"]) == ("名称", "住所")


def test_properties_of_the_national_map_are_understood(shared: Path) -> None:
    path = shared / "samples/shelter/gsi_emergency_072028_aizuwakamatsu.json"
    properties = json.loads(path.read_text("utf-8"))["features"][0]["properties"]
    columns = match_columns(list(properties))
    assert columns["name"] == "施設・場所名"
    assert columns["source_id"] == "共通ID"
    assert columns["landslide"] == "崖崩れ、土石流及び地滑り"


def test_width_marks_prefixes_and_suffixes_of_headings_do_not_matter() -> None:
    columns = match_columns(
        [
            "ＩＤ",
            "施設の名称",
            "緯度（１０進）",
            "経度（１０進）",
            "施設の所在地",
            "災害種別：洪水",
            "災害種別＿崖崩れ，土石流及び地滑り",
            "想定収容人数（人）",
        ]
    )
    assert columns["name"] == "施設の名称"
    assert (columns["latitude"], columns["longitude"]) == ("緯度（１０進）", "経度（１０進）")
    assert columns["address"] == "施設の所在地"
    assert (columns["flood"], columns["landslide"]) == (
        "災害種別：洪水",
        "災害種別＿崖崩れ，土石流及び地滑り",
    )
    assert columns["capacity"] == "想定収容人数（人）"


def test_parts_of_an_address_are_not_taken_for_the_whole() -> None:
    columns = match_columns(header_of("ID,名称,所在地_都道府県,所在地_市区町村,緯度,経度"))
    assert "address" not in columns


def test_two_candidates_for_one_meaning_are_none() -> None:
    assert "name" not in match_columns(["正式な名称", "古い名称", "緯度", "経度"])
