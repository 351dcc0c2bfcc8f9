"""Facts that come in: what a first sentence may be believed, what is kept of answers. Pure."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from typing import Any

from services.procedures.answers import (
    UNKNOWN,
    ImpossibleAnswerError,
    from_plain,
    household,
    to_plain,
    unknowns,
)
from services.procedures.conditions import Value
from services.procedures.events import Event, Kind
from services.procedures.listing import applicable

Answers = dict[str, Any]


def believable(
    event: Event, told: Mapping[str, Any], today: date
) -> tuple[Answers, dict[str, list[str]]]:
    """Return what a first sentence said as answers, and as hints to questions for several.

    Who tells of a dog has not told that there is no car. What cannot be, and what the event does
    not ask for, is left out.
    """
    answers: Answers = {}
    hints: dict[str, list[str]] = {}
    for name, plain in told.items():
        fact = event.by_name.get(name)
        if fact is None:
            continue
        if fact.kind is Kind.several:
            values = {option.value for option in fact.options}
            hints[name] = sorted(values.intersection(_listed(plain)))
            continue
        with suppress(ImpossibleAnswerError):
            answers[name] = to_plain(from_plain(fact, plain, today))
    return answers, hints


def _listed(plain: Any) -> list[str]:
    return [one for one in plain if isinstance(one, str)] if isinstance(plain, list | tuple) else []


def with_more(
    event: Event,
    before: Mapping[str, Any],
    more: Mapping[str, Any],
    today: date,
    asked: str | None = None,
) -> tuple[Answers, dict[str, list[str]]]:
    """Return the answers with further ones, and hints to questions for several that come later.

    What the event does not ask for is left out; what no longer applies after a correction is
    forgotten. Raises ImpossibleAnswerError, naming the fact.
    """
    own = {name: plain for name, plain in more.items() if name in event.by_name}
    answers = {name: own[name] for name in own if name == asked or name in before}
    unasked = {name: plain for name, plain in own.items() if name not in answers}
    # What is told beside the answer is believed where it can be; an answer is refused by name.
    beside, hints = believable(event, unasked, today)
    unsure = dict.fromkeys(unknowns(unasked), UNKNOWN)
    checked = {**before, **beside, **unsure, **_checked(event, answers, today)}
    kept = applicable(event, known_of(event, checked, today), today)
    stays = {name: plain for name, plain in checked.items() if name in kept or plain == UNKNOWN}
    return stays, hints


def _checked(event: Event, more: Mapping[str, Any], today: date) -> Answers:
    unknown = {name: UNKNOWN for name in unknowns(more) if name in event.by_name}
    found = household(event, more, today)
    return unknown | {name: to_plain(value) for name, value in found.items()}


def known_of(event: Event, answers: Mapping[str, Any], today: date) -> dict[str, Value]:
    """Return what is known by stored answers. A stored one was checked when it came.

    A day may have left its bounds since, and an event may have changed: what no longer fits is
    asked again.
    """
    known: dict[str, Value] = {}
    for name, plain in answers.items():
        fact = event.by_name.get(name)
        if fact is not None and plain != UNKNOWN:
            with suppress(ImpossibleAnswerError):
                known[name] = from_plain(fact, plain, today)
    return known
