"""What the sentence encoder adds, and where it is kept out."""

import numpy as np
import pytest
from components.courtesy import question
from components.sentence_vectors import (
    WEIGHT,
    WEIGHT_WITHOUT_KANA,
    WholeSentence,
    encode,
    is_known,
)

TEXTS = ["住民票がほしい", "ごみの日はいつ", "避難所はどこ", "Where is the shelter?", "ひなんじょはどこ"]


@pytest.fixture(scope="module")
def whole() -> WholeSentence:
    return WholeSentence.learn(encode(TEXTS))


def check_sentences_that_mean_the_same_lie_near_across_languages() -> None:
    vectors = encode(TEXTS)
    near = vectors @ vectors.T
    assert near[2, 3] > 0.5
    assert near[2, 3] > max(near[2, 0], near[2, 1]) + 0.1


def check_a_sentence_weighs_by_its_language_and_kana_alone_nothing(whole: WholeSentence) -> None:
    lengths = np.linalg.norm(whole.features(encode(TEXTS)), axis=1)
    assert lengths == pytest.approx([WEIGHT] * 3 + [WEIGHT_WITHOUT_KANA, 0], abs=1e-4)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("じゅうみんひょうがほしい", False),
        ("ゴミノヒ", False),
        ("住民票がほしい", True),
        ("ひなんじょはどこにありますかおしえてください市", False),
        ("请问垃圾", True),
        ("Where?", True),
        ("😀", True),
    ],
)
def check_japanese_without_kanji_is_left_to_the_other_features(text: str, known: bool) -> None:
    assert is_known(text) is known


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "水" * 50_000, "😀" * 999])
def check_odd_text_has_a_vector_too(text: str) -> None:
    assert np.linalg.norm(encode([text])[0]) == pytest.approx(WEIGHT_WITHOUT_KANA, abs=1e-3)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("お忙しいところすみません、住民票がほしい。よろしくお願いします", "住民票がほしい"),
        ("こんにちは", "こんにちは"),
        ("住民票がほしい", "住民票がほしい"),
        ("ｺﾞﾐの日、よろしくお願いします", "ｺﾞﾐの日、よろしくお願いします"),
    ],
)
def check_courtesy_is_left_out_of_what_is_encoded(text: str, asked: str) -> None:
    assert question(text) == asked
