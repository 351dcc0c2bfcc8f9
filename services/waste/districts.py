"""Finding districts in what residents write. Pure functions.

A district that is taken as meant is remembered, and a wrong one gives wrong days for ever. So a
name counts only where it stands by itself: 田町 is neither 新田町 nor 大和田町. What merely might
be meant is offered.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from kit.place_names import begins_within, ends_within, pauses
from kit.text import fold_name
from services.waste.parsing import DENIED, corrected
from services.waste.rules import Area, CityData
from services.waste.search import FAINT, MARKS, dice, grams

_PICTURES = re.compile(r"[^\w]+")
_PARENTHESES = re.compile(r"[(（][^)）]*[)）]")
_TAIL = re.compile(
    r"(?:です|でした|だった|だよ|だべ|だなし|でーす|だ|よ|かな|の(?:あたり|ほう|方|近く)|に住んで.*|在住|住み|地区|地域|町内|方面|周辺)+$"
)
_HEAD = re.compile(
    r"^(?:え[えー]?っ?と|え[ーっ]*と|あの[ー]?|すみません|ごめん(?:なさい|ね)?"
    r"|いや|いいえ|違う|ちがう|違って|間違えた|訂正|やっぱり?"
    r"|ええと|うちは|家は|私は|わたしは|地区は|会津若松市?)+"
)

# What makes another name of a kana name that it stands before.
_KANA_PREFIX = re.compile(r"(?:ひがし|にし|みなみ|きた|しん|かみ|しも|なか|おお|もと)$")
_KANA_ONLY = re.compile(r"[ぁ-ゖー]+")
_SHORT_KANA = 3
_JOINT = re.compile(r"(?<=[一-鿿])つ(?=[一-鿿])")
# A short kana word counts only where a particle or an edge shows that it stands alone.
_BEFORE = "のがはをにとやもで"
_AFTER = "のがはをにとやもっなで捨出投処分何地町"
_ASKING = ("いつ", "どう", "どこ", "あり", "ある")

_CHOME = re.compile(r"(?P<stem>.+?)(?P<numbers>[0-9][0-9丁目~〜・,、\-]*)丁目(?P<rest>.*)")
_STRETCH = re.compile(r"([0-9]+)(?:丁目)?(?:[~〜\-]([0-9]+))?")
# 上目黒1-2-3 is a way to write 上目黒1丁目2番3号.
_SHORT_ADDRESS = re.compile(r"(?<=[^\W\d_])([0-9]{1,2})[-‐‑‒–—―−ーの](?=[0-9])")
_NUMBERED = re.compile(r"[0-9]")
_LONGEST_STRETCH = 99
_MAY_BE_LEFT_OUT = re.compile(r"町|村|区|地区|地域")


def key(text: str) -> str:
    """Fold a district's name for comparison; marks and blanks are left out."""
    address = _SHORT_ADDRESS.sub(r"\1丁目", unicodedata.normalize("NFKC", text))
    return MARKS.sub("", fold_name(address))


class _Standing(Enum):
    """How a name stands in a text."""

    alone = auto()
    within = auto()
    """As a part of something longer: it may be another place."""
    no_name = auto()
    """Letters that only happen to follow each other."""


@dataclass(frozen=True)
class _Names:
    """Everything that districts are called by, as keys."""

    whole: dict[str, list[Area]]
    stems: dict[str, list[Area]]
    """Names without the 丁目 that tell several districts apart."""

    def get(self, words: str) -> list[Area]:
        """Return the districts that the words name exactly."""
        return [*self.whole.get(words, ()), *self.stems.get(words, ())]

    def __iter__(self) -> Iterator[str]:
        """Pass on every name, the longest first."""
        return iter(sorted({*self.whole, *self.stems} - {""}, key=len, reverse=True))


def is_only_area(city: CityData, text: str) -> bool:
    """Tell whether the words are a district's name (or the beginning of one) and nothing else."""
    words, names = _bare(text), _names(city)
    begins = len(words) > 1 and any(name.startswith(words) for name in names)
    return begins or bool(words and names.get(words))


def resolve_area(city: CityData, text: str) -> tuple[Area | None, list[Area]]:
    """Return (the district that is meant, or None; else those that may be meant, best first)."""
    words, names = _bare(text), _names(city)
    if not words:
        return None, []
    meant, doubtful = _in_text(names, text)
    named = _spelled_alike(names.get(words) or meant, text)
    if named:
        return (named[0], []) if len(named) == 1 else (None, named)
    begun = _unique([a for name in names if name.startswith(words) for a in names.get(name)])
    if len(words) > 1 and begun:
        return _begun(words, begun, names)
    ranked = sorted(((dice(grams(words), grams(key(a.name))), a) for a in city.areas), key=_worst)
    alike = [area for score, area in ranked[:5] if score >= FAINT]
    return None, _unique([*doubtful, *alike])[:5]


def _begun(words: str, begun: list[Area], names: _Names) -> tuple[Area | None, list[Area]]:
    """Take a name without its 町 as meant; more of a name may be that of another place."""
    rests = [name.removeprefix(words) for name in names if name.startswith(words)]
    sure = len(begun) == 1 and any(
        _MAY_BE_LEFT_OUT.fullmatch(rest) or _KANA_ONLY.fullmatch(rest) for rest in rests
    )
    return (begun[0], []) if sure else (None, begun)


