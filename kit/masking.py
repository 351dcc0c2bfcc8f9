"""Find numbers that must not travel: My Number (12 digits) and payment cards.

My Number's check digit: 行政手続における特定の個人を識別するための番号の利用等に関する法律に
規定する個人番号…に関する省令 第5条 (remainder by 11). Cards: the Luhn check.
"""

import re
import unicodedata

MASK = "＊"

# Digits of any width in groups, with up to three blanks, line ends, hyphens or dots between them.
_DIGIT = "[0-9０-９]"
_BETWEEN = r"[\s\-‐‑–—―−－ー・./_]{0,3}"
_DIGIT_RUN = re.compile(rf"{_DIGIT}(?:{_BETWEEN}{_DIGIT}){{11,}}")
_GROUP = re.compile(rf"{_DIGIT}+")
_CARD_LENGTHS = range(14, 20)
_SHORTEST = 12
_LENGTHS = frozenset({_SHORTEST, *_CARD_LENGTHS})


def is_my_number(digits: str) -> bool:
    """Tell whether 12 ASCII digits carry a valid My Number check digit."""
    if len(digits) != _SHORTEST or not digits.isascii() or not digits.isdigit():
        return False
    total = 0
    for n in range(1, 12):
        weight = n + 1 if n <= 6 else n - 5
        total += int(digits[11 - n]) * weight
    remainder = total % 11
    return int(digits[11]) == (0 if remainder <= 1 else 11 - remainder)


def is_card_number(digits: str) -> bool:
    """Tell whether 14 to 19 ASCII digits pass the Luhn check of payment cards."""
    if not 14 <= len(digits) <= 19:
        return False
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mask_numbers(text: str) -> tuple[str, bool]:
    """Return `text` of the same length with forbidden digits as `＊`, and whether any was found.

    Any 12 digits that make up whole groups and *could* be a My Number by their check digit are
    masked, whatever stands beside them; a wrong mask costs a resident one question, a missed one
    costs them their number.
    """
    if len(text) < _SHORTEST:
        return text, False
    masked: set[int] = set()
    for run in _DIGIT_RUN.finditer(text):
        masked |= _forbidden(text, run.start(), run.end())
    if not masked:
        return text, False
    return "".join(MASK if i in masked else c for i, c in enumerate(text)), True


def _forbidden(text: str, start: int, end: int) -> set[int]:
    """Return the positions of the digits in one run that belong to a forbidden number."""
    groups = [(m.start(), m.end()) for m in _GROUP.finditer(text, start, end)]
    found: set[int] = set()
    for first in range(len(groups)):
        places: list[int] = []
        for begin, stop in groups[first:]:
            places += range(begin, stop)
            if len(places) > _CARD_LENGTHS[-1]:
                break
            if len(places) not in _LENGTHS:
                continue
            digits = unicodedata.normalize("NFKC", "".join(text[i] for i in places))
            if is_my_number(digits) or is_card_number(digits):
                found.update(places)
    return found
