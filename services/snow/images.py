"""Making faces and plates on a citizen's photo unrecognisable."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from kit.errors import InvalidInputError
from kit.images import QUALITY

GRID = 4
"""Rows and columns of the squares that can be made unrecognisable."""


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
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def squares(jpeg: bytes, chosen: Sequence[str]) -> list[Area]:
    """Return the squares of a photo by their names (`0-0` to `3-3`, row and column)."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        width, height = image.size
    known = {f"{row}-{column}": (row, column) for row in range(GRID) for column in range(GRID)}
    return [
        Area(
            width * column // GRID,
            height * row // GRID,
            width * (column + 1) // GRID,
            height * (row + 1) // GRID,
        )
        for row, column in (known[name] for name in chosen if name in known)
    ]
