"""A life event as a city's files describe it: questions, procedures, desks and papers."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, PlainValidator, model_validator

from services.procedures.conditions import (
    Condition,
    ConditionError,
    Constant,
    Value,
    names_in,
    read_condition,
)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,49}$")]
Words = Annotated[str, Field(min_length=1, max_length=300)]


def _condition(text: Any) -> Condition:
    if not isinstance(text, str):
        raise ConditionError("a condition stands in quotation marks")
    return read_condition(text)


When = Annotated[Condition, PlainValidator(_condition)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Kind(StrEnum):
    """What a question asks for."""

    yes_no = "yes_no"
    choice = "choice"
    several = "several"
    number = "number"
    date = "date"
    people = "people"


class Option(_Part):
    """One answer to a choice; `words` are further names of it."""

    value: Name
    label: Words
    words: tuple[Words, ...] = ()
    discreet: bool = False
    """Who says so may be watched: nothing is sent by itself, and sharing is not offered."""


class Fact(_Part):
    """Something about the household that decides what is to be done."""

    name: Name
    kind: Kind
    question: Words
    label: Words
    when: When = Constant(True)
    options: tuple[Option, ...] = ()
    least: int = 0
    """Of a number or of an age, as `most`."""
    most: int = 120
    earliest: int = -36500
    """Of a date, in days from today, as `latest`."""
    latest: int = 36500

    @model_validator(mode="after")
    def _has_options(self) -> Self:
        if (self.kind in (Kind.choice, Kind.several)) is not bool(self.options):
            raise ValueError("options belong to a choice or to several, and to nothing else")
        if len({option.value for option in self.options}) < len(self.options):
            raise ValueError("two options have one value")
        return self


class Channel(StrEnum):
    """Where else something can be done than at its desk."""

    online = "online"
    post = "post"
    branch = "branch"
    convenience_store = "convenience_store"
    phone = "phone"


class Elsewhere(_Part):
    """One such way."""

    kind: Channel
    words: Words
    url: HttpUrl | None = None


class Deadline(_Part):
    """A term that counts from a date fact."""

    start: Name = Field(alias="from")
    days: int = Field(default=0, ge=0)
    months: int = Field(default=0, ge=0)
    years: int = Field(default=0, ge=0)
    before: bool = False
    first_day_counts: bool = False
    fixed: bool = False
    """Does not move to the next open day."""

    @model_validator(mode="after")
    def _counts_one_thing(self) -> Self:
        if sum(map(bool, (self.days, self.months, self.years))) > 1:
            raise ValueError("a deadline counts days, months or years, only one of them")
        return self


class Procedure(_Part):
    """One thing to do."""

    key: Name
    title: Words
    called: tuple[Words, ...] = ()
    """Further names of it: whoever says that this is done has done it."""
    when: When
    desk: Name
    for_whom: Words
    deadline: Deadline | None = None
    soon: bool = False
    """To be done early without a term."""
    usual: bool = False
    """What most households have: told among the urgent before it is known whether it applies."""
    missed: str = ""
    after: tuple[Name, ...] = ()
    bring: tuple[Name, ...] = ()
    fee: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()
    basis: str = ""
    note: str = ""


class Desk(_Part):
    """Where something is done. `order` is the place in a walk through the city hall."""

    name: Words
    place: Words
    order: int
    hours: Words
    phone: str = ""
    other_office: bool = False


class Example(_Part):
    """A household and its right list. Facts stand as the file has them (`answers.from_file`)."""

    name: Words
    today: date
    facts: dict[Name, Any]
    list: tuple[Name, ...]
    due: dict[Name, date] = Field(default_factory=dict)


class Form(_Part):
    """A paper of the event that is handed out with what is known filled in (`forms`)."""

    kind: Literal["change_of_address", "bereavement"]
    day: Name
    """The date fact that it states."""
    move: Literal["", "転入", "転居", "転出"] = ""
    """Which change of address is ticked."""


class Event(_Part):
    """A life event. Facts and procedures stand in the file's order."""

    key: Name
    title: Words
    reviewed_on: date
    demonstration: bool
    tone: Literal["plain", "careful"] = "plain"
    """Careful: told to somebody in grief or trouble."""
    opening: str = ""
    form: Form | None = None
    facts: tuple[Fact, ...]
    procedures: tuple[Procedure, ...] = Field(min_length=1)
    examples: tuple[Example, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Fact]:
        """Return the facts by name."""
        return {fact.name: fact for fact in self.facts}

    @cached_property
    def by_key(self) -> dict[str, Procedure]:
        """Return the procedures by key."""
        return {one.key: one for one in self.procedures}

    @cached_property
    def behind(self) -> dict[str, frozenset[str]]:
        """Return, for each fact, the facts that decide whether it is asked at all."""
        found: dict[str, frozenset[str]] = {}
        for fact in self.facts:
            direct = names_in(fact.when)
            found[fact.name] = direct.union(*(found.get(name, frozenset()) for name in direct))
        return found

    def needed_for(self, condition: Condition) -> frozenset[str]:
        """Return every fact that can change what a condition gives."""
        direct = names_in(condition)
        return direct.union(*(self.behind.get(name, frozenset()) for name in direct))


class Guidebook(_Part):
    """All events of one city, with its desks and what is brought."""

    events: Mapping[str, Event]
    desks: Mapping[Name, Desk]
    items: Mapping[Name, Words]


Household = Mapping[str, Value]
"""The facts that are known of a household."""
