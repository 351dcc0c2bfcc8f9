"""Reading what a citizen says of a road: which kind of matter, how bad, which number. Pure."""

import re
import unicodedata

from kit.text import fold
from services.snow.categories import Categories, Category

_NUMBER = re.compile(r"(?<![0-9A-Za-z])[sS][-‐ー−― ]?([0-9]{1,12})(?![0-9])")
_TOLD_NUMBER = re.compile(r"番号[はがの、:： ]*([0-9]{1,12})(?![0-9])|([0-9]{1,12})番(?!地|線|町)")

_NO_CARS = re.compile(
    r"車.{0,6}(?:通れ|入れ|出せ|出ら|出ない|進ま|進め|埋ま|はま|ハマ|通行でき|ダメ|無理)|スタック|救急車.{0,4}入"
    r"|通行止め|car.{0,12}(?:stuck|pass)|车.{0,4}(?:过不去|通不过)|carro não passa|xe không"
)
_IMPASSABLE = re.compile(
    r"歩けな|歩けね|歩かんに|あるけ(?:ない|ません)|歩行(?:でき|困難)|通れない|通れませ|通れん|とおれ(?:ない|ません)"
    r"|通行(?:できない|できません|不能)|渡れ|出られな|走不了"
    r"|(?:can.?t|cannot|unable to|hard to|impossible to) walk|không đi được"
    r"|não dá para (?:andar|passar)"
)
_CAUTION = re.compile(r"注意|気をつけ|危な|危険|あぶな")

SEVERITIES = {"no-cars": _NO_CARS, "impassable": _IMPASSABLE, "caution": _CAUTION}
"""Severity → how it is said; the first that fits counts."""


def read_category(text: str, categories: Categories) -> Category | None:
    """Return the kind that the longest of its names and signs in the text belongs to."""
    words = fold(text)
    best: tuple[int, Category] | None = None
    for category in categories.all:
        for sign in (category.name, *category.words, *category.signs):
            size = len(sign)
            if fold(sign) in words and (best is None or size > best[0]):
                best = (size, category)
    return best[1] if best else None


def read_severity(text: str) -> str:
    """Return impassable, no-cars or caution; empty where nothing of it is said."""
    words = unicodedata.normalize("NFKC", text)
    return next((name for name, said in SEVERITIES.items() if said.search(words)), "")


def read_number(text: str) -> str:
    """Return a report's public number (`S-12`) that stands in a text, empty where none does."""
    words = unicodedata.normalize("NFKC", text)
    found = _NUMBER.search(words) or _TOLD_NUMBER.search(words)
    if found is None and words.strip().isascii() and words.strip().isdigit():
        return public_number(int(words.strip())) if len(words.strip()) <= 12 else ""
    digits = next((group for group in found.groups() if group), "") if found else ""
    return public_number(int(digits)) if digits else ""


def public_number(report_id: int) -> str:
    """Return how a report is called."""
    return f"S-{report_id}"


def report_id(number: str) -> int | None:
    """Return the id behind a public number, None for any other text."""
    match = re.fullmatch(r"S-([0-9]{1,12})", number)
    return int(match[1]) if match else None
