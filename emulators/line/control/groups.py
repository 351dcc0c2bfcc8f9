"""Group chats: who is in them, what is said there, and the account coming and going."""

from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from emulators.line.control import speaking
from emulators.line.control.common import control_route, read_object, text
from emulators.line.control.users import read_talk
from emulators.line.errors import ControlError, Json
from emulators.line.groups import KINDS, Group
from emulators.line.people import Person
from emulators.line.platform import Platform


def routes() -> list[Route]:
    """Return the routes under `/emulator/groups`."""
    group = "/groups/{group_id}"
    return [
        control_route("POST", "/groups", add, recorded=True),
        control_route("GET", "/groups", everything),
        control_route("GET", group, one),
        control_route("POST", f"{group}/messages", write, recorded=True),
        control_route("GET", f"{group}/messages", read),
        control_route("POST", f"{group}/edit", edit, recorded=True),
        control_route("POST", f"{group}/unsend", unsend, recorded=True),
        control_route("POST", f"{group}/members", join, recorded=True),
        control_route("POST", f"{group}/members/leave", leave, recorded=True),
        control_route("POST", f"{group}/invite", invite, recorded=True),
        control_route("POST", f"{group}/remove-bot", remove_bot, recorded=True),
    ]


async def add(platform: Platform, request: Request) -> Json:
    """Open a chat `{kind: group｜room, name, members}`; the account is invited (`join`)."""
    body = await read_object(request)
    kind = text(body, "kind", "group")
    if kind not in KINDS:
        raise ControlError(400, "The 'kind' of a chat is group or room.")
    members = _people(platform, body.get("members", []))
    group = platform.groups.add(kind, text(body, "name", "町内会"), members)
    platform.happened("join", group, reply=True)
    return {"groupId": group.chat_id}


async def everything(platform: Platform, _request: Request) -> Json:
    """List the chats."""
    return {"groups": [group.as_dict() for group in platform.groups]}


async def one(platform: Platform, request: Request) -> Json:
    """Return one chat, with the names of its members."""
    group = _group(platform, request)
    names = {user_id: platform.people.known(user_id).display_name for user_id in group.members}
    about = {"account": platform.channel.name, "last": group.talk.last, "names": names}
    return group.as_dict() | about


async def write(platform: Platform, request: Request) -> Json:
    """Let a member (`userId`) send a message; `@name` and `@All` become mentions."""
    group, person, body = await _spoken(platform, request)
    doing = speaking.tap if body.get("type") == "postback" else speaking.say
    if not group.joined:
        raise ControlError(409, "The account has left this chat. Invite it first.")
    return doing(platform, group, person, body)


async def read(platform: Platform, request: Request) -> Json:
    """Return what the members see; the same as for a person."""
    return await read_talk(_group(platform, request), request)


async def edit(platform: Platform, request: Request) -> Json:
    """Let a member change a text of their own: `{userId, messageId, text}`."""
    group, person, body = await _spoken(platform, request)
    return speaking.edit(platform, group, person, text(body, "messageId"), text(body, "text"))


async def unsend(platform: Platform, request: Request) -> Json:
    """Let a member take a message of their own back: `{userId, messageId}`."""
    group, person, body = await _spoken(platform, request)
    return speaking.take_back(platform, group, person, text(body, "messageId"))


async def join(platform: Platform, request: Request) -> Json:
    """Let people come in: `{userIds}`."""
    group = _group(platform, request)
    wanted = _people(platform, (await read_object(request)).get("userIds"))
    new = [user_id for user_id in wanted if user_id not in group.members]
    group.members.extend(new)
    return _told(platform, group, "memberJoined", "joined", new, reply=True)


async def leave(platform: Platform, request: Request) -> Json:
    """Let people go: `{userIds}`."""
    group = _group(platform, request)
    wanted = _people(platform, (await read_object(request)).get("userIds"))
    gone = [user_id for user_id in wanted if user_id in group.members]
    group.members = [user_id for user_id in group.members if user_id not in gone]
    return _told(platform, group, "memberLeft", "left", gone, reply=False)


async def invite(platform: Platform, request: Request) -> Json:
    """Bring the account back into a chat that it left."""
    group = _group(platform, request)
    if group.joined:
        return {"webhookEventId": None}
    group.joined = True
    return {"webhookEventId": platform.happened("join", group, reply=True)}


async def remove_bot(platform: Platform, request: Request) -> Json:
    """Throw the account out (`leave`)."""
    group = _group(platform, request)
    if not group.joined:
        return {"webhookEventId": None}
    group.joined = False
    return {"webhookEventId": platform.happened("leave", group)}


def _group(platform: Platform, request: Request) -> Group:
    return platform.groups.known(request.path_params["group_id"])


async def _spoken(platform: Platform, request: Request) -> tuple[Group, Person, Json]:
    group = _group(platform, request)
    body = await read_object(request)
    person = platform.people.known(text(body, "userId"))
    if person.user_id not in group.members:
        raise ControlError(409, "This user is no member of the chat. Let them join first.")
    return group, person, {name: value for name, value in body.items() if name != "userId"}


def _people(platform: Platform, wanted: Any) -> list[str]:
    if not isinstance(wanted, list) or not all(isinstance(user_id, str) for user_id in wanted):
        raise ControlError(400, "Send a list of user ids.")
    return [platform.people.known(user_id).user_id for user_id in dict.fromkeys(wanted)]


def _told(
    platform: Platform, group: Group, kind: str, word: str, user_ids: list[str], *, reply: bool
) -> Json:
    if not user_ids or not group.joined:
        return {"webhookEventId": None}
    members = [{"type": "user", "userId": user_id} for user_id in user_ids]
    about: Json = {word: {"members": members}}
    return {"webhookEventId": platform.happened(kind, group, reply=reply, **about)}
