"""From bytes to a `Telegram`: the family is told by Control/Title, never by the file's name."""

import re
from collections.abc import Callable
from dataclasses import replace

from services.disaster.areas import Areas
from services.disaster.facts import Telegram
from services.disaster.telegrams import (
    bulletins,
    codes,
    quakes,
    rivers,
    tsunami,
    volcanoes,
    weather,
)
from services.disaster.telegrams.alerts import is_cap, read_alert
from services.disaster.telegrams.envelope import Envelope, read_envelope
from services.disaster.telegrams.plain import plain
from services.disaster.xml import read_xml

_Reader = Callable[[Envelope, Areas], Telegram]
_NEW_WARNING = re.compile(r"気象警報・注意報\(R\d+\)\((?P<kind>.+)\)")

_READERS: dict[str, _Reader] = {
    "気象特別警報報知": weather.special_notice,
    "土砂災害警戒情報": weather.landslide,
    "指定河川洪水予報": rivers.river,
    "水位周知河川に関する情報": lambda e, areas: rivers.river(e, areas, "VXSU"),
    "竜巻注意情報": lambda e, areas: weather.tornado(e, areas, "VPHW50"),
    "竜巻注意情報(目撃情報付き)": lambda e, areas: weather.tornado(e, areas, "VPHW51"),
    "府県気象防災速報": bulletins.prompt_report,
    "記録的短時間大雨情報": bulletins.record_rain,
    "震度速報": quakes.prompt,
    "震源・震度に関する情報": lambda e, _: quakes.detailed(e),
    "緊急地震速報(警報)": lambda e, areas: quakes.early_warning(e, areas, "VXSE43"),
    "緊急地震速報(予報)": lambda e, areas: quakes.early_warning(e, areas, "VXSE44"),
    "緊急地震速報(地震動予報)": lambda e, areas: quakes.early_warning(e, areas, "VXSE45"),
    "津波警報・注意報・予報a": tsunami.warning,
    "津波情報a": lambda e, areas: tsunami.information(e, areas, "VTSE51"),
    "沖合の津波観測に関する情報": lambda e, areas: tsunami.information(e, areas, "VTSE52"),
    "噴火警報・予報": lambda e, areas: volcanoes.warning(e, areas, "VFVO50"),
    "火山の状況に関する解説情報": lambda e, areas: volcanoes.warning(e, areas, "VFVO51"),
    "噴火速報": lambda e, areas: volcanoes.eruption(e, areas, "VFVO56"),
    "噴火に関する火山観測報": lambda e, areas: volcanoes.eruption(e, areas, "VFVO52"),
    "降灰予報(速報)": lambda e, areas: volcanoes.ash(e, areas, "VFVO54"),
    "降灰予報(詳細)": lambda e, areas: volcanoes.ash(e, areas, "VFVO55"),
}


def read_telegram(data: bytes, source: str, areas: Areas) -> Telegram:
    """What a telegram says. `source` is how its file or message is called in what is told of it.

    A family that has nothing to say about areas, or is not known, gives a telegram without facts.
    Raises `UnreadableError` for anything that is not a telegram of the agency.
    """
    if is_cap(data):
        return read_alert(data, source)
    envelope = read_envelope(read_xml(data), data)
    return replace(_reader(envelope.title)(envelope, areas), source=source)


def _reader(title: str) -> _Reader:
    if (match := _NEW_WARNING.fullmatch(title)) is not None:
        return _new_warning(match["kind"])
    if (family := weather.OLD_TITLES.get(title)) is not None:
        return lambda envelope, areas: weather.warnings(envelope, weather.OLD, areas, family)
    return _READERS.get(title, _other)


def _new_warning(kind: str) -> _Reader:
    if "集約" in kind:
        return weather.national
    # A type that did not exist yet: its codes may, and else its kinds' names tell the hazard.
    unheard = weather.Scheme(f"VPWW {kind}", codes.WARNINGS)
    scheme = weather.NEW_SCHEMES.get(kind, unheard)
    return lambda envelope, areas: weather.warnings(envelope, scheme, areas)


def _other(envelope: Envelope, _areas: Areas) -> Telegram:
    return plain(envelope, envelope.title, envelope.event_id or envelope.office)
