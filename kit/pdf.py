"""Letters and forms as PDF: lines of text on A4; of the font only the letters used are embedded.

ISO 32000-1: 9.7 (composite fonts), 9.10 (extraction of text). The font is IPAexゴシック, which
comes with matplotlib_fontja; its licence allows to embed it in documents.
"""

import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

_WIDTH, _HEIGHT, _MARGIN = 595, 842, 64
_LEADING = 1.6
_LABELS = 150
"""The width of the column of labels."""
_REPLACEMENT = "〓"
_NAME = "AAAAAA+IPAexGothic"


@dataclass(frozen=True)
class Line:
    """A paragraph; it is broken where the paper ends. `gap` is the space before it, in points.

    On a form, `label` stands before the text in a column of its own, and `is_ruled` draws a line
    beneath, to be written on.
    """

    text: str
    size: int = 11
    gap: int = 0
    is_right: bool = False
    label: str = ""
    is_ruled: bool = False


@cache
def _font_file() -> bytes:
    found = find_spec("matplotlib_fontja")
    if found is None or found.origin is None:
        raise FileNotFoundError("matplotlib_fontja")
    return (Path(found.origin).parent / "fonts" / "ipaexg.ttf").read_bytes()


class _Font:
    def __init__(self, text: str) -> None:
        # Glyphs keep their numbers, so that a character's number in the text is its glyph's.
        options = Options(retain_gids=True, hinting=False, layout_features=[], notdef_outline=True)
        options.drop_tables += ["vhea", "vmtx", "VORG", "meta"]
        self._font = TTFont(io.BytesIO(_font_file()), lazy=True)
        subsetter = Subsetter(options)
        subsetter.populate(text=text + _REPLACEMENT)
        subsetter.subset(self._font)
        out = io.BytesIO()
        self._font.save(out)
        self.file = out.getvalue()
        self._names = self._font.getBestCmap()
        self._em: int = self._font["head"].unitsPerEm

    def glyph(self, letter: str) -> int:
        name = self._names.get(ord(letter)) or self._names[ord(_REPLACEMENT)]
        return int(self._font.getGlyphID(name))

    def width(self, letter: str) -> int:
        """Return a letter's width in thousandths of its size."""
        name = self._names.get(ord(letter)) or self._names[ord(_REPLACEMENT)]
        advance: int = self._font["hmtx"][name][0]
        return round(advance * 1000 / self._em)


def write_pdf(pages: Sequence[Sequence[Line]], title: str) -> bytes:
    """Return a document; each element of `pages` begins on a new sheet. Takes a second or less."""
    texts = (line.label + line.text for page in pages for line in page)
    letters = sorted(set("".join(texts)))
    font = _Font("".join(letters))
    sheets = [sheet for page in pages for sheet in _sheets(page, font)]
    return _document(sheets, font, letters, title)


def _sheets(lines: Sequence[Line], font: _Font) -> Iterator[bytes]:
    """Yield the content of each sheet that the lines take."""
    out, y = bytearray(), float(_HEIGHT - _MARGIN)
    for line in lines:
        for number, text in enumerate(_broken(line, font)):
            y -= line.size * _LEADING + (line.gap if not number else 0)
            if y < _MARGIN:
                yield bytes(out)
                out, y = bytearray(), _HEIGHT - _MARGIN - line.size * _LEADING
            if line.label and not number:
                out += _shown(line.label, line.size, _MARGIN, y, font)
            width = sum(map(font.width, text)) * line.size / 1000
            x = _WIDTH - _MARGIN - width if line.is_right else _left(line)
            out += _shown(text, line.size, x, y, font)
        if line.is_ruled:
            rule = y - line.size * 0.4
            out += f"0.5 w {_MARGIN} {rule:.1f} m {_WIDTH - _MARGIN} {rule:.1f} l S\n".encode()
    yield bytes(out)


def _left(line: Line) -> int:
    return _MARGIN + (_LABELS if line.label else 0)


def _shown(text: str, size: int, x: float, y: float, font: _Font) -> bytes:
    glyphs = "".join(f"{font.glyph(letter):04x}" for letter in text)
    return f"BT /F {size} Tf {x:.1f} {y:.1f} Td <{glyphs}> Tj ET\n".encode()


def _broken(line: Line, font: _Font) -> Iterator[str]:
    room, taken, start = (_WIDTH - _MARGIN - _left(line)) * 1000 / line.size, 0, 0
    for place, letter in enumerate(line.text):
        width = font.width(letter)
        if taken + width > room and letter not in "、。）」":
            yield line.text[start:place]
            taken, start = 0, place
        taken += width
    yield line.text[start:]


def _document(sheets: list[bytes], font: _Font, letters: list[str], title: str) -> bytes:
    first = 8
    kids = " ".join(f"{first + 2 * n} 0 R" for n in range(len(sheets)))
    widths = " ".join(f"{font.glyph(each)} [{font.width(each)}]" for each in letters)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (ja)"
        b" /ViewerPreferences << /DisplayDocTitle true >> >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(sheets)} >>".encode(),
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{_NAME} /Encoding /Identity-H"
        " /DescendantFonts [4 0 R] /ToUnicode 7 0 R >>".encode(),
        f"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /{_NAME} /CIDToGIDMap /Identity"
        " /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
        f" /FontDescriptor 5 0 R /DW 1000 /W [{widths}] >>".encode(),
        f"<< /Type /FontDescriptor /FontName /{_NAME} /Flags 4 /FontBBox [-200 -200 1200 1000]"
        " /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 740 /StemV 80"
        " /FontFile2 6 0 R >>".encode(),
        _stream(font.file, f"/Length1 {len(font.file)}"),
        _stream(_to_unicode(font, letters)),
    ]
    for number, sheet in enumerate(sheets):
        content = f"{first + 2 * number + 1} 0 R"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_WIDTH} {_HEIGHT}] /Contents {content}"
            " /Resources << /Font << /F 3 0 R >> >> >>".encode()
        )
        objects.append(_stream(sheet))
    objects.append(f"<< /Title <feff{title.encode('utf-16-be').hex()}> >>".encode())
    return _numbered(objects)


def _stream(content: bytes, more: str = "") -> bytes:
    packed = zlib.compress(content, 9)
    head = f"<< /Length {len(packed)} /Filter /FlateDecode {more} >>\nstream\n".encode()
    return head + packed + b"\nendstream"


def _to_unicode(font: _Font, letters: Sequence[str]) -> bytes:
    """Return the map by which a reader copies, searches and reads aloud what it shows."""
    rows = [f"<{font.glyph(each):04x}> <{each.encode('utf-16-be').hex()}>" for each in letters]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    maps = "\n".join(f"{len(b)} beginbfchar\n" + "\n".join(b) + "\nendbfchar" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def"
        " /CMapType 2 def\n1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        f"{maps}\nendcmap CMapName currentdict /CMap defineresource pop end end"
    ).encode()


def _numbered(objects: Sequence[bytes]) -> bytes:
    """Return the file: the objects by their numbers, where each begins, and which is the first."""
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    table = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    root = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {len(objects)} 0 R >>"
    out += f"trailer\n{root}\nstartxref\n{table}\n%%EOF\n".encode()
    return bytes(out)
