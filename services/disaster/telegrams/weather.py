"""Warnings of the weather: the telegrams of May 2026, the ones before, and their companions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from services.disaster.areas import Areas
from services.disaster.facts import Fact, Telegram
from services.disaster.telegrams import codes
from services.disaster.telegrams.envelope import Envelope
from services.disaster.telegrams.items import Kind, area_kinds, merge, spread

# A warning that nobody confirmed for three days is not shown as current any more.
UNCONFIRMED_LIMIT = timedelta(hours=72)
# The notice of a special warning is sent at its start and its end, and not in between.
_NOTICE_LIMIT = timedelta(days=7)
_TORNADO_LASTS = timedelta(minutes=70)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a family names its kinds. `hazards`: all it can speak of, the first for unknown codes."""

    family: str
    table: dict[str, codes.Code]
    hazards: tuple[str, ...] = ()
    legacy: bool = False
    ended: frozenset[str] = field(default=frozenset())


_OTHERS = (
    "other",
    "thunder",
    "snowmelt",
    "fog",
    "dry",
    "avalanche",
    "cold",
    "frost",
    "icing",
    "snowaccretion",
)

# The bracket at the end of Control/Title tells the type: 気象警報・注意報（Ｒ０６）（大雨）.
NEW_SCHEMES = {
    "大雨": Scheme("VPWW55", codes.WARNINGS, ("rain",)),
    "土砂": Scheme("VPWW56", codes.WARNINGS, ("landslide",)),
    "土砂災害": Scheme("VPWW56", codes.WARNINGS, ("landslide",)),
    "高潮": Scheme("VPWW57", codes.WARNINGS, ("surge",)),
    "暴風": Scheme("VPWW58", codes.WARNINGS, ("wind", "blizzard")),
    "波浪": Scheme("VPWW59", codes.WARNINGS, ("wave",)),
    "大雪": Scheme("VPWW60", codes.WARNINGS, ("snow",)),
    "その他注意報": Scheme("VPWW61", codes.WARNINGS, _OTHERS),
}
NATIONAL = Scheme(
    "VPWS50",
    codes.WARNINGS,
    tuple(dict.fromkeys(h for scheme in NEW_SCHEMES.values() for h in scheme.hazards)),
)
OLD = Scheme("VPWW54", codes.LEGACY_WARNINGS, legacy=True)
OLD_TITLES = {
    "気象特別警報・警報・注意報": "VPWW53",
    "気象警報・注意報(H27)": "VPWW54",
    "気象警報・注意報": "VPWW50",
}
# Two forms of one state: the newer of either stands.
_SAME = {"VPWW53": "VPWW54"}
SPECIAL_NOTICE = Scheme("VPNO50", codes.LEGACY_WARNINGS, legacy=True)
LANDSLIDE = Scheme("VXWW50", codes.LANDSLIDE, ("landslide",), True, frozenset({"1"}))


def warnings(envelope: Envelope, scheme: Scheme, areas: Areas, family: str = "") -> Telegram:
    """A full state: what is not said to be in force any more has ended."""
    facts = merge(_facts(area_kinds(envelope), scheme, areas))
    return _telegram(envelope, family or scheme.family, facts, scheme)


def national(envelope: Envelope, areas: Areas) -> Telegram:
    """The collective telegram sent every ten minutes: it confirms, or corrects, every office's."""
    pairs = area_kinds(envelope)
    facts = list(merge(_facts(pairs, NATIONAL, areas)))
    said = {(fact.area, fact.hazard) for fact in facts}
    named = {area for code, _ in pairs for area in spread(code, areas)}
    silent = (
        Fact(area, hazard, "00", active=False, silent=True)
        for area in sorted(named)
        for hazard in NATIONAL.hazards
        if (area, hazard) not in said
    )
    telegram = _telegram(envelope, "VPWS50", (*facts, *silent), NATIONAL)
    return replace(telegram, covers=frozenset((hazard, "*") for hazard in NATIONAL.hazards))


def special_notice(envelope: Envelope, areas: Areas) -> Telegram:
    """気象特別警報報知. Its 解除 may say that the special warning was switched to a lower one: the
    danger is not over, and something unknown is in force until a warning says what."""
    telegram = warnings(envelope, SPECIAL_NOTICE, areas)
    return replace(
        telegram,
        switched_down="切り替え" in envelope.headline,
        expires_at=envelope.reported_at + _NOTICE_LIMIT,
    )


def landslide(envelope: Envelope, areas: Areas) -> Telegram:
    telegram = warnings(envelope, LANDSLIDE, areas)
    name = envelope.event_id or envelope.office
    return replace(telegram, subject=f"VXWW50 {name}")


def tornado(envelope: Envelope, areas: Areas, family: str) -> Telegram:
    """竜巻注意情報: in force until ValidDateTime, about seventy minutes."""
    scheme = Scheme(
        family,
        codes.grades("tornado", "1"),
        ("tornado",),
        legacy=family == "VPHW50",
    )
    telegram = warnings(envelope, scheme, areas)
    until = envelope.valid_until or envelope.reported_at + _TORNADO_LASTS
    return replace(telegram, expires_at=until, ends_on_time=True)


def _facts(pairs: Iterable[tuple[str, list[Kind]]], scheme: Scheme, areas: Areas) -> Iterable[Fact]:
    for code, kinds in pairs:
        places = spread(code, areas)
        for kind in kinds:
            if kind.silent:
                continue
            for place in places:
                yield from _fact(place, kind, scheme)


def _fact(place: str, kind: Kind, scheme: Scheme) -> Iterable[Fact]:
    if kind.code == "00":
        hazards = scheme.hazards if len(scheme.hazards) == 1 else ()
        yield from (Fact(place, hazard, "00", False, name=kind.name) for hazard in hazards)
        return
    default = scheme.hazards[0] if scheme.hazards else ""
    code = scheme.table.get(kind.code) or codes.unknown(kind.name, default)
    if kind.over or kind.code in scheme.ended:
        hazard = default if kind.code in scheme.ended else code.hazard
        yield Fact(place, hazard, kind.code, False, name=kind.name)
    else:
        yield Fact(place, code.hazard, kind.code, True, code.level, code.rank, kind.name)


def _telegram(envelope: Envelope, family: str, facts: tuple[Fact, ...], scheme: Scheme) -> Telegram:
    office = envelope.office
    covers = () if scheme.legacy else ((hazard, office) for hazard in scheme.hazards)
    return Telegram(
        family=family,
        subject=f"{_SAME.get(family, family)} {office}",
        status=envelope.status,
        info_type=envelope.info_type,
        office=office,
        reported_at=envelope.reported_at,
        revision=envelope.revision,
        source="",
        facts=facts,
        covers=frozenset(covers),
        legacy=scheme.legacy,
        contest="" if scheme.legacy else "warnings",
        expires_at=envelope.reported_at + UNCONFIRMED_LIMIT,
        publishers=envelope.publishers,
        title=envelope.head_title,
        headline=envelope.headline,
    )
