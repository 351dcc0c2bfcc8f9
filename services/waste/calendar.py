"""The imported calendar in memory, and what residents' words mean in it. Pure functions."""

from dataclasses import dataclass

from kit.errors import NotFoundError
from services.waste import contract, districts, rules, search
from services.waste.rules import Area, CityData


@dataclass(frozen=True)
class Calendar:
    """The imported calendar, ready to be asked."""

    revision: int
    city: CityData
    items: search.ItemIndex
    areas: dict[str, Area]

    def area(self, label: str) -> Area:
        """Return a district by its name. Raises NotFoundError."""
        try:
            return self.areas[label]
        except KeyError as error:
            raise NotFoundError("There is no district of that name. Ask for the list.") from error


def meant_area(
    calendar: Calendar, named: str | None, text: str, saved: Area | None
) -> tuple[Area | None, list[Area]]:
    """Return (the district meant, or None; else candidates): named, in the words, or kept."""
    if named:
        exact = calendar.areas.get(named)
        return (exact, []) if exact else districts.resolve_area(calendar.city, named)
    spoken = districts.named_areas(calendar.city, text)
    if len(spoken) == 1:
        return spoken[0], []
    if spoken or saved is not None:
        return (None, spoken) if spoken else (saved, [])
    return None, districts.doubtful_areas(calendar.city, text)


def meant_categories(calendar: Calendar, question: contract.DayQuestion) -> tuple[str, ...]:
    """Return the kinds of waste asked about: named, else in the words, else that of a thing."""
    if question.category:
        return search.find_categories(calendar.city, question.category)
    spoken = search.find_categories(calendar.city, question.text)
    if spoken:
        return spoken
    matches = calendar.items.search(question.text)
    if not search.is_sure(matches):
        return ()
    label = matches[0].target.category
    return search.kinds_in(label, calendar.city.categories) or (label,)


def matches_of(calendar: Calendar, text: str) -> list[search.Match]:
    """Return the things meant; where none is, the kind of waste meant stands for itself."""
    matches = calendar.items.search(text)
    asked = search.subject(text)
    if matches:
        return matches
    # 入れ歯は燃えるごみ？ asks about the thing, though only the kind is known.
    kinds = search.find_categories(calendar.city, asked or text)
    return [search.Match(rules.Target(kind, kind, "", ""), 1.0) for kind in kinds]
