"""Making a citizen's photo safe to keep and to show: nothing of the file survives but its pixels.

Positions and serial numbers in EXIF, other metadata, scripts, trailing data and tricks of a format
are gone after decoding and encoding again. Sizes are refused before anything is decoded.
"""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from kit.errors import ConciergeError, InvalidInputError, PayloadTooLargeError

LARGEST_BYTES = 20 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
"""A phone's largest photos have about 50 million; a "bomb" has thousands of millions."""

LONGEST_SIDE = 2048
_QUALITY = 85

# Decoders that may see a stranger's bytes. JPEG takes in the MPO of phones.
_FORMATS = ("JPEG", "PNG", "WEBP")


class UnreadablePhotoError(InvalidInputError):
    """写真を読み取れませんでした。JPEG か PNG の写真を送ってください。"""

    code = "unreadable_photo"


class DrawingRefusedError(InvalidInputError):
    """この形式の画像は受け取れません。カメラで撮った写真（JPEG か PNG）を送ってください。"""

    code = "drawing_refused"


class PhotoTooLargeError(PayloadTooLargeError):
    """写真が大きすぎます。20MB までの写真を送ってください。"""

    code = "photo_too_large"


@dataclass(frozen=True)
class Photo:
    """A JPEG without metadata, upright, at most 2,048 pixels long."""

    jpeg: bytes
    width: int
    height: int


def sanitised(data: bytes) -> Photo:
    """Return a photo made anew from what a citizen sent.

    Raises PhotoTooLargeError, DrawingRefusedError or UnreadablePhotoError, whose messages can be
    shown to the citizen as they are.
    """
    if len(data) > LARGEST_BYTES:
        raise PhotoTooLargeError
    if _is_markup(data):
        raise DrawingRefusedError
    try:
        with warnings.catch_warnings():
            # Pillow only warns of a bomb below twice its own limit; ours is checked here.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                return _made_anew(image)
    except ConciergeError:
        raise
    except Image.DecompressionBombError:
        raise PhotoTooLargeError from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise UnreadablePhotoError from None


def _made_anew(image: Image.Image) -> Photo:
    if image.width * image.height > LARGEST_PIXELS:
        raise PhotoTooLargeError
    # JPEG can be decoded at a fraction of its size, which saves most of the memory.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    pixels = _on_white(upright)
    # A new image: `info` with EXIF, XMP and comments stays behind with the old one.
    clean = Image.new("RGB", pixels.size)
    clean.paste(pixels)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Photo(out.getvalue(), clean.width, clean.height)


def _on_white(image: Image.Image) -> Image.Image:
    if "A" not in image.getbands() and "transparency" not in image.info:
        return image.convert("RGB")
    above = image.convert("RGBA")
    white = Image.new("RGBA", above.size, "white")
    return Image.alpha_composite(white, above).convert("RGB")


def _is_markup(data: bytes) -> bool:
    """Tell whether a file is text like SVG or HTML, in any of the usual encodings."""
    head = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return head.startswith(b"<")


@dataclass(frozen=True)
class Area:
    """A rectangle of a photo in pixels, to be made unrecognisable."""

    left: int
    top: int
    right: int
    bottom: int


def blurred(jpeg: bytes, areas: list[Area]) -> bytes:
    """Return a sanitised photo with faces or plates in `areas` made unrecognisable.

    Each becomes a few coarse blocks: blurring alone can be computed back.
    """
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        picture = image.convert("RGB")
    for area in areas:
        box = (
            max(0, area.left),
            max(0, area.top),
            min(picture.width, area.right),
            min(picture.height, area.bottom),
        )
        if box[0] >= box[2] or box[1] >= box[3]:
            raise InvalidInputError("ぼかす範囲が写真の外です。")
        piece = picture.crop(box)
        coarse = piece.resize((4, 4), Image.Resampling.BOX)
        picture.paste(coarse.resize(piece.size, Image.Resampling.NEAREST), box)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()
