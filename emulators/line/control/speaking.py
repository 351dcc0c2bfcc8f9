"""What people say and tap, in a talk of two or in a group."""

import base64
import binascii
import re
from datetime import timedelta

from emulators.line import content, events, ids
from emulators.line.errors import ControlError, Json
from emulators.line.people import Person
from emulators.line.platform import Chat, Platform
from kit.text import utf16_length


def say(platform: Platform, chat: Chat, person: Person, body: Json) -> Json:
    """Send any message; returns `{messageId, webhookEventId}`."""
    data = _decoded(body)
    message = events.message_content(body, platform.now_ms(), len(data))
    if chat is not person and message["type"] == "text" and "mention" not in message:
        message |= _mentions(platform, message["text"])
    if message["type"] in events.STORED:
        now, options = platform.now(), platform.options
        ready = content.ready_at(message["type"], now, options.preparing_seconds)
        end = now + timedelta(days=options.content_days)
        platform.content.put(message["id"], message["type"], data, ready, end)
    person.wrote_at = platform.now()
    event_id = platform.happened("message", chat, by=person.user_id, reply=True, message=message)
    seq = _entered(platform, chat, person, message, event_id)
    platform.read_tokens[message["markAsReadToken"]] = (chat.chat_id, seq)
    return {"messageId": message["id"], "webhookEventId": event_id}


def tap(platform: Platform, chat: Chat, person: Person, body: Json) -> Json:
    """Tap a postback button; `displayText` appears as if the person had written it."""
    event_id = platform.happened(
        "postback", chat, by=person.user_id, reply=True, postback=events.postback_content(body)
    )
    shown = body.get("displayText")
    if isinstance(shown, str) and shown:
        message = {"type": "text", "id": ids.message_id(platform.now_ms()), "text": shown}
        _entered(platform, chat, person, message, event_id)
    return {"messageId": None, "webhookEventId": event_id}


def take_back(platform: Platform, chat: Chat, person: Person, message_id: str) -> Json:
    """Unsend a message of one's own: its words and its file are gone."""
    entry = own_entry(chat, person, message_id)
    entry["unsent"] = True
    entry["message"] = {"type": "unsent", "id": message_id}
    platform.content.erase(message_id)
    chat.talk.notify("unsend", {"seq": entry["seq"], "messageId": message_id})
    event_id = platform.happened(
        "unsend", chat, by=person.user_id, unsend={"messageId": message_id}
    )
    return {"webhookEventId": event_id}


def edit(platform: Platform, chat: Chat, person: Person, message_id: str, text: str) -> Json:
    """Change the words of a text of one's own in a group chat (`messageEdited`)."""
    entry = own_entry(chat, person, message_id)
    if entry["message"]["type"] != "text":
        raise ControlError(409, "Only text messages can be edited.")
    message: Json = {
        "id": message_id,
        "type": "text",
        "text": text,
        "quoteToken": ids.opaque_token(66),
        **_mentions(platform, text),
    }
    entry["message"], entry["edited"] = message, True
    chat.talk.notify("edit", {"seq": entry["seq"], "message": message})
    event_id = platform.happened(
        "messageEdited", chat, by=person.user_id, reply=True, message=message
    )
    return {"webhookEventId": event_id}


def own_entry(chat: Chat, person: Person, message_id: str) -> Json:
    """Return an entry that this person sent. Raises ControlError 404."""
    entry = chat.talk.find(message_id)
    if entry is None or entry.get("userId") != person.user_id or entry.get("unsent"):
        raise ControlError(404, "This user sent no such message. Give the messageId of their own.")
    return entry


def _entered(platform: Platform, chat: Chat, person: Person, message: Json, event_id: str) -> int:
    platform.stats.messages["user"] += 1
    entry = chat.talk.add(
        "user",
        "user",
        platform.now().isoformat(),
        message,
        webhookEventId=event_id,
        userId=person.user_id,
        name=person.display_name,
    )
    return int(entry["seq"])


def _mentions(platform: Platform, text: str) -> Json:
    """Return the `mention` of a group message: `@name` of a person or the account, or `@All`."""
    named: dict[str, Json] = {"All": {"type": "all"}}
    for person in platform.people:
        named[person.display_name] = {"type": "user", "userId": person.user_id, "isSelf": False}
    bot = platform.channel
    named[bot.name] = {"type": "user", "userId": bot.bot_user_id, "isSelf": True}
    # The longest name first, so that 花 does not win over 花子.
    names = "|".join(re.escape(name) for name in sorted(named, key=len, reverse=True))
    found = [
        {
            "index": utf16_length(text[: match.start()]),
            "length": utf16_length(match[0]),
            **named[match[1]],
        }
        for match in re.finditer(f"@({names})", text)
    ]
    return {"mention": {"mentionees": found[:20]}} if found else {}


def _decoded(body: Json) -> bytes:
    given = body.get("content")
    if given is None:
        return b""
    try:
        return base64.b64decode(given, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise ControlError(400, "Send 'content' as base64.") from error
