"""Group chats and rooms: who is in them, and the account leaving."""

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import NOT_FOUND, Json, LineError, invalid_parameter
from emulators.line.groups import GROUP_ID, Group
from emulators.line.people import USER_ID
from emulators.line.platform import Chat

_PAGE = 100


def routes() -> list[Route]:
    """Return the endpoints of both kinds of chats, and of the control over a chat."""
    found: list[Route] = [line_route("GET", "/v2/bot/group/{groupId}/summary", summary)]
    for kind in ("group", "room"):
        base = f"/v2/bot/{kind}/{{{kind}Id}}"
        found += [
            line_route("GET", f"{base}/members/count", count),
            line_route("GET", f"{base}/members/ids", member_ids),
            line_route("GET", f"{base}/member/{{userId}}", member),
            line_route("POST", f"{base}/leave", leave),
        ]
    return [
        *found,
        line_route("POST", "/v2/bot/chat/{chatId}/control/acquire", acquire),
        line_route("POST", "/v2/bot/chat/{chatId}/control/release", release),
    ]


async def summary(call: Call) -> Answer:
    """Return what a group is called."""
    group = _group(call)
    return Answer({"groupId": group.chat_id, "groupName": group.name})


async def count(call: Call) -> Answer:
    """Return how many people are in the chat, the account not counted."""
    return Answer({"count": len(_group(call).members)})


async def member_ids(call: Call) -> Answer:
    """Return the members' ids in pages; the continuation is the place to go on from."""
    group = _group(call)
    start = call.request.query_params.get("start", "0")
    if not start.isdecimal() or len(start) > 9:
        raise LineError(400, "Invalid start param")
    end = int(start) + _PAGE
    body: Json = {"memberIds": group.members[int(start) : end]}
    return Answer(body | ({"next": str(end)} if end < len(group.members) else {}))


async def member(call: Call) -> Answer:
    """Return the profile of a member, friend or not."""
    group = _group(call)
    user_id = call.param("userId")
    if not USER_ID.fullmatch(user_id):
        raise invalid_parameter("userId")
    person = call.platform.people.get(user_id)
    if person is None or user_id not in group.members:
        raise LineError(404, NOT_FOUND, reason="this user is no member of the chat")
    return Answer({"userId": user_id, "displayName": person.display_name})


async def leave(call: Call) -> Answer:
    """Leave the chat. The account's own leaving causes no event."""
    group = _group(call)
    group.joined = False
    group.talk.notify("friend", {"friend": False})
    return Answer()


async def acquire(call: Call) -> Answer:
    """Take the conversation over: from now on its events are active."""
    chat = _chat(call)
    chat.standby = False
    body = call.json() if call.raw else {}
    seconds = body.get("ttl", 3600)
    if type(seconds) is not int or not 1 <= seconds <= 31_536_000:
        raise LineError(400, "The request body has 1 error(s)", reason="ttl: 1 to 31536000 seconds")
    expires = call.platform.now_ms() + seconds * 1000
    call.platform.happened("activated", chat, chatControl={"expireAt": expires})
    return Answer()


async def release(call: Call) -> Answer:
    """Give the conversation back: from now on its events are on standby."""
    chat = _chat(call)
    chat.standby = True
    call.platform.happened("deactivated", chat)
    return Answer()


def _group(call: Call) -> Group:
    kind = "room" if "roomId" in call.request.path_params else "group"
    chat_id = call.param(f"{kind}Id")
    if not GROUP_ID.fullmatch(chat_id):
        raise invalid_parameter(f"{kind}Id")
    group = call.platform.groups.get(chat_id)
    call.users = (chat_id,)
    if group is None or group.kind != kind or not group.joined:
        raise LineError(404, NOT_FOUND, reason=f"the account is in no {kind} with this id")
    return group


def _chat(call: Call) -> Chat:
    chat = call.platform.chat(call.param("chatId"))
    if chat is None:
        raise LineError(404, NOT_FOUND, reason="nobody has this chat id")
    call.users = (chat.chat_id,)
    return chat
