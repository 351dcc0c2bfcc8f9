"""Prompt bulletins about rain: 府県気象防災速報 (VPBS50) and the old 記録的短時間大雨情報."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from services.disaster.areas import Areas
from services.disaster.facts import ADVISORY, UNKNOWN, WARNING, Fact, Telegram
from services.disaster.telegrams.envelope import Envelope, normal
from services.disaster.telegrams.items import area_codes, area_kinds, merge, spread
from services.disaster.telegrams.plain import plain

SHOWN_FOR = timedelta(hours=6)

# Words of the tag (情報タグ) → hazard and rank. Heavy snow stays under the warnings for snow.
_TAGS = (
    ("線状降水帯直前", "bandrain", ADVISORY),
    ("線状降水帯", "bandrain", WARNING),
    ("記録", "recordrain", WARNING),
    ("大雪", "snow", 1.0),
    ("竜巻", "tornado", 1.0),
)


def prompt_report(envelope: Envelope, areas: Areas) -> Telegram:
    """府県気象防災速報. It names primary subdivisions, which all their cities take."""
    facts = merge(_tagged(envelope, areas))
    telegram = plain(envelope, "VPBS50", envelope.event_id, envelope.reported_at + SHOWN_FOR)
    covers = frozenset((fact.hazard, envelope.office) for fact in facts)
    return replace(telegram, facts=facts, covers=covers, event=_event(envelope, facts))


def _event(envelope: Envelope, facts: tuple[Fact, ...]) -> str:
    """Each record of rain is one happening; a rain band is one for its whole series."""
    series = any(fact.hazard == "bandrain" for fact in facts)
    name = envelope.event_id.partition("_")[0] if series else envelope.event_id
    return f"bulletin {name}"


def _tagged(envelope: Envelope, areas: Areas) -> Iterable[Fact]:
    for block in envelope.head.walk("Information"):
        if normal(block.attributes.get("type", "")) != "情報タグ":
            continue
        for item in block.named("Item"):
            tags = [normal(kind.text("Condition")) for kind in item.named("Kind")]
            for code in area_codes(item):
                for place in spread(code, areas):
                    yield from (_fact(place, tag) for tag in tags if tag)


def _fact(place: str, tag: str) -> Fact:
    hazard, rank = next(
        ((hazard, rank) for word, hazard, rank in _TAGS if word in tag), ("other", UNKNOWN)
    )
    return Fact(place, hazard, tag, True, None, rank, tag)


def record_rain(envelope: Envelope, areas: Areas) -> Telegram:
    """記録的短時間大雨情報, the legacy twin: one EventID, one happening."""
    facts: list[Fact] = []
    for code, kinds in area_kinds(envelope):
        for kind in kinds:
            if not kind.over:
                rank = WARNING if kind.code == "1" else UNKNOWN
                for place in spread(code, areas):
                    facts.append(Fact(place, "recordrain", kind.code, True, None, rank, kind.name))
    telegram = plain(envelope, "VPOA50", envelope.event_id, envelope.reported_at + SHOWN_FOR)
    event = f"bulletin {envelope.event_id}"
    return replace(telegram, facts=merge(facts), legacy=True, event=event)
