"""Events and bodies that no LINE ever sends, each with what must become of it."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.line.signature import sign
from tests.bot.world import body_of

NOW_MS = 1_795_000_000_000
MY_NUMBER = "123456789018"
ZEROS = "0" * 32


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A text message; `None` takes a property away."""
    whole = {
        "type": "message",
        "mode": "active",
        "timestamp": NOW_MS + number,
        "source": {"type": "user", "userId": f"U{number:032x}"},
        "webhookEventId": f"01JZ{number:022d}",
        "deliveryContext": {"isRedelivery": False},
        "replyToken": f"{number:032x}",
        "message": {"type": "text", "id": str(number), "text": "こんにちは"},
    }
    return {k: v for k, v in {**whole, **changes}.items() if v is not None}


def said(text: Any, **more: Any) -> dict[str, Any]:
    """A message with that text."""
    return event(message={"type": "text", "id": "1", "text": text, **more})


def deep(levels: int) -> Any:
    """A list in a list in a list…, as text: no Python value of that depth could be encoded."""
    return Raw("[" * levels + "]" * levels)


class Raw(str):
    """JSON text that stands in a body as it is."""

    __slots__ = ()


def with_raw(value: dict[str, Any], name: str, raw: str) -> bytes:
    """An encoded object with one more property in raw JSON."""
    return json.dumps(value)[:-1].encode() + f', "{name}": {raw}}}'.encode()


def wrapped(*events: bytes) -> bytes:
    """A body of events that are encoded already."""
    head = b'{"destination":"U%s","events":[' % (b"0" * 32)
    return head + b",".join(events) + b"]}"


@dataclass(frozen=True)
class Case:
    """A signed body: how many events become turns, and how many others are kept as what."""

    name: str
    body: bytes
    turns: int = 0
    recorded: int = 0
    unreadable: int = 0


def _one(name: str, value: Any, state: str) -> Case:
    """A case of one event between two good ones; it ends as `turns`, `recorded`, `unreadable`."""
    body = body_of(event(2), value, event(3))
    return Case(name, body, **{"turns": 2, state: 3 if state == "turns" else 1})


_good = json.dumps(event(2)).encode()

BODIES = [
    Case("empty body", b"", unreadable=1),
    Case("not JSON", b"<xml/>", unreadable=1),
    Case("null", b"null", unreadable=1),
    Case("a number", b"17", unreadable=1),
    Case("a list at the top", b"[]", unreadable=1),
    Case("no events", b"{}", unreadable=1),
    Case("events is an object", b'{"events": {"0": {}}}', unreadable=1),
    Case("events is null", b'{"events": null}', unreadable=1),
    Case("events is a text", b'{"events": "message"}', unreadable=1),
    Case("an empty list, the console's check", body_of()),
    Case("two JSON values", body_of(event()) * 2, unreadable=1),
    Case("a truncated body", body_of(event())[:-20], unreadable=1),
    Case("a byte-order mark", b"\xef\xbb\xbf" + body_of(event()), turns=1),
    Case("UTF-16", body_of(event()).decode().encode("utf-16"), unreadable=1),
    Case("invalid UTF-8 in one text", wrapped(b'"\xff\xfe"', _good), turns=1, unreadable=1),
    Case("surrogates as CESU-8", wrapped(_good, b'"\xed\xa0\x80"'), turns=1, unreadable=1),
    Case("a NUL byte", b"\x00" + body_of(event()), unreadable=1),
    Case("white space around", b"\r\n\t " + body_of(event()) + b"\n\n", turns=1),
    Case("the same key twice", b'{"events": [], "events": [%s]}' % _good, turns=1),
    Case("no destination", b'{"events": [%s]}' % _good, turns=1),
    Case("destination is a number", b'{"destination": 7, "events": [%s]}' % _good, turns=1),
    Case("100,000 open brackets", b"[" * 100_000, unreadable=1),
    Case("100,000 open objects", b'{"events":[' + b'{"a":' * 100_000, unreadable=1),
    Case(
        "one event 100,000 levels deep, one good",
        wrapped(deep(100_000).encode(), _good),
        turns=1,
        unreadable=1,
    ),
    Case(
        "an event 400 levels deep, one good",
        wrapped(deep(400).encode(), _good),
        turns=1,
        unreadable=1,
    ),
    Case(
        "an unknown property 5,000 levels deep",
        wrapped(with_raw(event(), "new", deep(5_000))),
        turns=1,
    ),
    Case(
        "brackets within a text are no levels",
        wrapped(json.dumps(said("[{" * 2000)).encode(), deep(3_000).encode()),
        turns=1,
        unreadable=1,
    ),
    Case(
        "a number of 5,000 digits, one good event",
        wrapped(with_raw(event(), "new", "9" * 5_000), _good),
        turns=2,
    ),
    Case("NaN and infinities", wrapped(b'{"a": [NaN, -Infinity, 1e999]}', _good), 1, unreadable=1),
    Case("a body of 2 MB", body_of(said("あ" * 300_000)), turns=1),
    Case("a body over the limit", body_of(said("あ" * 400_000)), unreadable=1),
    Case("50,000 null events", body_of(*[None] * 50_000), unreadable=1),
    Case("a thousand and one events", body_of(*(event(n) for n in range(1001))), 1001),
]

