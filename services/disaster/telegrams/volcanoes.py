"""Volcanoes: warnings per volcano and city, eruptions as they happen, ash about to fall."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from services.disaster.areas import Areas
from services.disaster.facts import UNKNOWN, Fact, Telegram
from services.disaster.telegrams.envelope import Envelope, normal
from services.disaster.telegrams.items import Kind, block_kinds, merge, spread
from services.disaster.telegrams.plain import plain

ERUPTION_SHOWN_FOR = timedelta(hours=24)
ASH_SHOWN_FOR = timedelta(hours=6)

# Kinds of the warning for cities: 噴火警報（居住地域） over 火口周辺警報 and 周辺海域; 04 and 05
# are 噴火予報, which is no warning.
_WARNINGS = {"01": 5.0, "02": 3.0, "03": 3.0}
_OVER = frozenset({"04", "05", "00"})
# What an eruption is called, over the warnings that were in force before it: 噴火, 爆発, もよう.
_ERUPTIONS = {"51": 6.0, "52": 6.0, "53": 6.0, "54": 6.0, "55": 6.0, "56": 6.0, "62": 6.0}
_ASH = {"70": 1.0, "71": 1.1, "72": 1.2, "73": 1.3, "75": 1.4}


def warning(envelope: Envelope, areas: Areas, family: str) -> Telegram:
    """噴火警報・予報 stands until the next one, for years if need be: no age limit. 解説情報
    (VFVO51) usually names no city; then it changes nothing."""
    pairs = list(_blocks(envelope, "(対象市町村等)"))
    telegram = replace(plain(envelope, family, envelope.event_id), subject=_subject(envelope))
    if not pairs and family == "VFVO51":
        return replace(telegram, subject=f"VFVO51 {envelope.event_id} {envelope.serial}")
    return replace(telegram, facts=merge(_facts(pairs, areas, _WARNINGS)))


def _subject(envelope: Envelope) -> str:
    return f"VFVO50 {envelope.event_id}"


def eruption(envelope: Envelope, areas: Areas, family: str) -> Telegram:
    """噴火速報 and 火山観測報: one happening each. Where no city is named the volcano's own code
    (three digits) stands for the place."""
    pairs = list(_blocks(envelope, "(対象市町村等)"))
    facts = list(_facts(pairs, areas, _ERUPTIONS))
    if not facts:
        facts = [
            Fact(code, "volcano", kind.code, True, None, _ERUPTIONS.get(kind.code, UNKNOWN), "")
            for code, kinds in _volcanoes(envelope)
            for kind in kinds
            if kind.code
        ]
    telegram = plain(envelope, family, envelope.event_id, envelope.reported_at + ERUPTION_SHOWN_FOR)
    return replace(telegram, facts=merge(facts), event=f"eruption {envelope.event_id}")


def ash(envelope: Envelope, areas: Areas, family: str) -> Telegram:
    """降灰予報 of a real eruption. The scheduled one (VFVO53) only supposes one."""
    pairs = list(_blocks(envelope, "(対象市町村等)"))
    telegram = plain(envelope, family, envelope.event_id, envelope.reported_at + ASH_SHOWN_FOR)
    return replace(telegram, facts=merge(_facts(pairs, areas, _ASH)))


def _blocks(envelope: Envelope, scale: str) -> Iterable[tuple[str, list[Kind]]]:
    for tag, part in (("VolcanoInfo", envelope.body), ("Information", envelope.head)):
        found = [
            pair
            for block in part.walk(tag)
            if normal(block.attributes.get("type", "")).endswith(scale)
            for pair in block_kinds(block)
        ]
        if found:
            return found
    return []


def _volcanoes(envelope: Envelope) -> Iterable[tuple[str, list[Kind]]]:
    for block in envelope.body.walk("VolcanoInfo"):
        yield from ((code, kinds) for code, kinds in block_kinds(block) if len(code) == 3)


def _facts(
    pairs: Iterable[tuple[str, list[Kind]]], areas: Areas, ranks: dict[str, float]
) -> Iterable[Fact]:
    for code, kinds in pairs:
        for place in spread(code, areas):
            for kind in kinds:
                if not kind.code:
                    continue
                active = kind.code not in _OVER
                rank = ranks.get(kind.code, UNKNOWN) if active else 0.0
                yield Fact(place, "volcano", kind.code, active, None, rank, kind.name)
