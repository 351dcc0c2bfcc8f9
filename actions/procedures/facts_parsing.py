"""What the first sentence about a life event already says. Pure functions.

What is not surely said is absent, so that it is asked; what is denied counts as said.
"""

from dataclasses import dataclass, field
from datetime import date

from actions.procedures.ages_parsing import ages_told
from actions.procedures.circumstances_parsing import (
    care_level_told,
    handbook_told,
    housing_told,
    insurance_told,
    lives_alone,
    nationality_told,
    number_card_told,
    pension_told,
    pets_told,
    vehicles_told,
    works_told,
)
from actions.procedures.dates_parsing import dates_told
from actions.procedures.facts import (
    Age,
    Children,
    Dated,
    Direction,
    Handbook,
    Housing,
    Insurance,
    NumberCard,
    Pension,
    Person,
    Pet,
    Said,
    Vehicle,
    Work,
)
from actions.procedures.family_parsing import children_told, people_told
from actions.procedures.moving_parsing import move_told
from actions.procedures.parsing import LifeEvent, life_event
from actions.procedures.places_parsing import NOWHERE, Here
from actions.procedures.words_parsing import folded


@dataclass(frozen=True)
class Told:
    """What a first sentence says. What it does not surely say is not there."""

    words: str = field(default="", compare=False)
    """The sentence, folded."""
    event: LifeEvent | None = None
    direction: Direction | None = None
    place_from: str = ""
    place_to: str = ""
    dates: tuple[Dated, ...] = ()
    children: Children | None = None
    people: tuple[Person, ...] = ()
    ages: tuple[Age, ...] = ()
    """All ages that were named, those of people and children among them."""
    pets: tuple[Said[Pet], ...] = ()
    vehicles: tuple[Said[Vehicle], ...] = ()
    insurance: Said[Insurance] | None = None
    pension: Said[Pension] | None = None
    work: Said[Work] | None = None
    """What somebody lives by now: having left work counts more than the work that was left."""
    works: tuple[Said[Work], ...] = ()
    """All that was said of work, in the order of the words."""
    care_level: str = ""
    """要支援1 to 要介護5."""
    handbook: Said[Handbook] | None = None
    housing: Said[Housing] | None = None
    alone: bool = False
    nationality: str = ""
    number_card: Said[NumberCard] | None = None


def told(text: str, today: date, here: Here = NOWHERE) -> Told:
    """Return the facts that `text` says.

    `here`: this city's names, and what `PlacesClient.resolve` finds in the text (what it takes
    for put right too: 門田から一箕へ); without it less is sure of where somebody moves.
    """
    words = folded(text)
    ages = ages_told(words)
    move = move_told(words, here)
    works = works_told(words)
    return Told(
        words=words.words,
        event=life_event(text, here),
        direction=move.direction,
        place_from=move.place_from,
        place_to=move.place_to,
        dates=dates_told(words, today),
        children=children_told(words, ages),
        people=people_told(words, ages),
        ages=tuple(age for _, _, age in ages),
        pets=pets_told(words),
        vehicles=vehicles_told(words),
        insurance=insurance_told(words),
        pension=pension_told(words),
        work=next((one for one in works if one.kind is Work.left), (*works, None)[0]),
        works=works,
        care_level=care_level_told(words),
        handbook=handbook_told(words),
        housing=housing_told(words),
        alone=lives_alone(words),
        nationality=nationality_told(words),
        number_card=number_card_told(words),
    )
