"""Use cases of the places skill: the nearest places, and what a sentence names."""

from dataclasses import dataclass
from datetime import datetime

from kit.clock import Clock
from kit.db import Database
from kit.settings import Settings
from services.facilities import parsing as words
from services.facilities import repository, rules, vocabulary
from services.facilities.contract import (
    Kind,
    Listed,
    Listing,
    Nearest,
    NearestQuery,
    Origin,
    Place,
    Reading,
    Suggestions,
)

LISTED = 5
"""A category of at most this many places is told whole, without asking where somebody is."""

OFFERED = 6


@dataclass(frozen=True)
class _Catalogue:
    imported_at: datetime | None
    records: tuple[rules.Record, ...]
    gazetteer: words.Gazetteer


class FacilitiesService:
    """Answers from the imported lists; they are read again when another import is in use."""

    def __init__(self, database: Database, clock: Clock, settings: Settings) -> None:
        """Prepare; nothing is read before the first question. No rule here depends on the time."""
        self._database = database
        self._catalogue = _Catalogue(None, (), words.Gazetteer(()))

    async def nearest(self, query: NearestQuery) -> Nearest:
        """Return the nearest suitable places. The position is neither kept nor logged."""
        records = (await self._current()).records
        here = (query.latitude, query.longitude)
        selection = rules.nearest(
            records, *here, query.kind, query.hazards, query.category, query.limit
        )
        searched = [record for record in records if record.kind is query.kind]
        return Nearest(
            places=tuple(_place(f.record, here, f.distance_m) for f in selection.found),
            outside_city=selection.outside_city,
            designated=selection.designated,
            credits=tuple(dict.fromkeys(r.credit for r in searched if r.credit)),
            demonstration=any(r.demonstration for r in searched),
        )

    async def read(self, text: str) -> Reading:
        """Return what a sentence names."""
        catalogue = await self._current()
        gazetteer = catalogue.gazetteer
        category = words.category_in(gazetteer.without_names(text))
        members = [r for r in catalogue.records if category and category in r.categories]
        point = gazetteer.origin(text)
        hazards = words.hazards_in(text)
        return Reading(
            hazards=hazards,
            shelter_kind=words.shelter_kind_in(text),
            danger=words.danger_in(text),
            snow=words.snow_in(text) and not hazards,
            category=category,
            category_size=len(members),
            category_places=tuple(map(_place, members)) if len(members) <= LISTED else (),
            demonstration=any(
                r.demonstration for r in catalogue.records if r.kind is Kind.facility
            ),
            places=tuple(map(_place, gazetteer.named(text))),
            origin=_origin(point) if point else None,
            only_origin=gazetteer.only_origin(text),
        )

    async def suggestions(self) -> Suggestions:
        """Return what to offer somebody who has not said enough."""
        records = (await self._current()).records
        present = {category for record in records for category in record.categories}
        landmarks = [record.name for record in records if record.kind is Kind.landmark]
        return Suggestions(
            categories=tuple(name for name in vocabulary.CATEGORIES if name in present),
            landmarks=tuple(landmarks[:OFFERED]),
        )

    async def listing(self, kind: Kind) -> Listing:
        """Return every place of a kind."""
        catalogue = await self._current()
        return Listing(
            imported_at=catalogue.imported_at,
            places=tuple(
                Listed(id=f"{record.kind.value}:{record.source_id}", place=_place(record))
                for record in catalogue.records
                if record.kind is kind
            ),
        )

    async def _current(self) -> _Catalogue:
        async with self._database.transaction() as session:
            stamp = await repository.imported_at(session)
            if stamp != self._catalogue.imported_at:
                records = tuple(await repository.all_records(session))
                self._catalogue = _Catalogue(stamp, records, words.Gazetteer(records))
        return self._catalogue


def _origin(point: words.Point) -> Origin:
    return Origin(
        name=point.name,
        latitude=point.latitude,
        longitude=point.longitude,
        approximate=point.approximate,
    )


def _place(
    record: rules.Record, here: tuple[float, float] | None = None, metres: float = 0.0
) -> Place:
    spot = (record.latitude, record.longitude)
    return Place(
        kind=record.kind,
        name=record.name,
        address=record.address,
        latitude=record.latitude,
        longitude=record.longitude,
        categories=record.categories,
        phone=record.phone,
        hours=record.hours,
        spot=record.spot,
        hazards=record.hazards,
        doubles_as_shelter=record.doubles_as_shelter,
        accepts=record.accepts,
        capacity=_capacity(record),
        note=record.note,
        url=record.url,
        map_url=f"https://www.google.com/maps/search/?api=1&query={spot[0]},{spot[1]}",
        credit=record.credit,
        demonstration=record.demonstration,
        distance_m=round(metres) if here else None,
        direction=rules.direction(*here, *spot) if here else "",
        walk_minutes=rules.walk_minutes(metres) if here else None,
    )


def _capacity(record: rules.Record) -> str:
    if record.capacity_people is None:
        return record.capacity
    return f"約{record.capacity_people:,}人"
