"""The action server: rasa_sdk's executor behind our own guard.

The stock server authenticates nobody and returns the whole tracker with an error (rasa-sdk 831);
this one asks for a bearer token, limits size and time, and never echoes what it was sent.
"""

import asyncio
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic_core import from_json
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import (
    ActionExecutionRejection,
    ActionMissingDomainException,
    ActionNotFoundException,
)
from starlette.types import Receive, Scope, Send

from actions.base import ActionContext, named
from kit.container import part
from kit.errors import (
    ConciergeError,
    InvalidInputError,
    NotFoundError,
    PayloadTooLargeError,
    UnavailableError,
)
from kit.guard import require_internal
from kit.logging import get_logger
from kit.settings import Settings
from kit.web import error_body, takes_bytes

log = get_logger(__name__)


class _QuickRoute(APIRoute):
    """Without FastAPI's reading of parameters, which cost more than a third of a call: it has none.

    Its guard is the shell's (`kit.guard.check_internal`), before a byte of the body is read.
    """

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Have the endpoint answer; errors go to the handlers of the application."""
        if scope["method"] not in (self.methods or ()):
            await super().handle(scope, receive, send)
            return
        response = await self.endpoint(Request(scope, receive, send))
        await response(scope, receive, send)


router = APIRouter(prefix="/actions", tags=["action server"])
quick = APIRouter(prefix="/actions", tags=["action server"], route_class=_QuickRoute)

# A tracker of a long conversation is about 200 KB.
HERE = Path(__file__).parent

MAX_BODY_BYTES = 5 * 1024 * 1024


class ActionNotFoundError(NotFoundError):
    """There is no action of that name. `/actions/actions` lists them."""

    code = "action_not_found"


class MissingDomainError(ConciergeError):
    """This server does not hold the domain yet. Send the call again with `domain`."""

    status = 449
    code = "domain_required"


class ActionRejectedError(ConciergeError):
    """The action declines to run in this state; choose another one."""

    status = 400
    code = "action_rejected"


class ActionTimeoutError(ConciergeError):
    """The action did not finish in time. Try again."""

    status = 504
    code = "action_timeout"


class ActionFailedError(ConciergeError):
    """The action failed. It has been noted."""

    status = 500
    code = "action_failed"


def make_executor(context: ActionContext) -> ActionExecutor:
    """Register every action of this package: what its modules return from `actions(context)`."""
    executor = ActionExecutor()
    found = [action for module in _skills() for action in module.actions(context)]
    for action in named(found).values():
        executor.register_action(action)
    return executor


def _skills() -> Iterator[ModuleType]:
    for folder in sorted(path.parent for path in HERE.glob("*/__init__.py")):
        for file in sorted(folder.glob("*.py")):
            module = import_module(f"actions.{folder.name}.{file.stem}")
            if hasattr(module, "actions"):
                yield module


async def _executor(request: Request) -> ActionExecutor:
    return part(request, ActionExecutor)


Executor = Annotated[ActionExecutor, Depends(_executor)]


@router.get("/health")
async def health() -> dict[str, str]:
    """Tell that the action server runs."""
    return {"status": "ok"}


@router.get("/actions", dependencies=[Depends(require_internal)])
async def list_actions(executor: Executor) -> list[dict[str, str]]:
    """List the registered actions as `[{"name": …}]`."""
    return [{"name": name} for name in sorted(executor.actions)]


@quick.post("/webhook", dependencies=[Depends(require_internal)])
@takes_bytes(MAX_BODY_BYTES)
async def run_action(request: Request) -> Response:
    """Run one action for Rasa: `{"next_action", "sender_id", "tracker", "domain"}`.

    The body may be deflated. Answers `{"events": […], "responses": […]}`; 400 when the action
    declines or the call is unreadable, 404 for an unknown action, 449 when the domain is needed,
    504 after the deadline.
    """
    call = _with_domain(await _read_call(request))
    executor = part(request, ActionExecutor)
    deadline = part(request, Settings).action_deadline_seconds
    name = str(call.get("next_action"))
    try:
        async with asyncio.timeout(deadline):
            result = await executor.run(call)
    except ActionNotFoundException:
        return _refusal(ActionNotFoundError(), name)
    except ActionMissingDomainException:
        return _refusal(MissingDomainError(), name)
    except ActionExecutionRejection:
        return _refusal(ActionRejectedError(), name)
    except TimeoutError:
        log.warning("action_timeout", action=name)
        raise ActionTimeoutError from None
    except UnavailableError:
        # A service is away for the moment: Rasa's channel fails the turn, and the bot repeats it.
        raise
    except Exception as error:
        # The exception may quote what the citizen wrote: only its type and place are logged.
        log.error("action_failed", action=name, error=type(error).__name__, where=_place(error))
        raise ActionFailedError from None
    return Response(result.model_dump_json(), media_type="application/json")


def _with_domain(call: dict[str, Any]) -> dict[str, Any]:
    """Fill in an empty domain where Rasa's selective sending left it out: no action reads it.

    A call with a digest comes from a newer Rasa, which sends the domain when it is answered 449.
    """
    return call if "domain" in call or "domain_digest" in call else {**call, "domain": {}}


def _refusal(error: ConciergeError, action_name: str) -> Response:
    """Rasa reads `action_name` beside the error to learn which action declined."""
    body = {**error_body(error.code, error.message), "action_name": action_name}
    return JSONResponse(body, status_code=error.status)


async def _read_call(request: Request) -> dict[str, Any]:
    body = await request.body()
    if len(body) > MAX_BODY_BYTES:
        raise PayloadTooLargeError
    if request.headers.get("content-encoding") == "deflate":
        body = _inflate(body)
    try:
        # Faster than `json`, by most of what a call costs; deep nesting is a ValueError here.
        call = from_json(body)
    except ValueError:
        raise InvalidInputError("The body is not JSON.") from None
    if not isinstance(call, dict) or not call.get("next_action"):
        raise InvalidInputError("The call names no `next_action`.")
    if not isinstance(call.get("tracker"), dict):
        raise InvalidInputError("The call holds no `tracker`.")
    return call


def _inflate(body: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(body, MAX_BODY_BYTES)
    except zlib.error:
        raise InvalidInputError("The body is not deflated data.") from None
    if inflater.unconsumed_tail:
        raise PayloadTooLargeError
    return plain


def _place(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
