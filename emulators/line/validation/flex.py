"""Flex containers: what may hold what, with which words, and how heavy it may be."""

import json
import re
from typing import Any

from emulators.line.errors import Json
from emulators.line.validation.actions import flex_action, flex_button_action, video_action
from emulators.line.validation.rules import (
    COLOR,
    INVALID_PROPERTY,
    MUST_BE_SPECIFIED,
    Report,
    Rule,
    anything,
    array,
    boolean,
    either,
    integer,
    media_url,
    obj,
    one_of,
    string,
    variant,
)

MAX_BUBBLE_BYTES = 30 * 1024
MAX_CAROUSEL_BYTES = 50 * 1024
MAX_BUBBLES = 12
MAX_ANIMATED = 10
_MANY = 10_000  # Bytes are the limit of a box, not a count.
_SIZES = ("xxs", "xs", "sm", "md", "lg", "xl", "xxl", "3xl", "4xl", "5xl")
_STEPS = ("none", "xs", "sm", "md", "lg", "xl", "xxl")
_BUBBLE_SIZES = ("nano", "micro", "deca", "hecto", "kilo", "mega", "giga")
_VIDEO_BUBBLES = ("kilo", "mega", "giga")
_PX = r"\d+(?:\.\d+)?px"
_PERCENT = r"\d+(?:\.\d+)?%"
_RATIO = re.compile(r"(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)")

_color = string(pattern=COLOR)
_step = either(_PX, words=_STEPS)
_padding = either(_PX, _PERCENT, words=_STEPS)
_length = either(_PX, _PERCENT)
_offset = either(r"-?" + _PX, r"-?" + _PERCENT, words=_STEPS)
_gravity = one_of("top", "bottom", "center")
_align = one_of("start", "end", "center")


def _ratio(report: Report, value: Any, path: str) -> None:
    found = _RATIO.fullmatch(value) if isinstance(value, str) else None
    width, height = (float(found[1]), float(found[2])) if found else (0.0, 0.0)
    if not (1 <= width <= 100_000 and 1 <= height <= 100_000 and height <= 3 * width):
        report.add(path, INVALID_PROPERTY)


_type = {"type": string()}
_placed = {
    "position": one_of("relative", "absolute"),
    **{f"offset{side}": _offset for side in ("Top", "Bottom", "Start", "End")},
}
_letters = {
    "size": either(_PX, words=_SIZES),
    "color": _color,
    "weight": one_of("regular", "bold"),
    "style": one_of("normal", "italic"),
    "decoration": one_of("none", "underline", "line-through"),
}


def _filled(report: Report, value: Any, path: str) -> None:
    if not isinstance(value, str):
        report.add(path, INVALID_PROPERTY)
    elif not value:
        report.add(path, "must be non-empty text")


def _check_text(report: Report, text: Json, path: str) -> None:
    if text.get("contents"):
        return
    if text.get("text") is None:
        report.add(report.child(path, "text"), MUST_BE_SPECIFIED)
    else:
        _filled(report, text["text"], report.child(path, "text"))


_span = variant({"span": obj({**_type, "text": _filled}, _letters)})
_text = obj(
    _type,
    {
        "text": string(),
        "contents": array(_span, 0, _MANY),
        "flex": integer(0),
        "align": _align,
        "gravity": _gravity,
        "wrap": boolean,
        "lineSpacing": either(_PX),
        "margin": _step,
        "action": flex_action,
        "maxLines": integer(0),
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": boolean,
        **_letters,
        **_placed,
    },
    _check_text,
)
_button = obj(
    {**_type, "action": flex_button_action},
    {
        "flex": integer(0),
        "color": _color,
        "style": one_of("primary", "secondary", "link"),
        "gravity": _gravity,
        "margin": _step,
        "height": one_of("md", "sm"),
        "adjustMode": one_of("shrink-to-fit"),
        "scaling": boolean,
        **_placed,
    },
)
_image = obj(
    {**_type, "url": media_url},
    {
        "flex": integer(0),
        "margin": _step,
        "align": _align,
        "gravity": _gravity,
        "size": either(_PX, _PERCENT, words=(*_SIZES, "full")),
        "aspectRatio": _ratio,
        "aspectMode": one_of("fit", "cover"),
        "backgroundColor": _color,
        "action": flex_action,
        "animated": boolean,
        **_placed,
    },
)
_icon = obj(
    {**_type, "url": media_url},
    {
        "size": either(_PX, words=_SIZES),
        "aspectRatio": _ratio,
        "margin": _step,
        "scaling": boolean,
        **_placed,
    },
)
_separator = obj(_type, {"margin": _step, "color": _color})
_filler = obj(_type, {"flex": integer(0)})
_background = variant(
    {
        "linearGradient": obj(
            {
                **_type,
                "angle": either(r"\d+(?:\.\d+)?deg"),
                "startColor": _color,
                "endColor": _color,
            },
            {"centerColor": _color, "centerPosition": either(_PERCENT)},
        )
    }
)


