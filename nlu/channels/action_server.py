"""The action server as Rasa sees it: one kept connection, a deadline, and failures that count.

Rasa calls every action over a new connection, waits five minutes, and swallows every failure: the
turn would be stored without an answer, and a repetition would replay that silence.
"""

import asyncio
import os
from typing import Any

import aiohttp
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses
from rasa.utils.endpoints import ClientResponseError, EndpointConfig


class ActionFailure(BaseException):
    """An action gave no answer, so the turn must leave no trace and be repeated.

    Not an `Exception`, because Rasa catches all of those around an action and goes on.
    `status` is what the channel answers: 503 when the server is away, 502 when it failed.
    """

    def __init__(self, status: int, code: str) -> None:
        """Keep what the channel's caller is told."""
        super().__init__(code)
        self.status = status
        self.code = code


# An action looks back over minutes, not over a long conversation.
_RECENT_EVENTS = 100
_EVENT_NAMES = {kind.type_name for kind in all_subclasses(Event)}
_AWAY = {401, 403, 429, 502, 503, 504}


class ActionServer(EndpointConfig):
    """Drop-in for Rasa's endpoint, made from its settings."""

    def __init__(self, endpoint: EndpointConfig) -> None:
        """Take over url, headers and the other settings of endpoints.yml."""
        super().__init__(url=endpoint.url, headers=endpoint.headers, **endpoint.kwargs)
        self._deadline = aiohttp.ClientTimeout(
            total=float(os.environ.get("ACTION_TIMEOUT_SECONDS", "10"))
        )
        self._session: aiohttp.ClientSession | None = None

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any | None:
        """Post `kwargs["json"]`. Raises ClientResponseError for 400 only, else ActionFailure."""
        tracker = kwargs["json"]["tracker"]
        headers = _city_header(tracker["events"])
        tracker["events"] = tracker["events"][-_RECENT_EVENTS:]
        if self._session is None:
            self._session = aiohttp.ClientSession(headers=self.headers, timeout=self._deadline)
        try:
            async with self._session.post(
                self.url, json=kwargs["json"], headers=headers, compress=compress or None
            ) as response:
                if response.status == 400:
                    # An action that rejects its execution; Rasa then chooses another one.
                    raise ClientResponseError(400, response.reason, await response.text())
                if response.status != 200:
                    raise _failure(response.status)
                return await response.json()
        except (aiohttp.ContentTypeError, ValueError) as error:
            raise ActionFailure(502, "action_failed") from error
        # In this Python, asyncio's time-out is not the built-in TimeoutError.
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            raise ActionFailure(503, "actions_unavailable") from error


def _city_header(events: list[dict[str, Any]]) -> dict[str, str]:
    """Name the city of the turn, as the bot told it: each city's actions have its own data."""
    turns = (event["metadata"] for event in reversed(events) if event["event"] == "user")
    city = next((city for turn in turns if (city := turn.get("city"))), None)
    return {} if city is None else {"X-City": str(city)}


def _failure(status: int) -> ActionFailure:
    if status in _AWAY:
        return ActionFailure(503, "actions_unavailable")
    return ActionFailure(502, "action_failed")


def _looks_right(_action: RemoteAction, result: Any) -> bool:
    """Check what Rasa is about to read. Raises ActionFailure."""
    try:
        events, responses = result.get("events", []), result.get("responses", [])
        right = all(event["event"] in _EVENT_NAMES for event in events)
        right = right and all(isinstance(item, dict) for item in responses)
    except (AttributeError, KeyError, TypeError):
        right = False
    if not right:
        raise ActionFailure(502, "action_failed")
    return True


# Rasa proves its own constant schema valid before every use, which takes longer than the action.
RemoteAction._validate_action_result = _looks_right
