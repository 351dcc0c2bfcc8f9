"""What people do: appear, write, tap, unsend, block, and read."""

from collections import Counter

from starlette.requests import Request
from starlette.routing import Route

from emulators.line.control import speaking
from emulators.line.control.common import control_route, flag, number, read_object, text
from emulators.line.errors import ControlError, Json
from emulators.line.people import Person
from emulators.line.platform import Chat, Platform

_LONGEST_WAIT_SECONDS = 30.0
_LAST_SEQ = 10**12
_LARGEST_CROWD = 200_000


def routes() -> list[Route]:
    """Return the routes under `/emulator/users`."""
    person = "/users/{user_id}"
    return [
        control_route("POST", f"{person}/messages", write, recorded=True),
        control_route("GET", f"{person}/messages", read),
        control_route("POST", "/users", add, recorded=True),
        control_route("GET", "/users", everybody),
        control_route("POST", "/crowds", add_crowd),
        control_route("GET", "/tallies", tally),
        control_route("GET", person, one),
        control_route("POST", f"{person}/block", block, recorded=True),
        control_route("POST", f"{person}/unblock", unblock, recorded=True),
        control_route("POST", f"{person}/unsend", unsend, recorded=True),
        control_route("POST", f"{person}/menu", tap_tab, recorded=True),
        control_route("POST", f"{person}/standby", standby, recorded=True),
    ]


async def add(platform: Platform, request: Request) -> Json:
    """Create somebody. They follow the account at once, unless `friend` is false.

    `traits` are what narrowcast filters look at.
    """
    body = await read_object(request)
    language = text(body, "language") if body.get("language") is not None else None
    traits = body.get("traits", {})
    if not isinstance(traits, dict) or not all(isinstance(t, str) for t in traits.values()):
        raise ControlError(400, "Send 'traits' as an object of texts, such as 'age': 'age_30'.")
    name, friend = text(body, "display_name", "デモ利用者"), flag(body, "friend", True)
    person = platform.people.add(name, language)
    person.traits, person.friend = traits, False
    if friend:
        follow(platform, person)
    return {"userId": person.user_id}


async def add_crowd(platform: Platform, request: Request) -> Json:
    """Create many friends at once, whom the bot is not told of: for measurements."""
    count = (await read_object(request)).get("count")
    if type(count) is not int or not 1 <= count <= _LARGEST_CROWD:
        raise ControlError(400, f"Send 'count' as a number from 1 to {_LARGEST_CROWD}.")
    added = [platform.people.add("群衆", "ja") for _ in range(count)]
    return {"userIds": [person.user_id for person in added]}


async def tally(platform: Platform, request: Request) -> Json:
    """Return how many people saw how many messages of one way (`via`) with `text` in them."""
    via, words = request.query_params.get("via"), request.query_params.get("text", "")
    seen = Counter(
        sum(
            1
            for entry in person.talk.entries
            if entry["via"] == via and words in str(entry["message"].get("text"))
        )
        for person in platform.people
    )
    return {"people": {str(count): people for count, people in sorted(seen.items())}}


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
    if person.blocked:
        raise ControlError(409, "This user has blocked the account. Unblock it first.")
    doing = speaking.tap if body.get("type") == "postback" else speaking.say
    return doing(platform, person, person, body)


async def read(platform: Platform, request: Request) -> Json:
    """Return what that person sees after a number; `wait` holds the answer for news."""
    return await read_talk(_person(platform, request), request)


async def read_talk(chat: Chat, request: Request) -> Json:
    """Return the entries of a talk after `after`, waiting up to `wait` seconds for one."""
    after = int(number(request, "after", 0, _LAST_SEQ))
    wait = number(request, "wait", 0, _LONGEST_WAIT_SECONDS)
    if wait:
        await chat.talk.wait(after, wait)
    return {"messages": chat.talk.after(after), "next": max(after, chat.talk.last)}


async def block(platform: Platform, request: Request) -> Json:
    """Block the account: an unfollow event, and nothing arrives any more."""
    person = _person(platform, request)
    if person.blocked:
        return {"webhookEventId": None}
    was_friend, person.friend, person.blocked = person.friend, False, True
    person.talk.notify("friend", {"friend": False})
    # Strangers can block as well, but they have no friendship to end.
    event_id = platform.happened("unfollow", person) if was_friend else None
    return {"webhookEventId": event_id}


async def unblock(platform: Platform, request: Request) -> Json:
    """Follow the account: for the first time, or again after blocking it (`isUnblocked`)."""
    person = _person(platform, request)
    if person.friend:
        return {"webhookEventId": None}
    return {"webhookEventId": follow(platform, person)}


async def unsend(platform: Platform, request: Request) -> Json:
    """Take a message of one's own back."""
    person = _person(platform, request)
    message_id = text(await read_object(request), "messageId")
    return speaking.take_back(platform, person, person, message_id)


async def tap_tab(platform: Platform, request: Request) -> Json:
    """Tap a rich-menu tab (`richmenuswitch`): the menu changes, then a postback follows."""
    person = _person(platform, request)
    body = await read_object(request)
    params = platform.menus.switch(person, text(body, "richMenuAliasId"))
    platform.show_menu(person)
    tapped = {"data": body.get("data", ""), "params": params}
    return speaking.tap(platform, person, person, tapped)


async def standby(platform: Platform, request: Request) -> Json:
    """Hand the conversation to another module, or back: events then have `mode: standby`."""
    person = _person(platform, request)
    person.standby = flag(await read_object(request), "standby", True)
    return {"standby": person.standby}


def _person(platform: Platform, request: Request) -> Person:
    return platform.people.known(request.path_params["user_id"])


def _shown(person: Person) -> Json:
    return person.profile() | {"friend": person.friend, "blocked": person.blocked}


def follow(platform: Platform, person: Person) -> str:
    """Make somebody a friend, for the first time or again; returns the event's id."""
    again, person.friend, person.blocked = person.blocked, True, False
    person.talk.notify("friend", {"friend": True})
    return platform.happened("follow", person, reply=True, follow={"isUnblocked": again})
