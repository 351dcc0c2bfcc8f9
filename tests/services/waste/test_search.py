"""What residents write is matched with the demo city's districts and things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.settings import ROOT
from services.waste.districts import is_only_area, named_areas, resolve_area
from services.waste.importer import read_city
from services.waste.search import (
    ItemIndex,
    find_categories,
    is_sure,
    spot,
    subject,
)

_, CITY = read_city(ROOT / "city/aizuwakamatsu/waste")
INDEX = ItemIndex(CITY)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("スプレー缶ってどう捨てるの？", "スプレー缶"),
        ("ふとんすてたいんだけど", "布団"),
        ("モバイルバッテリーの処分方法", "モバイルバッテリー"),
        ("けいこうとうはどうすればいいですか", "蛍光灯"),
        ("片付けで古いこたつが出てきたんだけど、これってどうすればいいのかな", "こたつ"),
        ("りんごの木の枝", "りんごの木の枝"),
        ("漬物石ぶん投げてえんだけど", "漬物石"),
        ("雛人形どうしたらいい", "雛人形"),
        ("ﾃﾚﾋﾞ捨てたい", "テレビ"),
        ("灯油があまった", "灯油"),
        ("100円ライターの捨て方", "ライター"),
        ("包丁なげたい", "包丁"),
        ("ペットボトルのキャップは？", "ペットボトルのキャップ"),
        ("ガスコンロ", "ガスコンロ"),
        ("レシートって燃えるゴミ？", "レシート"),
        ("賞味期限切れの米", "米"),
        ("雪かきスコップ壊れた", "雪かきスコップ"),
        ("土はどうするの", "土"),
        ("スマホのモバイルバッテリー膨らんでる", "モバイルバッテリー"),
    ],
)
def test_the_thing_is_found_in_the_sentence(text: str, name: str) -> None:
    matches = INDEX.search(text)
    assert matches[0].target.name == name
    assert is_sure(matches)


@pytest.mark.parametrize(
    ("text", "among"),
    [
        ("電池", {"乾電池", "ボタン電池", "充電式電池"}),
        ("ストーブ捨てたい", {"石油ストーブ", "電気ストーブ", "まきストーブ"}),
        ("猫砂", {"ペットの砂（紙・木・おから製）", "ペットの砂（鉱物製・ベントナイト）"}),
        ("タイヤと灯油", {"タイヤ", "灯油"}),
        ("モバイルバッテリ", {"モバイルバッテリー"}),
        ("水ぎん体温計", {"水銀体温計"}),
    ],
)
def test_in_doubt_the_likely_things_are_offered(text: str, among: set[str]) -> None:
    matches = INDEX.search(text)
    assert not is_sure(matches)
    assert among <= {match.target.name for match in matches}


@pytest.mark.parametrize("text", ["宇宙船の捨て方", "人工衛星", "だいすき", "これ何ごみ？", "！？"])
def test_a_thing_that_is_not_on_the_list_is_not_made_up(text: str) -> None:
    assert INDEX.search(text) == []


def test_every_thing_is_found_by_its_own_name() -> None:
    missed = [
        target.name
        for target in CITY.targets
        if target.name not in [m.target.name for m in INDEX.search(target.name)]
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("ごみのやつ", ""),
        ("ゴミの件について", ""),
        ("ごみのこと", ""),
        ("ごみの空き缶", "空き缶"),
        ("捨て方、はさみの", "はさみ"),
        ("のり", "のり"),
    ],
)
def test_joints_and_vague_words_are_no_thing(text: str, asked: str) -> None:
    assert subject(text) == asked


def test_request_words_fall_away() -> None:
    assert subject("すみません、植木鉢の捨て方を教えてください") == "植木鉢"
    assert subject("ごみの分別について知りたい") == ""


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("城西", "城西"),
        ("城西です", "城西"),
        ("じょうさい", "城西"),
        ("一箕町", "一箕"),
        ("鶴城地区だよ", "鶴城"),
        ("うちは東山温泉です", "東山"),
        ("きたあいづ", "北会津"),
        ("湊", "湊"),
        ("城西じゃなくて鶴城", "鶴城"),
        ("いや、鶴城です", "鶴城"),
        ("城西地区ではなく湊", "湊"),
        ("城西じゃないです", None),
        ("門田の北部", None),
        ("門田", None),
        ("城東", None),
    ],
)
def test_districts_are_resolved_or_left_open(text: str, label: str | None) -> None:
    area, _ = resolve_area(CITY, text)
    assert (area.label if area else None) == label


def test_a_district_that_is_taken_back_is_not_offered() -> None:
    assert named_areas(CITY, "夜9時に、城西じゃなくて鶴城で")[0].label == "鶴城"
    assert is_only_area(CITY, "城西じゃなくて門田")
    _, candidates = resolve_area(CITY, "城西じゃなくて門田")
    assert [c.label for c in candidates] == ["門田（北部）", "門田（南部）"]


def test_a_name_of_two_districts_offers_both() -> None:
    area, candidates = resolve_area(CITY, "門田です")
    assert area is None
    assert [c.label for c in candidates] == ["門田（北部）", "門田（南部）"]


@pytest.mark.parametrize("text", ["明日は何のごみ", "こうやって捨てる", "いっきに片付けたい"])
def test_no_district_is_read_into_other_words(text: str) -> None:
    assert named_areas(CITY, text) == []


def test_only_a_bare_district_is_an_answer_by_itself() -> None:
    assert is_only_area(CITY, "城西地区です")
    assert is_only_area(CITY, "えーっと、城西でした🏯")
    assert is_only_area(CITY, "城西だなし")
    assert not is_only_area(CITY, "城西の避難所")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("もえるゴミいつ", ("燃やせるごみ",)),
        ("燃えないやつの日", ("燃やせないごみ",)),
        ("プラの日", ("プラスチック製容器包装",)),
        ("次のプラいつ？", ("プラスチック製容器包装",)),
        ("ペットボトルは", ("ペットボトル",)),
        ("缶とびんはいつ", ("缶類", "びん類")),
        ("資源ごみ", ("ペットボトル", "缶類", "びん類", "古紙類")),
        ("次の粗大", ("粗大ごみ",)),
        ("明日は何", ()),
    ],
)
def test_everyday_names_of_kinds_are_understood(text: str, kinds: tuple[str, ...]) -> None:
    assert find_categories(CITY, text) == kinds


def test_a_short_kana_word_must_stand_alone() -> None:
    assert spot("いすを捨てる", ["いす"]) == ["いす"]
    assert spot("だいすきなもの", ["いす"]) == []


@given(st.text(max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    INDEX.search(text)
    resolve_area(CITY, text)
    find_categories(CITY, text)
