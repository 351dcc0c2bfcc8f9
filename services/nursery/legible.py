"""Whether a photo of a paper can be read, as far as a program can tell. Pure; numpy only."""

import io

import numpy as np
from PIL import Image

from kit.errors import InvalidInputError
from kit.images import Photo

SHORTEST_SIDE = 700
"""Pixels: the print of an A4 form is about 8 of them high then."""
_LOOKED_AT = 1000
_LEAST_CONTRAST = 12.0
"""Of 255, as a standard deviation: a black or white picture has less."""
_LEAST_SHARPNESS = 20.0
"""Variance of the second derivative at the size looked at: print has hundreds."""


class SmallPhotoError(InvalidInputError):
    """写真が小さくて、文字を読めません。書類に近づき、全体が入るように撮ってください。"""

    code = "small_photo"


class BlankPhotoError(InvalidInputError):
    """書類が写っていないようです。明るいところで、書類だけを撮ってください。"""

    code = "blank_photo"


class BlurredPhotoError(InvalidInputError):
    """写真がぼけていて、文字を読めません。手を止めて、もう一度撮ってください。"""

    code = "blurred_photo"


def check_legible(photo: Photo) -> None:
    """Raise SmallPhotoError, BlankPhotoError or BlurredPhotoError for what nobody can read."""
    if min(photo.width, photo.height) < SHORTEST_SIDE:
        raise SmallPhotoError
    with Image.open(io.BytesIO(photo.jpeg), formats=("JPEG",)) as image:
        grey = image.convert("L")
    grey.thumbnail((_LOOKED_AT, _LOOKED_AT))
    shades = np.asarray(grey, dtype=np.float32)
    if shades.std() < _LEAST_CONTRAST:
        raise BlankPhotoError
    inner = shades[1:-1, 1:-1]
    around = shades[:-2, 1:-1] + shades[2:, 1:-1] + shades[1:-1, :-2] + shades[1:-1, 2:]
    if (around - 4 * inner).var() < _LEAST_SHARPNESS:
        raise BlurredPhotoError
