"""The tokenizer on any text that a telephone can send."""

import pytest
from components.sudachi_tokenizer import READING, SudachiTokenizer, _sudachi, fold
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

tokenizer = SudachiTokenizer(SudachiTokenizer.get_default_config())

AWKWARD = [
    "ｺﾞﾐﾉﾋ",
    "ｶﾞｷﾞｸﾞ",
    "か\u3099き\u3099",
    "葛\U000e0100飾区の辻\U000e0101さん",
    "👨‍👩‍👧‍👦🇯🇵👍🏽❤️",
    "𠮷野家で𩸽を食べた",
    "㈱㍿㌔㍉①Ⅳ",
    "ＡＢＣ　１２３　abc",
    "燃える\u200bごみ\ufeffの\u00ad日",
    "a\u0301e\u0308",
    "はい\r\n\tいいえ\x00\x07\x1b",
    "\ud83d",
    "々〆〇ゝヽゞ",
    "ごみ\udcff",
]
any_text = st.one_of(
    st.text(max_size=60),
    st.text(st.characters(), max_size=60),
    st.lists(st.sampled_from([*AWKWARD, "ごみの日", " ", "　"]), max_size=6).map("".join),
)


def words(text: str) -> list[Token]:
    return tokenizer.tokenize(Message({TEXT: text}), TEXT)


@settings(max_examples=500, deadline=None)
@given(any_text)
def check_every_token_is_the_slice_of_the_text_that_it_says(text: str) -> None:
    for token in words(text):
        assert text[token.start : token.end] == token.text


@settings(max_examples=500, deadline=None)
@given(any_text)
def check_tokens_follow_each_other_and_leave_only_blanks_out(text: str) -> None:
    message = Message({TEXT: text})
    position, left_out = 0, ""
    for token in tokenizer.tokenize(message, TEXT):
        assert token.start >= position
        left_out += text[position : token.start]
        position = token.end
    assert not (left_out + text[position:]).strip()
    assert message.get(TEXT) == text


@pytest.mark.parametrize("text", ["", " ", "　", "\n\t", "\u3000\u3000\n"])
def check_text_without_words_is_one_token(text: str) -> None:
    (token,) = words(text)
    assert (token.start, token.end, token.text) == (0, len(text), text)


def check_text_beyond_the_dictionary_limit_is_still_read_to_the_end() -> None:
    text = "𠮷" * 20_000 + "燃えるごみ"
    tokens = words(text)
    assert tokens[-1].end == len(text)
    assert all(text[token.start : token.end] == token.text for token in tokens)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ゴミ", "ごみ"), ("ｺﾞﾐ", "ごみ"), ("ＬＩＮＥ", "line"), ("引越し", "引っ越し")],
)
def check_spellings_of_one_word_share_a_lemma(one: str, other: str) -> None:
    assert [token.lemma for token in words(one)] == [token.lemma for token in words(other)]


def check_the_reading_is_what_is_said() -> None:
    assert [token.get(READING) for token in words("市役所")] == ["し", "やくしょ"]


def check_the_dictionary_is_loaded_once() -> None:
    assert _sudachi() is _sudachi()


def check_folding_knows_small_and_voiced_katakana() -> None:
    assert fold("ヴァッヶ") == "ゔぁっゖ"
