"""Sending: reply, push, multicast, broadcast, and their dry runs."""

from starlette.routing import Route

from emulators.line import ids
from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import Json, LineError, invalid_property
from emulators.line.figures import Sending
from emulators.line.groups import GROUP_ID, Group
from emulators.line.people import USER_ID, Person
from emulators.line.platform import Chat
from emulators.line.validation.requests import check_body

_QUOTABLE = frozenset({"text", "textV2", "sticker", "image", "video", "template", "flex"})
_KINDS = ("reply", "push", "multicast", "narrowcast", "broadcast")


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
    chat_id = None
    if isinstance(token, str) and token:
        chat_id = platform.replies.use(token, platform.now())
        call.users = (chat_id,)
    check_body("reply", body, platform.options.strict)
    chat = platform.chat(chat_id or "")
    sent = _name(call, body["messages"])
    if chat is not None and platform.reach(chat):
        show(call, chat, "reply", body["messages"], sent)
        count_sending(call, "reply", body, [chat.chat_id])
    return Answer({"sentMessages": sent})


async def push(call: Call) -> Answer:
    """Write to one person, group or room. Who cannot be reached gets nothing; LINE says 200."""
    key = retry_key(call)
    body = call.json()
    check_body("push", body, call.platform.options.strict)
    if not USER_ID.fullmatch(body["to"]) and not GROUP_ID.fullmatch(body["to"]):
        raise invalid_property("'to'")
    chat = call.platform.chat(body["to"])
    if chat is None or (isinstance(chat, Group) and not chat.joined):
        reason = "nobody has this id" if chat is None else "the account is not in this chat"
        raise LineError(400, "Failed to send messages", reason=reason)
    call.users = (chat.chat_id,)
    reach = call.platform.reach(chat)
    _spend(call, reach)
    sent = _name(call, body["messages"])
    if reach:
        show(call, chat, "push", body["messages"], sent)
        count_sending(call, "push", body, _reached(chat))
    return accept(call, key, {"sentMessages": sent})


async def multicast(call: Call) -> Answer:
    """Write to up to 500 people. Unknown ids are passed over (LINE's documents contradict)."""
    key = retry_key(call)
    body = call.json()
    check_body("multicast", body, call.platform.options.strict)
    for index, user_id in enumerate(body["to"]):
        if not USER_ID.fullmatch(user_id):
            raise invalid_property(f"'to[{index}]'")
    found = (call.platform.people.get(user_id) for user_id in dict.fromkeys(body["to"]))
    return _sent_to_many(
        call, key, body, "multicast", [p for p in found if p and call.platform.reach(p)]
    )


async def broadcast(call: Call) -> Answer:
    """Write to every friend."""
    key = retry_key(call)
    body = call.json()
    check_body("broadcast", body, call.platform.options.strict)
    return _sent_to_many(call, key, body, "broadcast", call.platform.people.friends())


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
    return Answer({"totalUsage": call.platform.quota.used(call.platform.now())})


def retry_key(call: Call) -> str | None:
    """Return the request's retry key. Raises LineError 409 when it was accepted before."""
    key = call.request.headers.get("x-line-retry-key")
    call.platform.retry_keys.check(key, call.request.url.path, call.raw, call.platform.now())
    return key


def accept(call: Call, key: str | None, answer: Json, status: int = 200) -> Answer:
    """Answer an accepted request, and remember its retry key."""
    call.platform.retry_keys.accept(key, call.request_id, answer)
    return Answer(answer, status)


def show(call: Call, chat: Chat, via: str, messages: list[Json], sent: list[Json]) -> None:
    """Deliver messages into one chat."""
    for message, named in zip(messages, sent, strict=True):
        call.platform.deliver(chat, via, message, named, call.request_id)


def send_to_many(call: Call, via: str, messages: list[Json], people: list[Person]) -> None:
    """Deliver the same messages to many; each of them gets ids of their own."""
    for person in people:
        show(call, person, via, messages, _name(call, messages))


def count_sending(call: Call, via: str, body: Json, people: list[str]) -> None:
    """Count an accepted request in the statistics."""
    unit = next(iter(body.get("customAggregationUnits") or []), "")
    now = call.platform.now()
    sending = Sending(call.request_id, via, now, len(body["messages"]), tuple(people), unit)
    call.platform.figures.sent(sending)


def _reached(chat: Chat) -> list[str]:
    return chat.members if isinstance(chat, Group) else [chat.user_id]


def _spend(call: Call, recipients: int) -> None:
    platform = call.platform
    platform.quota.spend(recipients, platform.options.monthly_quota, platform.now())


def _name(call: Call, messages: list[Json]) -> list[Json]:
    now_ms = call.platform.now_ms()
    sent = []
    for message in messages:
        named = {"id": ids.message_id(now_ms)}
        if message["type"] in _QUOTABLE:
            named["quoteToken"] = ids.opaque_token(66)
        sent.append(named)
    return sent


def _sent_to_many(
    call: Call, key: str | None, body: Json, via: str, people: list[Person]
) -> Answer:
    call.users = tuple(person.user_id for person in people)
    _spend(call, len(people))
    send_to_many(call, via, body["messages"], people)
    count_sending(call, via, body, [person.user_id for person in people])
    return accept(call, key, {})
