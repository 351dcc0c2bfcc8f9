"""Finding places in what residents write. Pure functions; `Reader` is built once for a table."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from kit.spelling import Spelled, is_kanji, spelling_key
from services.places import edges
from services.places.names import Index, Name, best
from services.places.rules import Kind, Place, Table
from services.places.tails import Tail, follows, read_tail

_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏḀ-ỿＡ-Ｚａ-ｚ'’]+")
_LATIN_JOINT = re.compile(r"[\s\-‐.,]*")
_MOST_WORDS = 5
_POSTAL = re.compile(r"(?<![0-9\-])〒?(?P<a>[0-9]{3})-?(?P<b>[0-9]{4})(?![0-9\-])")
_MARKED = re.compile(r"郵便番号[はが:の]*$")
# An address elsewhere goes on behind its city, and nothing in it is ours: 新潟市中央区本町.
_FORMAL = re.compile(r"[市県都府区]$")
_ELSEWHERE_ADDRESS = re.compile(r"(?:の?(?![民庁長役営立議内外])[一-鿿々0-9\-]+)?")
_BETWEEN = re.compile(r"の?(?:大字|小字|字)?|[-,、]")
_SHORT_KANA = 3
_LATIN_PLACE_WORDS = frozenset(
    re.findall(
        r"\w+", "in at near to from live lives living district area address ở o tại em no na moro"
    )
)


@dataclass(frozen=True)
class Hit:
    """Places that one stretch of the spelled text may mean, as far as its own words tell."""

    start: int
    end: int
    close: int
    """Behind the house number."""
    places: tuple[Place, ...]
    chomes: tuple[int, ...] = ()
    part: str = ""
    chained: bool = False
    """Whether a city or a greater town stood before the name."""
    doubtful: bool = False
    """Whether the name may as well be a surname or an everyday word here."""
    blocked: str = ""
    """The unknown name that goes on after a known town (一箕町新田), empty for none."""
    code: bool = False

    @property
    def kind(self) -> Kind:
        """Return what was named."""
        if self.code:
            return Kind.postal_code
        return Kind.part if self.part else self.places[0].kind


class Reader:
    """Reads texts with a city's table."""

    def __init__(self, table: Table) -> None:
        """Index the table's names."""
        self.table = table
        self.index = Index(table)
        self._children = {place.parent for place in table.places if place.parent}
        self._codes: dict[str, list[Place]] = {}
        for place in table.places:
            if place.postal_code:
                self._codes.setdefault(place.postal_code.replace("-", ""), []).append(place)

    def read(
        self, spelled: Spelled, *, asked: bool = False
    ) -> tuple[list[Hit], list[tuple[int, int]]]:
        """Return the places named in order, and the stretches of postal codes not in the table."""
        hits: list[Hit] = []
        foreign_codes: list[tuple[int, int]] = []
        latin = self._latin_starts(spelled)
        place = 0
        while place < len(spelled.text):
            code = self._code_at(spelled, place)
            if code is not None:
                hit, end = code
                if hit is None:
                    foreign_codes.append((place, end))
                else:
                    hits.append(hit)
                place = end
                continue
            place = self._take(spelled, place, hits, latin, asked=asked)
        return [hit for hit in hits if hit.kind not in (Kind.city, Kind.ignored)], foreign_codes

    def _code_at(self, spelled: Spelled, place: int) -> tuple[Hit | None, int] | None:
        mark = spelled.text[place]
        if not (mark.isdecimal() or mark == "〒"):
            return None
        match = _POSTAL.match(spelled.text, place)
        if match is None:
            return None
        towns = self._codes.get(match["a"] + match["b"])
        if towns is None:
            # Seven digits alone may be any number: a postal code is marked or has its dash.
            marked = (
                match[0].startswith("〒") or "-" in match[0] or _MARKED.search(spelled.text[:place])
            )
            return (None, match.end()) if marked else None
        return Hit(place, match.end(), match.end(), tuple(towns), code=True), match.end()

    def _take(
        self,
        spelled: Spelled,
        start: int,
        hits: list[Hit],
        latin: dict[int, list[tuple[int, str]]],
        *,
        asked: bool,
    ) -> int:
        """Take the longest name that stands at `start`; return where to go on."""
        before = self._before(spelled, start, hits)
        for end, names in self._names_at(spelled, start, latin):
            if any(name.place.kind is Kind.ignored for name in names):
                return end
            places = self._meant(names, before)
            if not places:
                continue
            hit = self._hit(spelled, start, end, places, before, asked=asked)
            if hit is not None:
                _append(hits, hit, before)
                return max(hit.close, start + 1)
        return start + 1

    def _names_at(
        self, spelled: Spelled, start: int, latin: dict[int, list[tuple[int, str]]]
    ) -> Iterator[tuple[int, list[Name]]]:
        yield from self.index.at(spelled.text, start)
        for end, words in latin.get(start, ()):
            names = self.index.latin(words)
            if names:
                yield end, names

    def _before(self, spelled: Spelled, start: int, hits: list[Hit]) -> Hit | None:
        """Return the hit that an address may be going on from."""
        if not hits or hits[-1].close > start:
            return None
        last = hits[-1]
        between = spelled.text[last.close : start]
        if between and not _BETWEEN.fullmatch(between):
            return None
        if between in ("、", ",") and last.kind is not Kind.elsewhere:
            return last if _is_latin(spelled, start) else None
        return last

    def _meant(self, names: list[Name], before: Hit | None) -> list[Place]:
        if before is not None:
            parents = {p.name for p in before.places} | {p.name + "町" for p in before.places}
            children = [name for name in names if name.place.parent in parents]
            if children:
                return list(dict.fromkeys(name.place for name in children))
        return best(name for name in names if name.alone)

    def _hit(
        self,
        spelled: Spelled,
        start: int,
        end: int,
        places: list[Place],
        before: Hit | None,
        *,
        asked: bool,
    ) -> Hit | None:
        text = spelled.text
        adjacent = before is not None and before.close == start
        chained = before is not None and (adjacent or _is_child(places[0], before))
        places, tail = _with_tail(spelled, end, places)
        goes_on = tail.close > end or follows(text, end) or self._goes_on(spelled, end, places)
        if not edges.stands(spelled, start, end, chained or _code_before(text, start), goes_on):
            return self._half_known(spelled, start, end, places, chained=chained)
        hit = Hit(start, tail.end, tail.close, tuple(places), tail.chomes, tail.part, chained)
        if places[0].kind in (Kind.district, Kind.town) and self._is_weak(text[start:end], places):
            weighed = _weighed(spelled, hit, end, asked=asked)
            vague = text[start:end] in self.table.vague
            return replace(weighed, doubtful=True) if weighed and vague else weighed
        return hit

    def _goes_on(self, spelled: Spelled, end: int, places: list[Place]) -> bool:
        """Tell whether another known name follows at once that belongs to the same address."""
        if end >= len(spelled.text) or places[0].kind in (Kind.landmark, Kind.ignored):
            return False
        parents = {place.name for place in places} | {place.name + "町" for place in places}
        for stop, names in self.index.at(spelled.text, end):
            if any(name.place.parent in parents for name in names):
                return True
            if stop - end > 1 and any(
                name.alone and name.place.kind in (Kind.district, Kind.town) for name in names
            ):
                return places[0].kind in (Kind.city, Kind.elsewhere) or (
                    places[0].name in self._children
                )
        return False

    def _half_known(
        self, spelled: Spelled, start: int, end: int, places: list[Place], *, chained: bool
    ) -> Hit | None:
        """A town that goes on under an unknown name is told as such (一箕町新田)."""
        if places[0].name not in self._children or not spelled.text[:end].endswith("町"):
            return None
        if not edges.stands(spelled, start, end, chained, known_after=True):
            return None
        stop = end
        while stop < len(spelled.text) and is_kanji(spelled.text[stop]) and stop - end < 5:
            stop += 1
        if spelled.text[end] in "民長会営議道":
            return None
        return Hit(start, stop, stop, tuple(places), blocked=spelled.text[start:stop])

    def _is_weak(self, written: str, places: Iterable[Place]) -> bool:
        if len(written) <= _SHORT_KANA and all("ぁ" <= c <= "ー" for c in written):
            return True
        if written in self.table.weak:
            return True
        return not any(is_kanji(c) for c in written) and any(
            spelling_key(place.name) in self.table.weak for place in places
        )

    def _latin_starts(self, spelled: Spelled) -> dict[int, list[tuple[int, str]]]:
        """Return for each Latin word the runs of words that begin there, longest first."""
        written = spelled.written
        words = list(_LATIN_WORD.finditer(written))
        starts: dict[int, list[tuple[int, str]]] = {}
        for first, word in enumerate(words):
            runs: list[tuple[int, str]] = []
            for last in range(first, min(len(words), first + _MOST_WORDS)):
                gap = written[words[last - 1].end() : words[last].start()] if last > first else ""
                if not _LATIN_JOINT.fullmatch(gap):
                    break
                end = bisect_left(spelled.starts, words[last].end())
                runs.append((end, written[word.start() : words[last].end()]))
            starts[bisect_left(spelled.starts, word.start())] = runs[::-1]
        return starts


