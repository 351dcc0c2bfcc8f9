"""Making somebody's picture safe to keep and to show: nothing of the file survives but its pixels.

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
QUALITY = 85

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
    """Return a photo made anew from what somebody sent.

    Raises PhotoTooLargeError, DrawingRefusedError or UnreadablePhotoError, whose messages can be
    shown as they are.
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


def smaller(photo: Photo, longest_side: int) -> Photo:
    """Return the same picture, at most so many pixels long."""
    with Image.open(io.BytesIO(photo.jpeg), formats=("JPEG",)) as image:
        image.thumbnail((longest_side, longest_side), Image.Resampling.LANCZOS)
        return _encoded(image.convert("RGB"))


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
    return _encoded(clean)


def _encoded(image: Image.Image) -> Photo:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(out.getvalue(), image.width, image.height)


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
