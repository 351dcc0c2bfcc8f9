"""What puts something right, what asks for the last answer again, where a long story asks."""

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Turn
from actions.faq.actions import last_sentence
from actions.talking.corrections import Question, earlier_questions, meant
from actions.talking.repeat_parsing import asks_again


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("城西じゃなくて門田", "門田"),
        ("いや、20時半じゃなくて、21時にして", "21時にして"),
        ("燃えるごみではなくプラの日は？", "プラの日は？"),
        ("スプレー缶は燃えるごみじゃなくて何ですか", "スプレー缶は燃えるごみじゃなくて何ですか"),
        ("城西です", "城西です"),
        ("燃えないごみの日は？", "燃えないごみの日は？"),
    ],
)
def test_a_correction_means_what_comes_after_the_mistake(said: str, wanted: str) -> None:
    assert meant(said) == wanted


@pytest.mark.parametrize(
    "said",
    [
        "もう一回",
        "もう1度お願いします",
        "さっきのもう一度教えて",
        "さっきの",
        "すみません、もう一回言ってください",
        "聞き取れなかったのでもう一度言ってください",
    ],
)
def test_the_last_answer_is_asked_for_again(said: str) -> None:
    assert asks_again(said)


@pytest.mark.parametrize(
    "said",
    [
        "もう一回最初から",
        "さっきのは忘れて",
        "さっきの地震は大丈夫？",
        "連携用のリンクが切れた、もう一回送って",
        "除雪車もう一回来ますか",
        "教えて",
    ],
)
def test_other_words_do_not_ask_for_it(said: str) -> None:
    assert not asks_again(said)


def test_the_question_of_a_long_story_stands_at_its_end() -> None:
    assert last_sentence("越してきました。児童手当はどこですか？\n") == "児童手当はどこですか"
    assert last_sentence("児童手当") == "児童手当"


def heard(*messages: tuple[str, str]) -> Turn:
    events: list[dict[str, Any]] = [
        {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}}}
        for intent, text in messages
    ]
    tracker = Tracker("ctz_1", {}, {}, events, False, None, {}, None)
    return Turn(CollectingDispatcher(), tracker)


def test_earlier_questions_go_back_to_where_the_citizen_left() -> None:
    turn = heard(
        ("ask_shelter", "避難所"),
        ("cancel", "やめる"),
        ("ask_waste_day", "明日は？"),
        ("ask_waste_day", "/ask_waste_day"),
        ("nlu_fallback", "門田"),
    )
    assert list(earlier_questions(turn)) == [
        Question("ask_waste_day", ""),
        Question("ask_waste_day", "明日は？"),
    ]
