"""What words in other languages name, where the classifier is not sure."""

import pytest

from actions.matters.nouns_parsing import names_abroad, surely_named
from actions.waste.words_parsing import asks_how_to_put_out
from kit.settings import Settings
from kit.wording import load_wording, spoken_in

WORDING = Settings(environment="test").city_wording


@pytest.mark.parametrize(
    ("language", "intent", "text"),
    [
        ("en", "ask_certificate", "I need a certificate of my seal"),
        ("vi", "ask_moving", "mình mới chuyển nhà tuần này"),
        ("pt", "set_waste_reminder", "me lembra do lixo de terça"),
        ("zh", "set_waste_reminder", "每周通知我"),
        ("vi", "ask_river_level", "mực nước sông bây giờ"),
    ],
)
def test_a_guess_stands_where_its_matter_is_named(language: str, intent: str, text: str) -> None:
    with spoken_in(load_wording(language, WORDING)):
        assert names_abroad(intent, text)


@pytest.mark.parametrize(
    ("language", "intent", "text"),
    [
        ("en", "ask_waste_day", "where can I learn to swim"),
        ("zh", "set_waste_reminder", "还没收到学校的通知书"),
        ("pt", "report_safety", "quanto custa a consulta"),
    ],
)
def test_a_guess_falls_where_nothing_names_it(language: str, intent: str, text: str) -> None:
    with spoken_in(load_wording(language, WORDING)):
        assert not names_abroad(intent, text)


def test_in_japanese_and_for_taps_the_classifier_is_believed() -> None:
    assert names_abroad("ask_waste_day", "泳ぎを習いたい")
    with spoken_in(load_wording("en", WORDING)):
        assert names_abroad("ask_waste_day", "/ask_waste_day")


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("has the snowplow been here? the plow I mean", "ask_plow_status"),
        ("can you remind me on Mondays", "set_waste_reminder"),
        ("现在水位多少", "ask_river_level"),
        ("what is the price of a ticket", ""),
    ],
)
def test_a_skill_is_named_beyond_doubt(text: str, intent: str) -> None:
    assert surely_named(text) == intent


def test_washing_and_lids_are_no_day() -> None:
    assert asks_how_to_put_out("do I have to rinse milk cartons")
    assert asks_how_to_put_out("lon bia có cần rửa không")
    assert not asks_how_to_put_out("when do you collect cans")
    assert not asks_how_to_put_out("capを洗うの？ wash")
