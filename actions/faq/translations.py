"""Short core answers in other languages, and which entry a question in one of them is about.

`city/<city>/faq/translations/<language>.jsonl` holds one object a line: `id` of the entry, `answer`
(the core in a few sentences) and `asked` (how people ask in that language). The Japanese entry is
what counts; the core says the same, shorter.
"""

import json
import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kit.wording import SOURCE, language

_WORD = re.compile(r"[a-zà-ỹ0-9]{2,}|[぀-ヿ一-鿿]+")
_CJK = re.compile(r"[぀-ヿ一-鿿]")
# A question has to be explained by this share, and to explain this share of a known wording.
_COVER, _ECHO = 0.45, 0.4


@dataclass(frozen=True)
class Core:
    """One entry in another language."""

    id: str
    answer: str
    asked: tuple[str, ...]


def read_core(file: Path) -> tuple[Core, ...]:
    """Read a file. Raises ValueError or KeyError, with the line, where one is unusable."""
    if not file.exists():
        return ()
    found = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            found.append(Core(row["id"], row["answer"], tuple(row["asked"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file.name}:{number}: {error!r}") from error
    return tuple(found)


@lru_cache
def load_core(city_dir: Path, spoken: str) -> "Cores":
    """Return the core answers of a language, once in a process; none of Japanese."""
    file = city_dir / "faq" / "translations" / f"{spoken}.jsonl"
    return Cores(() if spoken == SOURCE else read_core(file))


class Cores:
    """The core answers of one language."""

    def __init__(self, cores: tuple[Core, ...]) -> None:
        """Index how people ask."""
        self._answers = {core.id: core.answer for core in cores}
        self._asked = [(core.id, _terms(text)) for core in cores for text in core.asked]
        held = Counter(term for _, terms in self._asked for term in terms)
        self._weight = {t: math.log(1 + len(self._asked) / n) for t, n in held.items()}

    def answer(self, entry_id: str) -> str:
        """Return the core of an entry, empty where there is none."""
        return self._answers.get(entry_id, "")

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


def entry_asked(text: str, city_dir: Path) -> str:
    """Return the entry that a question in the turn's language is about, empty for none."""
    return load_core(city_dir, language()).entry_asked(text)


# Words that say only that something is asked.
_EMPTY = frozenset(
    [
        "the",
        "an",
        "is",
        "are",
        "to",
        "do",
        "does",
        "how",
        "can",
        "my",
        "me",
        "in",
        "of",
        "for",
        "and",
        "what",
        "where",
        "when",
        "have",
        "need",
        "want",
        "please",
        "it",
        "this",
        "at",
        "on",
        "with",
        "get",
        "go",
        "be",
        "by",
        "or",
        "if",
        "about",
        "you",
        "your",
        "như",
        "thế",
        "nào",
        "làm",
        "gì",
        "tôi",
        "có",
        "thể",
        "ở",
        "đâu",
        "cho",
        "của",
        "và",
        "là",
        "được",
        "muốn",
        "cần",
        "thì",
        "phải",
        "bị",
        "como",
        "eu",
        "que",
        "um",
        "uma",
        "de",
        "do",
        "da",
        "os",
        "as",
        "no",
        "na",
        "meu",
        "minha",
        "para",
        "posso",
        "faço",
        "onde",
        "quero",
        "preciso",
        "é",
        "em",
        "se",
        "está",
        "fica",
    ]
)


def _terms(text: str) -> set[str]:
    """Return the words of a text; of Chinese and Japanese, pairs of signs."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    terms: set[str] = set()
    for word in _WORD.findall(folded):
        if _CJK.match(word):
            terms |= {word[i : i + 2] for i in range(max(1, len(word) - 1))}
        elif word not in _EMPTY:
            terms.add(_stem(word))
    return terms


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and word.isascii() else word
