"""What other packages may ask about sensors: the levels of rivers."""

from datetime import datetime

import httpx2
from pydantic import BaseModel, ConfigDict, Field

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


class NewField(_Wire):
    """A field or a hunting ground of a citizen (WGS 84 degrees)."""

    citizen_id: str = Field(min_length=1, max_length=100)
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class FieldsOf(_Wire):
    """Whose fields."""

    citizen_id: str = Field(min_length=1, max_length=100)


class Fields(_Wire):
    """How many fields somebody has entered."""

    fields: int


class ShelterPower(_Wire):
    """Whether a shelter has power, as its sensor said last."""

    shelter: str
    on: bool
    observed_at: datetime


class Power(_Wire):
    """Every shelter whose power is measured and was heard of lately."""

    shelters: tuple[ShelterPower, ...] = ()


class SensorsClient:
    """Client of `/services/sensors`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def rivers(self) -> RiverLevels:
        """Return the newest level of every station."""
        return RiverLevels.model_validate(await call(self._http, "GET", "/services/sensors/rivers"))

    async def power(self) -> Power:
        """Return which shelters have power."""
        return Power.model_validate(await call(self._http, "GET", "/services/sensors/power"))

    async def add_field(self, new: NewField) -> Fields:
        """Enter a field; entering the same one again changes nothing."""
        return Fields.model_validate(await self._post("fields", new))

    async def fields(self, whose: FieldsOf) -> Fields:
        """Return how many fields a citizen has entered."""
        return Fields.model_validate(await self._post("fields/of", whose))

    async def forget_fields(self, whose: FieldsOf) -> Fields:
        """Erase a citizen's fields."""
        return Fields.model_validate(await self._post("fields/forget", whose))

    async def _post(self, path: str, body: BaseModel) -> object:
        answer: object = await call(
            self._http, "POST", f"/services/sensors/{path}", json=body.model_dump(mode="json")
        )
        return answer
