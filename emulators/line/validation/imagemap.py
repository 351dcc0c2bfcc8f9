"""Imagemap messages."""

from emulators.line.validation.rules import (
    Rule,
    array,
    integer,
    link_uri,
    media_url,
    obj,
    string,
    variant,
)

_WIDTH = 1040
_area = obj(
    {"x": integer(0), "y": integer(0), "width": integer(1), "height": integer(1)},
)
_common = {"type": string(), "area": _area}
_label = {"label": string(0, 100)}
_action = variant(
    {
        "message": obj({**_common, "text": string(1, 400)}, _label),
        "uri": obj({**_common, "linkUri": link_uri}, _label),
        "clipboard": obj({**_common, "clipboardText": string(1, 1000)}, _label),
    }
)
_video = obj(
    {"originalContentUrl": media_url, "previewImageUrl": media_url, "area": _area},
    {"externalLink": obj({"linkUri": link_uri, "label": string(1, 30)})},
)
imagemap_parts: tuple[dict[str, Rule], dict[str, Rule]] = (
    {
        "baseUrl": media_url,
        "baseSize": obj({"width": integer(_WIDTH, _WIDTH), "height": integer(1)}),
        "actions": array(_action, 0, 50),
    },
    {"video": _video},
)
"""The required and the optional properties besides `type` and `altText`."""