def _check_children(report: Report, box: Json, path: str) -> None:
    children = _in_baseline if box["layout"] == "baseline" else _in_box
    children(report, box["contents"], report.child(path, "contents"))


_box = obj(
    {
        **_type,
        "layout": one_of("horizontal", "vertical", "baseline"),
        "contents": anything,  # judged by _check_children, which knows the layout
    },
    {
        "flex": integer(0),
        "spacing": _step,
        "margin": _step,
        "backgroundColor": _color,
        "borderColor": _color,
        "borderWidth": either(
            _PX, words=("none", "light", "normal", "medium", "semi-bold", "bold")
        ),
        "cornerRadius": _step,
        "width": _length,
        "maxWidth": _length,
        "height": _length,
        "maxHeight": _length,
        "action": flex_action,
        "justifyContent": one_of(
            "center", "flex-start", "flex-end", "space-between", "space-around", "space-evenly"
        ),
        "alignItems": one_of("center", "flex-start", "flex-end"),
        "background": _background,
        **{f"padding{side}": _padding for side in ("All", "Top", "Bottom", "Start", "End")},
        **_placed,
    },
    _check_children,
)
_in_baseline = array(variant({"icon": _icon, "text": _text, "filler": _filler}), 0, _MANY)
_in_box = array(
    variant(
        {
            "box": _box,
            "button": _button,
            "image": _image,
            "text": _text,
            "separator": _separator,
            "filler": _filler,
        }
    ),
    0,
    _MANY,
)
_video = obj(
    {
        **_type,
        "url": media_url,
        "previewUrl": media_url,
        "altContent": variant({"box": _box, "image": _image}),
        "aspectRatio": _ratio,
    },
    {"action": video_action},
)
_block_style = obj({}, {"backgroundColor": _color, "separator": boolean, "separatorColor": _color})
_a_box = variant({"box": _box})


def _check_bubble(report: Report, bubble: Json, path: str) -> None:
    if not any(bubble.get(block) for block in ("header", "hero", "body", "footer")):
        report.add(path or "/", "At least one block must be specified")
    hero = bubble.get("hero") or {}
    if hero.get("type") == "video" and bubble.get("size", "mega") not in _VIDEO_BUBBLES:
        report.add(report.child(path, "hero"), INVALID_PROPERTY)
    _check_weight(report, bubble, path, MAX_BUBBLE_BYTES)


def _check_carousel(report: Report, carousel: Json, path: str) -> None:
    bubbles = carousel["contents"]
    if len({bubble.get("size", "mega") for bubble in bubbles}) > 1:
        report.add(report.child(path, "contents"), "All bubbles must have the same size")
    for index, bubble in enumerate(bubbles):
        if (bubble.get("hero") or {}).get("type") == "video":
            where = report.item(report.child(path, "contents"), index)
            report.add(report.child(where, "hero"), INVALID_PROPERTY)
    _check_weight(report, carousel, path, MAX_CAROUSEL_BYTES)


def _check_weight(report: Report, container: Json, path: str, most: int) -> None:
    size = len(json.dumps(container, ensure_ascii=False, separators=(",", ":")).encode())
    if size > most:
        report.add(path or "/", f"The size must be at most {most} bytes; it is {size}")


_bubble = obj(
    _type,
    {
        "direction": one_of("ltr", "rtl"),
        "size": one_of(*_BUBBLE_SIZES),
        "header": _a_box,
        "hero": variant({"box": _box, "image": _image, "video": _video}),
        "body": _a_box,
        "footer": _a_box,
        "styles": obj({}, dict.fromkeys(("header", "hero", "body", "footer"), _block_style)),
        "action": flex_action,
    },
    _check_bubble,
)
_container: Rule = variant(
    {
        "bubble": _bubble,
        "carousel": obj(
            {**_type, "contents": array(variant({"bubble": _bubble}), 1, MAX_BUBBLES)},
            {},
            _check_carousel,
        ),
    }
)


def check_flex(report: Report, value: Any, path: str) -> None:
    """Check the `contents` of a Flex message; its problems are kept apart, as LINE does."""
    inside = Report(report.strict, pointer=True)
    _container(inside, value, "")
    if not inside.details and _animated(value) > MAX_ANIMATED:
        inside.add("/", f"At most {MAX_ANIMATED} images can be animated")
    if inside.details:
        report.in_flex[path.removesuffix(".contents")] = inside.details


def _animated(value: Any) -> int:
    if isinstance(value, list):
        return sum(map(_animated, value))
    if isinstance(value, dict):
        return (value.get("animated") is True) + sum(map(_animated, value.values()))
    return 0
