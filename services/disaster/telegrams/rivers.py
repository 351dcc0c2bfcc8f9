"""指定河川洪水予報 and 水位周知河川: a section of a river and the cities of its stations."""

import re
from collections.abc import Iterable
from dataclasses import replace

from services.disaster.areas import Areas, is_city_code, short
from services.disaster.facts import Fact, Telegram
from services.disaster.telegrams import codes
from services.disaster.telegrams.envelope import Envelope, normal
from services.disaster.telegrams.items import Kind, block_kinds, merge
from services.disaster.telegrams.plain import plain
from services.disaster.telegrams.weather import UNCONFIRMED_LIMIT
from services.disaster.xml import Node

_LEVEL = re.compile(r"【警戒レベル([2-5])相当")


def river(envelope: Envelope, areas: Areas, family: str = "VXKO") -> Telegram:
    """One section's forecast. A city takes the level of its own stations, for one telegram can
    hold stations at different levels; where no city is listed, the section's prefectures do."""
    said = [*_headline(envelope, "(予報区域)"), *_headline(envelope, "(発表区間)")]
    section, kind = said[0] if said else (envelope.event_id, None)
    facts: list[Fact] = []
    if kind is not None:
        facts.append(_fact(section, kind))
        listed = [_fact(city, own) for city, own in _cities(envelope, kind)]
        facts += listed or _presumed(envelope, areas)
    expires_at = envelope.reported_at + UNCONFIRMED_LIMIT
    telegram = plain(envelope, family, envelope.event_id or section, expires_at)
    covers = frozenset({("flood", envelope.office)})
    return replace(telegram, facts=merge(facts), covers=covers)


def _headline(envelope: Envelope, scale: str) -> Iterable[tuple[str, Kind]]:
    for block in envelope.head.walk("Information"):
        if normal(block.attributes.get("type", "")).endswith(scale):
            yield from ((code, kinds[0]) for code, kinds in block_kinds(block) if kinds)


def _fact(area: str, kind: Kind) -> Fact:
    if kind.code in codes.RIVER_CLEARED:
        return Fact(area, "flood", kind.code, False, name=kind.name)
    code = codes.RIVERS.get(kind.code) or codes.unknown(kind.name, "flood")
    return Fact(area, "flood", kind.code, True, code.level, code.rank, kind.name)


def _cities(envelope: Envelope, section: Kind) -> Iterable[tuple[str, Kind]]:
    levels = _station_levels(envelope.body)
    for area in envelope.body.walk("Area"):
        if not is_city_code(area.text("CityCode")):
            continue
        code = area.text("Code")  # of the station, or of the city's part itself
        place = code if is_city_code(code) else area.text("CityCode")
        yield short(place), _own(section, levels.get(code))


def _presumed(envelope: Envelope, areas: Areas) -> list[Fact]:
    """The cities of the section's prefectures; a clearance is of interest where one was warned."""
    said = [
        _fact(place, kind)
        for region, kind in _headline(envelope, "(府県予報区等)")
        for place in areas.within(region)
    ]
    return [replace(fact, presumed=True, silent=not fact.active) for fact in said]


def _station_levels(body: Node) -> dict[str, int]:
    """Station code → the level that the station's own sentence (主文) names."""
    levels: dict[str, int] = {}
    for item in body.walk("Item"):
        texts = [prop.text("Text") for prop in item.walk("Property") if prop.text("Type") == "主文"]
        found = [int(match[1]) for text in texts if (match := _LEVEL.search(normal(text)))]
        if found:
            for station in item.walk("Station"):
                code = station.text("Code")
                levels[code] = max(levels.get(code, 0), *found)
    return levels


def _own(section: Kind, level: int | None) -> Kind:
    """The section's kind, or the one of a lower level that the city's station names."""
    known = codes.RIVERS.get(section.code)
    if level is None or known is None or known.level is None or level >= known.level:
        return section
    return replace(section, code=codes.RIVER_CODE_OF_LEVEL[level])
