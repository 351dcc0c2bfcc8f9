"""What the words of a sentence mean here: hazards, danger, kinds of facilities, names, towns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kit.place_names import begins_within, is_another_place, pauses
from kit.text import fold, fold_name
from messages.hazards import Hazard
from services.facilities import vocabulary
from services.facilities.contract import Kind
from services.facilities.rules import Record

MAX_NAMED = 5
# What may stand around a place in an answer to "where?"; longer words before their parts.
_FILLER = re.compile(
    r"^\w{1,5}市|\d+|丁目|番地|番|号|いま|今|自宅|家|うち|わたし|私|です|だよ|でした|にいます|におります|"
    r"にいる|にいて|います|いる|おります|住んでます|住んでいます|住んでる|のあたり|あたり|辺り|の辺|のへん|へん|"
    r"付近|の近く|近く|ちかく|のそば|そば|周辺|まわり|地区|のほう|の方|お願いします|おねがいします|えっと|たぶん|"
    r"から|まで|は|に|で|の|を|が|よ|ね|か|さ|だべ|だ"
)
_SPELLINGS = (
    *(("ゖ", "け"), ("せんたー", "せんた"), ("こみゅにてぃー", "こみゅにてぃ")),
    ("こみせん", "こみゅにてぃせんた"),
)
_TOWN = re.compile(
    r"^(?:\S{2,3}[都道府県])?(?:\S+?郡\S+?[町村]|\S+?市)?(?:大字|字)?([^0-9]+?)"
    r"(?:大字|字|[0-9]|[一二三四五六七八九十]+丁目|$)"
)


def key(text: str) -> str:
    """Fold a name so that its spellings compare equal: width, kana, blanks, ヶ and ケ, コミセン."""
    letters = "".join(c for c in fold(text) if c.isalnum())
    for variant, usual in _SPELLINGS:
        letters = letters.replace(variant, usual)
    return letters


def name_key(text: str) -> str:
    """Fold the name of a place: `key`, with the spellings of `fold_name`."""
    return key(fold_name(text))


def _keys(words: str) -> tuple[str, ...]:
    return tuple(map(key, words.split()))


_CATEGORIES = {name: _keys(words) for name, words in vocabulary.CATEGORIES.items()}
_HAZARDS = {hazard: _keys(words) for hazard, words in vocabulary.HAZARDS.items()}
_RAIN_NOT_LANDSLIDE = _keys(vocabulary.RAIN_NOT_LANDSLIDE)
_STAY, _WELFARE, _DANGER = map(_keys, (vocabulary.STAY, vocabulary.WELFARE, vocabulary.DANGER))
_SNOW, _SLOPES = map(_keys, (vocabulary.SNOW, vocabulary.SLOPES))


def category_in(text: str) -> str:
    """Return the category that the words name, empty for none. The last word is the head."""
    folded = key(text)
    ends = {
        name: max((folded.rfind(k) + len(k), len(k)) for k in keys if k in folded)
        for name, keys in _CATEGORIES.items()
        if any(k in folded for k in keys)
    }
    return max(ends, key=lambda name: ends[name]) if ends else ""


def categories_of(names: Iterable[str], description: str = "") -> tuple[str, ...]:
    """Return the categories of a place by the heads of its names, and its amenities."""
    found = {category_in(name) for name in names}
    folded = key(description)
    found |= {c for c in vocabulary.AMENITIES if any(k in folded for k in _CATEGORIES[c])}
    return tuple(sorted(found - {""}))


def hazards_in(text: str) -> tuple[Hazard, ...]:
    """Return every hazard that the words name, in the order of the designation table."""
    folded = key(text)
    calm = folded
    for word in (*_RAIN_NOT_LANDSLIDE, *(_SLOPES if snow_in(text) else ())):
        calm = calm.replace(word, "")
    return tuple(
        hazard
        for hazard, keys in _HAZARDS.items()
        if any(k in (folded if hazard is Hazard.inland_flood else calm) for k in keys)
    )


def snow_in(text: str) -> bool:
    """Tell whether the words speak of heavy snow or an avalanche."""
    folded = key(text)
    return any(k in folded for k in _SNOW)


def shelter_kind_in(text: str) -> Kind:
    """Return what kind of refuge the words ask for; running comes before staying.

    From snow and nothing else people need a building, which only 指定避難所 promise.
    """
    folded = key(text)
    if any(k in folded for k in _WELFARE):
        return Kind.welfare_shelter
    if any(k in folded for k in _STAY) or (snow_in(text) and not hazards_in(text)):
        return Kind.shelter
    return Kind.emergency_site


def danger_in(text: str) -> bool:
    """Tell whether the words speak of people in danger at this moment."""
    folded = key(text)
    return any(k in folded for k in _DANGER)


def town_of(address: str) -> str:
    """Return the town part of an address (門田町 of 福島県会津若松市門田町大字…), or nothing."""
    match = _TOWN.match(address.replace(" ", ""))
    return match.group(1) if match else ""


@dataclass(frozen=True)
class Point:
    """A place to count from."""

    name: str
    latitude: float
    longitude: float
    approximate: bool


@dataclass(frozen=True)
class _Name:
    key: str
    rank: int
    """Landmarks (0) before places (1) before towns (2), where names are equally long."""
    point: Point
    record: Record | None = None


class Gazetteer:
    """Every name that the city's lists know, ready to be found in sentences."""

    def __init__(self, records: Sequence[Record]) -> None:
        """Index the names, nicknames and kana of places, and the towns of their addresses."""
        names = [n for record in records if _is_known_by_name(record) for n in _names_of(record)]
        names += _towns(records)
        self._names = sorted(names, key=lambda n: (-len(n.key), n.key, n.rank))

    def named(self, text: str) -> list[Record]:
        """Return the facilities named in the text, longest names first, at most five."""
        found: dict[str, Record] = {}
        for name in self._hits(text):
            if name.record is not None and name.record.kind is Kind.facility:
                found.setdefault(name.record.source_id, name.record)
        return list(found.values())[:MAX_NAMED]

    def origin(self, text: str) -> Point | None:
        """Return the place or district that the text names, the longest name winning."""
        return next((name.point for name in self._hits(text)), None)

    def without_names(self, text: str) -> str:
        """Return the folded text without the facilities' own names."""
        folded = name_key(text)
        for name in self._hits(text):
            if name.rank == 1:
                folded = folded.replace(name.key, "", 1)
        return folded

    def only_origin(self, text: str) -> bool:
        """Tell whether the text says where, and nothing else."""
        folded = name_key(text)
        hit = next(iter(self._hits(text)), None)
        return hit is not None and not _FILLER.sub("", folded.replace(hit.key, "", 1))

    def _hits(self, text: str) -> list[_Name]:
        """Return names in the text, but not 東公民館 where it is only part of 河東公民館."""
        hits: list[_Name] = []
        rest, ends = name_key(text), pauses(text, name_key)
        for name in self._names:
            if (hits and name.key == hits[-1].key) or _stands_in(name, rest, ends):
                hits.append(name)
                rest = rest.replace(name.key, "\n" * len(name.key))
        return hits


