"""What people do: appear, write, tap, unsend, block, and read."""

import base64
import binascii

from starlette.requests import Request
from starlette.routing import Route

from emulators.line import content, events, ids
from emulators.line.control.common import control_route, number, read_object, text
from emulators.line.errors import ControlError, Json
from emulators.line.people import Person
from emulators.line.platform import Platform

_LONGEST_WAIT_SECONDS = 30.0
_LAST_SEQ = 10**12


def routes() -> list[Route]:
    """Return the routes under `/emulator/users`."""
    person = "/users/{user_id}"
    return [
        control_route("POST", f"{person}/messages", write),
        control_route("GET", f"{person}/messages", read),
        control_route("POST", "/users", add),
        control_route("GET", "/users", everybody),
        control_route("GET", person, one),
        control_route("POST", f"{person}/block", block),
        control_route("POST", f"{person}/unblock", unblock),
        control_route("POST", f"{person}/unsend", unsend),
        control_route("POST", f"{person}/menu", tap_tab),
    ]


async def add(platform: Platform, request: Request) -> Json:
    """Create somebody who follows the account at once."""
    body = await read_object(request)
    language = text(body, "language") if body.get("language") is not None else None
    person = platform.people.add(text(body, "display_name", "デモ利用者"), language)
    _follow(platform, person, unblocked=False)
    return {"userId": person.user_id}


async def everybody(platform: Platform, _request: Request) -> Json:
    """List the people."""
    return {"users": [_shown(person) for person in platform.people]}


async def one(platform: Platform, request: Request) -> Json:
    """Return one person, their rich menu and where their talk stands."""
    person = _person(platform, request)
    menu = platform.menus.shown_to(person)
    return _shown(person) | {
        "last": person.talk.last,
        "readUpTo": person.read_up_to,
        "account": platform.channel.name,
        "richMenu": menu.as_dict() if menu else None,
    }


async def write(platform: Platform, request: Request) -> Json:
    """Let somebody send a message or tap a postback button."""
    person = _person(platform, request)
    body = await read_object(request)
    if not person.friend:
        raise ControlError(409, "This user has blocked the account. Unblock it first.")
    if body.get("type") == "postback":
        return _tap(platform, person, body)
    return _say(platform, person, body)


async def read(platform: Platform, request: Request) -> Json:
    """Return what that person sees after a number; `wait` holds the answer for news."""
    person = _person(platform, request)
    after = int(number(request, "after", 0, _LAST_SEQ))
    wait = number(request, "wait", 0, _LONGEST_WAIT_SECONDS)
    if wait:
        await person.talk.wait(after, wait)
    return {"messages": person.talk.after(after), "next": max(after, person.talk.last)}


async def block(platform: Platform, request: Request) -> Json:
    """Block the account: an unfollow event, and nothing arrives any more."""
    person = _person(platform, request)
    if not person.friend:
        return {"webhookEventId": None}
    person.friend = False
    event = events.event("unfollow", person.user_id, platform.now_ms())
    platform.emit(event)
    person.talk.notify("friend", {"friend": False})
    return {"webhookEventId": event["webhookEventId"]}


async def unblock(platform: Platform, request: Request) -> Json:
    """Unblock the account: a follow event with `isUnblocked`."""
    person = _person(platform, request)
    if person.friend:
        return {"webhookEventId": None}
    person.friend = True
    person.talk.notify("friend", {"friend": True})
    return {"webhookEventId": _follow(platform, person, unblocked=True)}


async def unsend(platform: Platform, request: Request) -> Json:
    """Take a message of one's own back."""
    person = _person(platform, request)
    message_id = text(await read_object(request), "messageId")
    entry = person.talk.find(message_id)
    if entry is None or entry["from"] != "user" or entry.get("unsent"):
        raise ControlError(404, "This user sent no such message. Give the messageId of their own.")
    entry["unsent"] = True
    entry["message"] = {"type": "unsent", "id": message_id}
    platform.content.erase(message_id)
    person.talk.notify("unsend", {"seq": entry["seq"], "messageId": message_id})
    event = events.event(
        "unsend", person.user_id, platform.now_ms(), unsend={"messageId": message_id}
    )
    platform.emit(event)
    return {"webhookEventId": event["webhookEventId"]}


async def tap_tab(platform: Platform, request: Request) -> Json:
    """Tap a rich-menu tab (`richmenuswitch`): the menu changes, then a postback follows."""
    person = _person(platform, request)
    body = await read_object(request)
    params = platform.menus.switch(person, text(body, "richMenuAliasId"))
    platform.show_menu(person)
    return _tap(platform, person, {"data": body.get("data", ""), "params": params})


def _person(platform: Platform, request: Request) -> Person:
    return platform.people.known(request.path_params["user_id"])


def _shown(person: Person) -> Json:
    return person.profile() | {"friend": person.friend}


def _follow(platform: Platform, person: Person, *, unblocked: bool) -> str:
    event = events.event(
        "follow",
        person.user_id,
        platform.now_ms(),
        replyToken=platform.replies.issue(person.user_id, platform.now()),
        follow={"isUnblocked": unblocked},
    )
    platform.emit(event)
    event_id: str = event["webhookEventId"]
    return event_id


def _say(platform: Platform, person: Person, body: Json) -> Json:
    data = _decoded(body)
    now_ms = platform.now_ms()
    message = events.message_content(body, now_ms, len(data))
    if message["type"] in events.STORED:
        ready = content.ready_at(
            message["type"], platform.now(), platform.options.preparing_seconds
        )
        platform.content.put(message["id"], message["type"], data, ready)
    event = events.event(
        "message",
        person.user_id,
        now_ms,
        replyToken=platform.replies.issue(person.user_id, platform.now()),
        message=message,
    )
    seq = _entered(platform, person, message, event["webhookEventId"])
    platform.read_tokens[message["markAsReadToken"]] = (person.user_id, seq)
    platform.emit(event)
    return {"messageId": message["id"], "webhookEventId": event["webhookEventId"]}


def _tap(platform: Platform, person: Person, body: Json) -> Json:
    now_ms = platform.now_ms()
    event = events.event(
        "postback",
        person.user_id,
        now_ms,
        replyToken=platform.replies.issue(person.user_id, platform.now()),
        postback=events.postback_content(body),
    )
    shown = body.get("displayText")
    if isinstance(shown, str) and shown:
        message = {"type": "text", "id": ids.message_id(now_ms), "text": shown}
        _entered(platform, person, message, event["webhookEventId"])
    platform.emit(event)
    return {"messageId": None, "webhookEventId": event["webhookEventId"]}


def _entered(platform: Platform, person: Person, message: Json, event_id: str) -> int:
    platform.stats.messages["user"] += 1
    at = platform.now().isoformat()
    return int(person.talk.add("user", "user", at, message, webhookEventId=event_id)["seq"])


def _decoded(body: Json) -> bytes:
    given = body.get("content")
    if given is None:
        return b""
    try:
        return base64.b64decode(given, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise ControlError(400, "Send 'content' as base64.") from error
