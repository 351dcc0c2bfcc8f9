"""The intent classifier: it learns, tells how sure it is, and comes back from disk the same."""

from pathlib import Path

import numpy as np
import pytest
from components.courtesy import question
from components.linear_model import Model, Sentence, fit
from components.sentence_vectors import encode
from components.sudachi_tokenizer import SudachiTokenizer
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

SENTENCES = {
    "waste": [
        "燃えるごみの日",
        "ごみはいつ",
        "次のゴミ収集日は",
        "びんの収集",
        "明日のごみ",
        "ごみの曜日",
    ],
    "thank": [
        "ありがとう",
        "ありがとうございました",
        "助かりました",
        "感謝します",
        "どうもね",
        "お世話様",
    ],
    "leave": [
        "やめます",
        "キャンセル",
        "もうやめたい",
        "中止して",
        "取り消します",
        "やめてください",
    ],
}
tokenizer = SudachiTokenizer(SudachiTokenizer.get_default_config())


def words(text: str) -> list[Token]:
    return tokenizer.tokenize(Message({TEXT: text}), TEXT)


def sentence(text: str) -> Sentence:
    return Sentence(words(text), encode([question(text)])[0])


def trained() -> Model:
    pairs = [(text, intent) for intent, texts in SENTENCES.items() for text in texts]
    return fit([sentence(text) for text, _ in pairs], [intent for _, intent in pairs], 0.5, seed=0)


@pytest.fixture(scope="module")
def model() -> Model:
    return trained()


@pytest.mark.parametrize(
    ("text", "intent"),
    [("可燃ゴミの日はいつ？", "waste"), ("ありがとうね", "thank"), ("途中でやめたい", "leave")],
)
def check_unseen_sentences_are_recognised(model: Model, text: str, intent: str) -> None:
    assert model.labels[int(np.argmax(model.probabilities(sentence(text))))] == intent


@pytest.mark.parametrize("text", ["", " ", "qwertz", "😀", "あ" * 5_000, "ごみ"])
def check_probabilities_add_up_for_any_text(model: Model, text: str) -> None:
    chances = model.probabilities(sentence(text))
    assert chances.sum() == pytest.approx(1)
    assert (chances >= 0).all()


def check_held_out_answers_name_every_sentence_once(model: Model) -> None:
    held = model.held_out
    assert sorted(held.wanted) == sorted(list(range(3)) * 6)
    assert (np.diff(held.confidences, axis=1) <= 0).all()
    assert len({tuple(row) for row in np.sort(held.guesses, axis=1)}) == 1


def check_a_saved_model_answers_the_same(model: Model, tmp_path: Path) -> None:
    model.save(tmp_path)
    again = Model.read(tmp_path)
    for text in ("ごみの日", "もうやめる", "知らない話"):
        assert np.allclose(model.probabilities(sentence(text)), again.probabilities(sentence(text)))


def check_training_twice_gives_the_same_model(model: Model) -> None:
    # Up to the solver's tolerance: its threads draw from one generator of random numbers.
    assert np.allclose(model.weights, trained().weights, atol=0.05)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("bottle collection", "waste"), ("I want to quit", "leave"), ("Obrigado!", "thank")],
)
def check_other_languages_are_understood_from_japanese_examples_alone(
    model: Model, text: str, intent: str
) -> None:
    assert model.labels[int(np.argmax(model.probabilities(sentence(text))))] == intent
