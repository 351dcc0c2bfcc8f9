"""Says a condition in words, with the labels of its event's questions. Pure."""

from services.procedures.conditions import (
    Both,
    Bound,
    Condition,
    Constant,
    Contains,
    Counts,
    DaysSince,
    Either,
    Equals,
    IsYes,
    Measures,
    Not,
    Test,
)
from services.procedures.events import Event

_BOUNDS = {
    "==": "ちょうど{}",
    "!=": "{}以外",
    "<=": "{}以下",
    ">=": "{}以上",
    "<": "{}未満",
    ">": "{}を超える",
}


def condition_words(condition: Condition, event: Event) -> str:
    """Return a condition as officers read it: `お子さん（6歳以下）がいる`."""
    match condition:
        case Constant(value):
            return "いつでも" if value else "出ない"
        case Not(part):
            words = _within(part, event)
            return f"{words[:-2]}いない" if words.endswith("いる") else f"{words}ではない"
        case Both(parts):
            return "、かつ ".join(_within(part, event) for part in parts)
        case Either(parts):
            return "、または ".join(_within(part, event) for part in parts)
        case _:
            return _test_words(condition, event)


def _within(part: Condition, event: Event) -> str:
    words = condition_words(part, event)
    return f"（{words}）" if isinstance(part, Both | Either) else words


def _test_words(test: Test, event: Event) -> str:
    fact = event.by_name[test.name]
    options = {option.value: option.label for option in fact.options}
    match test:
        case IsYes():
            return f"{fact.label}＝「はい」"
        case Equals(_, option, negated):
            return f"{fact.label}＝「{options[option]}」{'以外' if negated else ''}"
        case Contains(_, option):
            return f"{fact.label}＝「{options[option]}」"
        case Measures(_, bound):
            return f"{fact.label}が{_bound(bound, '')}"
        case DaysSince(_, bound):
            return f"{fact.label}から今日まで{_bound(bound, '日')}"
        case Counts(_, ages, bound):
            who = "で".join(_bound(age, "歳") for age in ages)
            return f"{fact.label}{f'（{who}）' if who else ''}が{_people(bound)}"


def _people(bound: Bound) -> str:
    if (bound.order, bound.number) in ((">=", 1), (">", 0)):
        return "いる"
    return f"{_bound(bound, '人')}いる"


def _bound(bound: Bound, unit: str) -> str:
    return _BOUNDS[bound.order].format(f"{bound.number}{unit}")