def _stands_in(name: _Name, text: str, ends: frozenset[int]) -> bool:
    """Tell whether a name stands in the text; a town's or a district's not within another's.

    A building bears what stands before its name as well (会津若松市立図書館).
    """
    start = text.find(name.key)
    while start >= 0:
        end = start + len(name.key)
        within = begins_within(text, start, ends) or is_another_place(text, end, ends)
        if name.rank == 1 or not within:
            return True
        start = text.find(name.key, start + 1)
    return False


def _is_known_by_name(record: Record) -> bool:
    """Names of care homes (絆, こもれび) are everyday words, and an AED bears its building's."""
    return record.kind is not Kind.welfare_shelter and vocabulary.AED not in record.categories


def _names_of(record: Record) -> list[_Name]:
    is_landmark = record.kind is Kind.landmark
    point = Point(record.name, record.latitude, record.longitude, approximate=is_landmark)
    parts = re.split(r"[（()）]", record.name)
    texts = {*parts, record.name, record.kana, *record.nicknames}
    shortest = 2 if is_landmark or record.nicknames else 3
    keys = {k for k in map(name_key, texts) if len(k) >= shortest}
    return [_Name(k, 0 if is_landmark else 1, point, record) for k in keys]


def _towns(records: Sequence[Record]) -> list[_Name]:
    by_town: dict[str, list[Record]] = {}
    for record in records:
        town = town_of(record.address)
        if len(town) >= 2:
            by_town.setdefault(town, []).append(record)
    return [
        _Name(name_key(town), 2, _middle(town, members), None) for town, members in by_town.items()
    ]


def _middle(name: str, records: Sequence[Record]) -> Point:
    latitude = sum(r.latitude for r in records) / len(records)
    longitude = sum(r.longitude for r in records) / len(records)
    return Point(name, latitude, longitude, approximate=True)
