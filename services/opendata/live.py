"""What changes by the minute: reports, alerts, open shelters, vacancies, rivers."""

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel

from kit.http import InternalClient
from kit.settings import Settings
from services.disaster.contract import DisasterClient
from services.nursery.contract import NurseryClient
from services.opendata.service import OpenData
from services.opendata.wire import Alert, River, RoadReport, ShelterState, Source, Vacancy
from services.sensors.contract import SensorsClient
from services.snow.contract import SnowClient

T = TypeVar("T", bound=BaseModel)


class LiveData:
    """Asked of its service each time. Methods raise NotPublishedError and UnavailableError."""

    def __init__(self, http: InternalClient, settings: Settings, data: OpenData) -> None:
        """`data` knows on which terms each set is published."""
        self._snow = SnowClient(http)
        self._disaster = DisasterClient(http)
        self._nursery = NurseryClient(http)
        self._sensors = SensorsClient(http)
        self._data = data
        self._is_demo = settings.is_demo

    async def reports(self) -> tuple[Source, list[RoadReport]]:
        """Return the reports of the public map."""
        source = self._data.source("reports", self._is_demo)
        return source, _as(RoadReport, await self._snow.published())

    async def alerts(self) -> tuple[Source, list[Alert]]:
        """Return what is in force now."""
        source = self._data.source("alerts", self._is_demo)
        return source, _as(Alert, (await self._disaster.alerts()).alerts)

    async def open_shelters(self) -> tuple[Source, list[ShelterState]]:
        """Return how the shelters stand of which something was said."""
        source = self._data.source("open_shelters", self._is_demo)
        return source, _as(ShelterState, (await self._disaster.shelters()).shelters)

    async def vacancies(self) -> tuple[Source, list[Vacancy]]:
        """Return every class of every nursery with its free seats."""
        self._data.published.terms("vacancies")
        found = await self._nursery.vacancies(None, "")
        return self._data.source("vacancies", found.is_demonstration), _as(Vacancy, found.found)

    async def rivers(self) -> tuple[Source, list[River]]:
        """Return the newest level of every gauge."""
        self._data.published.terms("rivers")
        levels = (await self._sensors.rivers()).levels
        source = self._data.source("rivers", any(one.demonstration for one in levels))
        return source, _as(River, levels)


def _as(kind: type[T], found: Sequence[BaseModel]) -> list[T]:
    """Return what a service told as it is published, field by field."""
    names = set(kind.model_fields)
    return [kind.model_validate(one.model_dump(include=names)) for one in found]