def _with_tail(spelled: Spelled, end: int, places: list[Place]) -> tuple[list[Place], Tail]:
    """Read on, and keep the places that the rest of the address can belong to."""
    if places[0].kind is Kind.elsewhere and _FORMAL.search(spelled.text[:end]):
        address = _ELSEWHERE_ADDRESS.match(spelled.text, end)
        return places, Tail(end, address.end() if address else end)
    if places[0].kind not in (Kind.town, Kind.district):
        return places, Tail(end, end)
    tails = {place: read_tail(spelled, end, place) for place in places}
    tail = max(tails.values(), key=lambda tail: (bool(tail.part), tail.chomes != (), tail.close))
    kept = [p for p, own in tails.items() if own == tail and (p.numbered or not tail.chomes)]
    if places[0].kind is Kind.district and not (tail.chomes or tail.part):
        tail = Tail(end, end)
    return kept or places, tail


def _is_child(place: Place, before: Hit) -> bool:
    return any(place.parent in (p.name, p.name + "町") for p in before.places)


def _code_before(text: str, start: int) -> bool:
    return start > 0 and text[start - 1].isdecimal()


def _is_latin(spelled: Spelled, start: int) -> bool:
    return spelled.text[start : start + 1].isascii()


def _weighed(spelled: Spelled, hit: Hit, end: int, *, asked: bool) -> Hit | None:
    """A name that is a surname or a common word counts only where the words around say so."""
    numbered = hit.close > hit.end or hit.chomes or hit.part
    if hit.chained or numbered or edges.is_supported(spelled, end):
        return hit
    if _is_latin(spelled, hit.start):
        says_so = _latin_word_before(spelled, hit.start)
        whole = hit.start == 0 and hit.close == len(spelled.text)
        return hit if says_so or asked else replace(hit, doubtful=True) if whole else None
    if edges.is_whole_clause(spelled, hit.start, end):
        sure = asked or hit.kind is Kind.district
        return hit if sure else replace(hit, doubtful=True)
    if edges.is_about_garbage(spelled, end) and any(
        is_kanji(c) for c in spelled.text[hit.start : end]
    ):
        return replace(hit, doubtful=True)
    return None


