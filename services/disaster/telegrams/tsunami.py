"""Tsunami: warnings (VTSE41, the state of the whole coast) and what is told beside them."""

from collections.abc import Iterable
from dataclasses import replace

from services.disaster.areas import Areas
from services.disaster.facts import Fact, Telegram
from services.disaster.telegrams import codes
from services.disaster.telegrams.envelope import Envelope, normal
from services.disaster.telegrams.items import merge
from services.disaster.telegrams.plain import plain
from services.disaster.telegrams.weather import UNCONFIRMED_LIMIT


def warning(envelope: Envelope, areas: Areas) -> Telegram:
    """VTSE41 states the whole coast, whatever earthquakes it is about: EventID may hold several
    ids with spaces between them. So there is one subject, and a cancellation is matched by the ids.
    """
    telegram = plain(envelope, "VTSE41", "coast", envelope.reported_at + UNCONFIRMED_LIMIT)
    return replace(
        telegram,
        subject="VTSE41",
        facts=merge(_facts(envelope, areas)),
        covers=frozenset({("tsunami", "*")}),
        event_ids=frozenset(envelope.event_id.split()),
    )


def information(envelope: Envelope, areas: Areas, family: str) -> Telegram:
    """VTSE51 and 52 repeat the warnings beside heights and times: of use only if VTSE41 is lost."""
    telegram = plain(envelope, family, envelope.event_id, envelope.reported_at + UNCONFIRMED_LIMIT)
    return replace(telegram, facts=merge(_facts(envelope, areas)), legacy=True)


def _facts(envelope: Envelope, areas: Areas) -> Iterable[Fact]:
    for forecast in envelope.body.walk("Forecast"):
        for item in forecast.named("Item"):
            coast = item.text("Area", "Code")
            code = item.text("Category", "Kind", "Code")
            name = normal(item.text("Category", "Kind", "Name"))
            if coast and code:
                for area in (coast, *areas.on_coast(coast)):
                    yield _fact(area, code, name)


def _fact(area: str, code: str, name: str) -> Fact:
    if code in codes.TSUNAMI_OVER:
        return Fact(area, "tsunami", code, False, name=name)
    rank = codes.TSUNAMI.get(code, codes.unknown(name, "tsunami").rank)
    return Fact(area, "tsunami", code, True, None, rank, name)
