"""The state of an area as RSS 2.0, for when LINE is down."""

import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.utils import format_datetime

from services.disaster.entries import Entry
from services.disaster.wording import kind_name
from services.disaster.xml_writing import add, document

_HAPPENINGS = frozenset({"earthquake", "eew", "recordrain", "bandrain"})
# How long an end stays readable for those who come late.
_ENDED_SHOWN_FOR = timedelta(hours=48)


def write_rss(
    entries: Iterable[Entry],
    title: str,
    link: str,
    now: datetime,
    name: Callable[[str], str],
) -> bytes:
    """A feed with the newest first; `name` gives an area's name. One guid is one state since its
    last change: the same state confirmed again is the same item."""
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    add(channel, "title", title)
    add(channel, "link", link)
    add(channel, "description", "気象庁などの発表による、いまの警報・注意報など")
    add(channel, "language", "ja")
    add(channel, "lastBuildDate", format_datetime(now))
    shown = [entry for entry in entries if entry.active or _tells_of_an_end(entry, now)]
    for entry in sorted(shown, key=lambda e: e.reported_at, reverse=True):
        _write_item(channel, entry, link, name(entry.area) or entry.area)
    return document(rss)


def _tells_of_an_end(entry: Entry, now: datetime) -> bool:
    """A happening is not lifted, it is only not shown any more, unless it was a mistake."""
    lifted = entry.retracted or entry.hazard not in _HAPPENINGS
    return lifted and now - entry.reported_at <= _ENDED_SHOWN_FOR


def _write_item(channel: ET.Element, entry: Entry, link: str, area_name: str) -> None:
    reported = f"{entry.reported_at.month}/{entry.reported_at.day} {entry.reported_at:%H:%M}"
    item = ET.SubElement(channel, "item")
    add(item, "title", f"{area_name} {kind_name(entry)}")
    add(item, "link", link)
    add(item, "description", f"{area_name}：{kind_name(entry)}（{reported}発表）")
    add(item, "pubDate", format_datetime(entry.reported_at))
    guid = ET.SubElement(item, "guid", isPermaLink="false")
    since = (entry.since or entry.reported_at).isoformat()
    guid.text = f"{entry.area}-{entry.hazard}-{entry.kind_code}-{since}-{entry.active}"
