"""What other packages may ask: the city's NGSI-v2 entities, which are open to everybody."""

from typing import Any

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from kit.http import call


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityQuery(_Wire):
    """Which entities are asked for, in the parameters of NGSI-v2; an empty one asks for all."""

    id: str = Field(default="", max_length=1000)
    type: str = Field(default="", max_length=300)
    q: str = Field(default="", max_length=300)
    georel: str = Field(default="", max_length=300)
    geometry: str = Field(default="", max_length=300)
    coords: str = Field(default="", max_length=300)


class EntityList(_Wire):
    """Entities in normalised form."""

    entities: tuple[dict[str, Any], ...] = ()


class OpenDataClient:
    """Client of `/services/opendata`. Methods raise what `kit.http.call` raises."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        """`http` comes from `kit.http.internal_client`."""
        self._http = http

    async def entities(self, query: EntityQuery) -> list[dict[str, Any]]:
        """Return the entities that fit. Raises InvalidInputError for a query that is not read."""
        body = await call(
            self._http, "POST", "/services/opendata/entities", json=query.model_dump()
        )
        return list(EntityList.model_validate(body).entities)
