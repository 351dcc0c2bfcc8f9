"""The open data of all services, asked of each over its contract and put into one form."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from kit.http import InternalClient
from kit.settings import Settings
from services.facilities.contract import FacilitiesClient, Kind, Listed
from services.faq.contract import Entry, FaqClient
from services.opendata.datasets import Published, read_datasets
from services.opendata.wire import (
    FaqItem,
    Page,
    PlaceItem,
    Source,
    WasteArea,
    WasteDay,
    WasteThing,
)
from services.waste.contract import WasteClient

T = TypeVar("T")

SHELTER_KINDS = (Kind.emergency_site, Kind.shelter, Kind.welfare_shelter)


class OpenData:
    """What may be read by anybody. Methods raise NotPublishedError and UnavailableError."""

    def __init__(self, http: InternalClient, settings: Settings) -> None:
        """`http` reaches the services."""
        self._waste = WasteClient(http)
        self._facilities = FacilitiesClient(http)
        self._faq = FaqClient(http)
        self._settings = settings

    @property
    def published(self) -> Published:
        """What this city publishes."""
        return read_datasets(self._settings.city_dir)

    def source(self, name: str, demonstration: bool) -> Source:
        """Return the terms of a data set."""
        terms = self.published.terms(name)
        return Source(
            id=name,
            title=terms.title,
            publisher=self.published.publisher,
            licence=terms.licence,
            credit=terms.credit,
            demonstration=demonstration,
        )

    async def areas(self) -> tuple[Source, list[WasteArea]]:
        """Return the districts of the waste calendar."""
        self.published.terms("waste")
        found = await self._waste.areas()
        return self.source("waste", found.demonstration), [WasteArea(name=a) for a in found.areas]

    async def waste_days(self, area: str, first: date, last: date) -> tuple[Source, list[WasteDay]]:
        """Return a district's collections between two days."""
        self.published.terms("waste")
        found = await self._waste.schedule(area, first, last)
        days = [WasteDay(**one.model_dump()) for one in found.collections]
        return self.source("waste", found.office.demonstration), days

    async def things(self, words: str = "") -> tuple[Source, list[WasteThing]]:
        """Return the things whose names hold some words."""
        self.published.terms("sorting")
        found = await self._waste.things()
        things = [
            WasteThing(**one.model_dump(), how=found.how.get(one.category, ""))
            for one in found.things
            if words in one.name
        ]
        return self.source("sorting", found.office.demonstration), things

    async def places(self, name: str, *kinds: Kind) -> tuple[Source, list[PlaceItem]]:
        """Return all places of some kinds, of the data set of that name."""
        self.published.terms(name)
        lists = [(await self._facilities.listing(kind)).places for kind in kinds]
        items = [place_item(one) for places in lists for one in places]
        return self.source(name, any(item.demonstration for item in items)), items

    async def faq(self) -> tuple[Source, list[FaqItem]]:
        """Return every question with its answer."""
        self.published.terms("faq")
        items = [faq_item(entry) for entry in await self._faq.entries()]
        return self.source("faq", any(item.demonstration for item in items)), items

    async def faq_entry(self, entry_id: str) -> FaqItem:
        """Return one question with its answer. Raises NotFoundError."""
        self.published.terms("faq")
        return faq_item(await self._faq.entry(entry_id))


def faq_item(entry: Entry) -> FaqItem:
    """Return an entry as it is published."""
    return FaqItem(**entry.model_dump())


def place_item(listed: Listed) -> PlaceItem:
    """Return a place as it is published."""
    known = listed.place.model_dump(mode="json", include=set(PlaceItem.model_fields))
    return PlaceItem(id=listed.id, **known)


def page_of(
    path: str, found: tuple[Source, Sequence[T]], offset: int, limit: int, **query: str
) -> Page[T]:
    """Return a stretch of a list; `query` is what the next page's path has to repeat."""
    source, items = found
    after = offset + limit
    more = {**{name: text for name, text in query.items() if text}, "offset": after, "limit": limit}
    return Page[T](
        source=source,
        total=len(items),
        offset=offset,
        limit=limit,
        next=f"{path}?{urlencode(more)}" if after < len(items) else None,
        items=tuple(items[offset:after]),
    )
