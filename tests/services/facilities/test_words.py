"""Reading sentences with the demo city's own lists."""

from collections import Counter

import pytest

from kit.settings import ROOT
from kit.tables import ImportReport
from messages.hazards import Hazard
from services.facilities.contract import Kind
from services.facilities.importer import read_city
from services.facilities.parsing import (
    Gazetteer,
    categories_of,
    category_in,
    danger_in,
    hazards_in,
    shelter_kind_in,
    snow_in,
    town_of,
)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    report = ImportReport("city")
    records = read_city(ROOT / "city" / "aizuwakamatsu" / "facilities", report)
    assert report.problems == []
    return Gazetteer(records)


@pytest.mark.parametrize(
    ("text", "hazards"),
    [
        ("川があふれそう", (Hazard.flood,)),
        ("がけ崩れのとき", (Hazard.landslide,)),
        ("いま揺れた", (Hazard.earthquake,)),
        ("じしん こわい", (Hazard.earthquake,)),
        ("大雨で道路が冠水", (Hazard.inland_flood,)),
        ("土砂降りで帰れない", (Hazard.inland_flood,)),
        ("大雨で裏山が崩れそう", (Hazard.landslide, Hazard.inland_flood)),
        ("ツナミ", (Hazard.tsunami,)),
        ("磐梯山が噴火", (Hazard.volcano,)),
        ("高潮", (Hazard.storm_surge,)),
        ("火事が広がってきた", (Hazard.fire,)),
        ("避難所はどこ", ()),
        ("川の近くの公園", ()),
    ],
)
def test_everyday_words_name_hazards(text: str, hazards: tuple[Hazard, ...]) -> None:
    assert hazards_in(text) == hazards


@pytest.mark.parametrize(
    "text", ["大雪の避難所", "雪崩がこわい", "裏山から雪崩", "雪で家がつぶれそう", "吹雪で動けない"]
)
def test_snow_is_no_hazard_of_the_table_and_asks_for_a_building(text: str) -> None:
    assert snow_in(text)
    assert hazards_in(text) == ()
    assert shelter_kind_in(text) is Kind.shelter


def test_a_flood_of_melting_snow_and_a_quake_in_snow_keep_their_hazards() -> None:
    assert not snow_in("雪解けで川が増水")
    assert hazards_in("大雪の日に地震") == (Hazard.earthquake,)
    assert shelter_kind_in("大雪の日に地震") is Kind.emergency_site


@pytest.mark.parametrize(
    "text", ["助けて", "家の中に水が入ってきた", "膝まで水がきてる", "逃げ遅れた", "逃げらんね"]
)
def test_words_of_people_in_danger_are_heard(text: str) -> None:
    assert danger_in(text)


@pytest.mark.parametrize(
    "text", ["洪水のときの避難場所", "避難所はどこ", "大雨がこわい", "崖が心配"]
)
def test_a_calm_question_is_not_danger(text: str) -> None:
    assert not danger_in(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("避難所", Kind.emergency_site),
        ("家が壊れたので寝泊まりできる避難所", Kind.shelter),
        ("福祉避難所", Kind.welfare_shelter),
        ("寝たきりの父と逃げたい", Kind.emergency_site),
    ],
)
def test_running_comes_before_staying_unless_the_words_say_otherwise(text: str, kind: Kind) -> None:
    assert shelter_kind_in(text) is kind


@pytest.mark.parametrize(
    ("text", "category"),
    [
        ("としょかん", "図書館"),
        ("ﾄｲﾚ", "トイレ"),
        ("aed", "AED"),
        ("図書館の駐車場", "駐車場"),
        ("駐車場のある図書館", "図書館"),
        ("コミセン", "コミュニティセンター"),
        ("シンプルな質問", ""),
        ("ごみの日", ""),
    ],
)
def test_the_last_word_is_the_head_of_a_category(text: str, category: str) -> None:
    assert category_in(text) == category


def test_a_description_makes_a_category_only_of_an_amenity() -> None:
    assert categories_of(["北会津支所"], "図書館のとなり。車いす対応トイレ") == (
        "トイレ",
        "支所・市民センター",
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市役所は何時まで", ["会津若松市役所 本庁舎"]),
        ("稽古堂の開館時間", ["生涯学習総合センター（會津稽古堂）"]),
        ("河東公民館の電話", ["河東公民館"]),
        ("城北コミセンどこ", ["城北コミュニティセンター"]),
        ("鶴が城体育館", ["鶴ケ城体育館"]),
        ("北会津支所と河東支所", ["北会津支所", "河東支所"]),
        ("体育館", []),
        ("こもれび", []),
    ],
)
def test_facilities_are_found_by_their_names(
    gazetteer: Gazetteer, text: str, names: list[str]
) -> None:
    assert Counter(r.name for r in gazetteer.named(text)) == Counter(names)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("門田です", "門田地区"),
        ("かわひがしの公民館", "河東地区"),
        ("会津若松駅の近く", "会津若松駅"),
        ("湊の避難所", "湊地区"),
        ("西栄町のあたり", "西栄町"),
        ("城西小学校のそば", "城西小学校"),
        ("一箕町松長", "一箕町松長"),
    ],
)
def test_districts_stations_places_and_towns_are_points_to_count_from(
    gazetteer: Gazetteer, text: str, name: str
) -> None:
    point = gazetteer.origin(text)
    assert point is not None
    assert point.name == name


@pytest.mark.parametrize("text", ["新日新町の近く", "東七日町です"])
def test_a_town_within_the_name_of_an_unknown_one_is_no_point(
    gazetteer: Gazetteer, text: str
) -> None:
    assert gazetteer.origin(text) is None
    assert not gazetteer.only_origin(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("鶴が城", "鶴ヶ城"), ("荒館です", "荒舘地区"), ("城西高校の近く", "城西地区")],
)
def test_places_are_found_in_other_spellings(gazetteer: Gazetteer, text: str, name: str) -> None:
    point = gazetteer.origin(text)
    assert point is not None
    assert point.name == name


def test_an_unknown_place_is_no_point(gazetteer: Gazetteer) -> None:
    assert gazetteer.origin("おばあちゃんの家") is None


@pytest.mark.parametrize(
    "text", ["門田です", "今、会津若松駅にいます", "日新町8-28", "城西のあたり"]
)
def test_a_sentence_that_only_says_where_is_known(gazetteer: Gazetteer, text: str) -> None:
    assert gazetteer.only_origin(text)


@pytest.mark.parametrize(
    "text", ["門田のごみの日", "城西の避難所", "はい", "会津若松駅の近くの図書館"]
)
def test_a_sentence_that_says_more_is_not_only_a_place(gazetteer: Gazetteer, text: str) -> None:
    assert not gazetteer.only_origin(text)


@pytest.mark.parametrize(
    ("address", "town"),
    [
        ("福島県会津若松市門田町大字日吉字小金井48", "門田町"),
        ("福島県会津若松市一箕町松長4-9-2", "一箕町松長"),
        ("福島県会津若松市西七日町2-33", "西七日町"),
        ("福島県会津若松市慶山1丁目1-53", "慶山"),
        ("福島県会津若松市飯盛三丁目1", "飯盛"),
        ("石川県七尾市一本杉町124", "一本杉町"),
        ("福島県耶麻郡猪苗代町字城南100", "城南"),
        ("", ""),
    ],
)
def test_the_town_is_cut_from_an_address(address: str, town: str) -> None:
    assert town_of(address) == town
