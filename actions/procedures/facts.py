"""What residents say of themselves when a life event begins: the facts, without the reading."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar


class Direction(StrEnum):
    """Where somebody moves, seen from the city."""

    into = "in"
    out = "out"
    within = "within"
    abroad = "abroad"


class Happening(StrEnum):
    """What a day is the day of."""

    moved = "moved"
    died = "died"
    born = "born"
    married = "married"
    divorced = "divorced"
    left_work = "left_work"


class Relation(StrEnum):
    """Who somebody is to the one who writes."""

    mother = "mother"
    father = "father"
    parent = "parent"
    husband = "husband"
    wife = "wife"
    spouse = "spouse"
    partner = "partner"
    former_husband = "former_husband"
    former_wife = "former_wife"
    mother_in_law = "mother_in_law"
    father_in_law = "father_in_law"
    grandmother = "grandmother"
    grandfather = "grandfather"
    brother = "brother"
    sister = "sister"
    sibling = "sibling"
    uncle = "uncle"
    aunt = "aunt"
    nephew = "nephew"
    niece = "niece"
    relative = "relative"
    son = "son"
    daughter = "daughter"
    child = "child"
    grandchild = "grandchild"
    couple = "couple"
    family = "family"


class Pet(StrEnum):
    """An animal at home."""

    dog = "dog"
    cat = "cat"
    bird = "bird"
    other = "other"
    none = "none"


class Vehicle(StrEnum):
    """What somebody drives."""

    car = "car"
    motorbike = "motorbike"
    moped = "moped"
    none = "none"


class Insurance(StrEnum):
    """The health insurance somebody has."""

    national = "national"
    employee = "employee"
    continued = "continued"
    late_elderly = "late_elderly"
    dependent = "dependent"
    none = "none"


class Pension(StrEnum):
    """What somebody has to do with a pension."""

    national = "national"
    employees = "employees"
    receiving = "receiving"
    none = "none"


class Work(StrEnum):
    """What somebody lives by."""

    employee = "employee"
    public_servant = "public_servant"
    part_time = "part_time"
    temporary = "temporary"
    self_employed = "self_employed"
    student = "student"
    pensioner = "pensioner"
    on_leave = "on_leave"
    left = "left"
    none = "none"


class Handbook(StrEnum):
    """A handbook of disability."""

    physical = "physical"
    intellectual = "intellectual"
    mental = "mental"
    unspecified = "unspecified"
    none = "none"


class Housing(StrEnum):
    """Whose the home is."""

    own = "own"
    rented = "rented"
    public = "public"
    family = "family"


class NumberCard(StrEnum):
    """What is said of the My Number card."""

    has = "has"
    lost = "lost"
    expiring = "expiring"
    none = "none"


K = TypeVar("K", bound=StrEnum)


@dataclass(frozen=True)
class Said(Generic[K]):
    """One thing that was said, and its words as written; `kind` is none where it was denied.

    `wished`: it is not there yet, or is asked about: 国保に入りたい.
    """

    kind: K
    words: str
    wished: bool = False


@dataclass(frozen=True)
class Age:
    """An age in whole years from `least` up to `most`, both included (小3: 8 to 9)."""

    words: str
    least: int
    most: int


@dataclass(frozen=True)
class Dated:
    """Days that were named, both included, as written; `of` is what happened then, if said."""

    words: str
    first: date
    last: date
    of: Happening | None = None


@dataclass(frozen=True)
class Person:
    """Somebody who was named. `concerned`: whom the event happens to (母が亡くなりました)."""

    relation: Relation
    words: str
    age: Age | None = None
    concerned: bool = False


@dataclass(frozen=True)
class Children:
    """The children at home. `count` is 0 where there are none, None where no number was said.

    `ages` are in the order they were said and may be fewer. `expected`: one is on its way.
    """

    count: int | None = None
    ages: tuple[Age, ...] = ()
    expected: bool = False
