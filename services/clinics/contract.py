"""What other packages may ask of the duty calendar: wire types and client."""

from datetime import date
from typing import Literal

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call

_BASE = "/services/clinics"


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DutyQuery(_Wire):
    """What somebody asks. Without `day` it is this day; `now` looks at this moment alone."""

    part: Literal["now", "day", "night"] = "now"
    day: date | None = None
    department: str = Field(default="", max_length=20)
    """As the calendar names it (小児科); empty for any doctor, but no dentist and no pharmacy."""


class OnDuty(_Wire):
    """One place on duty; `hours` in minutes after the day's midnight, up to 2880."""

    day: date
    kind: Literal["clinic", "night_centre", "dentist", "pharmacy"]
    departments: tuple[str, ...]
    name: str
    address: str
    phone: str
    hours: tuple[tuple[int, int], ...]
    note: str


class DutyAnswer(_Wire):
    """Who is on duty, or, where nobody is, who comes next within a fortnight.

    `known_until`: the last day of the calendar, None without one. `is_stale`: the day asked about
    lies behind it, and nothing is told.
    """

    day: date
    part: Literal["now", "day", "night"]
    found: tuple[OnDuty, ...] = ()
    later: tuple[OnDuty, ...] = ()
    known_until: date | None = None
    is_stale: bool = False
    demonstration: bool = False
    credit: str = ""


class ClinicsClient:
    """Client of `/services/clinics`; raises what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def on_duty(self, query: DutyQuery) -> DutyAnswer:
        """Return who is on duty in this city."""
        body = query.model_dump(mode="json")
        return DutyAnswer.model_validate(
            await call(self._http, "POST", f"{_BASE}/duties", json=body)
        )
