"""Items of a telegram: which kinds are said of which areas, in Body and in Head."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from services.disaster.areas import Areas, is_city_code, short
from services.disaster.facts import Fact
from services.disaster.telegrams.envelope import Envelope, normal
from services.disaster.xml import Node

# From the finest statement to the widest: a wider one is read only where there is no finer.
_SCALES = (
    "(市町村等)",
    "土砂災害警戒情報",
    "(市町村等をまとめた地域等)",
    "(一次細分区域等)",
    "(発表細分)",
    "(府県予報区等)",
)
# An item lists a handful of kinds, the largest telegram all cities of the country (about 1,900
# areas); what lists far more is not what it says it is.
_MOST_KINDS, _MOST_AREAS = 64, 20_000
_OVER = frozenset({"解除", "発表警報・注意報はなし", "なし"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind as an item says it: code ("" where none is in force), status, name."""

    code: str
    status: str
    name: str

    @property
    def over(self) -> bool:
        """A release keeps the old code in the Body; in the Head it is 解除 with code 00."""
        return self.status in _OVER or self.name == "解除" or self.code in ("", "0", "00")

    @property
    def silent(self) -> bool:
        """Nothing is in force and nothing ended here."""
        return self.code in ("", "0")


def area_kinds(envelope: Envelope, tag: str = "Warning") -> list[tuple[str, list[Kind]]]:
    """Kinds by area code at the finest scale that the Body has, else the Head."""
    for blocks in (envelope.body.walk(tag), envelope.head.walk("Information")):
        by_type = [(normal(block.attributes.get("type", "")), block) for block in blocks]
        for scale in _SCALES:
            found = [block for name, block in by_type if name.endswith(scale)]
            if found:
                return _by_area(pair for block in found for pair in block_kinds(block))
    return []


def _by_area(pairs: Iterable[tuple[str, list[Kind]]]) -> list[tuple[str, list[Kind]]]:
    """Each area once, with all that is said of it: a telegram cannot make work by repetition."""
    said: dict[str, dict[Kind, None]] = {}
    for code, kinds in islice(pairs, _MOST_AREAS):
        said.setdefault(code, {}).update(dict.fromkeys(kinds))
    return [(code, list(kinds)[:_MOST_KINDS]) for code, kinds in said.items()]


def block_kinds(block: Node) -> Iterator[tuple[str, list[Kind]]]:
    """(area code, kinds) of each item and area of one Warning or Information."""
    for item in block.named("Item"):
        kinds = [read_kind(node) for node in item.named("Kind")[:_MOST_KINDS]]
        for code in area_codes(item):
            yield code, kinds


def read_kind(node: Node) -> Kind:
    status = node.text("Status") or node.text("Condition")
    return Kind(node.text("Code"), status, normal(node.text("Name")))


def area_codes(item: Node) -> list[str]:
    """Codes of an item's areas: a single Area, or Areas with several."""
    nodes = item.named("Area") + [area for group in item.named("Areas") for area in group.children]
    codes = (node.text("Code") for node in nodes if node.name == "Area")
    return list(dict.fromkeys(code for code in codes if code))


def spread(code: str, areas: Areas) -> list[str]:
    """The areas that a code stands for: itself if it is a city or a part, else what it contains."""
    if len(code) == 7:
        return [short(code)] if is_city_code(code) else []
    if len(code) == 5 and code.isdigit():
        return [code]
    return areas.within(code)


def merge(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """One fact per (area, hazard): one in force before one that ended, then the graver."""
    best: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (fact.area, fact.hazard)
        held = best.get(key)
        if held is None or (fact.active, fact.rank) > (held.active, held.rank):
            best[key] = fact
    return tuple(best.values())
