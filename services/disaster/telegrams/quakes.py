"""Earthquakes: observed intensities (VXSE51, 53) and the early warning (VXSE43–45)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from services.disaster.areas import Areas, is_city_code, short
from services.disaster.facts import WARNING, Fact, Telegram
from services.disaster.telegrams.codes import INTENSITIES
from services.disaster.telegrams.envelope import Envelope, normal
from services.disaster.telegrams.items import block_kinds, merge
from services.disaster.telegrams.plain import plain
from services.disaster.xml import Node

# How long a shake is shown, and an early warning, which is over within minutes.
SHOWN_FOR = timedelta(hours=24)
WARNED_FOR = timedelta(hours=1)

_NOT_RECEIVED = "震度5弱以上"  # 「震度５弱以上未入電」: expected there, not reported yet
_WARNING_KINDS = frozenset({"10", "11", "19", "31"})


def prompt(envelope: Envelope, areas: Areas) -> Telegram:
    """震度速報: regions only, so their cities take the region's intensity until VXSE53 says their
    own. Several of one earthquake add up."""
    facts: list[Fact] = []
    for region in _regions(envelope.body):
        code, intensity = region.text("Code"), _intensity(region)
        facts += _shake(code, intensity)
        for city in areas.in_quake_region(code):
            facts += _shake(city, intensity)
    telegram = plain(envelope, "VXSE51", _event(envelope), envelope.reported_at + SHOWN_FOR)
    return _contending(telegram, envelope, facts, standing=1, adds_up=True)


def detailed(envelope: Envelope) -> Telegram:
    """震源・震度情報: each city's own intensity. Reports of far earthquakes name no area."""
    facts: list[Fact] = []
    for region in _regions(envelope.body):
        facts += _shake(region.text("Code"), _intensity(region))
        for city in region.named("City"):
            if is_city_code(city.text("Code")):
                facts += _shake(short(city.text("Code")), _intensity(city))
    telegram = plain(envelope, "VXSE53", _event(envelope), envelope.reported_at + SHOWN_FOR)
    return _contending(telegram, envelope, facts, standing=2, adds_up=False)


def _contending(
    telegram: Telegram, envelope: Envelope, facts: list[Fact], standing: int, adds_up: bool
) -> Telegram:
    event = f"earthquake {_event(envelope)}"
    return replace(
        telegram, facts=merge(facts), contest=event, event=event, standing=standing, adds_up=adds_up
    )


def _event(envelope: Envelope) -> str:
    return envelope.event_id or envelope.reported_at.isoformat()


def _regions(body: Node) -> Iterable[Node]:
    """細分区域 of the observation: three digits."""
    for observation in body.walk("Observation"):
        for pref in observation.named("Pref"):
            yield from (area for area in pref.named("Area") if len(area.text("Code")) == 3)


def _intensity(area: Node) -> str:
    """Greatest intensity observed; at least 5- where that is expected and not received."""
    observed = normal(area.text("MaxInt"))
    notes = [area.text("Condition"), *(s.text("Int") for s in area.named("IntensityStation"))]
    if any(_NOT_RECEIVED in normal(note) for note in notes) and _rank(observed) < _rank("5-"):
        return "5-"
    return observed


def _shake(area: str, intensity: str) -> list[Fact]:
    if not intensity or intensity == "0":
        return []
    return [Fact(area, "earthquake", intensity, True, None, _rank(intensity), f"震度{intensity}")]


def _rank(intensity: str) -> float:
    return float(INTENSITIES.index(intensity) + 1) if intensity in INTENSITIES else 0.0


def early_warning(envelope: Envelope, areas: Areas, family: str) -> Telegram:
    """緊急地震速報: regions under the warning; of the forecast (VXSE44, 45) those that it warns."""
    facts: list[Fact] = []
    for region, code in _warned(envelope):
        for area in (region, *areas.in_quake_region(region)):
            facts.append(Fact(area, "eew", code, True, None, WARNING, "緊急地震速報（警報）"))
    telegram = plain(envelope, family, _event(envelope), envelope.reported_at + WARNED_FOR)
    # A region once warned stays so until the cancellation, named again or not.
    event = f"eew {_event(envelope)}"
    return replace(telegram, facts=merge(facts), event=event, adds_up=True)


def _warned(envelope: Envelope) -> Iterable[tuple[str, str]]:
    headline = False
    for block in envelope.head.walk("Information"):
        if normal(block.attributes.get("type", "")).endswith("(細分区域)"):
            for code, kinds in block_kinds(block):
                for kind in kinds:
                    if kind.code in _WARNING_KINDS or kind.code not in ("", "00", "01"):
                        headline = True
                        yield code, kind.code
    if headline:
        return
    for pref in envelope.body.walk("Pref"):
        for area in pref.named("Area"):
            if (code := area.text("Category", "Kind", "Code")) in _WARNING_KINDS:
                yield area.text("Code"), code
