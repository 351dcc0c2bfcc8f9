"""Rich menus: the object, its image and its aliases."""

import struct

from emulators.line.errors import Json, LineError
from emulators.line.validation.actions import ALIAS_ID, rich_menu_action
from emulators.line.validation.rules import (
    Report,
    array,
    boolean,
    graphemes,
    integer,
    obj,
    string,
)

MAX_IMAGE_BYTES = 1024 * 1024
_MIN_WIDTH, _MAX_WIDTH, _MIN_HEIGHT, _MIN_RATIO = 800, 2500, 250, 1.45
_JPEG_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def _fits(width: int, height: int) -> bool:
    in_range = _MIN_WIDTH <= width <= _MAX_WIDTH and height >= _MIN_HEIGHT
    return in_range and width / height >= _MIN_RATIO


def _check_menu(report: Report, menu: Json, path: str) -> None:
    size = menu["size"]
    if not _fits(size["width"], size["height"]):
        report.add(
            report.child(path, "size"),
            "The width must be 800 to 2500, the height at least 250, width/height at least 1.45",
        )
    for index, area in enumerate(menu["areas"]):
        bounds = area["bounds"]
        too_wide = bounds["x"] + bounds["width"] > size["width"]
        too_high = bounds["y"] + bounds["height"] > size["height"]
        if too_wide or too_high:
            where = report.item(report.child(path, "areas"), index)
            report.add(report.child(where, "bounds"), "The area must lie inside the menu")


_MOST = 2_147_483_647
_bounds = obj(
    {
        "x": integer(0, _MOST),
        "y": integer(0, _MOST),
        "width": integer(1, _MOST),
        "height": integer(1, _MOST),
    }
)
rich_menu = obj(
    {
        "size": obj({"width": integer(1, _MOST), "height": integer(1, _MOST)}),
        "selected": boolean,
        "name": graphemes(1, 300),
        "chatBarText": graphemes(1, 14),
        "areas": array(obj({"bounds": _bounds, "action": rich_menu_action}), 0, 20),
    },
    {},
    _check_menu,
)
_alias = string(1, 32, pattern=ALIAS_ID)
new_alias = obj({"richMenuAliasId": _alias, "richMenuId": string(1)})
alias_change = obj({"richMenuId": string(1)})


def check_image(data: bytes, media_type: str) -> None:
    """Check the picture of a rich menu. Raises LineError 400, 413 or 415."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind not in ("image/png", "image/jpeg"):
        raise LineError(415, f"The content type, {media_type or '-'}, is not supported")
    if len(data) > MAX_IMAGE_BYTES:
        raise LineError(413, "The request body is too large", reason="more than 1 MB")
    size = image_size(data)
    if size is None or not _fits(*size):
        found = "no PNG or JPEG" if size is None else f"{size[0]} x {size[1]} pixels"
        raise LineError(400, "The image size is not allowed for richmenu", reason=found)


def image_size(data: bytes) -> tuple[int, int] | None:
    """Return (width, height) of a PNG or JPEG, or None when it is neither."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
        return (width, height) if width and height else None
    return _jpeg_size(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:
        marker, length = data[place + 1], int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[place + 5 : place + 9])
            return (width, height) if width and height else None
        place += 2 + length
    return None
