"""A sentence in a spelling-blind form, with the way back to where each character stood."""

import re
from typing import Iterable, NamedTuple  # noqa: UP035  (as in sudachi_tokenizer)

from components.sudachi_tokenizer import fold

# A character with the marks that belong to it: ｶﾞ is one sound in two characters.
_CLUSTERS = re.compile(r".[ﾞﾟ\u3099\u309a\u0300-\u036f]*", re.DOTALL)


class Found(NamedTuple):
    """A thing named in a folded text, between two positions of it."""

    entity: str
    start: int
    end: int
    value: str | int | float


class FoldedText:
    """`words` is the folded text; `span` leads back to the text as it was written."""

    def __init__(self, text: str) -> None:
        """Fold character by character, because folding changes lengths (㌔ becomes きろ)."""
        parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        for match in _CLUSTERS.finditer(text):
            part = fold(match.group())
            parts.append(part)
            self._starts += [match.start()] * len(part)
            self._ends += [match.end()] * len(part)
        self.words = "".join(parts)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where the folded characters from start to end (not empty) were written."""
        return self._starts[start], self._ends[end - 1]


def apart(found: Iterable[Found]) -> list[Found]:
    """Return what does not overlap anything of its entity that came before it, in given order."""
    kept: list[Found] = []
    for one in found:
        if all(
            one.entity != other.entity or one.end <= other.start or other.end <= one.start
            for other in kept
        ):
            kept.append(one)
    return kept
