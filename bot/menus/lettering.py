"""Letters of a menu: which font has them, and how large they may be."""

from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

from kit.errors import ConciergeError

# In order of preference. DejaVu Sans comes with matplotlib and has Latin letters with all accents;
# IPAexゴシック comes with matplotlib_fontja and has Japanese. Neither package is imported.
FONTS = (
    ("matplotlib", "mpl-data/fonts/ttf/DejaVuSans-Bold.ttf"),
    ("matplotlib_fontja", "fonts/ipaexg.ttf"),
)
LINE_HEIGHT = 1.25


class LetteringError(ConciergeError):
    """A label cannot be drawn. Choose other words."""

    status = 400
    code = "lettering"


@dataclass(frozen=True)
class Lettering:
    """Lines of text in one font; pixels."""

    lines: tuple[str, ...]
    font: Path
    size: int

    @property
    def pitch(self) -> int:
        """The distance from one line to the next."""
        return round(self.size * LINE_HEIGHT)

    @property
    def height(self) -> int:
        """The height of all lines."""
        return self.pitch * len(self.lines)


def fit(label: str, width: int, largest: int, smallest: int) -> Lettering:
    """Return the label as large as its longest line allows.

    Raises LetteringError when no font has all its letters, or when it would be too small to read.
    """
    font = _font_for(label)
    lines = tuple(label.split("\n"))
    sample = load_font(font, largest)
    longest = max(sample.getlength(line) for line in lines)
    size = min(largest, int(largest * width / longest))
    if size < smallest:
        raise LetteringError(f"'{label}' is too long to be read; shorten it or break the line.")
    return Lettering(lines, font, size)


@lru_cache(maxsize=64)
def load_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """Return the font in that size (pixels)."""
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def _font_for(label: str) -> Path:
    letters = {ord(letter) for letter in label if letter != "\n"}
    missing: set[int] = set()
    for package, inside in FONTS:
        path = _font_path(package, inside)
        missing = letters - _letters_of(path)
        if not missing:
            return path
    names = ", ".join(f"{chr(code)} (U+{code:04X})" for code in sorted(missing))
    raise LetteringError(f"'{label}' has letters that the fonts lack: {names}")


def _font_path(package: str, inside: str) -> Path:
    spec = find_spec(package)
    folders = (spec.submodule_search_locations if spec else None) or ()
    for folder in folders:
        if (Path(folder) / inside).is_file():
            return Path(folder) / inside
    raise LetteringError(f"The font {inside} of the package {package} is not installed.")


@lru_cache
def _letters_of(path: Path) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap())
