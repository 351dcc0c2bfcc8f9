"""Entities by rule and by dictionary: values, places in the text, and what is left alone."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from components.folded_text import FoldedText
from components.sudachi_tokenizer import SudachiTokenizer
from components.value_entities import ValueEntityExtractor, read_values
from components.word_entities import Words
from hypothesis import given
from hypothesis import strategies as st
from rasa.core.agent import Agent
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

SUNDAY = datetime(2026, 11, 29, 10, 0)
tokenizer = SudachiTokenizer(SudachiTokenizer.get_default_config())


def values(text: str) -> list[tuple[str, str, Any]]:
    """Return (entity, words, value)."""
    found = read_values(text, SUNDAY)
    return [(one["entity"], text[one["start"] : one["end"]], one["value"]) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("令和8年3月1日に生まれました", ("令和8年3月1日", "2026-03-01")),
        ("令和八年三月一日生まれ", ("令和八年三月一日", "2026-03-01")),
        ("平成元年の話", ("平成元年", "1989-01-01/1989-12-31")),
        ("R8.3.1から", ("R8.3.1", "2026-03-01")),
        ("令和8年度の予定", ("令和8年度", "2026-04-01/2027-03-31")),
        ("３月１日は", ("３月１日", "2027-03-01")),
        ("12/31は開いてる？", ("12/31", "2026-12-31")),
        ("明後日の当番医", ("明後日", "2026-12-01")),
        ("あしたは", ("あした", "2026-11-30")),
        ("来週の火曜に", ("来週の火曜", "2026-12-01")),
        ("次の日曜の病院", ("次の日曜", "2026-12-06")),
        ("日曜の病院", ("日曜", "2026-11-29")),
        ("げつようびは", ("げつようび", "2026-11-30")),
        ("今週末の当番", ("今週末", "2026-11-28/2026-11-29")),
        ("三が日に開いてる病院", ("三が日", "2027-01-01/2027-01-03")),
        ("年末年始の休み", ("年末年始", "2026-12-29/2027-01-03")),
        ("2週間後に", ("2週間後", "2026-12-13")),
        ("来月から入れる", ("来月", "2026-12")),
        ("4月入園の", ("4月", "2027-04")),
        ("今月末まで", ("今月末", "2026-11-30")),
        ("15日まで", ("15日", "2026-12-15")),
    ],
)
def check_days_are_read_from_the_writers_today(text: str, expected: tuple[str, str]) -> None:
    assert values(text) == [("date", *expected)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今夜8時半", ("今夜8時半", "20:30")),
        ("午後３時に", ("午後３時", "15:00")),
        ("夜12時", ("夜12時", "00:00")),
        ("夜2時", ("夜2時", "02:00")),
        ("20:05に", ("20:05", "20:05")),
        ("朝の六時三十分", ("朝の六時三十分", "06:30")),
    ],
)
def check_times_of_day_are_read(text: str, expected: tuple[str, str]) -> None:
    assert ("time", *expected) in values(text)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("1歳半です", 18),
        ("0歳児クラスの空き", 0),
        ("２才の子", 24),
        ("生後3か月です", 3),
        ("1歳6か月健診", 18),
        ("１０ヶ月の子がいます", 10),
        ("三歳児", 36),
        ("2さいのこ", 24),
    ],
)
def check_ages_are_months(text: str, months: int) -> None:
    assert [one[2] for one in values(text) if one[0] == "age"] == [months]


def check_measures_are_metres_and_kilograms() -> None:
    assert values("身長75.3センチ、体重９.８kgでした") == [
        ("height", "75.3センチ", 0.753),
        ("weight", "９.８kg", 9.8),
    ]
    assert values("身長 1m20cm") == [("height", "1m20cm", 1.2)]
    assert values("体重は3200グラム") == [("weight", "3200グラム", 3.2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("栄町2丁目5番17号です", ("栄町2丁目5番17号", "栄町2-5-17")),
        ("城前１０－７５の前", ("城前１０－７５", "城前10-75")),
        ("追手町三番四十六号", ("追手町三番四十六号", "追手町3-46")),
        ("中央一丁目", ("中央一丁目", "中央1")),
    ],
)
def check_addresses_are_joined_by_hyphens(text: str, expected: tuple[str, str]) -> None:
    assert values(text) == [("address", *expected)]


def check_hours_are_no_address() -> None:
    assert [one[0] for one in values("午前10-12時に来て")] == ["time"]


def check_report_numbers_are_capitals() -> None:
    assert values("ｒ-2026-0012はどうなった") == [("report_number", "ｒ-2026-0012", "R-2026-0012")]
    assert values("受付番号は 12345 です") == [("report_number", "12345", "12345")]


def check_nurseries_have_a_name_of_their_own() -> None:
    assert values("城西保育園の空き") == [("nursery", "城西保育園", "城西保育園")]
    assert values("認可保育園と近くの保育園") == []


@pytest.mark.parametrize(
    "text",
    [
        "きょうだいがいます",
        "120センチの雪",
        "30kgの粗大ごみ",
        "毎月10日",
        "第2水曜",
        "1日3回",
        "3日間休み",
        "8時に行く",
        "0242-39-1111に電話",
        "番号123456789012",
    ],
)
def check_what_names_nothing_is_left_alone(text: str) -> None:
    assert values(text) == []


@given(
    st.text(
        st.sampled_from(
            "0１二十月日時年歳才か月丁目番地cmｷﾛ㌔ﾞ-./令和R生後次の来週火曜末 城町園保育"
        ),
        max_size=40,
    )
)
def check_any_text_is_read_and_every_place_is_within_it(text: str) -> None:
    for one in read_values(text, SUNDAY):
        assert 0 <= one["start"] < one["end"] <= len(text)


@given(st.text(max_size=40))
def check_folded_text_leads_back(text: str) -> None:
    folded = FoldedText(text)
    for place in range(len(folded.words)):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text)


def check_today_is_where_the_citizen_is() -> None:
    message = Message({TEXT: "明日", "metadata": {"at": "2026-11-29T15:30:00+00:00"}})
    ValueEntityExtractor({"timezone": "Asia/Tokyo"}).process([message])
    assert message.get("entities")[0]["value"] == "2026-12-01"


WORDS = Words.learn(
    TrainingData(
        lookup_tables=[
            {"name": "certificate", "elements": ["印鑑証明", "印鑑登録証明書", "戸籍"]},
            {"name": "waste_item", "elements": ["びん", "ソファー", "ベッド", "ベッドの枠"]},
            {"name": "area", "elements": ["北会津"]},
            {"name": "facility", "elements": ["北会津支所"]},
        ],
        entity_synonyms={"印鑑証明": "印鑑登録証明書"},
    )
)


def words(text: str) -> list[tuple[str, str, Any]]:
    """Return (entity, words, value)."""
    found = WORDS.find(text, tokenizer.tokenize(Message({TEXT: text}), TEXT))
    return [(one["entity"], text[one["start"] : one["end"]], one["value"]) for one in found]


def check_a_word_is_found_in_any_spelling_with_its_chosen_name() -> None:
    assert words("ｿﾌｧｰと印鑑証明") == [
        ("waste_item", "ｿﾌｧｰ", "ソファー"),
        ("certificate", "印鑑証明", "印鑑登録証明書"),
    ]


def check_the_longest_word_wins_within_its_kind_only() -> None:
    assert words("ベッドの枠") == [("waste_item", "ベッドの枠", "ベッドの枠")]
    assert words("北会津支所") == [
        ("facility", "北会津支所", "北会津支所"),
        ("area", "北会津", "北会津"),
    ]


def check_a_short_word_in_kana_stands_alone() -> None:
    assert words("びんの日") == [("waste_item", "びん", "びん")]
    assert words("びんぼうです") == []


def check_the_trained_model_names_what_citizens_name(agent: Agent) -> None:
    parsed = asyncio.run(agent.parse_message("一箕町で日曜に耳鼻科、BCGと住民票とソファー"))
    found = {(one["entity"], one["value"]) for one in parsed["entities"]}
    assert {name for name, _ in found} >= {"area", "date", "department", "vaccine", "certificate"}
    assert ("department", "耳鼻咽喉科") in found
    assert ("waste_item", "ソファー") in found or ("waste_item", "ソファ") in found
