"""The spellings under which a place is looked for, and the index of them all. Pure functions."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kit.romaji import hepburn, latin_key
from kit.spelling import is_kanji, spelling_key
from services.places.rules import Kind, Place, Table

_LONGER = re.compile(r"(?:新?町)?[東西南北]?町?")
_MOST_LIKE = 5
_DIGITS = str.maketrans("一二三四五六七八九", "123456789")
_TOWN_READINGS = ("まち", "ちょう")
_LATIN = re.compile(r"[a-z]")
_LONG_VOWELS = re.compile(
    r"(?<=[おこそとのほもよろごぞどぼぽょ])[うお]|(?<=[うくすつぬふむゆるぐぶぷゅ])う"
)
_RANK = {
    Kind.ignored: 0,
    Kind.city: 0,
    Kind.district: 1,
    # 郡山 alone is the city of that name, not the 郡山 of 河東町.
    Kind.elsewhere: 2,
    Kind.town: 3,
    Kind.landmark: 4,
}


@dataclass(frozen=True)
class Name:
    """One spelling of a place. `alone` is False where it counts only after its parent's name."""

    key: str
    place: Place
    alone: bool = True


class Index:
    """All names of a table, by their spelling and, in Latin letters, by their sound."""

    def __init__(self, table: Table) -> None:
        """Spell every name out. The longest names come first when a text is read."""
        self.table = table
        self.by_name = {place.name: place for place in table.places}
        self._written: dict[str, list[Name]] = {}
        self._latin: dict[str, list[Name]] = {}
        for place in table.places:
            for name in names_of(place):
                self._add(self._written, name)
            for name in latin_names_of(place):
                self._add(self._latin, name)
        self._add_longer_towns()
        self._lengths = _lengths(self._written)

    def _add_longer_towns(self) -> None:
        """日吉 may be short for 日吉町 or 門田町日吉, 飯寺 for 飯寺北 too: all are meant."""
        towns = [place for place in self.table.places if place.kind is Kind.town]
        for key, names in self._written.items():
            own = {name.place for name in names if name.place.kind is Kind.town}
            if not own or len(key) < 2 or key.endswith("町"):
                continue
            for town in towns:
                if town not in own and _is_longer(spelling_key(town.name), key):
                    names.append(Name(key, town))

    @staticmethod
    def _add(index: dict[str, list[Name]], name: Name) -> None:
        names = index.setdefault(name.key, [])
        if all(other.place is not name.place or other.alone != name.alone for other in names):
            names.append(name)

    def at(self, text: str, start: int) -> Iterator[tuple[int, list[Name]]]:
        """Pass on the names that begin at a place of the text as (end, names), longest first."""
        for length in self._lengths.get(text[start], ()):
            names = self._written.get(text[start : start + length])
            if names is not None and start + length <= len(text):
                yield start + length, names

    def latin(self, words: str) -> list[Name]:
        """Return the names that sound like some Latin words."""
        return self._latin.get(latin_key(words), [])

    def like(self, text: str, stem: int) -> list[Place]:
        """Return towns and districts whose name stands in a spelled name, or that begin with it.

        `stem` letters of it are the name proper, without 町 or 丁目.
        """
        found: dict[str, Place] = {}
        for start in range(len(text)):
            for _, names in self.at(text, start):
                for name in names:
                    if name.alone and name.place.kind in (Kind.district, Kind.town):
                        found.setdefault(name.place.name, name.place)
        for place in self.table.places:
            if stem > 1 and place.kind is Kind.town and place.name.startswith(text[:stem]):
                found.setdefault(place.name, place)
        return list(found.values())[:_MOST_LIKE]


def _is_longer(town: str, short: str) -> bool:
    return town.startswith(short) and _LONGER.fullmatch(town, len(short)) is not None


def best(names: Iterable[Name]) -> list[Place]:
    """Return the places that one spelling means; a district's own name is that district.

    Towns and parts of towns with one spelling are all meant (橋本 and 神指町橋本).
    """
    ranked: dict[int, list[Place]] = {}
    for name in names:
        ranked.setdefault(_RANK.get(name.place.kind, 5), []).append(name.place)
    return ranked[min(ranked)] if ranked else []


def _lengths(index: dict[str, list[Name]]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = {}
    for key in index:
        lengths.setdefault(key[0], set()).add(len(key))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


def names_of(place: Place) -> Iterator[Name]:
    """Pass on every spelling in Japanese writing."""
    for text in (place.name, *place.other_names):
        if not _LATIN.search(spelling_key(text)):
            for key in spellings(text):
                yield Name(key, place)
    for key in kana_spellings(place.reading):
        yield Name(key, place)
    yield from _names_after_parent(place)


def _names_after_parent(place: Place) -> Iterator[Name]:
    """A town within a town (一箕町亀賀) is also called by its last part, one kanji never alone."""
    if not place.parent:
        return
    own = place.name.removeprefix(place.parent)
    for key in (*spellings(own), *kana_spellings(place.reading_after_parent)):
        yield Name(key, place, alone=len(own) > 1 and is_kanji(key[0]))


def spellings(text: str) -> set[str]:
    """Return a name's spelling key, without joints, with digits, and with 町 in kana."""
    key = spelling_key(text)
    if not key:
        return set()
    keys = {key, _without_joints(key)}
    if len(key) > 1 and key[0] in "一二三四五六七八九" and key[1] in "日月":
        keys.add(key[0].translate(_DIGITS) + key[1:])
    if key.endswith("町") and len(key) > 1:
        keys |= {key[:-1] + reading for reading in _TOWN_READINGS}
    return keys


def _without_joints(key: str) -> str:
    kept = [
        mark
        for place, mark in enumerate(key)
        if not (
            mark in "がつ"
            and 0 < place < len(key) - 1
            and is_kanji(key[place - 1])
            and is_kanji(key[place + 1])
        )
    ]
    return "".join(kept)


def kana_spellings(reading: str) -> set[str]:
    """Return a reading with まち or ちょう, and with its long vowels drawn out as ー."""
    key = spelling_key(reading)
    if not key:
        return set()
    keys = {key}
    for one, other in (_TOWN_READINGS, _TOWN_READINGS[::-1]):
        if key.endswith(one):
            keys |= {key.removesuffix(one) + other, key.removesuffix(one) + "町"}
    return keys | {_LONG_VOWELS.sub("ー", k) for k in keys}


def latin_names_of(place: Place) -> Iterator[Name]:
    """Pass on the sounds of a place in Latin letters; 町 is machi or cho."""
    given = [text for text in place.other_names if _LATIN.search(spelling_key(text))]
    kana = [spelling_key(r) for r in (place.reading, *place.other_names)]
    readings = [hepburn(k) for k in kana if k and all("ぁ" <= c <= "ー" for c in k)]
    for text in (*given, *readings):
        yield from (Name(key, place) for key in _latin_keys(text))
    if place.parent:
        for key in _latin_keys(hepburn(place.reading_after_parent)):
            yield Name(key, place, alone=False)


def _latin_keys(text: str) -> set[str]:
    key = latin_key(text)
    if len(key) < 2:
        return set()
    keys = {key}
    if key.endswith("mati"):
        keys.add(key.removesuffix("mati") + "tyo")
    return keys
