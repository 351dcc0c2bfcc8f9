"""Points of an application, by a city's own table: which row gave which point, and what is open.

Nothing about any city is fixed here: rows, how two parents' rows combine, adjustments that count at
one nursery only, and the order among equals are all data (`points_table.py` reads them).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

Value = str | int | float | bool
Facts = Mapping[str, Value]


class Condition(NamedTuple):
    """About one fact: one of `values`, or a number from `least` to `most`, both included."""

    fact: str
    values: tuple[Value, ...] = ()
    least: float | None = None
    most: float | None = None

    def holds(self, value: Value) -> bool:
        if self.values:
            return any(value == each and type(value) is type(each) for each in self.values)
        if isinstance(value, bool | str):
            return False
        above = self.least is None or value >= self.least
        return above and (self.most is None or value <= self.most)


class Row(NamedTuple):
    """A row of the table. Of one `group` only the best row counts; `at` names the fact that says
    at which nursery the points count, None means everywhere. `example` are facts that meet it.
    """

    id: str
    label: str
    points: int
    when: tuple[Condition, ...]
    group: str | None = None
    at: str | None = None
    example: Mapping[str, Value] = {}


class TieRule(NamedTuple):
    """Among equals: who meets `when` first, or the lower (`lowest`) or higher number of `fact`."""

    id: str
    label: str
    when: tuple[Condition, ...] = ()
    fact: str | None = None
    lowest: bool = True


class Question(NamedTuple):
    """How a fact is asked for. `about` is `parent` or `household`; without options: a number."""

    fact: str
    about: str
    text: str
    options: tuple[tuple[Value, str], ...] = ()


class PointsTable(NamedTuple):
    """A city's table of one fiscal year. `combine` of the parents' points: `sum` or `lowest`.

    `scale` multiplies the combined basic points, so that adjustments cannot outweigh a class.
    """

    title: str
    fiscal_year: int
    source: str
    demonstration: bool
    combine: str
    scale: int
    basic: tuple[Row, ...]
    adjustments: tuple[Row, ...]
    ties: tuple[TieRule, ...]
    questions: tuple[Question, ...]


class Application(NamedTuple):
    """What is known: facts of each parent, and of the household with the child."""

    parents: tuple[Facts, ...]
    household: Facts


class Line(NamedTuple):
    """One row that counted; `parent` is its index for basic rows, `nursery` where it counts."""

    row: Row
    points: int
    parent: int | None = None
    nursery: str | None = None


class Points(NamedTuple):
    """`base` counts everywhere, `extra` by nursery on top; `tie` compares equals, smaller first."""

    base: int
    extra: Mapping[str, int]
    lines: tuple[Line, ...]
    tie: tuple[float, ...]

    def at(self, nursery: str) -> int:
        """The score at one nursery."""
        return self.base + self.extra.get(nursery, 0)


def calculate(table: PointsTable, application: Application) -> Points:
    """Apply the table; facts that are not known meet no condition."""
    basic = _basic_lines(table, application)
    adjustments = _adjustments(table, application.household)
    everywhere = sum(line.points for line in adjustments if line.nursery is None)
    extra: dict[str, int] = {}
    for line in adjustments:
        if line.nursery is not None:
            extra[line.nursery] = extra.get(line.nursery, 0) + line.points
    base = _combined(table, basic, len(application.parents)) + everywhere
    tie = tuple(_tie_value(rule, application.household) for rule in table.ties)
    return Points(base, extra, (*basic, *adjustments), tie)


def open_questions(table: PointsTable, application: Application) -> list[tuple[int | None, str]]:
    """Return what could still change the result, as (parent or None, fact), in the table's order.

    A fact matters while some row that agrees with everything known asks for it.
    """
    found: dict[tuple[int | None, str], None] = {}
    for index, facts in enumerate(application.parents):
        for fact in _missing((row.when for row in table.basic), facts):
            found[index, fact] = None
    household = [row.when for row in table.adjustments] + [rule.when for rule in table.ties]
    for fact in _missing(household, application.household):
        found[None, fact] = None
    for row in table.adjustments:
        missing = row.at is not None and row.at not in application.household
        if missing and _meets(row.when, application.household):
            found[None, str(row.at)] = None
    for rule in table.ties:
        if rule.fact is not None and rule.fact not in application.household:
            found[None, rule.fact] = None
    return list(found)


def _basic_lines(table: PointsTable, application: Application) -> list[Line]:
    lines = []
    for index, facts in enumerate(application.parents):
        rows = [row for row in table.basic if _meets(row.when, facts)]
        if rows:
            best = max(rows, key=lambda row: row.points)
            lines.append(Line(best, best.points * table.scale, parent=index))
    return lines


def _combined(table: PointsTable, basic: Sequence[Line], parents: int) -> int:
    points = [line.points for line in basic] + [0] * (parents - len(basic))
    if table.combine == "lowest":
        return min(points, default=0)
    return sum(points)


def _adjustments(table: PointsTable, household: Facts) -> list[Line]:
    best: dict[tuple[str, str | None], Line] = {}
    for row in table.adjustments:
        if not _meets(row.when, household):
            continue
        nursery = None
        if row.at is not None:
            if row.at not in household:
                continue
            nursery = str(household[row.at])
        key = (row.group or row.id, nursery)
        if key not in best or best[key].points < row.points:
            best[key] = Line(row, row.points, nursery=nursery)
    return list(best.values())


def _tie_value(rule: TieRule, household: Facts) -> float:
    if rule.fact is None:
        return 0.0 if _meets(rule.when, household) else 1.0
    value = household.get(rule.fact)
    if not isinstance(value, int | float):
        return float("inf")
    return float(value) if rule.lowest else -float(value)


def _meets(when: Iterable[Condition], facts: Facts) -> bool:
    return all(each.fact in facts and each.holds(facts[each.fact]) for each in when)


def _missing(conditions: Iterable[tuple[Condition, ...]], facts: Facts) -> Iterable[str]:
    for when in conditions:
        known = [each for each in when if each.fact in facts]
        if all(each.holds(facts[each.fact]) for each in known):
            # One fact at a time: the answer may make the next one superfluous.
            yield from [each.fact for each in when if each.fact not in facts][:1]
