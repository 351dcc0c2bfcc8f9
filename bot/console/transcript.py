"""A conversation in LINE's own terms, as the desk reads it. Pure.

What citizens wrote stays text; templates escape it. Nothing here leads to a foreign address.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from bot.console.words import OUTBOUND_WORDS, failure_in_words
from bot.line.models import LineEvent
from bot.media.models import Media
from bot.media.outgoing import PATH as SENT_FILES
from bot.sender.models import Outbound
from bot.turns.input import CONTINUATION, says_unblocked

FILE_KINDS = {"image": "画像", "video": "動画", "audio": "音声", "file": "ファイル"}
_FILE_STATES = {
    "waiting": "受け取り中です",
    "gone": "LINEに残っていません",
    "too_large": "大きすぎて受け取れませんでした",
    "failed": "受け取れませんでした",
    "external": "外部のサーバーにあるため開きません",
    "unsent": "送信が取り消されました",
    "expired": "保存期間が過ぎたため消去しました",
}
_ERASED = "保存期間が過ぎたため消去しました"
_UNSENT = "送信が取り消されました"
_HAPPENED = {
    "follow": "友だちに追加しました",
    "unfollow": "ブロックしました",
    "unsend": "メッセージの送信を取り消しました",
    CONTINUATION: "手続きのページが終わりました",
}


@dataclass(frozen=True)
class Understood:
    """What the bot made of a sentence."""

    intent: str
    confidence: float
    entities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One thing in an entry: text, sticker, image, file, place, tap, sent or quiet.

    `sent` is a picture of ours at `address`, `quiet` a remark of ours.
    """

    kind: str
    text: str
    media_id: int | None = None
    choices: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class Entry:
    """One line of the conversation. `side` is citizen, bot, staff or event."""

    at: datetime
    side: str
    who: str
    parts: tuple[Part, ...]
    state: str = ""
    is_bad: bool = False
    understood: Understood | None = None
    order: tuple[datetime, int, int] = field(default=(datetime.min, 0, 0), compare=False)
    event_id: int | None = None
    """The event of a citizen's own words."""


@dataclass(frozen=True)
class Talk:
    """What a conversation is made of, as it is stored."""

    events: Sequence[LineEvent]
    sent: Sequence[Outbound]
    files: Mapping[int, Media]
    understood: Mapping[int, Understood]


def transcript(talk: Talk, most: int) -> list[Entry]:
    """Return the newest entries of a conversation, oldest first."""
    labels = tapped_labels(talk.sent)
    entries = [_received(event, talk, labels) for event in talk.events]
    entries += [_sent(row) for row in talk.sent]
    shown = sorted((entry for entry in entries if entry.parts), key=lambda entry: entry.order)
    return shown[-most:]


def _received(event: LineEvent, talk: Talk, labels: Mapping[str, str]) -> Entry:
    side = "citizen" if event.kind in ("message", "postback") else "event"
    parts = [*_parts(event, talk, labels)]
    if event.masked:
        parts.append(Part("quiet", "番号と思われる数字は、伏せて記録しています"))
    return Entry(
        at=event.received_at,
        side=side,
        who="市民",
        parts=tuple(parts),
        understood=talk.understood.get(event.id),
        order=(event.received_at, 0, event.id),
        event_id=event.id if any(part.kind == "text" for part in parts) else None,
    )


def _parts(event: LineEvent, talk: Talk, labels: Mapping[str, str]) -> Iterable[Part]:
    if event.kind == "message":
        yield from _message(event, talk)
    elif event.kind == "postback":
        data = str((event.raw.get("postback") or {}).get("data", ""))
        yield Part("tap", labels.get(data, data) or _ERASED)
    elif event.kind == "follow" and says_unblocked(event.raw):
        yield Part("quiet", "ブロックを解除しました")
    elif event.kind in _HAPPENED:
        yield Part("quiet", _HAPPENED[event.kind])


def _message(event: LineEvent, talk: Talk) -> Iterable[Part]:
    message = event.raw.get("message")
    if not isinstance(message, dict):
        yield Part("quiet", _UNSENT if event.reason == "unsent by the citizen" else _ERASED)
        return
    kind = message.get("type")
    if kind == "text":
        yield Part("text", str(message.get("text", "")))
    elif kind == "sticker":
        keywords = message.get("keywords")
        words = [str(word) for word in keywords[:3]] if isinstance(keywords, list) else []
        said = str(message.get("text") or "、".join(words))
        yield Part("sticker", f"スタンプ（{said}）" if said else "スタンプ")
    elif kind == "location":
        yield _place(message)
    elif kind in FILE_KINDS:
        yield _file(str(kind), talk.files.get(event.id))
    else:
        yield Part("quiet", "表示できない種類のメッセージです")


