"""What other packages may ask about sensors: the levels of rivers."""

from datetime import datetime

import httpx2
from pydantic import BaseModel, ConfigDict

from kit.http import call


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RiverLevel(_Wire):
    """The newest level of one station; everything about the value is None without any."""

    name: str
    aliases: tuple[str, ...] = ()
    unit: str
    value: float | None = None
    observed_at: datetime | None = None
    trend: str = ""
    """rising, falling, steady, or "" where too little is known."""
    line: str = ""
    """The line that matters: the highest one that is reached, else the first above."""
    line_value: float | None = None
    reached: bool = False
    stale: bool = False
    """Several values in a row have not come."""
    demonstration: bool = False


class RiverLevels(_Wire):
    """Every station of the city."""

    levels: tuple[RiverLevel, ...] = ()


class SensorsClient:
    """Client of `/services/sensors`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def rivers(self) -> RiverLevels:
        """Return the newest level of every station."""
        return RiverLevels.model_validate(await call(self._http, "GET", "/services/sensors/rivers"))
