import io
import struct
import zlib

import pytest
from PIL import Image

from kit.photos import (
    LARGEST_BYTES,
    Area,
    DrawingRefusedError,
    PhotoTooLargeError,
    UnreadablePhotoError,
    blurred,
    sanitised,
)

GPS_IFD = 0x8825
ORIENTATION = 0x0112


def encoded(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_the_position_in_a_photo_is_gone_and_so_is_all_other_metadata() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 1
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(GPS_IFD)[2] = (37.0, 29.0, 41.0)
    data = encoded(Image.new("RGB", (60, 40), "red"), exif=exif, comment=b"SecretComment")
    assert opened(data).getexif().get_ifd(GPS_IFD)
    assert b"SecretCamera" in data
    photo = sanitised(data + b"SecretTrailer")
    assert not opened(photo.jpeg).getexif()
    assert b"Secret" not in photo.jpeg
    assert b"Exif" not in photo.jpeg


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    picture = Image.new("RGB", (80, 40), "blue")
    picture.paste((255, 0, 0), (0, 0, 40, 40))
    photo = sanitised(encoded(picture, exif=exif))
    assert (photo.width, photo.height) == (40, 80)
    top = opened(photo.jpeg).convert("RGB").getpixel((20, 10))
    assert isinstance(top, tuple)
    assert top[0] > 200


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_large_photo_becomes_a_jpeg_of_at_most_2048_pixels(form: str) -> None:
    photo = sanitised(encoded(Image.new("RGB", (3000, 1500), "green"), form))
    assert (photo.width, photo.height) == (2048, 1024)
    assert opened(photo.jpeg).format == "JPEG"


def test_what_is_transparent_becomes_white() -> None:
    photo = sanitised(encoded(Image.new("RGBA", (10, 10), (0, 0, 0, 0)), "PNG"))
    assert opened(photo.jpeg).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "P", "1", "CMYK", "LA"])
def test_every_usual_mode_of_pixels_is_taken(mode: str) -> None:
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert sanitised(encoded(Image.new(mode, (10, 10)), form)).width == 10


def test_two_hundred_megabytes_are_refused_without_being_read() -> None:
    with pytest.raises(PhotoTooLargeError, match="20MB"):
        sanitised(b"\xff\xd8" + bytes(200 * 1024 * 1024))
    assert LARGEST_BYTES < 200 * 1024 * 1024


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(kind + body))
        return struct.pack(">I", len(body)) + kind + body + crc

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(8000, 8000), (12000, 12000), (60000, 60000)])
def test_a_small_file_of_very_many_pixels_is_refused_before_decoding(
    size: tuple[int, int],
) -> None:
    with pytest.raises(PhotoTooLargeError):
        sanitised(png_that_claims(*size))


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\xef\xbb\xbf  \n<?xml version='1.0'?><svg onload='alert(1)'/>",
        "<svg><script>alert(1)</script></svg>".encode("utf-16"),
        b"<!DOCTYPE html><html></html>",
    ],
)
def test_a_drawing_with_a_script_is_refused_kindly(data: bytes) -> None:
    with pytest.raises(DrawingRefusedError, match="写真"):
        sanitised(data)


@pytest.mark.parametrize(
    "data", [b"", b"hello", b"%PDF-1.7", b"GIF89a" + bytes(20), b"\xff\xd8\xff\xe0" + bytes(40)]
)
def test_what_is_no_photo_is_refused_kindly(data: bytes) -> None:
    with pytest.raises(UnreadablePhotoError, match="JPEG か PNG"):
        sanitised(data)


def test_a_photo_that_breaks_off_is_refused_kindly() -> None:
    data = encoded(Image.effect_noise((400, 400), 50))
    with pytest.raises(UnreadablePhotoError):
        sanitised(data[: len(data) // 2])


def test_a_blurred_area_cannot_be_recognised_and_the_rest_stays() -> None:
    picture = Image.effect_noise((200, 200), 90).convert("RGB")
    photo = sanitised(encoded(picture, "PNG"))
    after = opened(blurred(photo.jpeg, [Area(50, 50, 90, 90)])).convert("RGB")
    colours = after.crop((52, 52, 88, 88)).quantize(256).getcolors()
    assert colours is not None
    inside = after.crop((52, 52, 58, 58)).convert("L").getextrema()
    outside = after.crop((120, 120, 126, 126)).convert("L").getextrema()
    assert isinstance(inside[0], int)
    assert inside[1] - inside[0] < 30
    assert outside[1] - outside[0] > 60
