"""Danger is heard first on the whole way: chat, webhook, Rasa, actions, and back."""

import pytest

from concierge.local_stack import LocalStack
from tests.journeys.test_conversations import Talk, words
from tests.support import Line

HOTLINE = "よりそいホットライン"


@pytest.fixture
def talk(stack: LocalStack) -> Talk:
    return Talk(Line(stack.line))


@pytest.mark.parametrize(
    "text",
    [
        "死にたい",
        "こんにちは、もう死にたいです",
        "ありがとう。さようなら。消えたい",
        "死にたい、もうやめる",
    ],
)
def test_despair_gets_numbers_and_nothing_else_whatever_was_understood(
    talk: Talk, text: str
) -> None:
    answer = talk.say(text)
    assert len(answer) == 1
    assert HOTLINE in words(answer)


def test_despair_in_the_middle_of_a_question_is_heard_once(talk: Talk) -> None:
    talk.say("ごみの日を教えて")
    answer = words(talk.say("もう死にたい"))
    assert answer.count(HOTLINE) == 1
    assert "地区" not in answer
    talk.say("近くの避難所を教えて")
    answer = words(talk.say("もう死にたい"))
    assert answer.count(HOTLINE) == 1
    assert "どこ" not in answer


def test_danger_with_a_question_gets_the_numbers_first_and_once(talk: Talk) -> None:
    answer = talk.say("人が倒れた！AEDはどこ")
    assert "119" in words(answer[:1])
    assert words(answer).count("すぐに119") == 1
    assert len(answer) > 1


def test_a_question_left_by_cancelling_is_not_taken_up_again(talk: Talk) -> None:
    talk.say("近くの避難所を教えて")
    talk.say("キャンセル")
    answer = talk.send(
        type="location", title="現在地", address="東栄町", latitude=37.4947, longitude=139.9299
    )
    assert "km" not in words(answer)
    assert "約" not in words(answer)
