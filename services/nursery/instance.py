"""The market of one round of allocation, as `nursery-instance/1` describes it, read and checked."""

from typing import NamedTuple

from kit.errors import InvalidInputError

FORMAT = "nursery-instance/1"
AGES = range(6)
"""Classes by age on 1 April, 0 to 5."""

Choice = tuple[str | None, ...]
"""A joint outcome of a family: a nursery's id, or none, for each child, eldest first."""


class InstanceError(InvalidInputError):
    """The instance cannot be used. Correct the named place and run again; nothing was changed."""

    code = "invalid_instance"


class Pool(NamedTuple):
    """Seats that some ages of one nursery share; `cap` in seat units, transfers' seats included."""

    ages: tuple[int, ...]
    cap: int


class Nursery(NamedTuple):
    """A nursery; `xy` are its coordinates on a plane, in the unit of `Rule.within`."""

    id: str
    xy: tuple[float, float]
    pools: tuple[Pool, ...]


class Child(NamedTuple):
    """An applicant; `wishes` are (nursery id, score there), best first; lower `tie` first."""

    id: str
    family: str
    age: int
    units: int
    current: str | None
    base: float
    tie: float
    wishes: tuple[tuple[str, float], ...]


class Rule(NamedTuple):
    """What siblings asked for. `within` is the greatest distance that mode `near` calls near."""

    mode: str = "any"
    prefer: str = "rank"
    solo: str = "either"
    within: float | None = None


class Family(NamedTuple):
    """Children (ids, eldest first) and their choices, best first, without the implicit last one."""

    id: str
    children: tuple[str, ...]
    rule: Rule | None
    choices: tuple[Choice, ...]


class Instance(NamedTuple):
    """A whole market, checked: every id that is named exists, every wish has a class of its age."""

    nurseries: dict[str, Nursery]
    children: dict[str, Child]
    families: dict[str, Family]
    remarks: tuple[str, ...] = ()
    """What was read but cannot be used, one sentence each."""
