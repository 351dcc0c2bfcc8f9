"""How facts, terms and things to do are said. What a city's own files say stays Japanese."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kit.wording import date_words, day_words, translated
from services.procedures import contract
from services.procedures.answers import UNKNOWN
from services.procedures.conditions import Value
from services.procedures.events import Deadline, Event, Fact, Guidebook
from services.procedures.listing import Row

_UNITS = {"days": "日", "months": "か月", "years": "年"}


def fact_words(fact: Fact, value: Value, today: date) -> str:
    """Return a value in words: `はい`, `11月20日(金)`, `3歳、5歳`, `犬、車・バイク`, `なし`."""
    labels = {option.value: option.label for option in fact.options}
    if isinstance(value, bool):
        return translated("はい") if value else translated("いいえ")
    if isinstance(value, date):
        return due_words(value, today)
    if isinstance(value, tuple):
        ages = [translated("{age}歳", age=str(age)) for age in value]
        return "、".join(ages) or translated("いない")
    if isinstance(value, frozenset):
        chosen = [labels[one.value] for one in fact.options if one.value in value]
        return "、".join(chosen) or translated("なし")
    return labels.get(str(value), str(value))


def due_words(day: date, today: date) -> str:
    """Return a day; one that is far off with its year."""
    return day_words(day) if abs((day - today).days) < 180 else date_words(day)


def known_words(
    event: Event, answers: Mapping[str, Any], known: Mapping[str, Value], today: date
) -> tuple[contract.Known, ...]:
    """Return what is known, in the event's order; no words where the resident does not know."""
    return tuple(
        contract.Known(
            name=fact.name,
            label=fact.label,
            words=fact_words(fact, known[fact.name], today) if fact.name in known else "",
        )
        for fact in event.facts
        if fact.name in known or answers.get(fact.name) == UNKNOWN
    )


def term_words(deadline: Deadline | None, event: Event) -> str:
    """Return a term: `引っ越した日から14日以内`, `出発の日まで`, `引っ越す日の14日前まで`."""
    if deadline is None:
        return ""
    start = event.by_name[deadline.start].label
    counted = [(name, number) for name in _UNITS if (number := getattr(deadline, name))]
    if not counted:
        return translated("{start}まで", start=start)
    name, number = counted[0]
    unit = translated(_UNITS[name])
    if deadline.before:
        return translated("{start}の{number}{unit}前まで", start=start, number=number, unit=unit)
    return translated("{start}から{number}{unit}以内", start=start, number=number, unit=unit)


def to_do(row: Row, event: Event, book: Guidebook, today: date) -> contract.ToDo:
    """Return a row as the talk says it."""
    procedure = row.procedure
    return contract.ToDo(
        key=procedure.key,
        title=procedure.title,
        due=row.due,
        is_over=row.due is not None and row.due < today,
        term=term_words(procedure.deadline, event),
        desk=book.desks[procedure.desk].name,
        is_certain=row.certain,
    )


def question(fact: Fact, hints: Mapping[str, list[str]]) -> contract.Question:
    """Return a question as the talk asks it."""
    return contract.Question(
        name=fact.name,
        kind=fact.kind.value,
        words=fact.question,
        label=fact.label,
        choices=tuple(
            contract.Choice(value=one.value, label=one.label, words=one.words)
            for one in fact.options
        ),
        chosen=tuple(hints.get(fact.name, ())),
        least=fact.least,
        most=fact.most,
    )
