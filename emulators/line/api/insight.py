"""Figures: deliveries of a day, units of a bot's own, followers, and events of one sending."""

import re
from collections import Counter
from datetime import date, datetime, timedelta

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.errors import Json, LineError, invalid_parameter
from emulators.line.instants import japan_day, still_told

_INSIGHT = "/v2/bot/insight"
_MESSAGE = "/v2/bot/message"
_KINDS = ("reply", "push", "multicast", "broadcast")
_DATE = re.compile(r"[0-9]{8}")
_FIRST_DAY = date(2018, 3, 31)
_LONGEST = timedelta(days=30)
_ENOUGH_FRIENDS = 20
_TRAITS = {
    "genders": "gender",
    "ages": "age",
    "areas": "area",
    "appTypes": "appType",
    "subscriptionPeriods": "subscriptionPeriod",
}


def routes() -> list[Route]:
    """Return the endpoints."""
    return [
        *(line_route("GET", f"{_MESSAGE}/delivery/{kind}", delivery) for kind in _KINDS),
        line_route("GET", f"{_MESSAGE}/aggregation/info", unit_count),
        line_route("GET", f"{_MESSAGE}/aggregation/list", unit_names),
        line_route("GET", f"{_INSIGHT}/demographic", demographics),
        line_route("GET", f"{_INSIGHT}/followers", followers),
        line_route("GET", f"{_INSIGHT}/message/delivery", deliveries),
        line_route("GET", f"{_INSIGHT}/message/event", of_request),
        line_route("GET", f"{_INSIGHT}/message/event/aggregation", of_unit),
    ]


async def delivery(call: Call) -> Answer:
    """Return how many messages one way of sending delivered on a day before today."""
    day = _day(call)
    status = _status(call, day)
    if status != "ready":
        return Answer({"status": status})
    via = call.request.url.path.rpartition("/")[2]
    return Answer({"status": status, "success": call.platform.figures.on_day(via, day)})


async def deliveries(call: Call) -> Answer:
    """Return the same for every way of sending."""
    day = _day(call)
    status = _status(call, day)
    if status != "ready":
        return Answer({"status": status})
    ways = ("broadcast", "push", "multicast", "narrowcast", "reply")
    counted = {f"api{way.title()}": call.platform.figures.on_day(way, day) for way in ways}
    return Answer({"status": status, **counted})


async def followers(call: Call) -> Answer:
    """Return the friends; blocks are people who were friends. There is no history: it is today's
    number for every day."""
    status = _status(call, _day(call))
    if status != "ready":
        return Answer({"status": status})
    people = call.platform.people
    friends = len(people.friends())
    blocks = sum(person.blocked for person in people)
    counted = {"followers": friends + blocks, "targetedReaches": friends, "blocks": blocks}
    return Answer({"status": status, **counted})


async def demographics(call: Call) -> Answer:
    """Return the shares of the friends' traits; with fewer than 20 friends there are none."""
    friends = call.platform.people.friends()
    if len(friends) < _ENOUGH_FRIENDS:
        return Answer({"available": False})
    body: Json = {"available": True}
    for name, trait in _TRAITS.items():
        unknown = "others" if trait == "appType" else "unknown"
        counts = Counter(person.traits.get(trait, unknown) for person in friends)
        body[name] = [
            {trait: value, "percentage": round(100 * count / len(friends), 1)}
            for value, count in sorted(counts.items())
        ]
    return Answer(body)


async def unit_count(call: Call) -> Answer:
    """Return how many units this month has."""
    count = len(call.platform.figures.units(call.platform.now()))
    return Answer({"numOfCustomAggregationUnits": count})


async def unit_names(call: Call) -> Answer:
    """Return this month's units in pages."""
    query = call.request.query_params
    limit, start = query.get("limit", "100"), query.get("start", "0")
    if not limit.isdecimal() or not 1 <= int(limit[:9]) <= 100:
        raise invalid_parameter("limit")
    if not start.isdecimal():
        raise LineError(400, "Invalid start param")
    names = call.platform.figures.units(call.platform.now())
    end = int(start[:9]) + int(limit)
    body: Json = {"customAggregationUnits": names[int(start[:9]) : end]}
    return Answer(body | ({"next": str(end)} if end < len(names) else {}))


async def of_request(call: Call) -> Answer:
    """Return what became of one broadcast or narrowcast in the last 14 days."""
    request_id = call.request.query_params.get("requestId", "")
    sending = call.platform.figures.sending(request_id)
    if sending is None or not still_told(sending.at, call.platform.now()):
        # LINE answers an empty overview to a request that it does not know (any more).
        empty = {"overview": {"requestId": request_id}, "messages": [], "clicks": []}
        return Answer(empty)
    return Answer(call.platform.figures.of_request(sending))


async def of_unit(call: Call) -> Answer:
    """Return what became of a unit's sendings on up to 30 days."""
    unit = call.request.query_params.get("customAggregationUnit", "")
    if not unit:
        raise bad_request("customAggregationUnit is required")
    first, last = _parsed(call, "from"), _parsed(call, "to")
    if not first <= last <= first + _LONGEST:
        raise bad_request("Date range exceeds. Max range is 30 days.")
    return Answer(call.platform.figures.of_unit(unit, first, last))


def bad_request(words: str) -> LineError:
    """Return the refusal of an insight call."""
    return LineError(400, "Bad Request", details=[{"message": words}])


def _status(call: Call, day: date) -> str:
    if day < _FIRST_DAY:
        return "out_of_service"
    return "ready" if day < japan_day(call.platform.now()) else "unready"


def _day(call: Call) -> date:
    if call.request.url.path.startswith(_INSIGHT):
        return _parsed(call, "date")
    try:
        return _parsed(call, "date")
    except LineError as error:
        raise invalid_parameter("date") from error


def _parsed(call: Call, name: str) -> date:
    given = call.request.query_params.get(name, "")
    if not given:
        raise bad_request(f"{name} is required")
    try:
        if _DATE.fullmatch(given):
            return datetime.strptime(given + "+0900", "%Y%m%d%z").date()
    except ValueError:
        pass
    raise bad_request(f"{name} must be yyyyMMdd")
