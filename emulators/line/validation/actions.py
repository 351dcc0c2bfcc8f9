"""Action objects: which are allowed where, and how long their parts may be."""

import re

from emulators.line.errors import Json
from emulators.line.validation.rules import (
    INVALID_PROPERTY,
    Report,
    Rule,
    graphemes,
    link_uri,
    obj,
    one_of,
    string,
    variant,
)

_EVERYWHERE = ("postback", "message", "uri", "datetimepicker", "clipboard")
_ONLY_QUICK_REPLY = ("camera", "cameraRoll", "location")
_INPUT_OPTIONS = ("closeRichMenu", "openRichMenu", "openKeyboard", "openVoice")
ALIAS_ID = r"[a-z0-9_-]{1,32}"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DATE = r"(?:19|20|21)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
_MOMENT = {
    "date": re.compile(_DATE),
    "time": re.compile(_TIME),
    "datetime": re.compile(rf"{_DATE}[Tt]{_TIME}"),
}


def _check_postback(report: Report, action: Json, path: str) -> None:
    if "displayText" in action and "text" in action:
        report.add(report.child(path, "text"), "displayText and text cannot be used together")
    if "fillInText" in action and action.get("inputOption") != "openKeyboard":
        report.add(
            report.child(path, "fillInText"), "can be used only when inputOption is openKeyboard"
        )


def _check_picker(report: Report, action: Json, path: str) -> None:
    given = {name: action[name] for name in ("min", "initial", "max") if action.get(name)}
    shape = _MOMENT[action["mode"]]
    wrong = [name for name, value in given.items() if not shape.fullmatch(value)]
    for name in wrong:
        report.add(report.child(path, name), INVALID_PROPERTY)
    moments = [given[name].upper() for name in ("min", "initial", "max") if name in given]
    out_of_order = moments != sorted(moments)
    empty_range = "min" in given and given.get("min") == given.get("max")
    if not wrong and (out_of_order or empty_range):
        report.add(report.child(path, "min"), "min must be less than max, and initial between them")


# The parts of each action besides `type` and `label`: (required, optional, cross-check).
_PARTS: dict[str, tuple[dict[str, Rule], dict[str, Rule]]] = {
    "postback": (
        {"data": string(0, 300)},
        {
            "displayText": graphemes(1, 300),
            "text": graphemes(1, 300),
            "inputOption": one_of(*_INPUT_OPTIONS),
            "fillInText": graphemes(1, 300),
        },
    ),
    "message": ({"text": graphemes(1, 300)}, {}),
    "uri": ({"uri": link_uri}, {"altUri": obj({}, {"desktop": link_uri})}),
    "datetimepicker": (
        {"data": string(0, 300), "mode": one_of("date", "time", "datetime")},
        {"initial": string(), "max": string(), "min": string()},
    ),
    "clipboard": ({"clipboardText": string(1, 1000)}, {}),
    "camera": ({}, {}),
    "cameraRoll": ({}, {}),
    "location": ({}, {}),
    "richmenuswitch": (
        {"richMenuAliasId": string(1, 32, pattern=ALIAS_ID), "data": string(0, 300)},
        {},
    ),
}
_ALSO = {"postback": _check_postback, "datetimepicker": _check_picker}


def _actions(kinds: tuple[str, ...], label: int, *, label_required: bool) -> Rule:
    rules = {}
    for kind in kinds:
        required, optional = _PARTS[kind]
        named = {"label": graphemes(1 if label_required else 0, label)}
        rules[kind] = obj(
            {"type": string(), **required, **(named if label_required else {})},
            {**optional, **({} if label_required else named)},
            _ALSO.get(kind),
        )
    return variant(rules)


template_action = _actions(_EVERYWHERE, 20, label_required=True)
default_action = _actions(_EVERYWHERE, 20, label_required=False)
image_carousel_action = _actions(_EVERYWHERE, 12, label_required=False)
quick_reply_action = _actions((*_EVERYWHERE, *_ONLY_QUICK_REPLY), 20, label_required=True)
rich_menu_action = _actions((*_EVERYWHERE, "richmenuswitch"), 20, label_required=False)
flex_button_action = _actions(_EVERYWHERE, 40, label_required=True)
flex_action = _actions(_EVERYWHERE, 40, label_required=False)
video_action = _actions(("uri",), 40, label_required=True)
