"""What residents reply to one question: curt, in dialect, polite, put right, or not knowing."""

from datetime import date

import pytest

from actions.procedures.replies_parsing import Answer, Asked, answered
from tests.actions.told_examples import TODAY

INSURANCES = ("国民健康保険", "会社の健康保険", "後期高齢者医療", "家族の扶養")
OWNED = ("犬", "猫", "車", "原付", "該当なし")


def reply(asked: Asked, text: str, options: tuple[str, ...] = ()) -> Answer:
    return answered(asked, options, text, TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "はい",
        "うん",
        "ええ",
        "んだ",
        "んだない",
        "ある",
        "いるよ",
        "持ってます",
        "車あります",
        "OK",
        "Yeah",
        "もちろん",
        "してる",
        "○",
        "一応持ってます",
        "はい、持っています",
        "ハイ！",
        "そうです",
    ],
)
def test_yes_is_heard_in_every_form(text: str) -> None:
    assert reply(Asked.yes_no, text) == Answer(yes=True)


@pytest.mark.parametrize(
    "text",
    [
        "いいえ",
        "いや",
        "ううん",
        "ない",
        "ないです",
        "ありません",
        "いねえ",
        "いねぇべ",
        "ねえなあ",
        "no",
        "まだです",
        "違います",
        "持ってません",
        "車は持ってないです",
        "なし",
        "いえ、ないです",
        "うんにゃ",
        "×",
    ],
)
def test_no_is_heard_in_every_form(text: str) -> None:
    assert reply(Asked.yes_no, text) == Answer(yes=False)


@pytest.mark.parametrize("asked", Asked)
@pytest.mark.parametrize(
    "text",
    [
        "わからない",
        "わかりません",
        "さあ",
        "わがんね",
        "まだ決まってません",
        "うーん、ちょっとわからないです",
        "I don't know",
        "忘れました",
        "国保かどうか知りません",
    ],
)
def test_not_knowing_is_an_answer_to_any_question(asked: Asked, text: str) -> None:
    assert reply(asked, text, INSURANCES) == Answer(unknown=True)


@pytest.mark.parametrize("asked", Asked)
@pytest.mark.parametrize("text", ["国保ってなに？", "なんで聞くの？", "", "！"])
def test_a_question_back_is_no_answer(asked: Asked, text: str) -> None:
    assert reply(asked, text, INSURANCES) == Answer()


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("国保です", "国民健康保険"),
        ("社保だよ", "会社の健康保険"),
        ("会社の", "会社の健康保険"),
        ("扶養", "家族の扶養"),
        ("2番", "会社の健康保険"),
        ("③", "後期高齢者医療"),
        ("上のやつ", "国民健康保険"),
        ("国保じゃなくて社保", "会社の健康保険"),
        ("国保、いや社保", "会社の健康保険"),
    ],
)
def test_a_choice_is_taken_by_name_alias_or_place(text: str, label: str) -> None:
    assert reply(Asked.choice, text, INSURANCES) == Answer(labels=(label,))


@pytest.mark.parametrize("text", ["国保か社保", "9番", "ごみ"])
def test_a_choice_that_is_not_clear_is_not_taken(text: str) -> None:
    assert reply(Asked.choice, text, INSURANCES) == Answer()


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("犬と車", ("犬", "車")),
        ("犬はいるけど車はない", ("犬",)),
        ("くるまと げんつき", ("車", "原付")),
        ("全部", ("犬", "猫", "車", "原付")),
        ("どれもないです", ()),
        ("なし", ()),
        ("特にないです", ()),
    ],
)
def test_several_are_taken_at_once(text: str, labels: tuple[str, ...]) -> None:
    assert reply(Asked.several, text, OWNED) == Answer(labels=labels)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("３", 3),
        ("三人です", 3),
        ("ふたり", 2),
        ("いません", 0),
        ("2人、いや3人", 3),
        ("5歳", 5),
        ("二", 2),
    ],
)
def test_a_number_is_read_however_it_is_written(text: str, number: int) -> None:
    assert reply(Asked.number, text) == Answer(number=number)


def test_two_numbers_without_a_correction_are_no_answer() -> None:
    assert reply(Asked.number, "2か3") == Answer()


@pytest.mark.parametrize(
    ("asked", "text", "day"),
    [
        (Asked.day, "11月20日", date(2027, 11, 20)),
        (Asked.past_day, "11月20日", date(2026, 11, 20)),
        (Asked.past_day, "20日です", date(2026, 11, 20)),
        (Asked.past_day, "11月20日、いや21日", date(2026, 11, 21)),
        (Asked.past_day, "先週の金曜", date(2026, 11, 27)),
        (Asked.day, "来月1日", date(2026, 12, 1)),
        (Asked.past_day, "R8.11.3", date(2026, 11, 3)),
    ],
)
def test_a_day_is_read_as_lying_behind_where_that_was_asked(
    asked: Asked, text: str, day: date
) -> None:
    found = reply(asked, text).day
    assert found is not None
    assert (found.first, found.last) == (day, day)


def test_a_day_that_does_not_exist_is_said_back() -> None:
    assert reply(Asked.day, "2月30日") == Answer(missing="2月30日")
