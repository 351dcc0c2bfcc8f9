"""Flex messages: containers, children, words and weight."""

import json
from typing import Any

import pytest

from emulators.line.errors import LineError
from emulators.line.validation.flex import MAX_BUBBLE_BYTES, MAX_CAROUSEL_BYTES
from emulators.line.validation.requests import check_body
from tests.emulators.line.definitions import definitions

Json = dict[str, Any]
URL = "https://example.jp/a.png"
TAP = {"type": "message", "text": "x"}
LABELLED = TAP | {"label": "x"}


def text(value: str = "x", **more: Any) -> Json:
    return {"type": "text", "text": value, **more}


def box(*contents: Json, layout: str = "vertical", **more: Any) -> Json:
    return {"type": "box", "layout": layout, "contents": list(contents), **more}


def bubble(*contents: Json, **more: Any) -> Json:
    return {"type": "bubble", "body": box(*contents), **more}


def carousel(*bubbles: Json) -> Json:
    return {"type": "carousel", "contents": list(bubbles)}


def video(**more: Any) -> Json:
    parts = {"url": URL, "previewUrl": URL, "altContent": box(), "aspectRatio": "16:9"}
    return {"type": "video", **parts, **more}


def problems(container: Json) -> list[str]:
    """The places of which the emulator complains."""
    message = {"type": "flex", "altText": "x", "contents": container}
    told = "A message (messages[0])\u00a0in the request body is invalid"
    try:
        check_body("validate", {"messages": [message]}, True)
    except LineError as error:
        places = [detail["property"] for detail in error.details]
        return places if error.message == told else [error.message]
    return []


def filled_to(size: int, container: Json, hole: Json) -> Json:
    """Fill the text `hole` so that the container weighs `size` bytes of JSON."""
    weight = len(json.dumps(container, ensure_ascii=False, separators=(",", ":")).encode())
    hole["text"] += "x" * (size - weight)
    return container


ACCEPTED: dict[str, Json] = {
    "an empty box": bubble(),
    "every child of a box": bubble(
        box(),
        {"type": "button", "action": LABELLED, "style": "primary", "height": "sm"},
        {"type": "image", "url": URL, "size": "full", "aspectRatio": "1.91:1"},
        text(wrap=True, size="sm", color="#11223344", lineSpacing="4px"),
        {"type": "separator", "margin": "md"},
        {"type": "filler"},
    ),
    "every child of a baseline": bubble(
        box(
            {"type": "icon", "url": URL, "size": "sm"},
            text(),
            {"type": "filler"},
            layout="baseline",
        )
    ),
    "spans": bubble({"type": "text", "contents": [{"type": "span", "text": "x", "size": "xl"}]}),
    "a video in a hero": bubble(hero=video(), size="kilo"),
    "twelve bubbles": carousel(*[bubble()] * 12),
    "measures": {
        "type": "bubble",
        "body": box(
            text(offsetTop="-4px", margin="12px"),
            paddingAll="10%",
            spacing="5px",
            cornerRadius="lg",
            borderWidth="medium",
        ),
    },
    "a gradient": {
        "type": "bubble",
        "body": box(
            background={
                "type": "linearGradient",
                "angle": "90deg",
                "startColor": "#000000",
                "endColor": "#ffffff",
            }
        ),
    },
    "a label of forty": bubble(text(action=TAP | {"label": "あ" * 40})),
    "a tappable bubble": bubble(action=TAP),
}

