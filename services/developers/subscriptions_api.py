"""`/ngsi-v2/subscriptions`: being told of changes, with a key of the scope `data:subscribe`."""

from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict

from kit.clock import Clock
from kit.container import part
from kit.errors import ConciergeError
from services.developers.accounts import KeyHolder
from services.developers.models import DataSubscription
from services.developers.portal_api import key_with
from services.developers.rules import Scope
from services.developers.subscription_rules import (
    NewSubscription,
    Notification,
    StatusChange,
    Subject,
    state_of,
)
from services.developers.subscriptions import Subscriptions

PATH = "/ngsi-v2/subscriptions"
_NAMES = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "TooManyResults",
    413: "RequestEntityTooLarge",
    429: "TooManyRequests",
    503: "ServiceUnavailable",
}


class NgsiError(BaseModel):
    """An error as NGSI-v2 has it; it never repeats what was sent."""

    error: str
    description: str


class Sent(Notification):
    """Where notifications go, and how that went."""

    timesSent: int  # noqa: N815  NGSI-v2
    failsCounter: int  # noqa: N815
    lastNotification: datetime | None  # noqa: N815
    lastSuccess: datetime | None  # noqa: N815
    lastFailure: datetime | None  # noqa: N815
    lastFailureReason: str  # noqa: N815


class SubscriptionTold(BaseModel):
    """A subscription as it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    description: str
    subject: Subject
    notification: Sent
    expires: datetime | None
    throttling: int
    status: str


class Subscribed(BaseModel):
    """A new subscription. `secret` signs its notifications and is told this once."""

    id: str
    secret: str


class NgsiRoute(APIRoute):
    """Says what went wrong as NGSI-v2 has it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler with the program's errors in the form of the protocol."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except ConciergeError as error:
                return _refusal(error.status, error.message)
            except RequestValidationError as error:
                return _refusal(400, _faults(error))

        return handle


def _faults(error: RequestValidationError) -> str:
    """Return which fields are not answered, without what was in them."""
    told = (f"{'.'.join(map(str, f['loc'][1:7]))}: {f['msg']}" for f in error.errors()[:5])
    return "; ".join(told)


def _refusal(status: int, message: str) -> JSONResponse:
    body = {"error": _NAMES.get(status, "Error"), "description": message}
    return JSONResponse(body, status)


_RESPONSES: dict[int | str, dict[str, Any]] = {
    400: {"model": NgsiError, "description": "Not readable, or a part that is not answered here."},
    401: {"model": NgsiError, "description": "No key, or one that opens nothing."},
    403: {"model": NgsiError, "description": "Not approved, or the key lacks `data:subscribe`."},
    404: {"model": NgsiError, "description": "No such subscription of yours."},
    409: {"model": NgsiError, "description": "Too many subscriptions."},
    413: {"model": NgsiError, "description": "The body is too long."},
    429: {"model": NgsiError, "description": "Too many requests of this key."},
    503: {"model": NgsiError, "description": "A part does not answer right now."},
}
router = APIRouter(prefix=PATH, tags=["open data"], responses=_RESPONSES, route_class=NgsiRoute)

Who = Annotated[KeyHolder, Depends(key_with(Scope.data))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]


async def _subscriptions(request: Request) -> Subscriptions:
    found = part(request, Subscriptions)
    return found


The = Annotated[Subscriptions, Depends(_subscriptions)]


@router.post("", status_code=201)
async def subscribe(
    wanted: NewSubscription, who: Who, subscriptions: The, response: Response
) -> Subscribed:
    """Ask to be told of changes (`data:subscribe`); the first notification tells everything."""
    made, secret = await subscriptions.add(who, wanted)
    response.headers["Location"] = f"{PATH}/{made.id}"
    return Subscribed(id=made.id, secret=secret)


@router.get("")
async def every(request: Request, who: Who, subscriptions: The) -> list[SubscriptionTold]:
    """Your subscriptions, oldest first, with how their notifications went."""
    now = part(request, Clock)()
    return [_told(one, now) for one in await subscriptions.own(who)]


@router.get("/{subscription_id}")
async def one(
    request: Request, subscription_id: Id, who: Who, subscriptions: The
) -> SubscriptionTold:
    """One of your subscriptions."""
    return _told(await subscriptions.one(who, subscription_id), part(request, Clock)())


@router.patch("/{subscription_id}", status_code=204)
async def change(subscription_id: Id, new: StatusChange, who: Who, subscriptions: The) -> Response:
    """Put a subscription to rest (`inactive`), or let it go on (`active`); else subscribe anew."""
    await subscriptions.rest_or_go_on(who, subscription_id, new.status)
    return Response(status_code=204)


@router.delete("/{subscription_id}", status_code=204)
async def delete(subscription_id: Id, who: Who, subscriptions: The) -> Response:
    """Delete a subscription."""
    await subscriptions.delete(who, subscription_id)
    return Response(status_code=204)


def _told(held: DataSubscription, now: datetime) -> SubscriptionTold:
    wanted = NewSubscription.model_validate(held.content)
    sent = Sent(
        **wanted.notification.model_dump(),
        timesSent=held.times_sent,
        failsCounter=held.failures,
        lastNotification=held.notified_at,
        lastSuccess=held.succeeded_at,
        lastFailure=held.failed_at,
        lastFailureReason=held.why,
    )
    return SubscriptionTold(
        id=held.id,
        description=wanted.description,
        subject=wanted.subject,
        notification=sent,
        expires=held.expires_at,
        throttling=wanted.throttling,
        status=state_of(held.status, held.expires_at, now).value,
    )
