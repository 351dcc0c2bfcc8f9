"""Making faces and plates on a citizen's photo unrecognisable."""

import io
from dataclasses import dataclass

from PIL import Image

from kit.errors import InvalidInputError
from kit.images import QUALITY


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
