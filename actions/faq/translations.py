"""Core answers in the language of the turn, and which entry a question asks for word by word.

What is asked in other words the search finds by its meaning (`services/faq/search/foreign.py`).
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from kit.wording import SOURCE, language
from services.faq.contract import Core, city_cores

_WORD = re.compile(r"[a-z0-9]{2,}|[぀-ヿ一-鿿]+")
_CJK = re.compile(r"[぀-ヿ一-鿿]")
# A question has to be explained by this share, and to explain this share of a known wording.
_COVER, _ECHO = 0.5, 0.5


@lru_cache
def load_core(city_dir: Path, spoken: str) -> "Cores":
    """Return the core answers of a language, once in a process; none of Japanese."""
    return Cores(() if spoken == SOURCE else city_cores(city_dir, spoken))


class Cores:
    """The core answers of one language."""

    def __init__(self, cores: Sequence[Core]) -> None:
        """Index how people ask."""
        self._answers = {core.id: core.answer for core in cores}
        self._titles = {core.id: core.asked[0] for core in cores if core.asked}
        self._asked = [(core.id, _terms(text)) for core in cores for text in core.asked]
        held = Counter(term for _, terms in self._asked for term in terms)
        self._weight = {t: math.log(1 + len(self._asked) / n) for t, n in held.items()}

    def answer(self, entry_id: str) -> str:
        """Return the core of an entry, empty where there is none."""
        return self._answers.get(entry_id, "")

    def title(self, entry_id: str) -> str:
        """Return the plainest question for an entry, empty where there is none."""
        title = self._titles.get(entry_id, "")
        return title[:1].upper() + title[1:]

    def entry_asked(self, text: str) -> str:
        """Return the id of the entry that a question is about, empty where none is near."""
        words = _terms(text)
        whole = self._sum(words)
        best, score = "", 0.0
        for entry_id, terms in self._asked:
            shared = words & terms
            if len(shared) < min(2, len(words)):
                continue
            common = self._sum(shared)
            cover, echo = common / (whole or 1), common / (self._sum(terms) or 1)
            if cover >= _COVER and echo >= _ECHO and cover * echo > score:
                best, score = entry_id, cover * echo
        return best

    def _sum(self, terms: set[str]) -> float:
        return sum(self._weight.get(term, 1.0) for term in terms)


def core_answer(entry_id: str, city_dir: Path) -> str:
    """Return the core answer in the language of the turn, empty where there is none."""
    return load_core(city_dir, language()).answer(entry_id)


def title_of(entry_id: str, question: str, city_dir: Path) -> str:
    """Return an entry's question in the language of the turn, in Japanese where there is none."""
    return load_core(city_dir, language()).title(entry_id) or question


def entry_asked(text: str, city_dir: Path) -> str:
    """Return the entry that a question in the turn's language is about, empty for none."""
    return load_core(city_dir, language()).entry_asked(text)


# Words that say only that something is asked, without accents.
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "about an and are as at be bi by can cho co como cua da dau de do does duoc e em esta "
        "eu faco fica for get gi go have how if in is it la lam me meu minha muon my na nao "
        "need nhu no o of on onde or os para phai please posso preciso que quero se the thi "
        "this to toi um uma va want what when where with you your ",
    )
)


def _terms(text: str) -> set[str]:
    """Return the words of a text, without accents; of Chinese and Japanese, pairs of signs."""
    decomposed = unicodedata.normalize("NFKD", text).casefold().replace("đ", "d")
    kept = (
        sign for sign in decomposed if unicodedata.category(sign) != "Mn" or sign in "\u3099\u309a"
    )
    terms: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFC", "".join(kept))):
        if _CJK.match(word):
            terms |= {word[i : i + 2] for i in range(max(1, len(word) - 1))}
        elif word not in _EMPTY:
            terms.add(_stem(word))
    return terms


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") else word
