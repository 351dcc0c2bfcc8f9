"""What follows a town's name in an address: 小字, 丁目 in any digits, house numbers."""

import re
from dataclasses import dataclass

from kit.spelling import Spelled
from services.places.rules import Place

_NUMBER = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3}|[にニ二])"
_KANA_NUMBERS = {
    "いっ": 1,
    "に": 2,
    "さん": 3,
    "よん": 4,
    "し": 4,
    "ご": 5,
    "ろく": 6,
    "なな": 7,
    "はっ": 8,
    "きゅう": 9,
    "じゅっ": 10,
}
_NAMED = re.compile(
    rf"[の\-、,（(]?(?P<first>{_NUMBER})(?:(?:丁目)?(?:[~\-・、,とか]|から|or)(?P<last>{_NUMBER}))?"
    r"(?:丁目|-?ch[oōu]*-?me)"
)
_KANA = re.compile(rf"の?(?P<kana>{'|'.join(_KANA_NUMBERS)})ちょうめ")
# A bare number is a 丁目 where the town has them: 材木町1-3-38, 橋本2 - but not 橋本2時.
_BARE = re.compile(
    r"[の\-]?(?P<first>[0-9]{1,2})(?=[\-の][0-9]|番|$|です|でーす|だ|[、。,.!?()「」]|に住|の(?:ごみ|燃|もえ)|\n)"
)
_HOUSE = re.compile(r"(?:[\-の]?[0-9]{1,5}(?:番地?|号室?|地割)?(?:の[0-9]{1,4})?)+(?:号|番地?)?")
_FOLLOWS = re.compile(r"大字|小字|字|[\-の]?[0-9]|[の]?[一二三四五六七八九十]{1,3}丁目")
_SECTION = re.compile(r"の?(?:大字|小字|字)?")
_KANJI_DIGITS = {mark: value for value, mark in enumerate("〇一二三四五六七八九")}
_LETTERED = re.compile(r"[甲乙丙丁戊己庚]$")


@dataclass(frozen=True)
class Tail:
    """`end` closes the 丁目 or 小字, `close` the house number after it."""

    end: int
    close: int
    chomes: tuple[int, ...] = ()
    part: str = ""


def follows(text: str, end: int) -> bool:
    """Tell whether an address goes on after `end`."""
    return _FOLLOWS.match(text, end) is not None


def read_tail(spelled: Spelled, end: int, place: Place) -> Tail:
    """Read on after a town's name."""
    text = spelled.text
    part, end = _part(text, end, place)
    chomes: tuple[int, ...] = ()
    if not part:
        chomes, end = _chomes(text, end, place, spelled.breaks)
    house = _HOUSE.match(text, end)
    # 行仁 2回 and 鶴城20時 are no house numbers.
    close = house.end() if house and not _counted(text, house.end()) else end
    return Tail(end, close, chomes, part)


def _counted(text: str, end: int) -> bool:
    return text[end : end + 1] in tuple("時回日月分個人枚円年歳袋箱本週:/")


def _part(text: str, end: int, place: Place) -> tuple[str, int]:
    section = _SECTION.match(text, end)
    start = section.end() if section else end
    found = [key for key in place.parts if text.startswith(key, start)]
    # A part's letter (甲, 乙) is often left out.
    found += [
        k
        for k in place.parts
        if len(k) > 2 and text.startswith(k[:-1], start) and _LETTERED.search(k)
    ]
    if not found:
        return "", end
    longest = max(found, key=len)
    length = len(longest) if text.startswith(longest, start) else len(longest) - 1
    stop = start + length
    marked = section is not None and section[0].endswith("字")
    if not marked and not _part_ends(text, stop):
        return "", end
    return longest, stop


def _part_ends(text: str, stop: int) -> bool:
    """Without 字, a part's name must be the end of a word, so that 中野村北部 is not 村北."""
    following = text[stop : stop + 1]
    return not following or not ("一" <= following <= "鿿") or following in "番"


def _chomes(
    text: str, end: int, place: Place, breaks: frozenset[int]
) -> tuple[tuple[int, ...], int]:
    if match := _NAMED.match(text, end):
        first = number(match["first"])
        last = number(match["last"]) if match["last"] else first
        return tuple(range(first, last + 1)) if first <= last else (first, last), match.end()
    if match := _KANA.match(text, end):
        return (_KANA_NUMBERS[match["kana"]],), match.end()
    if place.numbered:
        match = _BARE.match(text, end)
        if match:
            return (int(match["first"]),), match.end()
    return (), end


def number(text: str) -> int:
    """Return a number written in digits or kanji up to 99."""
    if text.isdecimal():
        return int(text)
    if text in ("に", "ニ"):
        return 2
    tens, ten, units = text.partition("十")
    if not ten:
        return int("".join(str(_KANJI_DIGITS[mark]) for mark in text))
    return 10 * _KANJI_DIGITS.get(tens, 1) + _KANJI_DIGITS.get(units, 0)
