"""What testers do: faults, clock, settings, figures, journal, raw webhooks, reset."""

import json
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from emulators.line.control.common import control_route, number, read_object, text
from emulators.line.errors import ControlError, Json
from emulators.line.platform import Platform

_LAST_SEQ = 10**12


def routes() -> list[Route]:
    """Return the routes of the emulator as a whole."""
    return [
        control_route("POST", "/faults", add_fault),
        control_route("GET", "/faults", list_faults),
        control_route("DELETE", "/faults", clear_faults),
        control_route("POST", "/clock", advance_clock, recorded=True),
        control_route("GET", "/clock", tell_time),
        control_route("GET", "/settings", settings),
        control_route("POST", "/settings", change_settings),
        control_route("GET", "/limits", limits),
        control_route("POST", "/limits", change_limit),
        control_route("DELETE", "/limits", restore_limits),
        control_route("GET", "/retry-keys", retry_keys),
        control_route("GET", "/stats", stats),
        control_route("GET", "/journal", journal),
        control_route("POST", "/reset", reset),
        control_route("POST", "/webhooks/raw", raw_webhook),
        control_route("GET", "/webhooks/idle", idle),
        control_route("GET", "/health", health),
    ]


async def add_fault(platform: Platform, request: Request) -> Json:
    """Put one fault in force (see `faults`)."""
    platform.faults.add(await read_object(request))
    return {"faults": platform.faults.as_list()}


async def list_faults(platform: Platform, _request: Request) -> Json:
    """Return the faults in force."""
    return {"faults": platform.faults.as_list()}


async def clear_faults(platform: Platform, _request: Request) -> Json:
    """Remove every fault."""
    platform.faults.clear()
    return {"faults": []}


async def advance_clock(platform: Platform, request: Request) -> Json:
    """Move the clock forward by `advance_seconds`."""
    seconds = (await read_object(request)).get("advance_seconds")
    if not isinstance(seconds, int | float) or not 0 <= seconds <= 10**9:
        raise ControlError(400, "Send 'advance_seconds' as a number that is not negative.")
    platform.advance(seconds)
    return {"now": platform.now().isoformat()}


async def tell_time(platform: Platform, _request: Request) -> Json:
    """Return the emulator's present instant."""
    return {"now": platform.now().isoformat()}


async def settings(platform: Platform, _request: Request) -> Json:
    """Return every switch (see `options`)."""
    return platform.options.as_dict()


async def change_settings(platform: Platform, request: Request) -> Json:
    """Change the given switches."""
    platform.options.change(await read_object(request))
    return platform.options.as_dict()


async def limits(platform: Platform, _request: Request) -> Json:
    """Return every rate limit; `*` is the one of all other calls."""
    return {"limits": platform.rate_limits.as_dict()}


async def change_limit(platform: Platform, request: Request) -> Json:
    """Change one limit: `{call: "POST /v2/bot/message/push", count, seconds?}`, or `*` for all."""
    body = await read_object(request)
    seconds = body.get("seconds", 1)
    if type(seconds) not in (int, float):
        raise ControlError(400, "Send 'seconds' as a number.")
    platform.rate_limits.change(text(body, "call"), body.get("count", -1), seconds)
    return {"limits": platform.rate_limits.as_dict()}


async def restore_limits(platform: Platform, _request: Request) -> Json:
    """Go back to the published limits."""
    platform.rate_limits.restore()
    return {"limits": platform.rate_limits.as_dict()}


async def retry_keys(platform: Platform, _request: Request) -> Json:
    """Return the table of retry keys."""
    return {"keys": platform.retry_keys.as_list()}


async def stats(platform: Platform, _request: Request) -> Json:
    """Return the figures since the last reset."""
    figures = platform.stats.as_dict()
    figures["webhooks"]["pending"] = platform.webhooks.pending
    return figures | {
        "users": len(platform.people),
        "consumption": platform.quota.used(platform.now()),
    }


async def journal(platform: Platform, request: Request) -> Json:
    """Return traffic after a number, of one person with `user`; or whatever mentions `find`."""
    mark = request.query_params.get("find")
    if mark:
        return platform.journal.find(mark)
    after = int(number(request, "after", 0, _LAST_SEQ))
    limit = int(number(request, "limit", 500, 5000))
    return platform.journal.after(after, request.query_params.get("user"), limit)


async def reset(platform: Platform, _request: Request) -> Json:
    """Forget everything but the channel, its access tokens and the settings."""
    await platform.reset()
    return {}


async def raw_webhook(platform: Platform, request: Request) -> Json:
    """Send any body as a webhook, now, and tell the bot's answer.

    `{"body", "signature"?}`: the body is any JSON, or a text that is sent as it is; a given
    signature goes out instead of the right one.
    """
    wanted = await read_object(request, half_characters=True)
    if "body" not in wanted:
        raise ControlError(400, "Send 'body': the JSON or the text that the bot shall receive.")
    body, signature = wanted["body"], wanted.get("signature")
    if signature is not None and not isinstance(signature, str):
        raise ControlError(400, "The key 'signature' must be a text.")
    outcome = await platform.webhooks.send(_as_given(body), (), signature=signature)
    return {
        "statusCode": outcome.status,
        "reason": outcome.reason,
        "detail": outcome.detail,
        "duration_ms": round(outcome.milliseconds, 1),
    }


def _as_given(body: Any) -> bytes:
    """Return the bytes of a webhook, with every mistake that they were given with."""
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    text = json.dumps(body, ensure_ascii=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(body).encode()


async def idle(platform: Platform, request: Request) -> Json:
    """Wait up to `wait` seconds (30 at most) until every webhook was taken or given up."""
    return {"pending": await platform.webhooks.idle(number(request, "wait", 10, 30))}


async def health(_platform: Platform, _request: Request) -> Json:
    """Say that the emulator answers."""
    return {"status": "ok"}
