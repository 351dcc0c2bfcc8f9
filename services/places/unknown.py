"""Names that look like places and are none of the city's: they are said back as not known."""

import re
from dataclasses import dataclass

from kit.spelling import Spelled
from services.places import edges
from services.places.parsing import Hit, Reader
from services.places.rules import Kind

_UNKNOWN = re.compile(
    r"(?P<name>[一-鿿々](?:[一-鿿々]|が(?=[一-鿿])){0,6}?)"
    r"(?P<kind>(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})丁目|[町村]|(?<!着)(?<!的)[市区郡県])"
)
_PREFIXES = re.compile(
    r"(?:(?:明日|今日|本日|来週|今週|次回?|毎週|現在|今|実家|自宅|住所|私|俺|僕|母|父|家|地区|会津若松市|福島県|昨年|昨日|今度|字|在|住|是|我|回|加上|搬到)の?)+"
)
_OF_A_CITY = re.compile(r"[民庁長役営立議内外場販街政税道債有議計部]")
_NO_NAME = re.compile(
    r"^(?:[何貴同当本他各全毎同隣下上某小大この]|両|同じ|近隣|別|多|数|旧|新|我|自治|行政|選挙|特別|政令|中核|都道府|市|地|学|校|朝|初|十日|夏|蚤|骨董"
    r"|農|山|漁|城下|門前|宿場|温泉|田舎|商店|港|横|裏|無|過疎|限界|少数|田園|都|.*都)$|[的是哪个着]"
)


@dataclass(frozen=True)
class Unknown:
    """A name that looks like a place and is none of the city's. `elsewhere`: where it is known."""

    text: str
    start: int
    end: int
    elsewhere: str = ""
    similar: tuple[str, ...] = ()
    """Towns and districts of the city whose names stand in it; to be offered, never taken."""


def unknown_names(
    reader: Reader, spelled: Spelled, hits: list[Hit], codes: list[tuple[int, int]]
) -> list[Unknown]:
    found = [_unknown_at(spelled, start, end) for start, end in codes]
    for hit in hits:
        if hit.kind is Kind.elsewhere:
            found.append(_unknown_at(spelled, hit.start, hit.end, elsewhere=hit.places[0].name))
        elif hit.blocked:
            found.append(_unknown_at(spelled, hit.start, hit.end, similar=(hit.places[0].name,)))
    found += _place_like(reader, spelled, hits)
    return sorted(found, key=lambda unknown: unknown.start)


def _unknown_at(
    spelled: Spelled, start: int, end: int, elsewhere: str = "", similar: tuple[str, ...] = ()
) -> Unknown:
    first, last = spelled.span(start, end)
    return Unknown(spelled.written[first:last], first, last, elsewhere, similar)


def _place_like(reader: Reader, spelled: Spelled, hits: list[Hit]) -> list[Unknown]:
    """Return 〇〇町 and 〇〇1丁目 outside of every known name."""
    free = list(uncovered(spelled, hits))
    found = []
    for offset, stretch in free:
        for match in _UNKNOWN.finditer(stretch):
            name = match["name"]
            skipped = _skipped(spelled, offset + match.start(), name)
            start = offset + match.start() + skipped
            own = name[skipped:]
            end = offset + match.end()
            if not own or _NO_NAME.search(own) or _is_ignored(reader, spelled, start, end):
                continue
            if match["kind"] == "町":
                chome = re.compile(r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})丁目").match(
                    spelled.text, end
                )
                end = chome.end() if chome else end
            if not _ends_there(spelled, end, match["kind"]):
                continue
            similar = tuple(p.name for p in reader.index.like(spelled.text[start:end], len(own)))
            found.append(_unknown_at(spelled, start, end, similar=similar))
    return found


def _skipped(spelled: Spelled, start: int, name: str) -> int:
    """Return how many letters of a run belong to the words before the name."""
    particle = max(
        (i + 1 for i, c in enumerate(name) if c == "が" and spelled.is_written(start + i, "が")),
        default=0,
    )
    prefix = _PREFIXES.match(name, particle)
    return prefix.end() if prefix else particle


def uncovered(spelled: Spelled, hits: list[Hit]) -> list[tuple[int, str]]:
    stretches, at = [], 0
    for hit in hits:
        stretches.append((at, spelled.text[at : hit.start]))
        at = hit.close
    stretches.append((at, spelled.text[at:]))
    return stretches


def _is_ignored(reader: Reader, spelled: Spelled, start: int, end: int) -> bool:
    for place in range(start, end):
        for stop, names in reader.index.at(spelled.text, place):
            if stop >= end and any(n.place.kind in (Kind.ignored, Kind.city) for n in names):
                return True
    return False


def _ends_there(spelled: Spelled, end: int, kind: str) -> bool:
    """An unknown 〇〇市 goes on in 市営; then it is no name. An address may go on behind it."""
    if kind in ("市", "県", "郡"):
        return _OF_A_CITY.match(spelled.text, end) is None
    return edges.stands(spelled, end, end, known_before=True, known_after=False)