def named_areas(city: CityData, text: str) -> list[Area]:
    """Return the districts whose name or everyday name stands in `text`, in its order.

    A district that is denied (城西じゃなくて門田) is not meant, nor one whose name is only a part
    of another word.
    """
    return _spelled_alike(_in_text(_names(city), text)[0], text)


def doubtful_areas(city: CityData, text: str) -> list[Area]:
    """Return the districts whose name stands within something longer in `text`."""
    return _in_text(_names(city), text)[1]


def _bare(text: str) -> str:
    return _TAIL.sub("", _HEAD.sub("", corrected(_PICTURES.sub("", key(text)))))


def _in_text(names: _Names, text: str) -> tuple[list[Area], list[Area]]:
    """Return (the districts named in `text`, those whose names stand within something longer)."""
    found = sorted(_found(names, key(text), pauses(text, key)))
    meant = [a for _, name, stands in found if stands for a in names.get(name)]
    doubtful = [a for _, name, stands in found if not stands for a in names.get(name)]
    return _unique(meant), [area for area in _unique(doubtful) if area not in meant]


def _found(names: _Names, words: str, ends: frozenset[int]) -> Iterator[tuple[int, str, bool]]:
    """Pass on (place, name, whether it stands alone); no name within a longer one."""
    free = words
    for name in names:
        start = free.find(name)
        while start >= 0:
            end = start + len(name)
            standing = _standing(names, words, (start, end), ends)
            if standing is not _Standing.no_name:
                free = free[:start] + "\n" * len(name) + free[end:]
                if not _is_denied(name, words):
                    yield start, name, standing is _Standing.alone
            start = free.find(name, end)


def _standing(names: _Names, text: str, span: tuple[int, int], ends: frozenset[int]) -> _Standing:
    start, end = span
    name = text[start:end]
    before, after = text[max(0, start - 4) : start], text[end:]
    if len(name) == 1 or (len(name) <= _SHORT_KANA and _KANA_ONLY.fullmatch(name)):
        return _Standing.alone if _is_clear(before, after) else _Standing.no_name
    if name not in names.whole and _NUMBERED.match(after):
        # A 丁目 that the city does not list.
        return _Standing.within
    if _KANA_ONLY.fullmatch(name) and _KANA_PREFIX.search(before):
        return _Standing.within
    is_part = begins_within(text, start, ends) or ends_within(text, end, ends)
    return _Standing.within if is_part else _Standing.alone


def _is_clear(before: str, after: str) -> bool:
    begins = not before or before[-1] in _BEFORE
    return begins and (not after or after[0] in _AFTER or after.startswith(_ASKING))


def _is_denied(word: str, text: str) -> bool:
    return re.search(rf"{re.escape(word)}(?:地区|町)?(?:の(?:方|ほう))?{DENIED}", text) is not None


def _names(city: CityData) -> _Names:
    names = _Names({}, {})
    by_label = {area.label: area for area in city.areas}
    for area in city.areas:
        for name in {area.label, area.name, _PARENTHESES.sub("", area.name)}:
            _add(names, name, area)
    for word, labels in city.area_words.items():
        for label in labels:
            _add(names, word, by_label[label])
    for name in list(names.whole):
        if (short := _without_joint(name)) not in names.whole:
            names.whole[short] = names.whole[name]
    return names


def _add(names: _Names, name: str, area: Area) -> None:
    spelled = {key(name)}
    chome = _CHOME.fullmatch(fold_name(name))
    if chome:
        stem = MARKS.sub("", chome["stem"])
        spelled |= {f"{stem}{number}丁目" for number in _numbers(chome["numbers"])}
        _put(names.stems, stem, area)
    for word in spelled:
        _put(names.whole, word, area)


def _put(index: dict[str, list[Area]], word: str, area: Area) -> None:
    areas = index.setdefault(word, [])
    if area not in areas:
        areas.append(area)


def _numbers(text: str) -> Iterator[int]:
    """Pass on the numbers of `1~2`, `1・3` or `5`."""
    for first, last in _STRETCH.findall(text):
        yield from range(int(first), min(int(last or first), int(first) + _LONGEST_STRETCH) + 1)


def _without_joint(name: str) -> str:
    """Return 四谷 for 四つ谷: the small kana is often left out."""
    return _JOINT.sub("", name)


def _spelled_alike(areas: list[Area], text: str) -> list[Area]:
    """Return only the district that is spelt as in the text, where spellings alone differ."""
    written = unicodedata.normalize("NFKC", text)
    exact = [a for a in areas if unicodedata.normalize("NFKC", a.name) in written]
    one_key = len({key(area.name) for area in areas}) == 1
    return exact if len(exact) == 1 and one_key else areas


def _unique(areas: list[Area]) -> list[Area]:
    return list(dict.fromkeys(areas))


def _worst(pair: tuple[float, Area]) -> float:
    return -pair[0]
