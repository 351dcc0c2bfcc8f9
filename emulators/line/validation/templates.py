"""Template messages: buttons, confirm, carousel, image carousel."""

from emulators.line.errors import Json
from emulators.line.validation.actions import (
    default_action,
    image_carousel_action,
    template_action,
)
from emulators.line.validation.rules import (
    COLOR,
    Report,
    array,
    graphemes,
    media_url,
    obj,
    one_of,
    string,
    variant,
)
from kit.text import grapheme_length

_look = {"imageAspectRatio": one_of("rectangle", "square"), "imageSize": one_of("cover", "contain")}
_picture = {
    "thumbnailImageUrl": media_url,
    "imageBackgroundColor": string(pattern=COLOR),
    "title": graphemes(1, 40),
    "defaultAction": default_action,
}


def _check_text(report: Report, block: Json, path: str, alone: int) -> None:
    # A picture or a title takes room away from the text.
    most = 60 if block.get("thumbnailImageUrl") or block.get("title") else alone
    if grapheme_length(block["text"]) > most:
        report.add(report.child(path, "text"), f"Length must be between 1 and {most}")


def _check_buttons(report: Report, block: Json, path: str) -> None:
    _check_text(report, block, path, 160)


def _check_column(report: Report, block: Json, path: str) -> None:
    _check_text(report, block, path, 120)


def _check_columns(report: Report, carousel: Json, path: str) -> None:
    columns = carousel["columns"]
    where = report.child(path, "columns")
    if len({len(column["actions"]) for column in columns}) > 1:
        report.add(where, "The number of actions must be the same in all columns")
    for part in ("thumbnailImageUrl", "title"):
        if len({bool(column.get(part)) for column in columns}) > 1:
            report.add(where, f"{part} must be used in all columns or in none")


_column = obj(
    {"text": graphemes(1, 120), "actions": array(template_action, 1, 3)}, _picture, _check_column
)
template = variant(
    {
        "buttons": obj(
            {
                "type": string(),
                "text": graphemes(1, 160),
                "actions": array(template_action, 1, 4),
            },
            {**_look, **_picture},
            _check_buttons,
        ),
        "confirm": obj(
            {
                "type": string(),
                "text": graphemes(1, 240),
                "actions": array(template_action, 2, 2),
            }
        ),
        "carousel": obj(
            {"type": string(), "columns": array(_column, 1, 10)}, _look, _check_columns
        ),
        "image_carousel": obj(
            {
                "type": string(),
                "columns": array(
                    obj({"imageUrl": media_url, "action": image_carousel_action}), 1, 10
                ),
            }
        ),
    }
)
