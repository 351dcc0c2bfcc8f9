"""Text on A4 as a PDF that any reader shows, searches and reads aloud: its font comes with it.

Japanese text only, in lines of one size; the font is IPAexゴシック, of which just the letters that
are written go into the file.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

WIDTH, HEIGHT, MARGIN = 595, 842, 50
_UNKNOWN = "〓"
_ALWAYS = frozenset(f"0123456789 /{_UNKNOWN}")
_OPTIONS = {"notdef_outline": True, "name_IDs": [], "layout_features": [], "hinting": False}


@dataclass(frozen=True)
class Line:
    """One paragraph; `size` in points, `indent` of every line of it."""

    text: str
    size: int = 10
    indent: int = 0


def pdf(title: str, lines: Iterable[Line]) -> bytes:
    """Return the document, its pages numbered."""
    written = list(lines)
    font = _Font(_ALWAYS.union(*(line.text for line in written)))
    pages = list(_pages(written, font))
    return _document(title, font, pages)


class _Font:
    """The letters of one document: their numbers and widths in the embedded font."""

    def __init__(self, letters: frozenset[str]) -> None:
        font = TTFont(_font_file())
        cutter = subset.Subsetter(subset.Options(**_OPTIONS))
        cutter.populate(unicodes=[ord(letter) for letter in letters])
        cutter.subset(font)
        names: dict[int, str] = font.getBestCmap()
        self._units: int = font["head"].unitsPerEm
        self.numbers: dict[str, int] = {
            chr(code): font.getGlyphID(name) for code, name in names.items()
        }
        self.widths: dict[int, int] = {
            font.getGlyphID(name): self._scaled(advance)
            for name, (advance, _) in font["hmtx"].metrics.items()
        }
        head, lines = font["head"], font["hhea"]
        self.box = [self._scaled(edge) for edge in (head.xMin, head.yMin, head.xMax, head.yMax)]
        self.ascent, self.descent = self._scaled(lines.ascent), self._scaled(lines.descent)
        held = BytesIO()
        font.save(held)
        self.file = held.getvalue()

    def _scaled(self, units: float) -> int:
        return round(units * 1000 / self._units)

    def number(self, letter: str) -> int:
        """Return a letter's number; one that the font lacks is shown as missing."""
        return self.numbers.get(letter, self.numbers[_UNKNOWN])

    def width(self, text: str, size: int) -> float:
        """Return how many points a text takes."""
        return sum(self.widths[self.number(letter)] for letter in text) * size / 1000

    def shown(self, x: float, y: float, size: int, text: str) -> str:
        """Return what draws a text."""
        numbers = "".join(f"{self.number(letter):04X}" for letter in text)
        return f"BT /F1 {size} Tf {x:.1f} {y:.1f} Td <{numbers}> Tj ET"


@lru_cache(maxsize=1)
def _font_file() -> Path:
    found = find_spec("matplotlib_fontja")
    if found is None or found.origin is None:
        raise RuntimeError("the package matplotlib_fontja, which has the font, is not installed")
    return Path(found.origin).parent / "fonts" / "ipaexg.ttf"


def _pages(lines: Iterable[Line], font: _Font) -> Iterator[list[str]]:
    page, y = list[str](), float(HEIGHT - MARGIN)
    for line in lines:
        for text in _wrapped(line, font):
            y -= line.size * 1.6
            if y < MARGIN:
                yield page
                page, y = [], HEIGHT - MARGIN - line.size * 1.6
            page.append(font.shown(MARGIN + line.indent, y, line.size, text))
    yield page


def _wrapped(line: Line, font: _Font) -> Iterator[str]:
    """Break where the width ends: Japanese breaks between any two letters."""
    room = WIDTH - 2 * MARGIN - line.indent
    for part in line.text.split("\n"):
        held, used = "", 0.0
        for letter in part:
            takes = font.width(letter, line.size)
            if held and used + takes > room:
                yield held
                held, used = "", 0.0
            held, used = held + letter, used + takes
        yield held


def _document(title: str, font: _Font, pages: list[list[str]]) -> bytes:
    first = 9
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (ja-JP)"
        b" /ViewerPreferences << /DisplayDocTitle true >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /IPAexGothic /Encoding /Identity-H"
        b" /DescendantFonts [4 0 R] /ToUnicode 7 0 R >>",
        _cid_font(font),
        _descriptor(font),
        _stream(font.file, f"/Length1 {len(font.file)} "),
        _stream(_to_unicode(font)),
        f"<< /Title <{_utf16(title)}> >>".encode(),
    ]
    for number, page in enumerate(pages):
        foot = font.shown(WIDTH / 2 - 15, MARGIN / 2, 9, f"{number + 1} / {len(pages)}")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}]"
            f" /Resources << /Font << /F1 3 0 R >> >>"
            f" /Contents {first + 2 * number + 1} 0 R >>".encode()
        )
        objects.append(_stream("\n".join([*page, foot]).encode()))
    return _file(objects)


def _cid_font(font: _Font) -> bytes:
    widths = " ".join(f"{number} [{width}]" for number, width in sorted(font.widths.items()))
    return (
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /IPAexGothic /CIDToGIDMap /Identity"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        f" /FontDescriptor 5 0 R /DW 1000 /W [{widths}] >>"
    ).encode()


def _descriptor(font: _Font) -> bytes:
    box = " ".join(map(str, font.box))
    return (
        "<< /Type /FontDescriptor /FontName /IPAexGothic /Flags 4 /ItalicAngle 0 /StemV 80"
        f" /FontBBox [{box}] /Ascent {font.ascent} /Descent {font.descent}"
        f" /CapHeight {font.ascent} /FontFile2 6 0 R >>"
    ).encode()


def _to_unicode(font: _Font) -> bytes:
    """Return which letter each number is, for searching and reading aloud."""
    pairs = [f"<{number:04X}> <{_utf16(letter)[4:]}>" for letter, number in font.numbers.items()]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    body = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CMapType 2 def /CMapName /Letters def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{body}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _utf16(text: str) -> str:
    return (b"\xfe\xff" + text.encode("utf-16-be")).hex().upper()


def _stream(content: bytes, more: str = "") -> bytes:
    packed = zlib.compress(content)
    head = f"<< /Length {len(packed)} {more}/Filter /FlateDecode >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _file(objects: list[bytes]) -> bytes:
    written, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), list[int]()
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(written)
    written += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    written += "".join(f"{place:010} 00000 n \n" for place in places).encode()
    written += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 8 0 R >>\n".encode()
    return bytes(written + f"startxref\n{start}\n%%EOF\n".encode())
