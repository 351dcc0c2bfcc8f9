"""Narrowcast: sending to audiences and attributes, in the background."""

from datetime import datetime

from starlette.routing import Route

from emulators.line.api.call import Answer, Call, line_route
from emulators.line.api.messages import accept, count_sending, retry_key, send_to_many
from emulators.line.errors import NOT_FOUND, Json, LineError
from emulators.line.instants import still_told
from emulators.line.narrowcasts import (
    FORBIDDEN_PART,
    SMALL_AUDIENCE,
    TOO_FEW_RECIPIENTS,
    Chooser,
    Narrowcast,
    demographic,
)
from emulators.line.people import Person
from emulators.line.validation.requests import check_body

_SMALLEST_BUILT_AUDIENCE = 50


def routes() -> list[Route]:
    """Return the endpoints."""
    base = "/v2/bot/message"
    return [
        line_route("POST", f"{base}/narrowcast", narrowcast),
        line_route("GET", f"{base}/progress/narrowcast", progress),
    ]


async def narrowcast(call: Call) -> Answer:
    """Accept a narrowcast; it waits, then sends, then is done."""
    key = retry_key(call)
    body = call.json()
    platform = call.platform
    check_body("narrowcast", body, platform.options.strict)
    limit = body.get("limit") or {}
    if limit.get("forbidPartialDelivery") and not limit.get("upToRemainingQuota"):
        words = "The option forbidPartialDelivery must be used with upToRemainingQuota."
        raise LineError(400, words)
    filtered = (body.get("filter") or {}).get("demographic") is not None
    friends = len(platform.people.friends())
    if filtered and friends < platform.options.narrowcast_reach:
        words = "Your account does not have enough friends"
        raise LineError(403, words, reason=f"{friends} friends; attribute filters need more")
    chooser = Chooser(platform.audiences, platform.figures)
    chooser.recipient(body.get("recipient"))
    share = _share(call, limit, friends)
    platform.quota.reserve(call.request_id, share, platform.options.monthly_quota, platform.now())
    state = platform.narrowcasts[call.request_id] = Narrowcast(platform.now())
    _run(call, body, state, share)
    return accept(call, key, {}, 202)


async def progress(call: Call) -> Answer:
    """Tell how far a narrowcast has come; LINE remembers it for two weeks."""
    platform = call.platform
    state = platform.narrowcasts.get(call.request.query_params.get("requestId", ""))
    if state is None or not still_told(state.accepted, platform.now()):
        raise LineError(404, NOT_FOUND, reason="there is no narrowcast with this request id")
    return Answer(state.as_dict())


def _share(call: Call, limit: Json, friends: int) -> int:
    """Return how much of the allowance is kept: the whole reach, unless it is limited."""
    platform = call.platform
    wanted = min(friends, limit.get("max") or friends)
    left = platform.quota.left(platform.options.monthly_quota, platform.now())
    if limit.get("upToRemainingQuota") and left is not None:
        return min(wanted, left)
    return wanted


def _run(call: Call, body: Json, state: Narrowcast, share: int) -> None:
    platform = call.platform

    def send() -> None:
        state.phase = "sending"

    def finish() -> None:
        reached = _finish(call, body, state, share, platform.now())
        platform.quota.settle(call.request_id, reached, platform.now())

    platform.later.after(platform.options.job_seconds, send)
    platform.later.after(2 * platform.options.job_seconds, finish)


def _finish(call: Call, body: Json, state: Narrowcast, share: int, now: datetime) -> int:
    """Deliver and say to how many people; the reasons for failing are LINE's error codes."""
    platform = call.platform
    chooser = Chooser(platform.audiences, platform.figures)
    try:
        people = _chosen(call, body, chooser)
    except LineError as error:
        state.fail(1, error.message, now)
        return 0
    smallest = chooser.smallest_audience
    limit = body.get("limit") or {}
    filtered = (body.get("filter") or {}).get("demographic") is not None
    if smallest is not None and smallest < _SMALLEST_BUILT_AUDIENCE:
        state.fail(SMALL_AUDIENCE, "The audience is too small.", now)
    elif filtered and len(people) < platform.options.narrowcast_reach / 2:
        state.fail(TOO_FEW_RECIPIENTS, "There are too few recipients.", now)
    elif limit.get("forbidPartialDelivery") and len(people) > share:
        state.fail(FORBIDDEN_PART, "The remaining allowance is too small for all.", now)
    else:
        sent = people[:share]
        send_to_many(call, "narrowcast", body["messages"], sent)
        count_sending(call, "narrowcast", body, [person.user_id for person in sent])
        state.succeed(len(people), len(sent), now)
        return len(sent)
    return 0


def _chosen(call: Call, body: Json, chooser: Chooser) -> list[Person]:
    in_audience = chooser.recipient(body.get("recipient"))
    fits = demographic((body.get("filter") or {}).get("demographic"))
    friends = call.platform.people.friends()
    return [person for person in friends if in_audience(person) and fits(person)]
