"""Reports as RSS 2.0, newest change first. Pure."""

from collections.abc import Iterable
from datetime import UTC
from email.utils import format_datetime
from xml.etree import ElementTree

from services.snow.open311 import xml_text
from services.snow.publication import PublicReport


def rss(reports: Iterable[PublicReport], title: str, link: str) -> bytes:
    """Return a feed; each report's own page is `link` followed by its id."""
    root = ElementTree.Element("rss", version="2.0")
    channel = ElementTree.SubElement(root, "channel")
    _add(channel, title=title, link=link, description=title, language="ja")
    for report in sorted(reports, key=lambda entry: entry.updated_at, reverse=True):
        item = ElementTree.SubElement(channel, "item")
        where = f"（{report.address}）" if report.address else ""
        _add(
            item,
            title=f"{report.category.name}{where}：{report.status}",
            link=f"{link}{report.id}",
            description=report.description or report.notes,
            pubDate=format_datetime(report.updated_at.astimezone(UTC)),
        )
        guid = ElementTree.SubElement(item, "guid", isPermaLink="false")
        guid.text = f"{report.id}:{report.status}"
    text: str = ElementTree.tostring(root, "unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}'.encode()


def _add(parent: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(parent, name).text = xml_text(text)
