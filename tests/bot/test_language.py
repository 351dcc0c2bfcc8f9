"""Which language a turn is in: the chosen one, else the one that is written."""

import pytest

from bot.turns.language import language_of, turn_language
from messages.languages import Language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What garbage is collected tomorrow?", "en"),
        ("hello", "en"),
        ("Where is 市役所?", "en"),
        ("I want to die", "en"),
        ("Fire!", "en"),
        ("请问垃圾什么时候收", "zh"),
        ("住民票在哪里办", "zh"),
        ("請問避難所在哪裡", "zh"),
        ("我想死", "zh"),
        ("你好", "zh"),
        ("Rác cháy được thu ngày nào?", "vi"),
        ("toi muon hoi ve rac", "vi"),
        ("Xin chào", "vi"),
        ("Onde fica o abrigo mais perto?", "pt"),
        ("Não entendo japonês", "pt"),
        ("Socorro!", "pt"),
        ("ごみの 日は いつ ですか", "easy"),
        ("わたしは こどもの びょういんを さがして います", "easy"),
        ("きょう びょういん いく ばす どこ のる", "easy"),
        ("ごみの日はいつ", "ja"),
        ("ごみ", "ja"),
        ("城西 ごみ いつ", "ja"),
        ("AEDはどこ", "ja"),
        ("LINEのトークってどう使うの", "ja"),
        ("市役所の garbage", "ja"),
    ],
)
def test_script_and_words_tell_the_language(text: str, language: str) -> None:
    assert language_of(text) == language


@pytest.mark.parametrize(
    "text",
    [
        *("住民票", "国民健康保険", "城西", "会津若松市役所", "税金", "髙橋", "𠮷田", "救命講習"),
        *("👍", "？", "1234", "0242-39-1111", "AED", "OK", "My-ID", "Wi-Fi", "LINE Pay", ""),
        *("https://www.example.com/what-is-the-plan", "moshi moshi", "gomi no hi wa itsu desu ka"),
    ],
)
def test_a_message_that_does_not_tell_is_left_undecided(text: str) -> None:
    assert language_of(text) is None


def test_the_chosen_language_comes_before_the_written_one() -> None:
    spoken = turn_language("vi", "What day is it?")
    assert spoken is not None
    assert (spoken.language, spoken.is_chosen) == (Language.vi, True)


@pytest.mark.parametrize("chosen", [None, "ja"])
def test_without_a_choice_the_written_language_counts(chosen: str | None) -> None:
    spoken = turn_language(chosen, "What day is it?")
    assert spoken is not None
    assert (spoken.language, spoken.is_chosen) == (Language.en, False)
    assert turn_language(chosen, "住民票") is None
    assert turn_language(chosen, None) is None
