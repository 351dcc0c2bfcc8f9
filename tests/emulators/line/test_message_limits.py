"""Every published limit: what is just allowed passes, one more is refused in the right place."""

from collections.abc import Callable
from typing import Any

import pytest

from emulators.line.errors import LineError
from emulators.line.validation.requests import check_body
from tests.emulators.line.definitions import definitions

Json = dict[str, Any]
FAMILY = "👨‍👩‍👧‍👦"  # one grapheme cluster, eleven UTF-16 units
IMAGE = "https://example.jp/a.png"


def text(value: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": value, **more}


def say(label: str = "はい", said: str = "はい") -> Json:
    return {"type": "message", "label": label, "text": said}


def quick(*actions: Json) -> Json:
    return text(quickReply={"items": [{"type": "action", "action": a} for a in actions]})


def template(**parts: Any) -> Json:
    return {"type": "template", "altText": "説明", "template": parts}


def buttons(**parts: Any) -> Json:
    return template(**{"type": "buttons", "text": "本文", "actions": [say()]} | parts)


def confirm(**parts: Any) -> Json:
    return template(**{"type": "confirm", "text": "本文", "actions": [say(), say()]} | parts)


def column(**parts: Any) -> Json:
    return {"text": "本文", "actions": [say()]} | parts


def carousel(*columns: Json) -> Json:
    return template(type="carousel", columns=list(columns))


def tiles(count: int, label: str = "x") -> Json:
    tile = {"imageUrl": IMAGE, "action": say(label)}
    return template(type="image_carousel", columns=[tile] * count)


def imagemap(**parts: Any) -> Json:
    area = {"x": 0, "y": 0, "width": 10, "height": 10}
    action = {"type": "message", "text": "x", "area": area}
    base = {"type": "imagemap", "baseUrl": "https://example.jp/map", "altText": "地図"}
    return base | {"baseSize": {"width": 1040, "height": 500}, "actions": [action]} | parts


def map_action(**parts: Any) -> Json:
    area = {"x": 0, "y": 0, "width": 10, "height": 10}
    return imagemap(actions=[{"type": "message", "text": "x", "area": area} | parts])


def location(**parts: Any) -> Json:
    place = {"title": "城", "address": "追手町", "latitude": 37.4, "longitude": 139.9}
    return {"type": "location", **place, **parts}


def media(url: str) -> Json:
    return {"type": "image", "originalContentUrl": url, "previewImageUrl": IMAGE}


def picker(**parts: Any) -> Json:
    return quick({"type": "datetimepicker", "label": "日", "data": "d", "mode": "date"} | parts)


def postback(**parts: Any) -> Json:
    return quick({"type": "postback", "label": "x", "data": "d"} | parts)


def link(uri: str) -> Json:
    return quick({"type": "uri", "label": "x", "uri": uri})


def mentions(count: int) -> Json:
    target = {"type": "mention", "mentionee": {"type": "user", "userId": "U" + "0" * 32}}
    keys = [f"m{i}" for i in range(count)]
    said = "".join("{" + key + "}" for key in keys)
    return {"type": "textV2", "text": said, "substitution": dict.fromkeys(keys, target)}


def address(length: int) -> str:
    return "https://example.jp/" + "a" * (length - 19)


def columns(count: int) -> Json:
    return carousel(*[column()] * count)


def emoji(count: int) -> Json:
    one = {"index": 0, "productId": "p", "emojiId": "e"}
    return text("$", emojis=[one] * count)


# (what, a message of that size, the most that is allowed, the place of the complaint)
SIZES: list[tuple[str, Callable[[int], Json], int, str]] = [
    ("text", lambda n: text("あ" * n), 5000, "messages[0].text"),
    (
        "text in UTF-16 units",
        lambda n: text("😀" * (n // 2) + "x" * (n % 2)),
        5000,
        "messages[0].text",
    ),
    ("emojis", emoji, 20, "messages[0].emojis"),
    ("mentions", mentions, 20, "messages[0].substitution"),
    ("alt text", lambda n: imagemap(altText="あ" * n), 1500, "messages[0].altText"),
    ("template alt text", lambda n: confirm() | {"altText": "あ" * n}, 1500, "messages[0].altText"),
    ("quick replies", lambda n: quick(*[say()] * n), 13, "messages[0].quickReply.items"),
    (
        "quick reply label",
        lambda n: quick(say(FAMILY * n)),
        20,
        "messages[0].quickReply.items[0].action.label",
    ),
    (
        "message action text",
        lambda n: quick(say(said="あ" * n)),
        300,
        "messages[0].quickReply.items[0].action.text",
    ),
    (
        "postback data",
        lambda n: postback(data="x" * n),
        300,
        "messages[0].quickReply.items[0].action.data",
    ),
    (
        "display text",
        lambda n: postback(displayText=FAMILY * n),
        300,
        "messages[0].quickReply.items[0].action.displayText",
    ),
    ("link", lambda n: link(address(n)), 1000, "messages[0].quickReply.items[0].action.uri"),
    (
        "clipboard",
        lambda n: quick({"type": "clipboard", "label": "x", "clipboardText": "x" * n}),
        1000,
        "messages[0].quickReply.items[0].action.clipboardText",
    ),
    ("media address", lambda n: media(address(n)), 2000, "messages[0].originalContentUrl"),
    ("sender name", lambda n: text(sender={"name": "x" * n}), 20, "messages[0].sender.name"),
    ("location title", lambda n: location(title="あ" * n), 100, "messages[0].title"),
    ("location address", lambda n: location(address="あ" * n), 100, "messages[0].address"),
    ("buttons text", lambda n: buttons(text=FAMILY * n), 160, "messages[0].template.text"),
    (
        "buttons text under a title",
        lambda n: buttons(text=FAMILY * n, title="題"),
        60,
        "messages[0].template.text",
    ),
    (
        "buttons text under a picture",
        lambda n: buttons(text=FAMILY * n, thumbnailImageUrl=IMAGE),
        60,
        "messages[0].template.text",
    ),
    ("buttons title", lambda n: buttons(title=FAMILY * n), 40, "messages[0].template.title"),
    ("buttons actions", lambda n: buttons(actions=[say()] * n), 4, "messages[0].template.actions"),
    (
        "template label",
        lambda n: buttons(actions=[say(FAMILY * n)]),
        20,
        "messages[0].template.actions[0].label",
    ),
    ("confirm text", lambda n: confirm(text=FAMILY * n), 240, "messages[0].template.text"),
    ("confirm actions", lambda n: confirm(actions=[say()] * n), 2, "messages[0].template.actions"),
    ("columns", columns, 10, "messages[0].template.columns"),
    (
        "column text",
        lambda n: carousel(column(text=FAMILY * n)),
        120,
        "messages[0].template.columns[0].text",
    ),
    (
        "column text under a title",
        lambda n: carousel(column(text=FAMILY * n, title="題")),
        60,
        "messages[0].template.columns[0].text",
    ),
    (
        "column actions",
        lambda n: carousel(column(actions=[say()] * n)),
        3,
        "messages[0].template.columns[0].actions",
    ),
    ("image columns", tiles, 10, "messages[0].template.columns"),
    (
        "image column label",
        lambda n: tiles(1, FAMILY * n),
        12,
        "messages[0].template.columns[0].action.label",
    ),
    (
        "imagemap actions",
        lambda n: imagemap(actions=imagemap()["actions"] * n),
        50,
        "messages[0].actions",
    ),
    ("imagemap label", lambda n: map_action(label="x" * n), 100, "messages[0].actions[0].label"),
    ("imagemap text", lambda n: map_action(text="x" * n), 400, "messages[0].actions[0].text"),
]


def problems(*messages: Json, strict: bool = True) -> list[str]:
    """The places of which the emulator complains."""
    try:
        check_body("validate", {"messages": list(messages)}, strict)
    except LineError as error:
        told = f"The request body has {len(error.details)} error(s)"
        places = [detail["property"] for detail in error.details]
        return places if (error.http_status, error.message) == (400, told) else [error.message]
    return []


@pytest.mark.parametrize(
    ("build", "most", "place"), [s[1:] for s in SIZES], ids=[s[0] for s in SIZES]
)
def test_the_limit_passes_and_one_more_does_not(
    build: Callable[[int], Json], most: int, place: str
) -> None:
    assert problems(build(most)) == []
    assert problems(build(most + 1)) == [place]


ACCEPTED: dict[str, Json] = {
    "a link on this machine": media("http://127.0.0.1:8000/a.png"),
    "a phone number": link("tel:0242-39-1111"),
    "a link into the app": link("line://nv/location"),
    "a camera": quick({"type": "camera", "label": "x"}),
    "a place": quick({"type": "location", "label": "x"}),
    "text to fill in": postback(inputOption="openKeyboard", fillInText="x"),
    "a picker with limits": picker(min="2026-01-01", initial="2026-06-01", max="2026-12-31"),
    "a picker of a moment": picker(mode="datetime", initial="2026-06-01t10:00"),
    "textV2 with literal braces": {"type": "textV2", "text": "{{x}}"},
    "a sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "a video": media(IMAGE) | {"type": "video", "trackingId": "a-b"},
    "an audio": {"type": "audio", "originalContentUrl": IMAGE, "duration": 1},
    "a coupon": {"type": "coupon", "couponId": "01"},
    "an unlabelled picture": template(
        type="image_carousel",
        columns=[{"imageUrl": IMAGE, "action": {"type": "message", "text": "x"}}],
    ),
}

REFUSED: dict[str, tuple[Json, str]] = {
    "empty text": (text(""), "messages[0].text"),
    "no text": ({"type": "text"}, "messages[0].text"),
    "a number for text": (text(5), "messages[0].text"),  # type: ignore[arg-type]
    "no type": ({"text": "x"}, "messages[0].type"),
    "an unknown type": ({"type": "hologram"}, "messages[0].type"),
    "no quick replies": (quick(), "messages[0].quickReply.items"),
    "plain http media": (media("http://example.jp/a.png"), "messages[0].originalContentUrl"),
    "a script as link": (link("javascript:alert(1)"), "messages[0].quickReply.items[0].action.uri"),
    "a link without host": (link("https:///x"), "messages[0].quickReply.items[0].action.uri"),
    "a link with raw Japanese": (
        link("https://example.jp/会津"),
        "messages[0].quickReply.items[0].action.uri",
    ),
    "a camera outside quick replies": (
        buttons(actions=[{"type": "camera", "label": "x"}]),
        "messages[0].template.actions[0].type",
    ),
    "a menu tab outside rich menus": (
        quick({"type": "richmenuswitch", "label": "x", "richMenuAliasId": "a", "data": "d"}),
        "messages[0].quickReply.items[0].action.type",
    ),
    "no label in a template": (
        buttons(actions=[{"type": "message", "text": "x"}]),
        "messages[0].template.actions[0].label",
    ),
    "display text and text": (
        postback(displayText="a", text="b"),
        "messages[0].quickReply.items[0].action.text",
    ),
    "text to fill in without keyboard": (
        postback(fillInText="x"),
        "messages[0].quickReply.items[0].action.fillInText",
    ),
    "a picker that ends before it begins": (
        picker(min="2026-02-01", max="2026-01-01"),
        "messages[0].quickReply.items[0].action.min",
    ),
    "a picker with an impossible time": (
        picker(mode="time", initial="24:00"),
        "messages[0].quickReply.items[0].action.initial",
    ),
    "one confirm action": (confirm(actions=[say()]), "messages[0].template.actions"),
    "columns with different numbers of actions": (
        carousel(column(), column(actions=[say(), say()])),
        "messages[0].template.columns",
    ),
    "a title in one column only": (
        carousel(column(), column(title="題")),
        "messages[0].template.columns",
    ),
    "an emoji beside its dollar sign": (
        text("😀$", emojis=[{"index": 1, "productId": "p", "emojiId": "e"}]),
        "messages[0].emojis[0].index",
    ),
    "a placeholder without substitution": (
        {"type": "textV2", "text": "{x}"},
        "messages[0].text",
    ),
    "an unpaired brace": ({"type": "textV2", "text": "a}"}, "messages[0].text"),
    "a narrow imagemap": (
        imagemap(baseSize={"width": 1000, "height": 500}),
        "messages[0].baseSize.width",
    ),
    "a protected sender name": (text(sender={"name": "LINE公式"}), "messages[0].sender.name"),
    "a place off the earth": (location(latitude=91), "messages[0].latitude"),
    "a null among the replies": (
        text(quickReply={"items": [None]}),
        "messages[0].quickReply.items",
    ),
}


@pytest.mark.parametrize("message", ACCEPTED.values(), ids=ACCEPTED)
def test_what_line_takes_is_taken(message: Json) -> None:
    assert problems(message) == []


@pytest.mark.parametrize(("message", "place"), REFUSED.values(), ids=REFUSED)
def test_what_line_refuses_is_refused(message: Json, place: str) -> None:
    assert problems(message) == [place]


def test_an_unknown_property_is_refused_only_in_strict_mode() -> None:
    assert problems(text(surprise=1)) == ["messages[0].surprise"]
    assert problems(text(surprise=1), strict=False) == []


def test_all_problems_are_told_at_once() -> None:
    assert problems(text(""), text("x" * 5001)) == ["messages[0].text", "messages[1].text"]


@pytest.mark.parametrize("count", [0, 6])
def test_a_request_carries_one_to_five_messages(count: int) -> None:
    assert problems(*[text()] * 5) == []
    assert problems(*[text()] * count) == ["messages"]


def test_everything_accepted_fits_the_definitions() -> None:
    samples = [build(most) for _, build, most, _ in SIZES] + list(ACCEPTED.values())
    for sample in samples:
        body = {"to": "U", "messages": [sample]}
        assert definitions("messaging-api").problems_of("PushMessageRequest", body) == [], sample
