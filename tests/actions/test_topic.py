"""Which part of an entry answers a question about it, and what leaving says."""

from datetime import UTC, datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Turn
from actions.talking.actions import left_message
from actions.topic.messages import desk_hours
from actions.topic.sentences import Aspect, about, goes_on, matter_words, where_to_ask
from tests.actions.test_faq import CITY

ANSWER = (
    "市民課か支所で取れます。本人確認書類（免許証など）をお持ちください。"
    "代理の方は委任状が必要です。コンビニでも取れます。手数料は1通300円です。"
    "くわしくは市民課へお問い合わせください。"
)


@pytest.mark.parametrize(
    ("aspect", "wanted"),
    [
        (Aspect.cost, ["手数料は1通300円です。"]),
        (Aspect.proxy, ["代理の方は委任状が必要です。"]),
        (Aspect.deadline, []),
        (Aspect.language, []),
    ],
)
def test_the_sentence_about_the_aspect_is_the_answer(aspect: Aspect, wanted: list[str]) -> None:
    assert about(ANSWER, aspect, []) == wanted


def test_a_word_of_the_question_chooses_among_the_sentences() -> None:
    assert about(ANSWER, Aspect.place, matter_words("コンビニでもできる？")) == [
        "コンビニでも取れます。"
    ]
    assert about(ANSWER, None, matter_words("コンビニは")) == ["コンビニでも取れます。"]


def test_words_that_stand_in_every_question_name_no_matter() -> None:
    assert matter_words("それは何時までですか") == []
    assert matter_words("うちは私道だけど") == ["私道"]


@pytest.mark.parametrize(
    ("told", "other", "aspect", "same"),
    [
        ("住民票の写しはどこで取れますか", "代理の人が住民票を取ることはできますか", "proxy", True),
        (
            "市外から引っ越してきたときの手続き",
            "引っ越しの届け出を代理人に頼めますか",
            "proxy",
            True,
        ),
        ("国民健康保険に入りたい", "国民健康保険税はどのように決まりますか", "cost", True),
        ("子どもが病気のとき預けられる所", "保育料はいくらですか。無料になりますか", "cost", False),
        ("赤ちゃんが生まれたときの届け出", "住民票や戸籍の手数料はいくらですか", "cost", False),
        ("税金を期限までに納められません", "国民年金の保険料はいくらですか", "cost", False),
    ],
)
def test_the_price_of_another_matter_is_no_answer_to_a_bare_question(
    told: str, other: str, aspect: str, same: bool
) -> None:
    assert goes_on(told, other, Aspect(aspect)) is same


def test_an_entry_that_is_silent_still_says_whom_to_ask() -> None:
    assert where_to_ask(ANSWER) == ["くわしくは市民課へお問い合わせください。"]
    assert where_to_ask("取れます。") == []


def test_the_hours_of_the_counters_are_those_of_the_city() -> None:
    assert f"{CITY.general_desk.closes:%H}" in desk_hours(CITY.general_desk)


def turn(metadata: dict[str, Any] | None = None, **slots: Any) -> Turn:
    event = {"event": "user", "text": "明後日は？", "metadata": metadata or {}}
    latest = {"text": "明後日は？", "intent": {"name": "cancel"}, "entities": []}
    tracker = Tracker("ctz_1", slots, latest, [event], False, None, {}, None)
    return Turn(CollectingDispatcher(), tracker)


def test_an_action_hears_the_message_said_whole_and_danger_the_words_themselves() -> None:
    told = {"relation": "continues", "words": "一箕 明後日は？"}
    joined = turn({"topic": told})
    assert (joined.text, joined.said) == ("一箕 明後日は？", "明後日は？")
    assert turn().text == "明後日は？"


def test_what_an_action_leaves_is_kept_with_its_time_and_without_empty_slots() -> None:
    answered = turn()
    assert answered.topic_events(lambda: datetime(2026, 11, 30, tzinfo=UTC)) == []
    answered.leave_topic("ask_waste_day", {"area": "一箕", "date": None})
    [event] = answered.topic_events(lambda: datetime(2026, 11, 30, tzinfo=UTC))
    assert event["value"]["slots"] == {"area": "一箕"}
    assert event["value"]["at"] == "2026-11-30T00:00:00+00:00"


def test_only_what_was_under_way_is_said_to_be_ended() -> None:
    assert "やめました" not in left_message(turn()).text
    reminder = {"intent": "set_waste_reminder", "ask": "area"}
    assert "ごみの日のお知らせ" in left_message(turn(waste_pending=reminder)).text
