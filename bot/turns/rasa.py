"""Asking Rasa through our own input channel."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import httpx2
from pydantic import ValidationError

from kit.errors import ConciergeError, UnavailableError
from messages.languages import Language
from messages.neutral import Message, message_list

# 502: an action failed on this turn and would fail again.
REFUSALS = frozenset({400, 401, 413, 502})


class RasaRefusedError(ConciergeError):
    """Rasa does not accept this turn as it stands; asking again would not help."""

    status = 502
    code = "rasa_refused"


@dataclass(frozen=True)
class TurnInput:
    """What a citizen did, in Rasa's terms: free `text`, or a `payload` that names an intent."""

    text: str | None = None
    payload: str | None = None


@dataclass(frozen=True)
class TurnLanguage:
    """What a turn is spoken in: chosen once and for all, or only what this message is written in.

    Travels in the turn's metadata, where actions read it (`actions.base.Turn`).
    """

    language: Language
    is_chosen: bool


class RasaClient:
    """Client of our input channel in Rasa, `/webhooks/concierge/`."""

    def __init__(self, http: httpx2.AsyncClient, city: str) -> None:
        """`http` carries the base address, the bearer token and the time-out.

        `city` travels with each turn: cities may share a Rasa, whose actions are those of one.
        """
        self._http = http
        self._city = city

    async def take_turn(
        self,
        turn_id: str,
        sender: str,
        said: TurnInput,
        at: datetime,
        spoken: TurnLanguage | None = None,
        told: Mapping[str, Any] | None = None,
    ) -> list[Message]:
        """Return the answer to one turn; the same `turn_id` always yields the same answer.

        `at` is when it was said: 「明日」 counts from there, however late the turn is taken. Where
        nothing tells what is `spoken`, the conversation goes on in the language that it has. `told`
        is what actions know besides of how the conversation stands.
        Raises UnavailableError when the turn should be tried again, RasaRefusedError when not.
        """
        metadata: dict[str, Any] = {"at": at.isoformat(), "city": self._city}
        metadata |= {} if spoken is None else asdict(spoken)
        metadata |= told or {}
        body = {
            "turn_id": turn_id,
            "sender": sender,
            "text": said.text,
            "payload": said.payload,
            "metadata": metadata,
        }
        try:
            response = await self._http.post("/webhooks/concierge/turns", json=body)
        except httpx2.HTTPError as error:
            raise UnavailableError("Rasa does not answer.") from error
        if response.status_code in REFUSALS:
            raise RasaRefusedError(status=response.status_code)
        if response.status_code != 200:
            raise UnavailableError("Rasa is not ready.", status=response.status_code)
        return _read_messages(response.json())

    async def conversation(self, sender: str) -> list[dict[str, Any]]:
        """Return everything Rasa keeps of a conversation. Raises UnavailableError."""
        try:
            response = await self._http.get(f"/webhooks/concierge/conversations/{sender}")
        except httpx2.HTTPError as error:
            raise UnavailableError("Rasa does not answer.") from error
        if response.status_code != 200:
            raise UnavailableError("Rasa is not ready.", status=response.status_code)
        events: list[dict[str, Any]] = response.json()["events"]
        return events

    async def forget(self, citizen_id: str) -> None:
        """Delete everything Rasa keeps of a conversation. Raises UnavailableError."""
        try:
            response = await self._http.delete(f"/webhooks/concierge/conversations/{citizen_id}")
        except httpx2.HTTPError as error:
            raise UnavailableError("Rasa does not answer.") from error
        if response.status_code != 204:
            raise UnavailableError("Rasa is not ready.", status=response.status_code)


def _read_messages(body: dict[str, Any]) -> list[Message]:
    try:
        return message_list.validate_python(body["messages"])
    except (KeyError, ValidationError) as error:
        raise RasaRefusedError("Rasa's answer is not made of neutral messages.") from error
