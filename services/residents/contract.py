"""What other rooms may ask of the register: the wire types of `/services/residents`, its client."""

from datetime import date
from typing import Literal
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call

AUDIENCE = "services/residents"
"""What a grant must be for to open anything here."""

MAX_TEXT = 500


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Identification(_Wire):
    """A citizen and the four items of their card; None for an item that the card did not give."""

    citizen_id: str = Field(min_length=1, max_length=100)
    name: str | None = Field(max_length=MAX_TEXT)
    address: str | None = Field(max_length=MAX_TEXT)
    birthdate: date | None
    sex: Literal["male", "female", "unknown"] | None


class IdentifyAnswer(_Wire):
    """What came of it.

    `matched`: exactly one resident is meant, and the citizen now stands for them. `pending`: staff
    look into it, because nobody or several fit, or the citizen or the resident is known otherwise.
    `refused`: staff have looked and said no. Repeats of the same items change nothing.
    """

    outcome: Literal["matched", "pending", "refused"]


class MayAct(_Wire):
    """Whether a citizen may act for a resident on a day; an unknown resident is a plain no."""

    allowed: bool


class ResidentsClient:
    """Client of the internal paths of `/services/residents`; raises what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def identify(self, who: Identification) -> IdentifyAnswer:
        """Find a citizen in the register. Raises InvalidInputError where a My Number is in it."""
        path, body = "/services/residents/identifications", who.model_dump(mode="json")
        return IdentifyAnswer.model_validate(await call(self._http, "POST", path, json=body))

    async def may_act(self, citizen_id: str, resident_id: str, on: date) -> bool:
        """Tell whether a citizen may act for a resident (themself, a child, a principal)."""
        path = f"{_citizen_path(citizen_id)}/authority"
        params = {"resident_id": resident_id, "on": on.isoformat()}
        answer = await call(self._http, "GET", path, params=params)
        return MayAct.model_validate(answer).allowed

    async def forget(self, citizen_id: str) -> None:
        """End what ties a citizen to the register, their open cases too; the register stays."""
        await call(self._http, "DELETE", _citizen_path(citizen_id))


def _citizen_path(citizen_id: str) -> str:
    return f"/services/residents/citizens/{quote(citizen_id, safe='')}"
