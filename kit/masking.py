"""Find numbers that must not travel: My Number (12 digits) and payment cards.

My Number's check digit: 行政手続における特定の個人を識別するための番号の利用等に関する法律に
規定する個人番号…に関する省令 第5条 (remainder by 11). Cards: the Luhn check.
"""

import re
import unicodedata

MASK = "＊"

# Digits of any width, grouped by single blanks or hyphens of any kind.
_DIGIT_RUN = re.compile(
    r"(?<![0-9０-９])[0-9０-９](?:[ 　\-‐‑–—―−－ー]?[0-9０-９]){11,18}(?![0-9０-９])"
)


def is_my_number(digits: str) -> bool:
    """Tell whether 12 ASCII digits carry a valid My Number check digit."""
    if len(digits) != 12 or not digits.isascii() or not digits.isdigit():
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

    Any run of exactly 12 digits that *could* be a My Number by its check digit is masked; a
    wrong mask costs a resident one question, a missed one costs them their number.
    """
    found = False

    def replace(match: re.Match[str]) -> str:
        nonlocal found
        digits = "".join(c for c in unicodedata.normalize("NFKC", match.group()) if c.isdigit())
        if not (is_my_number(digits) or is_card_number(digits)):
            return match.group()
        found = True
        return "".join(
            MASK if unicodedata.normalize("NFKC", c).isdigit() else c for c in match.group()
        )

    return _DIGIT_RUN.sub(replace, text), found
