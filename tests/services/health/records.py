"""Short ways to write a child's record and read the lines about it."""

import re
from datetime import date
from typing import Any

from services.health.forecast import forecast
from services.health.lines import Line
from services.health.parsing import parse_child

ON = date(2026, 11, 22)


def doses(*entries: str) -> list[dict[str, Any]]:
    """`"HepB 2024-07-15"`, or `"PCV 2024-07-15 PCV20"` with a product."""
    read = []
    for entry in entries:
        words = entry.split(" ")
        place = next(index for index, word in enumerate(words) if re.match(r"\d{4}-", word))
        dose = {"vaccine": " ".join(words[:place]), "date": words[place]}
        if len(words) > place + 1:
            dose["product"] = words[place + 1]
        read.append(dose)
    return read


def lines(
    birth: str, *given: str, on: date = ON, sex: str | None = "female", **more: Any
) -> list[Line]:
    record = {"birth_date": birth, "sex": sex, "given": doses(*given)} | more
    return forecast(parse_child(record), on)


def verdicts(birth: str, *given: str, **more: Any) -> list[str]:
    """`"valid"`, or `"not_valid too_short"`: state and reasons of each dose given."""
    found = lines(birth, *given, **more)[: len(given)]
    return [f"{line.state} {line.reason or ''}".strip() for line in found]


def coming(vaccine: str, birth: str, *given: str, **more: Any) -> Line:
    """The next dose of one vaccine."""
    found = [
        line
        for line in lines(birth, *given, **more)
        if line.vaccine == vaccine and line.written is None
    ]
    assert len(found) == 1
    return found[0]


def planned(birth: str, plan: str, *given: str, **more: Any) -> str:
    """State and reason of one planned dose."""
    line = lines(birth, *given, planned=doses(plan), **more)[-1]
    return f"{line.state} {line.reason or ''}".strip()
