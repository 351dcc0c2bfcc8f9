"""The conditions in a city's event files: read, checked against the facts, and evaluated.

The grammar, of which nothing else is understood:

    either     = both { "or" both }
    both       = one { "and" one }
    one        = "not" one | "(" either ")" | "true" | "false" | test
    test       = TEXT "in" NAME | measure ORDER NUMBER | NAME ORDER TEXT | NAME
    measure    = NAME | "count(" NAME [ "," AGES ] ")" | "days_since(" NAME ")"
               | "some(" NAME [ "," AGES ] ")"        (no ORDER after it)
    AGES       = "age" ORDER NUMBER { "and" "age" ORDER NUMBER }
    ORDER      = "==" | "!=" | "<" | "<=" | ">" | ">="

Every condition ends, and gives true or false for any facts.
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

Value = bool | str | int | date | frozenset[str] | tuple[int, ...]
"""Of a fact: yes_no, choice, number, date, several, people (ages in whole years)."""

Facts = Mapping[str, Value | None]
"""Facts by name; None for one that is absent because its question does not apply."""

_ORDERS: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}

_TOKEN = re.compile(
    r"\s*(?:(?P<number>-?\d+)|(?P<text>'[^']*')|(?P<name>[a-z_][a-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|<|>|\(|\)|,))"
)
_RESERVED = frozenset({"and", "or", "not", "in", "true", "false", "some", "count", "days_since"})


class ConditionError(ValueError):
    """A condition that cannot be read; the message says where and why."""


@dataclass(frozen=True)
class Bound:
    """One comparison of a whole number, such as `< 15`."""

    order: str
    number: int

    def holds(self, value: int) -> bool:
        """Return whether the value keeps to it."""
        return _ORDERS[self.order](value, self.number)


@dataclass(frozen=True)
class Constant:
    """Always so."""

    value: bool


@dataclass(frozen=True)
class IsYes:
    """A yes/no fact that is yes."""

    name: str


@dataclass(frozen=True)
class Equals:
    """A choice that is (or is not) one of its options."""

    name: str
    option: str
    negated: bool


@dataclass(frozen=True)
class Contains:
    """An option among several."""

    name: str
    option: str


@dataclass(frozen=True)
class Measures:
    """A number fact within a bound."""

    name: str
    bound: Bound


@dataclass(frozen=True)
class DaysSince:
    """Days from a date fact until today (negative before it), within a bound."""

    name: str
    bound: Bound


@dataclass(frozen=True)
class Counts:
    """How many people have such an age, within a bound."""

    name: str
    ages: tuple[Bound, ...]
    bound: Bound


@dataclass(frozen=True)
class Not:
    """The contrary."""

    part: "Condition"


@dataclass(frozen=True)
class Both:
    """All of the parts."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True)
class Either:
    """At least one of the parts."""

    parts: tuple["Condition", ...]


Test = IsYes | Equals | Contains | Measures | DaysSince | Counts
Condition = Constant | Test | Not | Both | Either


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Condition:
    """Return the condition that the text says. Raises ConditionError with the place and reason."""
    return _Reader(text).whole()


def holds(condition: Condition, facts: Facts, today: date) -> bool:
    """Return whether the condition is true of these facts. A fact that is missing is absent."""
    match condition:
        case Constant(value):
            return value
        case Not(part):
            return not holds(part, facts, today)
        case Both(parts):
            return all(holds(part, facts, today) for part in parts)
        case Either(parts):
            return any(holds(part, facts, today) for part in parts)
        case _:
            return _test(condition, facts.get(condition.name), today)


def _test(test: Test, value: Value | None, today: date) -> bool:
    match test:
        case IsYes():
            return value is True
        case Equals(_, option, negated):
            return (value == option) is not negated
        case Contains(_, option):
            return isinstance(value, frozenset) and option in value
        case Measures(_, bound):
            return isinstance(value, int) and bound.holds(value)
        case DaysSince(_, bound):
            return isinstance(value, date) and bound.holds((today - value).days)
        case Counts(_, ages, bound):
            people = value if isinstance(value, tuple) else ()
            return bound.holds(sum(all(age.holds(one) for age in ages) for one in people))


def tests_in(condition: Condition) -> tuple[Test, ...]:
    """Return every comparison in a condition, as written."""
    match condition:
        case Constant():
            return ()
        case Not(part):
            return tests_in(part)
        case Both(parts) | Either(parts):
            return tuple(test for part in parts for test in tests_in(part))
        case _:
            return (condition,)


def names_in(condition: Condition) -> frozenset[str]:
    """Return the facts that a condition speaks of."""
    return frozenset(test.name for test in tests_in(condition))


class _Reader:
    """Reads one condition from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0

    def whole(self) -> Condition:
        condition = self.either()
        if self.at < len(self.tokens):
            raise self.error("the end")
        return condition

    def either(self) -> Condition:
        parts = [self.both()]
        while self.skip("or"):
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def both(self) -> Condition:
        parts = [self.one()]
        while self.skip("and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def one(self) -> Condition:
        if self.skip("not"):
            return Not(self.one())
        if self.skip("("):
            inside = self.either()
            self.demand(")")
            return inside
        for word, value in (("true", True), ("false", False)):
            if self.skip(word):
                return Constant(value)
        return self.test()

    def test(self) -> Condition:
        if self.kind == "text":
            option = self.take("text").strip("'")
            self.demand("in")
            return Contains(self.name(), option)
        if self.skip("some"):
            return Counts(*self.people(), Bound(">=", 1))
        if self.skip("count"):
            return Counts(*self.people(), self.bound())
        if self.skip("days_since"):
            self.demand("(")
            name = self.name()
            self.demand(")")
            return DaysSince(name, self.bound())
        return self.named(self.name())

    def named(self, name: str) -> Condition:
        if self.token not in _ORDERS:
            return IsYes(name)
        order = self.take("sign")
        if self.kind != "text":
            return Measures(name, Bound(order, self.number()))
        if order not in ("==", "!="):
            raise self.error("a number")
        return Equals(name, self.take("text").strip("'"), order == "!=")

    def people(self) -> tuple[str, tuple[Bound, ...]]:
        self.demand("(")
        name, ages = self.name(), []
        if self.skip(","):
            ages.append(self.age())
            while self.skip("and"):
                ages.append(self.age())
        self.demand(")")
        return name, tuple(ages)

    def age(self) -> Bound:
        self.demand("age")
        return self.bound()

    def bound(self) -> Bound:
        if self.token not in _ORDERS:
            raise self.error("a comparison such as < or ==")
        return Bound(self.take("sign"), self.number())

    def number(self) -> int:
        return int(self.take("number"))

    def name(self) -> str:
        if self.token in _RESERVED:
            raise self.error("the name of a fact")
        return self.take("name")

    @property
    def token(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    @property
    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, kind: str) -> str:
        if self.kind != kind:
            raise self.error({"name": "the name of a fact", "number": "a number"}.get(kind, kind))
        self.at += 1
        return self.tokens[self.at - 1][1]

    def skip(self, token: str) -> bool:
        found = self.token == token
        self.at += found
        return found

    def demand(self, token: str) -> None:
        if not self.skip(token):
            raise self.error(f"“{token}”")

    def error(self, wanted: str) -> ConditionError:
        found = f"“{self.token}”" if self.token else "the end"
        return ConditionError(f"“{self.text}”: {wanted} was expected where {found} stands")


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(f"“{text}”: “{text[at:].strip()[:20]}” cannot be read")
        kind = match.lastgroup or ""
        found.append((kind, match[kind]))
        at = match.end()
    return found
