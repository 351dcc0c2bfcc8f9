"""Everything that is an NGSI-v2 entity here, asked of the services that own it."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from kit.errors import UnavailableError
from kit.logging import get_logger
from services.facilities.contract import Kind
from services.opendata.datasets import NotPublishedError
from services.opendata.live import LiveData
from services.opendata.ngsi import Entity, entity
from services.opendata.ngsi_live import (
    ALERT,
    REPORT,
    RIVER,
    alert_entity,
    report_entity,
    river_entity,
)
from services.opendata.service import SHELTER_KINDS, OpenData
from services.opendata.wire import Source

log = get_logger(__name__)

T = TypeVar("T")
Ask = Callable[[], Coroutine[Any, Any, list[Entity]]]


class Entities:
    """All entities of the city, or those of some types."""

    def __init__(self, data: OpenData, live: LiveData) -> None:
        """Both know what is published."""
        self._data = data
        self._live = live

    async def all(self, types: frozenset[str] = frozenset()) -> list[Entity]:
        """Return entities; a service that is asked for no type is not asked at all.

        Raises UnavailableError where the only service that was asked for is away.
        """
        sources = [(kind, ask) for kind, ask in self._sources() if not types or kind in types]
        found: list[Entity] = []
        for kind, ask in sources:
            try:
                found += await ask()
            except NotPublishedError:
                continue
            except UnavailableError:
                if len(sources) == 1:
                    raise
                log.warning("entities_away", kind=kind)
        return found

    def _sources(self) -> Sequence[tuple[str, Ask]]:
        return (
            ("PointOfInterest", lambda: self._places("facilities", Kind.facility)),
            ("EvacuationSite", lambda: self._places("shelters", *SHELTER_KINDS)),
            (REPORT, lambda: _each(self._live.reports(), report_entity)),
            (ALERT, lambda: _each(self._live.alerts(), alert_entity)),
            (RIVER, lambda: _each(self._live.rivers(), river_entity)),
        )

    async def _places(self, name: str, *kinds: Kind) -> list[Entity]:
        source, items = await self._data.places(name, *kinds)
        return [entity(item, source.licence, source.credit) for item in items]


async def _each(
    asked: Coroutine[Any, Any, tuple[Source, list[T]]], make: Callable[[T, Source], Entity]
) -> list[Entity]:
    source, items = await asked
    return [make(item, source) for item in items]