REFUSED: dict[str, tuple[Json, str]] = {
    "no type": ({"body": box()}, "/type"),
    "no block": ({"type": "bubble"}, "/"),
    "an empty text": (bubble(text("")), "/body/contents/0/text"),
    "a text without text": (bubble({"type": "text"}), "/body/contents/0/text"),
    "a span in a box": (bubble({"type": "span", "text": "x"}), "/body/contents/0/type"),
    "an icon in a vertical box": (bubble({"type": "icon", "url": URL}), "/body/contents/0/type"),
    "a button in a baseline": (
        bubble(box({"type": "button", "action": LABELLED}, layout="baseline")),
        "/body/contents/0/contents/0/type",
    ),
    "a box in a baseline": (
        bubble(box(box(), layout="baseline")),
        "/body/contents/0/contents/0/type",
    ),
    "a video in a body": (bubble(video()), "/body/contents/0/type"),
    "a video in a small bubble": (bubble(hero=video(), size="micro"), "/hero"),
    "a video in a carousel": (carousel(bubble(hero=video())), "/contents/0/hero"),
    "a text as hero": (bubble(hero=text()), "/hero/type"),
    "plain http": (bubble(hero={"type": "image", "url": "http://x.jp/a.png"}), "/hero/url"),
    "a null child": ({"type": "bubble", "body": box() | {"contents": [None]}}, "/body/contents"),
    "no contents": (
        {"type": "bubble", "body": {"type": "box", "layout": "vertical"}},
        "/body/contents",
    ),
    "an unknown size": (bubble(size="tera"), "/size"),
    "an unknown property": (bubble(text(colour="#000000")), "/body/contents/0/colour"),
    "a colour by name": (bubble(text(color="red")), "/body/contents/0/color"),
    "a size without unit": (bubble(text(size="12")), "/body/contents/0/size"),
    "a picture four times as high as wide": (
        bubble({"type": "image", "url": URL, "aspectRatio": "1:4"}),
        "/body/contents/0/aspectRatio",
    ),
    "a button without label": (
        bubble({"type": "button", "action": TAP}),
        "/body/contents/0/action/label",
    ),
    "a label of forty-one": (
        bubble({"type": "button", "action": TAP | {"label": "あ" * 41}}),
        "/body/contents/0/action/label",
    ),
    "a script": (
        bubble(text(action={"type": "uri", "uri": "javascript:x"})),
        "/body/contents/0/action/uri",
    ),
    "thirteen bubbles": (carousel(*[bubble()] * 13), "/contents"),
    "no bubbles": (carousel(), "/contents"),
    "bubbles of two sizes": (carousel(bubble(size="nano"), bubble(size="micro")), "/contents"),
    "eleven moving pictures": (
        bubble(*[{"type": "image", "url": URL, "animated": True}] * 11),
        "/",
    ),
}


@pytest.mark.parametrize("container", ACCEPTED.values(), ids=ACCEPTED)
def test_what_line_takes_is_taken(container: Json) -> None:
    assert problems(container) == []
    message = {"type": "flex", "altText": "x", "contents": container}
    body = {"to": "U", "messages": [message]}
    assert definitions("messaging-api").problems_of("PushMessageRequest", body) == []


@pytest.mark.parametrize(("container", "place"), REFUSED.values(), ids=REFUSED)
def test_what_line_refuses_is_refused(container: Json, place: str) -> None:
    assert problems(container) == [place]


def test_a_bubble_weighs_at_most_30_kilobytes() -> None:
    for size, expected in ((MAX_BUBBLE_BYTES, []), (MAX_BUBBLE_BYTES + 1, ["/"])):
        hole = text()
        assert problems(filled_to(size, bubble(hole), hole)) == expected


def test_a_carousel_weighs_at_most_50_kilobytes() -> None:
    for size, expected in ((MAX_CAROUSEL_BYTES, []), (MAX_CAROUSEL_BYTES + 1, ["/"])):
        heavy, hole = text("x" * 29_000), text()
        container = carousel(bubble(heavy), bubble(hole))
        assert problems(filled_to(size, container, hole)) == expected


def test_the_alternative_text_has_its_limit_too() -> None:
    message = {"type": "flex", "altText": "あ" * 1501, "contents": bubble()}
    with pytest.raises(LineError) as caught:
        check_body("validate", {"messages": [message]}, True)
    assert caught.value.details == [
        {"message": "Length must be between 1 and 1500", "property": "messages[0].altText"}
    ]


def test_boxes_in_boxes_without_end_are_refused_and_do_not_break_the_emulator() -> None:
    inner = box()
    for _ in range(600):
        inner = box(inner)
    message = {"type": "flex", "altText": "x", "contents": {"type": "bubble", "body": inner}}
    with pytest.raises(LineError) as caught:
        check_body("validate", {"messages": [message]}, True)
    assert caught.value.http_status == 400
