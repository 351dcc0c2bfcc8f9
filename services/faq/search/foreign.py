"""Which entry a question in another language is about.

No word of such a question stands in a Japanese entry. What tells is how near it is in meaning to
the entry, and to how people ask for it and what it says in their own language
(`services/faq/core_answers.py`), together with the words it shares with those.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from kit.embedding import Embedder, Vectors
from kit.errors import UnavailableError
from services.faq.contract import Verdict
from services.faq.core_answers import Core
from services.faq.rules import Entry
from services.faq.search.postings import Scores
from services.faq.search.ranker import Found, Ranking
from services.faq.search.senses import Senses

_WORD = re.compile(r"[a-z0-9]{2,}|[぀-ヿ一-鿿]+")
_CJK = re.compile(r"[぀-ヿ一-鿿]")
_KANA = re.compile(r"[ぁ-ヿ]")
_LATIN = re.compile(r"[a-z]{2}")
_PLURAL = re.compile(r"(?<=[a-z]{4})s$")
# The core's first sentences say what it is about.
_READ_OF_CORE = 200
# A word that only the answer holds counts less than one that people ask with.
_TOLD = 0.6


@dataclass(frozen=True)
class Mix:
    """How the signals of a language are weighed, and from where on an entry answers."""

    asked: float
    told: float
    passage: float
    wording: float
    words: float
    likely: float
    sure: float
    lead: float


# Chosen on the wordings of the core answers, each left out in turn, and on sentences about nothing
# the FAQ knows: a wrong answer costs more than a list. The model of the vectors never learnt
# Vietnamese, so that words count most there.
MIXES: Mapping[str, Mix] = {
    "en": Mix(1, 1, 0.5, 1, 1, likely=1.3, sure=1.5, lead=0.1),
    "zh": Mix(1, 1, 0.5, 1, 1, likely=1.5, sure=1.7, lead=0.1),
    "pt": Mix(1, 1, 0.5, 1, 1, likely=1.3, sure=1.5, lead=0.1),
    "vi": Mix(0.5, 0.5, 0, 0, 1.5, likely=0.8, sure=0.9, lead=0.15),
}
"""How each language is ranked; the others are searched as Japanese is."""


class ForeignRanker:
    """The entries as they are asked for in one other language. For any thread."""

    def __init__(
        self, entries: Sequence[Entry], cores: Sequence[Core], mix: Mix, embedder: Embedder
    ) -> None:
        """Prepare the vectors. Raises UnavailableError while the embedder fails."""
        self._entries = tuple(entries)
        self._mix = mix
        self._embedder = embedder
        self._senses = Senses(entries, embedder)
        places = {entry.id: place for place, entry in enumerate(entries)}
        self._cores = [core for core in cores if core.id in places and core.asked]
        self._places = np.array([places[core.id] for core in self._cores], dtype=np.intp)
        asked = [wording for core in self._cores for wording in core.asked]
        self._firsts = np.cumsum([0, *(len(core.asked) for core in self._cores[:-1])])
        told = [core.answer[:_READ_OF_CORE] for core in self._cores]
        self._asked, self._told = embedder.embed(asked, "query"), embedder.embed(told, "query")
        self._asked_words = [foreign_words(" ".join(core.asked)) for core in self._cores]
        self._told_words = [foreign_words(core.answer) for core in self._cores]
        pairs = zip(self._asked_words, self._told_words, strict=True)
        self._held = Counter(word for asked, told in pairs for word in asked | told)

    def rank(self, text: str, top: int) -> Ranking:
        """Return the best entries. Raises UnavailableError while the embedder fails."""
        vector: Vectors = self._embedder.embed([text], "query")[0]
        signals = self._signals(text, vector)
        scores = sum(getattr(self._mix, name) * values for name, values in signals.items())
        order = np.argsort(-scores, kind="stable")
        found = tuple(
            Found(
                self._entries[i],
                float(scores[i]),
                {name: round(float(values[i]), 4) for name, values in signals.items()},
            )
            for i in order[: max(top, 2)]
        )
        return Ranking(self._verdict(found), self._confidence(found[0]), found[:top])

    def _signals(self, text: str, vector: Vectors) -> dict[str, Scores]:
        cosines = self._senses.cosines(vector)
        if not cosines:
            raise UnavailableError("There are no vectors of the entries.")
        passage, wording = cosines["passage"], cosines["wording"]
        # An entry without a core answer is measured by its Japanese text alone.
        asked, told, words = wording.copy(), passage.copy(), np.zeros_like(passage)
        if not (self._mix.passage or self._mix.wording):
            asked[:], told[:] = 0, 0
        if self._cores:
            asked[self._places] = np.maximum.reduceat(self._asked @ vector, self._firsts)
            told[self._places] = self._told @ vector
            words[self._places] = self._shared(foreign_words(text))
        return {
            "passage": passage,
            "wording": wording,
            "asked": asked,
            "told": told,
            "words": words,
        }

    def _shared(self, words: set[str]) -> list[float]:
        """Return which part of the question's words each core accounts for."""
        weights = {word: self._weight(word) for word in words}
        whole = sum(weights.values()) or 1.0
        return [
            sum(
                weight * (1.0 if word in asked else _TOLD if word in told else 0.0)
                for word, weight in weights.items()
            )
            / whole
            for asked, told in zip(self._asked_words, self._told_words, strict=True)
        ]

    def _weight(self, word: str) -> float:
        return math.log(1 + len(self._cores) / self._held.get(word, 1))

    def _verdict(self, found: Sequence[Found]) -> Verdict:
        lead = found[0].score - found[1].score if len(found) > 1 else found[0].score
        if found[0].score >= self._mix.sure and lead >= self._mix.lead:
            return Verdict.sure
        return Verdict.likely if found[0].score >= self._mix.likely else Verdict.unsure

    def _confidence(self, first: Found) -> float:
        """Say how well the first fits, as a share of the most that is possible."""
        mix = self._mix
        most = mix.asked + mix.told + mix.passage + mix.wording + mix.words
        return min(1.0, max(0.0, first.score / most))


def is_foreign(text: str, language: str) -> bool:
    """Tell whether words of a talk in a language are in it: a button's may be Japanese."""
    if language not in MIXES or _KANA.search(text):
        return False
    return language == "zh" or _LATIN.search(plain(text)) is not None


def foreign_words(text: str) -> set[str]:
    """Return the words of a text without their accents (many leave them out when they type).

    Of Chinese and Japanese, pairs of signs. Of words without accents also pairs, as Vietnamese
    writes each syllable apart.
    """
    words: set[str] = set()
    before = ""
    for word in _WORD.findall(plain(text)):
        if _CJK.match(word):
            words |= {word[i : i + 2] for i in range(max(1, len(word) - 1))}
        else:
            words |= {_PLURAL.sub("", word), f"{before} {word}".strip()}
        before = word
    return words


def plain(text: str) -> str:
    """Return a text in small letters without accents; kana keep their voicing."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("đ", "d")
    kept = (sign for sign in folded if not unicodedata.combining(sign) or sign in "\u3099\u309a")
    return unicodedata.normalize("NFC", "".join(kept))
