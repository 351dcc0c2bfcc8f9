"""What the intent classifier sees of a sentence: words, spelling and sound."""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from rasa.nlu.tokenizers.tokenizer import Token

from components.sudachi_tokenizer import READING, fold

Terms = Callable[[Sequence[Token]], Iterator[str]]

_LONGEST = 4
# A question that needs more is a story; its ends hold the matter.
_MAX_CHARACTERS = 1_000


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield folded normalised words and pairs of neighbours."""
    lemmas = [token.lemma for token in tokens]
    yield from lemmas
    for first, second in pairwise(lemmas):
        yield f"{first} {second}"


def _spelling(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield runs of one to four written characters: survives what the dictionary does not know."""
    return _runs(fold("".join(token.text for token in tokens)))


def _sound(tokens: Sequence[Token]) -> Iterator[str]:
    """Yield runs of the reading: brings kana, kanji and voice input together."""
    return _runs("".join(token.get(READING, token.text) for token in tokens))


def _runs(text: str) -> Iterator[str]:
    if len(text) > _MAX_CHARACTERS:
        text = text[: _MAX_CHARACTERS // 2] + text[-_MAX_CHARACTERS // 2 :]
    # The blanks mark the two ends of the sentence.
    text = f" {text} "
    for length in range(1, _LONGEST + 1):
        for start in range(len(text) - length + 1):
            yield text[start : start + length]


BLOCKS: dict[str, Terms] = {"words": _words, "spelling": _spelling, "sound": _sound}
"""Name of a block of features → its terms. Each block is weighted and normalised on its own."""