def _latin_word_before(spelled: Spelled, start: int) -> bool:
    words = _LATIN_WORD.findall(spelled.written[: spelled.starts[start]])
    return bool(words) and words[-1].casefold() in _LATIN_PLACE_WORDS


def _append(hits: list[Hit], hit: Hit, before: Hit | None) -> None:
    """Add a hit; one that goes on an address takes the place of what it goes on from."""
    if before is None or hits[-1] is not before or hit.kind is Kind.landmark:
        hits.append(hit)
    elif before.kind is Kind.elsewhere and hit.kind is not Kind.elsewhere:
        hits[-1] = replace(before, close=hit.close)
    elif before.kind is Kind.city:
        hits[-1] = replace(hit, start=before.start, chained=True)
    elif before.code and hit.kind is Kind.city:
        hits[-1] = replace(before, close=hit.close)
    elif before.code and hit.kind in (Kind.town, Kind.part, Kind.district):
        hits[-1] = _narrowed(before, hit)
    elif _is_child(hit.places[0], before):
        hits[-1] = replace(hit, start=before.start, chained=True)
    elif before.close == hit.start and before.kind in (Kind.town, Kind.district):
        hits[-1] = _narrowed(before, hit)
    else:
        hits.append(hit)


def _narrowed(before: Hit, hit: Hit) -> Hit:
    """Two names side by side are one address where their districts agree, else both are meant."""
    outer = {d for place in before.places for d in place.districts}
    inner = {d for place in hit.places for d in place.districts}
    if outer & inner or before.kind is Kind.elsewhere:
        return replace(hit, start=before.start, chained=True)
    return replace(
        hit, start=before.start, places=(*before.places, *hit.places), doubtful=True, chained=True
    )