EVENTS = [
    _one("null", None, "unreadable"),
    _one("a number", 17, "unreadable"),
    _one("a text", "message", "unreadable"),
    _one("a list", [event()], "unreadable"),
    _one("an empty object", {}, "unreadable"),
    _one("no type", event(type=None), "unreadable"),
    _one("the type is a number", event(type=7), "unreadable"),
    _one("a type of 10,000 characters", event(type="m" * 10_000), "unreadable"),
    _one("an unknown type", event(type="eventOfNextYear"), "recorded"),
    _one("a type in capitals", event(type="MESSAGE"), "recorded"),
    _one("no source", event(source=None), "unreadable"),
    _one("the source is a text", event(source="U1"), "unreadable"),
    _one("no user id", event(source={"type": "user"}), "unreadable"),
    _one("the user id is a number", event(source={"type": "user", "userId": 7}), "unreadable"),
    _one("the user id is empty", event(source={"type": "user", "userId": ""}), "unreadable"),
    _one("a long user id", event(source={"type": "user", "userId": "U" * 9_000}), "unreadable"),
    _one(
        "a user id that looks like SQL",
        event(source={"type": "user", "userId": "'; DROP TABLE bot_citizen; --"}),
        "turns",
    ),
    _one("an unknown source", event(source={"type": "openchat", "userId": "U1"}), "recorded"),
    _one("a group without an id", event(source={"type": "group"}), "recorded"),
    _one("a long group id", event(source={"type": "group", "groupId": "C" * 9_000}), "recorded"),
    _one("no mode", event(mode=None), "turns"),
    _one("an unknown mode", event(mode="a mode of next year"), "turns"),
    _one("the mode is a list", event(mode=["standby"]), "turns"),
    _one("standby", event(mode="standby"), "recorded"),
    _one("no message", event(message=None), "unreadable"),
    _one("the message is a text", event(message="こんにちは"), "unreadable"),
    _one("an empty message", event(message={}), "turns"),
    _one("an unknown message", event(message={"type": "hologram", "id": "1"}), "turns"),
    _one("the text is a number", said(5), "turns"),
    _one("the text is an object", said({"text": "a"}), "turns"),
    _one("a NUL and lone surrogates", said("a\x00\ud800b\udfffc"), "turns"),
    _one("right-to-left marks", said("\u202eabc\u2066"), "turns"),
    _one("a postback without data", event(type="postback", postback={}), "turns"),
    _one("a postback of a number", event(type="postback", postback=7), "unreadable"),
    _one(
        "a postback of 5,000 characters",
        event(type="postback", postback={"data": "/" * 5_000}),
        "turns",
    ),
    _one("an unsend without an id", event(type="unsend", unsend={}), "turns"),
    _one("the unsend id is an object", event(type="unsend", unsend={"messageId": {}}), "turns"),
    _one("no timestamp", event(timestamp=None), "turns"),
    _one("a negative timestamp", event(timestamp=-(10**15)), "turns"),
    _one("a huge timestamp", event(timestamp=10**24), "turns"),
    _one("the timestamp is a text", event(timestamp="yesterday"), "turns"),
    _one("the timestamp is true", event(timestamp=True), "turns"),
    _one("no event id", event(webhookEventId=None), "turns"),
    _one("a long event id", event(webhookEventId="0" * 100_000), "turns"),
    _one("the event id is an object", event(webhookEventId={"id": 1}), "turns"),
    _one("an event id that looks like SQL", event(webhookEventId="' OR 1=1 --"), "turns"),
    _one("a reply token of zeros", event(replyToken=ZEROS), "turns"),
    _one("a reply token of f", event(replyToken="f" * 32), "turns"),
    _one("a long reply token", event(replyToken="0" * 10_000), "turns"),
    _one("a reply token with quotation marks", event(replyToken='","to":"all'), "turns"),
    _one("no reply token", event(replyToken=None), "turns"),
    _one("no delivery context", event(deliveryContext=None), "turns"),
    _one("the delivery context is a list", event(deliveryContext=[True]), "turns"),
    _one("redelivered", event(deliveryContext={"isRedelivery": True}), "turns"),
    _one("unknown properties", event(next={"year": [1, {"a": None}]}, z=1.5), "turns"),
    _one("an image of an unknown provider", said("x", contentProvider={"type": "cdn"}), "turns"),
    _one(
        "an image with a path for an id",
        event(message={"type": "image", "id": "../../v2/bot/info"}),
        "turns",
    ),
    _one("an image with a long id", event(message={"type": "image", "id": "1" * 9_000}), "turns"),
    _one(
        "an image set of a number",
        event(message={"type": "image", "id": "1", "imageSet": 7}),
        "turns",
    ),
    _one("an impossible place", event(message={"type": "location", "latitude": "x"}), "turns"),
    _one("a beacon of a text", event(type="beacon", beacon="x"), "recorded"),
    _one("a follow of a list", event(type="follow", follow=[True]), "turns"),
]

