"""Small things for writing XML."""

import re
import xml.etree.ElementTree as ET

# Control characters have no place in XML 1.0, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(parent: ET.Element, name: str, text: str) -> None:
    """Append an element with that text."""
    ET.SubElement(parent, name).text = _NOT_XML.sub("", text)


def document(root: ET.Element) -> bytes:
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))
