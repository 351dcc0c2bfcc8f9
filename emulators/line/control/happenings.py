"""Events that no page can cause: beacons, memberships, modules, and ones nobody knows yet."""

from starlette.requests import Request
from starlette.routing import Route

from emulators.line import events
from emulators.line.control.common import control_route, read_object, text
from emulators.line.errors import ControlError, Json
from emulators.line.platform import Platform

# What must come with the event (the property of the same name), and whether LINE adds a token.
_CONTENT = {
    "beacon": "beacon",
    "videoPlayComplete": "videoPlayComplete",
    "membership": "membership",
    "module": "module",
    "activated": "chatControl",
    "delivery": "delivery",
}
_WITH_REPLY_TOKEN = frozenset({"beacon", "videoPlayComplete", "membership"})


def routes() -> list[Route]:
    """Return the route."""
    return [control_route("POST", "/events", cause, recorded=True)]


async def cause(platform: Platform, request: Request) -> Json:
    """Send one event: `{type, chatId?, userId?, …its own properties}`.

    `chatId` is a user, group or room; without it the event has no source (`module`,
    `botSuspended`…). An unknown `type` goes out as it is, which is what unknown types are for.
    """
    body = await read_object(request)
    kind = text(body, "type")
    wanted = _CONTENT.get(kind)
    if wanted and not isinstance(body.get(wanted), dict):
        raise ControlError(400, f"An event of the type {kind} needs the object '{wanted}'.")
    more = {k: v for k, v in body.items() if k not in ("type", "chatId", "userId")}
    if body.get("chatId") is None:
        event = events.event(kind, None, platform.now_ms()) | more
        platform.webhooks.put(event)
        return {"webhookEventId": event["webhookEventId"]}
    chat = platform.chat(text(body, "chatId"))
    if chat is None:
        raise ControlError(404, "There is no such chat. Give the id of a user, group or room.")
    by = text(body, "userId") if body.get("userId") is not None else None
    reply = kind in _WITH_REPLY_TOKEN
    return {"webhookEventId": platform.happened(kind, chat, by=by, reply=reply, **more)}
