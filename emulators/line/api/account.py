"""The account and its people: profiles, followers, webhook settings, loading, read marks."""

import re

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import NOT_FOUND, Json, LineError, invalid_parameter
from emulators.line.people import USER_ID, Person
from emulators.line.validation.requests import check_body
from emulators.line.validation.rules import Report, media_url
from emulators.line.webhooks import encode

_NUMBER = re.compile(r"[0-9]{1,9}")
_ONLY_USERS = (
    "Only user id is acceptable, please confirm if there are any group/room ids or illegal ids."
)
_NOT_MARKED = (
    "Invalid markAsReadToken. Tokens must be used by the bot that received them via Webhook."
)


def routes() -> list[Route]:
    """Return the endpoints."""
    return [
        line_route("POST", "/v2/bot/chat/loading/start", start_loading),
        line_route("GET", "/v2/bot/profile/{userId}", profile),
        line_route("GET", "/v2/bot/info", info),
        line_route("GET", "/v2/bot/followers/ids", followers),
        line_route("POST", "/v2/bot/chat/markAsRead", mark_as_read),
        line_route("GET", "/v2/bot/channel/webhook/endpoint", get_endpoint),
        line_route("PUT", "/v2/bot/channel/webhook/endpoint", set_endpoint),
        line_route("POST", "/v2/bot/channel/webhook/test", test_endpoint),
    ]


def person_of(call: Call) -> Person | None:
    """Return the person in the path. Raises LineError 400 for an id of the wrong shape."""
    user_id = call.param("userId")
    if not USER_ID.fullmatch(user_id):
        raise invalid_parameter("userId")
    call.users = (user_id,)
    return call.platform.people.get(user_id)


async def profile(call: Call) -> Answer:
    """Return a friend's profile; LINE tells nothing about anybody else."""
    person = person_of(call)
    if person is None:
        raise LineError(404, NOT_FOUND, reason="nobody has this user id")
    if not person.friend:
        raise LineError(404, NOT_FOUND, reason="this user is no friend of the account")
    return Answer(person.profile())


async def info(call: Call) -> Answer:
    """Return what the account is called."""
    channel = call.platform.channel
    return Answer(
        {
            "userId": channel.bot_user_id,
            "basicId": "@000emulator",
            "displayName": channel.name,
            "chatMode": "chat",
            "markAsReadMode": "manual",
        }
    )


async def followers(call: Call) -> Answer:
    """Return friends' ids in pages; the continuation is the place to go on from."""
    query = call.request.query_params
    limit = query.get("limit", "300")
    if not _NUMBER.fullmatch(limit) or not 1 <= int(limit) <= 1000:
        raise invalid_parameter("limit")
    start = query.get("start", "0")
    if not _NUMBER.fullmatch(start):
        raise LineError(400, "Invalid start param")
    found = [person.user_id for person in call.platform.people.friends()]
    end = int(start) + int(limit)
    body: Json = {"userIds": found[int(start) : end]}
    return Answer(body | ({"next": str(end)} if end < len(found) else {}))


async def start_loading(call: Call) -> Answer:
    """Show the loading animation until the next message or the end of its time."""
    body = call.json()
    seconds = body.get("loadingSeconds", 20)
    report = Report(strict=True)
    if not isinstance(body.get("chatId"), str) or not USER_ID.fullmatch(body["chatId"]):
        report.add("chatId", _ONLY_USERS)
    if type(seconds) is not int or not 5 <= seconds <= 60:
        report.add("loadingSeconds", "Must be between 5 and 60")
    elif seconds % 5:
        report.add("loadingSeconds", "must be a multiple of five")
    if report.details:
        count = len(report.details)
        raise LineError(400, f"The request body has {count} error(s)", details=report.details)
    call.users = (body["chatId"],)
    person = call.platform.people.get(body["chatId"])
    if person is not None and call.platform.reach(person):
        person.talk.notify("loading", {"seconds": seconds})
    return Answer({}, 202)


async def mark_as_read(call: Call) -> Answer:
    """Mark a message and everything before it as read."""
    body = call.json()
    check_body("read_token", body, call.platform.options.strict)
    found = call.platform.read_tokens.get(body["markAsReadToken"])
    chat = call.platform.chat(found[0]) if found else None
    if found is None or chat is None:
        raise LineError(400, _NOT_MARKED, reason="no webhook carried this token")
    call.users = (chat.chat_id,)
    if isinstance(chat, Person):
        chat.read_up_to = max(chat.read_up_to, found[1])
    chat.talk.notify("read", {"upTo": found[1]})
    return Answer()


async def get_endpoint(call: Call) -> Answer:
    """Return where webhooks go."""
    options = call.platform.options
    if not options.webhook_url:
        raise LineError(404, "Webhook endpoint not found")
    return Answer({"endpoint": options.webhook_url, "active": options.webhook_active})


async def set_endpoint(call: Call) -> Answer:
    """Change where webhooks go. Plain http is taken for this machine only."""
    body = call.json()
    check_body("webhook_endpoint", body, call.platform.options.strict)
    call.platform.options.webhook_url = _usable(body["endpoint"])
    return Answer()


async def test_endpoint(call: Call) -> Answer:
    """Send a webhook without events, and tell how it went."""
    body = call.json() if call.raw else {}
    check_body("webhook_test", body, call.platform.options.strict)
    options = call.platform.options
    wanted = body.get("endpoint")
    url = _usable(wanted) if wanted else options.webhook_url
    if not url:
        raise LineError(404, "Webhook endpoint not found")
    raw = encode(call.platform.channel.bot_user_id, [])
    outcome = await call.platform.webhooks.send(raw, (), url=url)
    return Answer(
        {
            "success": outcome.reason == "OK",
            "timestamp": call.platform.now().isoformat(),
            "statusCode": outcome.status,
            "reason": outcome.reason,
            "detail": outcome.detail or str(outcome.status),
        }
    )


def _usable(url: str) -> str:
    report = Report(strict=True)
    media_url(report, url, "endpoint")
    if report.details:
        reason = report.details[0]["message"]
        raise LineError(400, "Invalid webhook endpoint URL", reason=reason)
    return url
