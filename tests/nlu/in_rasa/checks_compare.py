"""What the comparison with Bürokratt's pipeline gives to both sides."""

import re

import pytest
from compare import burokratt, parted, sentences


@pytest.mark.parametrize("text", ["明日のごみは？", "BCG を 打ちたい", "😀"])
def check_parting_adds_blanks_and_nothing_else(text: str) -> None:
    assert re.sub(r"\s", "", parted(text)) == re.sub(r"\s", "", text)
    assert parted("明日のごみは？") == "明日 の ごみ は ？"


def check_few_japanese_sentences_are_drawn_for_each_intent() -> None:
    drawn = sentences(per_intent=5)
    assert len(drawn) > 40
    assert {len(texts) for texts in drawn.values()} == {5}
    japanese = [
        text for texts in drawn.values() for text in texts if re.search("[ぁ-ヺ一-龥]", text)
    ]
    assert len(japanese) > 0.95 * 5 * len(drawn)


def check_their_pipeline_is_the_published_one() -> None:
    pipeline = {part["name"]: part for part in burokratt(epochs=30)["pipeline"]}
    assert pipeline["DIETClassifier"]["entity_recognition"] is False
    assert pipeline["FallbackClassifier"]["threshold"] == 0.8
