"""How residents go on after they told of danger, by `words/turns.toml`: other languages mostly."""

import re
import tomllib
import unicodedata
from functools import lru_cache
from typing import Literal

from actions.danger.vocabulary import WORDS

Turn = Literal[
    "asks", "matters", "over", "turns", "ears", "unwilling", "secret", "acute", "pauses", "offers"
]
_LONGEST_PAUSE = 45
_KANA = re.compile(r"[ぁ-ゖァ-ヺ]")


def says(what: Turn, said: str) -> bool:
    """Tell whether folded words say this; those of Japanese only where it is told for it."""
    return _pattern(what).search(plain(said)) is not None


def pauses(said: str) -> bool:
    """Tell whether somebody only has to go for a moment: 「母が呼んでるからまたあとで」."""
    return len(said) <= _LONGEST_PAUSE and says("pauses", said)


def offers(said: str) -> bool:
    """Tell whether somebody offers to send or to show something: 「写真送ろうか」."""
    return says("offers", said)


def without(what: Turn, said: str) -> str:
    """Return folded words without those that say this; unchanged where none do."""
    bare = plain(said)
    rest = _pattern(what).sub(" ", bare)
    return said if rest == bare else rest


def is_abroad(said: str) -> bool:
    """Tell whether words are in another language than Japanese: they hold no kana."""
    return _KANA.search(said) is None


def plain(said: str) -> str:
    """Return Latin letters without their accents; kana keep their voicing."""
    parts = unicodedata.normalize("NFD", said)
    kept = (c for c in parts if not unicodedata.combining(c) or c in "\u3099\u309a")
    return unicodedata.normalize("NFC", "".join(kept)).replace("đ", "d")


@lru_cache
def _pattern(what: Turn) -> re.Pattern[str]:
    with (WORDS / "turns.toml").open("rb") as file:
        patterns: list[str] = tomllib.load(file)[what]
    return re.compile("|".join(patterns))
