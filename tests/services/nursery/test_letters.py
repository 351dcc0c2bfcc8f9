"""The sentences of a result, on the page and in the letter."""

import pytest

from services.nursery.contract import Better
from services.nursery.letters import reason_words


def better(reason: str, lowest: float | None = None, own: float = 40.0) -> Better:
    return Better.model_validate(
        {"name": "A", "seats": 2, "reason": reason, "lowest": lowest, "own": own}
    )


@pytest.mark.parametrize(
    ("one", "alone", "words"),
    [
        (better("full", 42), True, "いちばん低い点数は42点、お子さんは40点です。"),
        (better("full", 40), True, "公平なくじの順"),
        (better("full", 38), False, "きょうだいの希望とあわせた結果"),
        (better("full"), True, "いま通っているお子さんで定員"),
        (better("siblings"), False, "組み合わせがそろいませんでした"),
        (better("siblings"), True, "担当にお尋ねください"),
    ],
)
def test_each_reason_has_its_sentence(one: Better, alone: bool, words: str) -> None:
    assert words in reason_words(one, alone=alone)
