"""Names and addresses in the one form in which they are compared. Nothing here is for display.

The card and the register write the same person differently: width, spaces, old and new characters,
numbers of a lot in kanji or digits, 丁目番地号 or hyphens. Whatever is folded here only helps
together with birth date and sex; equal forms alone identify nobody.
"""

import re
import unicodedata

from services.residents.characters import FOLDED, VARIATION_SELECTORS

VERSION = 2
"""Raise it with every change of the forms: the next import then computes every index anew."""

SUBSTITUTE = "〓"
# So many characters of a name or an address may be unknown; more would be a guess.
MAX_SUBSTITUTES = 2

_SUBSTITUTES = dict.fromkeys(map(ord, "*●■□\ufffd"), SUBSTITUTE)
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−─━"), "-")
_KANJI_DIGITS = {"零": 0} | {kanji: number for number, kanji in enumerate("〇一二三四五六七八九")}
_KANJI_UNITS = {"十": 10, "百": 100, "千": 1000}
_KANJI = "[〇零一二三四五六七八九十百千]+"
_KANA_IN_PLACES = str.maketrans({"ヶ": "ケ", "ヵ": "カ", "の": "ノ"})
_KANA = "[\u3041-\u3096\u30a1-\u30fa\u30fc]"

_PREFECTURE = re.compile(r"^(?:北海道|東京都|大阪府|京都府|[^都道府県]{2,3}県)")
_LONG_MARK_AS_HYPHEN = re.compile(
    r"(?<=[\d〇零一二三四五六七八九十])ー(?=[\d〇零一二三四五六七八九十])"
)
# A kanji number is read as one only where a number must stand: 三本松 and 一箕町 are names.
_NUMBER_BEFORE = re.compile(rf"{_KANJI}(?=丁目|番地|番|号|-|の[〇一二三四五六七八九十])")
_NUMBER_AFTER = re.compile(rf"(?:(?<=番地)|(?<=番)|(?<=号)|(?<=-)|(?<=[番地号\d]の)){_KANJI}")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)(?:(?:丁目|番地|番|号室|号)の?|[のノ之](?=\d))")


def name_form(name: str) -> str:
    """Return the form of a name: no spaces, no case, one form of each character."""
    return _long_marks(re.sub(r"[・.,]", "", _folded(name))).casefold()


def address_form(address: str) -> str:
    """Return the form of an address, such as 会津若松市中央1-99-1, without the prefecture."""
    text = _PREFECTURE.sub("", _folded(address))
    text = _LONG_MARK_AS_HYPHEN.sub("-", text)
    for number in (_NUMBER_BEFORE, _NUMBER_AFTER):
        text = number.sub(lambda match: str(_to_number(match[0])), text)
    text = _BETWEEN_NUMBERS.sub("-", _long_marks(text))
    text = re.sub(r"-+", "-", text)
    # A hyphen says something between two numbers only: 99-1 コーポ and 99番1号コーポ are one.
    text = re.sub(r"(?<=\d)-(?!\d)|(?<!\d)0+(?=\d)", "", text)
    text = text.replace("大字", "").replace("字", "")
    return text.translate(_KANA_IN_PLACES).casefold()


def is_incomplete(*texts: str) -> bool:
    """Tell whether a character somewhere could not be written."""
    return any(SUBSTITUTE in _folded(text) for text in texts)


def resembles(one: str, other: str) -> bool:
    """Tell whether two forms are equal but for characters that one of them could not write."""
    if len(one) != len(other):
        return False
    pairs = list(zip(one, other, strict=True))
    unknown = sum(SUBSTITUTE in pair for pair in pairs)
    return unknown <= MAX_SUBSTITUTES and all(a == b or SUBSTITUTE in (a, b) for a, b in pairs)


def _folded(text: str) -> str:
    """Return one form of each character, without spaces."""
    text = unicodedata.normalize("NFKC", text.translate(VARIATION_SELECTORS))
    # A voicing mark that stands alone (か゛) is a space and a mark now; together they are one (が).
    text = unicodedata.normalize("NFKC", re.sub(r"\s", "", text))
    return text.translate(FOLDED).translate(_SUBSTITUTES).translate(_HYPHENS)


def _long_marks(text: str) -> str:
    """ロ－ズ is written with a hyphen where ローズ is meant."""
    return re.sub(rf"(?<={_KANA})-", "ー", text)


def _to_number(kanji: str) -> int:
    """Return 99 for 九十九 as for 九九."""
    if not set(kanji) & _KANJI_UNITS.keys():
        return int("".join(str(_KANJI_DIGITS[c]) for c in kanji))
    total, digit = 0, 0
    for c in kanji:
        if c in _KANJI_UNITS:
            total += (digit or 1) * _KANJI_UNITS[c]
            digit = 0
        else:
            digit = digit * 10 + _KANJI_DIGITS[c]
    return total + digit
