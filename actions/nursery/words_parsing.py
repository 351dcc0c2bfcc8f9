"""Which classes a sentence asks for."""

import re
import unicodedata

OLDEST = 5
_NUMBERS = {word: number for number, word in enumerate("零一二三四五六七八九")}
_AGE = re.compile(
    r"(?P<number>\d{1,2}|[零一二三四五六七八九])\s*(?:歳|才|さい|岁|tuổi|anos?\b|-?\s?years?\b)"
)
_RANGE = re.compile(r"(\d)\s*(?:歳|才|さい)?(?:児)?\s*[~〜\-–から]+\s*(\d)\s*(?:歳|才|さい)")
_MONTHS = re.compile(
    r"\d{1,2}\s*(?:[かヶカケ]|か)月|新生児|生まれたばかり|\d{1,2}\s*months?\b|\d{1,2}\s*meses"
)


def ages_named(text: str) -> tuple[int, ...]:
    """Return the ages in years that words name, in their order; ages of school too."""
    words = unicodedata.normalize("NFKC", text).casefold()
    spans = _RANGE.search(words)
    if spans and int(spans[1]) < int(spans[2]):
        return tuple(range(int(spans[1]), int(spans[2]) + 1))
    found = [_number(match["number"]) for match in _AGE.finditer(words)]
    if not found and _MONTHS.search(words):
        found = [0]
    return tuple(dict.fromkeys(found))


def in_years(age: int) -> str:
    """Return an age as `ages_named` reads it, for buttons and topics."""
    return f"{age}歳"


def _number(word: str) -> int:
    return _NUMBERS[word] if word in _NUMBERS else int(word)
