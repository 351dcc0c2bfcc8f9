"""Use cases of the places skill: which district a text or a position means."""

from collections.abc import Iterable
from pathlib import Path
from typing import Self

from services.places import contract, resolution, rules
from services.places.choosing import answer
from services.places.importer import from_districts, read_city
from services.places.parsing import Reader
from services.places.unknown import Unknown


class PlacesService:
    """Answers from one table, which is read once. Nothing asked is kept or logged."""

    def __init__(self, table: rules.Table) -> None:
        """Prepare to read texts with `table`."""
        self._table = table
        self._reader = Reader(table)

    @classmethod
    def of_city(cls, city_dir: Path, districts: Iterable[str] = ()) -> Self:
        """Read the city's table; a city without one is known by its calendar's districts alone.

        Raises ImportRejectedError, which names file, line and column, where the table is not
        usable. `districts` are the names of the calendar, which the table has to know.
        """
        if not (city_dir / "places").is_dir():
            return cls(from_districts(districts))
        report, table = read_city(city_dir, districts)
        report.raise_if_bad()
        return cls(table)

    def resolve(
        self, text: str, *, asked: bool = False, about: str = "", among: tuple[str, ...] = ()
    ) -> contract.Resolution:
        """Return the places that a text names; see `contract.Words`."""
        if about or among:
            found = answer(self._reader, text, about, among)
        else:
            found = resolution.resolve(self._reader, text, asked=asked)
        return contract.Resolution(
            places=tuple(map(_place, found.places)),
            corrected_from=tuple(map(_place, found.corrected_from)),
            unknown=tuple(map(_unknown, found.unknown)),
            districts=found.districts,
            settled=found.settled,
            whole=found.whole,
            demonstration=self._table.demonstration,
        )

    def nearest(self, latitude: float, longitude: float) -> contract.NearestDistrict:
        """Return the district of a position."""
        near = rules.nearest(self._table, latitude, longitude)
        return contract.NearestDistrict(
            districts=near.districts,
            name=near.name,
            distance_m=round(near.distance_m, 1),
            demonstration=self._table.demonstration,
        )

    def touched(self, shape: contract.Shape) -> contract.Districts:
        """Return the districts that a shape touches."""
        found = rules.touched(self._table, _shape(shape))
        return contract.Districts(districts=found, demonstration=self._table.demonstration)


def _shape(told: contract.Shape) -> rules.Circle | rules.Outline:
    if told.around is not None:
        return rules.Circle(_position(told.around.middle), told.around.metres)
    return rules.Outline(tuple(map(_position, told.outline)))


def _position(point: contract.Point) -> rules.Position:
    return rules.Position(point.latitude, point.longitude)


def _place(named: resolution.Named) -> contract.NamedPlace:
    position = named.position
    return contract.NamedPlace(
        text=named.text,
        start=named.start,
        end=named.end,
        name=named.name,
        reading=named.reading,
        kind=contract.Kind(named.kind),
        districts=named.districts,
        settled=named.settled,
        need=contract.Need(named.need),
        exceptions=named.exceptions,
        not_home=named.not_home,
        position=contract.Point(latitude=position.latitude, longitude=position.longitude)
        if position
        else None,
    )


def _unknown(name: Unknown) -> contract.UnknownPlace:
    return contract.UnknownPlace(
        text=name.text,
        start=name.start,
        end=name.end,
        elsewhere=name.elsewhere,
        similar=name.similar,
    )
