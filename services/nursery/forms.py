"""The city's questions as a form: reading the answers, showing what still matters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kit.forms import Fields, only
from services.nursery.points import (
    Application,
    Facts,
    PointsTable,
    Question,
    Value,
    open_questions,
)

PARENTS = 2
_LONGEST_NUMBER = 9

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """One question in a form. Without options it takes a whole number."""

    name: str
    label: str
    options: Options
    value: str


def field_name(parent: int | None, fact: str) -> str:
    """Return a fact's field: `p0.reason` of the first parent, `h.single_parent` of all."""
    return f"h.{fact}" if parent is None else f"p{parent}.{fact}"


def read_application(
    table: PointsTable, fields: Fields, nurseries: Mapping[str, str], parents: int = PARENTS
) -> Application:
    """Read the answers; what is empty, unknown or unreadable is left out."""
    told = tuple(_facts(table, "parent", f"p{n}.", fields, nurseries) for n in range(parents))
    return Application(told, _facts(table, "household", "h.", fields, nurseries))


def _facts(
    table: PointsTable, about: str, prefix: str, fields: Fields, nurseries: Mapping[str, str]
) -> Facts:
    found: dict[str, Value] = {}
    for question in table.questions:
        text = only(fields, prefix + question.fact).strip()
        if question.about != about or not text:
            continue
        value = _value(question, text, nurseries if _is_nursery(table, question.fact) else {})
        if value is not None:
            found[question.fact] = value
    return found


def _value(question: Question, text: str, nurseries: Mapping[str, str]) -> Value | None:
    if question.options:
        return next((v for v, _ in question.options if str(v) == text), None)
    if nurseries:
        return text if text in nurseries else None
    plain = text.translate(str.maketrans("０１２３４５６７８９", "0123456789")).replace(",", "")
    return (
        int(plain)
        if plain.isascii() and plain.isdigit() and len(plain) <= _LONGEST_NUMBER
        else None
    )


def _is_nursery(table: PointsTable, fact: str) -> bool:
    """Whether a fact names the nursery at which a row's points count."""
    return any(row.at == fact for row in table.adjustments)


def fields_of(
    table: PointsTable,
    known: Application,
    nurseries: Mapping[str, str],
    leave_out: Iterable[str] = (),
) -> list[Field]:
    """Return what was answered and what can still change the points, in the table's order."""
    left_out = set(leave_out)
    wanted = set(open_questions(table, known))
    wanted |= {(n, fact) for n, facts in enumerate(known.parents) for fact in facts}
    wanted |= {(None, fact) for fact in known.household}
    found = []
    for parent in (*range(len(known.parents)), None):
        about = "household" if parent is None else "parent"
        facts = known.household if parent is None else known.parents[parent]
        for question in table.questions:
            asked = question.about == about and (parent, question.fact) in wanted
            if asked and question.fact not in left_out:
                places = nurseries if _is_nursery(table, question.fact) else {}
                found.append(_field(question, parent, facts, places))
    return found


def _field(
    question: Question, parent: int | None, facts: Facts, nurseries: Mapping[str, str]
) -> Field:
    options = tuple((str(value), label) for value, label in question.options)
    who = "" if parent is None else f"保護者{parent + 1}："
    value = facts.get(question.fact)
    return Field(
        field_name(parent, question.fact),
        f"{who}{question.text}",
        options or tuple(nurseries.items()),
        "" if value is None else str(value),
    )
