"""Sending: reply, push, multicast, broadcast, and their dry runs."""

from starlette.routing import Route

from emulators.line import ids
from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import MONTHLY_LIMIT, Json, LineError, invalid_property
from emulators.line.people import USER_ID, Person
from emulators.line.validation.requests import check_body

_QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template", "flex"})
_KINDS = ("reply", "push", "multicast", "broadcast")


def routes() -> list[Route]:
    """Return the sending endpoints; the busiest come first."""
    base = "/v2/bot/message"
    return [
        line_route("POST", f"{base}/reply", reply),
        line_route("POST", f"{base}/push", push),
        line_route("POST", f"{base}/multicast", multicast),
        line_route("POST", f"{base}/broadcast", broadcast),
        *(line_route("POST", f"{base}/validate/{kind}", validate) for kind in _KINDS),
        line_route("GET", f"{base}/quota", quota),
        line_route("GET", f"{base}/quota/consumption", consumption),
    ]


async def reply(call: Call) -> Answer:
    """Answer an event with its token."""
    platform = call.platform
    if "x-line-retry-key" in call.request.headers:
        raise LineError(
            400,
            "The 'X-Line-Retry-Key' header is not supported on this endpoint",
            reason="a reply takes no retry key",
        )
    body = call.json()
    token = body.get("replyToken")
    user_id = None
    if isinstance(token, str) and token:
        user_id = platform.replies.use(token, platform.now())
        call.users = (user_id,)
    check_body("reply", body, platform.options.strict)
    person = platform.people.get(user_id or "")
    sent = _name(call, body["messages"])
    if person is not None and person.friend:
        _show(call, person, "reply", body["messages"], sent)
    return Answer({"sentMessages": sent})


async def push(call: Call) -> Answer:
    """Write to one person. Who blocked the account gets nothing, and LINE says 200."""
    key = _retry_key(call)
    body = call.json()
    check_body("push", body, call.platform.options.strict)
    if not USER_ID.fullmatch(body["to"]):
        raise invalid_property("'to'")
    person = call.platform.people.get(body["to"])
    if person is None:
        raise LineError(400, "Failed to send messages", reason="nobody has this user id")
    call.users = (person.user_id,)
    _spend(call, 1 if person.friend else 0)
    sent = _name(call, body["messages"])
    if person.friend:
        _show(call, person, "push", body["messages"], sent)
    return _accept(call, key, {"sentMessages": sent})


async def multicast(call: Call) -> Answer:
    """Write to up to 500 people. Unknown ids are passed over (LINE's documents contradict)."""
    key = _retry_key(call)
    body = call.json()
    check_body("multicast", body, call.platform.options.strict)
    for index, user_id in enumerate(body["to"]):
        if not USER_ID.fullmatch(user_id):
            raise invalid_property(f"'to[{index}]'")
    found = (call.platform.people.get(user_id) for user_id in dict.fromkeys(body["to"]))
    return _send_to_many(call, key, body, "multicast", [p for p in found if p and p.friend])


async def broadcast(call: Call) -> Answer:
    """Write to every friend."""
    key = _retry_key(call)
    body = call.json()
    check_body("broadcast", body, call.platform.options.strict)
    return _send_to_many(call, key, body, "broadcast", call.platform.people.friends())


async def validate(call: Call) -> Answer:
    """Check message objects without sending them."""
    check_body("validate", call.json(), call.platform.options.strict)
    return Answer()


async def quota(call: Call) -> Answer:
    """Return this month's allowance."""
    limit = call.platform.options.monthly_quota
    return Answer({"type": "none"} if limit is None else {"type": "limited", "value": limit})


async def consumption(call: Call) -> Answer:
    """Return how much of the allowance is used: recipients times sendings, replies not counted."""
    return Answer({"totalUsage": call.platform.consumption})


def _send_to_many(
    call: Call, key: str | None, body: Json, via: str, people: list[Person]
) -> Answer:
    call.users = tuple(person.user_id for person in people)
    _spend(call, len(people))
    for person in people:
        _show(call, person, via, body["messages"], _name(call, body["messages"]))
    return _accept(call, key, {})


def _retry_key(call: Call) -> str | None:
    key = call.request.headers.get("x-line-retry-key")
    call.platform.retry_keys.check(key, call.platform.now())
    return key


def _accept(call: Call, key: str | None, answer: Json) -> Answer:
    call.platform.retry_keys.accept(key, call.request_id, answer, call.platform.now())
    return Answer(answer)


def _spend(call: Call, recipients: int) -> None:
    platform = call.platform
    limit = platform.options.monthly_quota
    if limit is not None and platform.consumption + recipients > limit:
        reason = f"{platform.consumption} of {limit} messages used, {recipients} more wanted"
        raise LineError(429, MONTHLY_LIMIT, reason=reason)
    platform.consumption += recipients


def _name(call: Call, messages: list[Json]) -> list[Json]:
    now_ms = call.platform.now_ms()
    sent = []
    for message in messages:
        named = {"id": ids.message_id(now_ms)}
        if message["type"] in _QUOTABLE:
            named["quoteToken"] = ids.opaque_token(66)
        sent.append(named)
    return sent


def _show(call: Call, person: Person, via: str, messages: list[Json], sent: list[Json]) -> None:
    for message, named in zip(messages, sent, strict=True):
        call.platform.deliver(person, via, message, named)