Signature = Callable[[bytes, str], list[bytes | str]]
_vector = "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="

SIGNATURES: dict[str, Signature] = {
    "none": lambda body, secret: [],
    "empty": lambda body, secret: [""],
    "a word": lambda body, secret: ["wrong"],
    "of another body": lambda body, secret: [_vector],
    "of another secret": lambda body, secret: [sign(body, "another secret")],
    "of an empty secret": lambda body, secret: [sign(body, "\x00")],
    "of the body and a line end": lambda body, secret: [sign(body + b"\n", secret)],
    "of the body written anew": lambda body, secret: [
        sign(json.dumps(json.loads(body), ensure_ascii=False).encode(), secret)
    ],
    "hexadecimal": lambda body, secret: [
        hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    ],
    "SHA-1": lambda body, secret: [
        b64encode(hmac.new(secret.encode(), body, hashlib.sha1).digest())
    ],
    "SHA-256 without the secret": lambda body, secret: [b64encode(hashlib.sha256(body).digest())],
    "in small letters": lambda body, secret: [sign(body, secret).lower()],
    "cut": lambda body, secret: [sign(body, secret)[:-4]],
    "with a scheme": lambda body, secret: [f"sha256={sign(body, secret)}"],
    "twice in one header": lambda body, secret: [f"{sign(body, secret)},{sign(body, secret)}"],
    "in two headers": lambda body, secret: [sign(body, secret)] * 2,
    "a right and a wrong header": lambda body, secret: [sign(body, secret), "wrong"],
    "a wrong and a right header": lambda body, secret: ["wrong", sign(body, secret)],
    "of 10,000 characters": lambda body, secret: ["A" * 10_000],
    "of other letters": lambda body, secret: ["署名".encode()],
}