def _place(message: Mapping[str, Any]) -> Part:
    named = [str(message[name]) for name in ("title", "address") if message.get(name)]
    latitude, longitude = message.get("latitude"), message.get("longitude")
    return Part("place", "\n".join(["位置情報", *named, f"緯度 {latitude}、経度 {longitude}"]))


def _file(kind: str, file: Media | None) -> Part:
    label = FILE_KINDS[kind]
    if file is None:
        return Part("quiet", f"{label}：{_ERASED}")
    if file.state != "stored":
        return Part("quiet", f"{label}：{_FILE_STATES.get(file.state, '')}")
    return Part("image" if kind == "image" else "file", label, media_id=file.id)


def _sent(row: Outbound) -> Entry:
    messages = json.loads(row.messages_json)
    parts = tuple(part for message in messages for part in _said(message))
    who = row.staff_name or (messages[0].get("sender", {}).get("name") if messages else None)
    state = OUTBOUND_WORDS.get(row.state, row.state)
    if row.state == "accepted":
        state = "送信済み" + ("（返信）" if row.method == "reply" else "（プッシュ）")
    elif row.failure:
        state = f"{state}：{failure_in_words(row.failure)}"
    return Entry(
        at=row.created_at,
        side="staff" if row.staff_name else "bot",
        who=who or "ご案内係（自動応答）",
        parts=parts or (Part("quiet", _ERASED),),
        state=state,
        is_bad=row.state in ("failed", "dropped"),
        order=(row.created_at, 1, row.id),
    )


def _said(message: Mapping[str, Any]) -> Iterable[Part]:
    items = (message.get("quickReply") or {}).get("items", ())
    choices = tuple(str(item["action"].get("label", "")) for item in items)
    kind = message.get("type")
    if kind == "text":
        yield Part("text", str(message.get("text", "")), choices=choices)
    elif kind == "image":
        path = urlsplit(str(message.get("originalContentUrl", ""))).path
        is_ours = path.startswith(f"{SENT_FILES}/")
        yield Part("sent" if is_ours else "quiet", "画像を送りました", None, choices, path)
    else:
        buttons = tuple(dict.fromkeys(label for _, label in _actions(message)))
        yield Part("text", str(message.get("altText", "")), choices=(*buttons, *choices)[:13])


def tapped_labels(sent: Iterable[Outbound]) -> dict[str, str]:
    """Return what stood on the buttons that were sent, by the data that a tap brings back."""
    labels: dict[str, str] = {}
    for row in sent:
        for message in json.loads(row.messages_json):
            for action, label in _actions(message):
                if action.get("type") == "postback":
                    labels.setdefault(str(action.get("data", "")), label)
    return labels


def _actions(part: Any) -> Iterable[tuple[Mapping[str, Any], str]]:
    """Yield every action inside a LINE message with its label."""
    if isinstance(part, list):
        for item in part:
            yield from _actions(item)
    elif isinstance(part, dict):
        if "label" in part and part.get("type") in ("postback", "uri", "message", "location"):
            yield part, str(part["label"])
        for value in part.values():
            yield from _actions(value)


def understood_by_event(events: Iterable[Mapping[str, Any]]) -> dict[int, Understood]:
    """Return what Rasa made of each event of the inbox, from the events that it keeps."""
    found: dict[int, Understood] = {}
    for event in events:
        turn = str((event.get("metadata") or {}).get("turn_id", ""))
        number = turn.removeprefix("line-")
        if event.get("event") != "user" or not turn.startswith("line-") or not number.isdigit():
            continue
        parsed = event.get("parse_data") or {}
        intent = parsed.get("intent") or {}
        entities = [e for e in parsed.get("entities") or () if isinstance(e, dict)]
        told = tuple(f"{e.get('entity')}：{e.get('value')}" for e in entities)
        if intent.get("name"):
            found[int(number)] = Understood(
                str(intent["name"]), float(intent.get("confidence") or 0), told
            )
    return found


def active_form(events: Iterable[Mapping[str, Any]]) -> str:
    """Return the form that the dialogue is in, empty for none."""
    names = [event.get("name") for event in events if event.get("event") == "active_loop"]
    return str(names[-1] or "") if names else ""


def about_words(raw: Mapping[str, Any] | None) -> str:
    """Return in a line what a conversation is about, as the citizen said it."""
    message = (raw or {}).get("message")
    text = message.get("text") if isinstance(message, dict) else None
    return " ".join(str(text).split())[:80] if text else ""
