"""Drawing a menu: large letters, simple icons, strong contrast; no meaning in colour alone."""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from bot.menus.icons import icon_mask
from bot.menus.lettering import Lettering, load_font
from bot.menus.plan import HEIGHT, WIDTH, Bounds, Field, Menu, Tone
from kit.errors import ConciergeError

MAX_BYTES = 1024 * 1024
MEDIA_TYPE = "image/png"
# Smooth edges of letters need a few shades between ink and paper.
_SHADES = 9
_ICON = 250
# Room below a tab's words for the bar that marks the open one.
_BAR = 36
_LINE = 8

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Colours of a menu. `ink` is written on `paper`, `strip_ink` on `strip`."""

    ink: Colour
    paper: Colour
    strip: Colour
    strip_ink: Colour

    def pairs(self) -> tuple[tuple[Colour, Colour], ...]:
        """Return every pair of colours that stand on each other; WCAG asks for 4.5 : 1."""
        return (
            (self.ink, self.paper),
            (self.strip_ink, self.strip),
            (self.strip, self.paper),
        )


_WHITE, _INK = (255, 255, 255), (17, 24, 39)
PALETTES: dict[Tone, Palette] = {
    "blue": Palette(_INK, _WHITE, (0, 69, 140), _WHITE),
    "green": Palette(_INK, _WHITE, (0, 92, 55), _WHITE),
    "violet": Palette(_INK, _WHITE, (92, 45, 130), _WHITE),
    "grey": Palette(_INK, _WHITE, (55, 65, 81), _WHITE),
    "disaster": Palette(_INK, (255, 248, 225), (160, 0, 20), _WHITE),
}


class MenuImageError(ConciergeError):
    """The drawn menu is larger than LINE takes (1 MB). Use fewer fields or shorter labels."""

    status = 400
    code = "menu_image"


def draw(menu: Menu) -> Image.Image:
    """Return the menu's picture (RGB, LINE's size)."""
    palette = PALETTES[menu.tone]
    image = Image.new("RGB", (WIDTH, HEIGHT), palette.paper)
    for field in menu.fields:
        if field.role == "cell":
            _draw_cell(image, field, palette)
        else:
            _draw_tab(image, field, palette)
    return image


def encode(image: Image.Image, tone: Tone) -> bytes:
    """Return a menu's picture as PNG. Raises MenuImageError beyond 1 MB."""
    out = io.BytesIO()
    image.quantize(palette=_shades(PALETTES[tone]), dither=Image.Dither.NONE).save(out, "PNG")
    if out.tell() > MAX_BYTES:
        raise MenuImageError
    return out.getvalue()


def _shades(palette: Palette) -> Image.Image:
    colours = [
        round(a + (b - a) * step / (_SHADES - 1))
        for one, other in palette.pairs()
        for step in range(_SHADES)
        for a, b in zip(one, other, strict=True)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette(colours)
    return image


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: Colour) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _draw_cell(image: Image.Image, field: Field, palette: Palette) -> None:
    bounds, lettering = field.bounds, field.lettering
    ImageDraw.Draw(image).rectangle(_box(bounds, _LINE // 2), outline=palette.strip, width=_LINE)
    gap = (bounds.height - _ICON - lettering.height) // 3
    middle = bounds.x + bounds.width // 2
    if field.icon is not None:
        place = (middle - _ICON // 2, bounds.y + gap)
        image.paste(palette.strip, place, icon_mask(field.icon, _ICON))
    _write(image, lettering, middle, bounds.y + 2 * gap + _ICON, palette.ink)


def _draw_tab(image: Image.Image, field: Field, palette: Palette) -> None:
    """Draw a tab. The open one is part of the page below, underlined, and larger than the rest."""
    bounds, lettering = field.bounds, field.lettering
    is_open = field.role == "here"
    fill, ink = (palette.paper, palette.strip) if is_open else (palette.strip, palette.strip_ink)
    pen = ImageDraw.Draw(image)
    pen.rectangle(_box(bounds, 0), fill=palette.strip)
    inside = [
        bounds.x + _LINE * 2,
        bounds.y + (_LINE if is_open else 3 * _LINE),
        bounds.x + bounds.width - _LINE * 2,
        bounds.y + bounds.height + (40 if is_open else -2 * _LINE),
    ]
    pen.rounded_rectangle(inside, 40, fill=fill, outline=palette.strip_ink, width=_LINE // 2)
    middle = bounds.x + bounds.width // 2
    container = bounds.height - (_BAR if is_open else 0)
    top = bounds.y + (container - lettering.height) // 2
    _write(image, lettering, middle, top, ink)
    if is_open:
        bottom = bounds.y + bounds.height - _BAR // 2
        pen.rectangle((middle - 140, bottom - 16, middle + 140, bottom), fill=palette.strip)


def _write(image: Image.Image, words: Lettering, middle: int, top: int, ink: Colour) -> None:
    """Write centred lines; `top` is the upper edge of the first."""
    pen = ImageDraw.Draw(image)
    font = load_font(words.font, words.size)
    for number, line in enumerate(words.lines):
        y = top + number * words.pitch + words.pitch // 2
        # A thin outline makes the one weight of the Japanese font easier to read.
        weight = 1 if words.font.name == "ipaexg.ttf" else 0
        pen.text((middle, y), line, font=font, fill=ink, anchor="mm", stroke_width=weight)


def _box(bounds: Bounds, inset: int) -> tuple[int, int, int, int]:
    return (
        bounds.x + inset,
        bounds.y + inset,
        bounds.x + bounds.width - 1 - inset,
        bounds.y + bounds.height - 1 - inset,
    )
