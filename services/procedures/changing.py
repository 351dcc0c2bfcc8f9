"""Changes single values of one procedure in an event's text, and nothing else. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.procedures.desk_words import content_of, entries

SIMPLE = ("title", "for_whom", "desk", "fee", "missed", "note", "basis")
"""What the short form changes of a procedure as words."""
_TABLE = re.compile(r"^\s*\[")
_DAYS = re.compile(r"\bdays\s*=\s*\d+")


class NotSoSimpleError(ValueError):
    """The text is written in a way that only somebody who reads it all can change."""


def with_values(
    text: str, key: str, words: Mapping[str, str], days: int | None, reviewed_on: date
) -> str:
    """Return the text with other words, days and day of review for the procedure `key`.

    An empty value takes its line out. Raises NotSoSimpleError unless exactly that would change.
    """
    content = content_of(text)
    procedures = entries(content, "procedures")
    index = next((at for at, one in enumerate(procedures) if one.get("key") == key), -1)
    if index < 0 or content["procedures"] != procedures:
        raise NotSoSimpleError
    wanted = {**procedures[index]}
    lines = text.split("\n")
    first, last = _table(lines, index)
    part = lines[first:last]
    for name, value in words.items():
        if value == wanted.get(name, ""):
            continue
        part = _set(part, name, f"{name} = {_quoted(value)}" if value else None)
        wanted.pop(name, None)
        wanted |= {name: value} if value else {}
    if days is not None and days != counted_days(wanted):
        part = [
            _DAYS.sub(f"days = {days}", line) if _sets(line, "deadline") else line for line in part
        ]
        wanted["deadline"] = {**_deadline(wanted), "days": days}
    head = _set(lines[:first], "reviewed_on", f"reviewed_on = {reviewed_on.isoformat()}")
    changed = "\n".join([*head, *part, *lines[last:]])
    content["procedures"][index] = wanted
    if content_of(changed) != {**content, "reviewed_on": reviewed_on}:
        raise NotSoSimpleError
    return changed


def counted_days(procedure: Mapping[str, Any]) -> int | None:
    """Return the days of a procedure's term; None where it counts none."""
    days = _deadline(procedure).get("days")
    return days if isinstance(days, int) else None


def _deadline(procedure: Mapping[str, Any]) -> dict[str, Any]:
    found = procedure.get("deadline")
    return found if isinstance(found, dict) else {}


def _table(lines: Sequence[str], index: int) -> tuple[int, int]:
    """Return where the lines of a procedure begin and end."""
    starts = [at for at, line in enumerate(lines) if line.strip() == "[[procedures]]"]
    if index >= len(starts):
        raise NotSoSimpleError
    first = starts[index] + 1
    ends = [at for at in range(first, len(lines)) if _TABLE.match(lines[at])]
    return first, ends[0] if ends else len(lines)


def _set(lines: Sequence[str], name: str, new: str | None) -> list[str]:
    """Put a line in the place of the one that sets `name`, or after the last that sets anything."""
    found = [at for at, line in enumerate(lines) if _sets(line, name)]
    filled = [at for at, line in enumerate(lines) if line.strip()]
    at, until = (found[0], found[0] + 1) if found else (filled[-1] + 1, filled[-1] + 1)
    return [*lines[:at], *([new] if new is not None else []), *lines[until:]]


def _sets(line: str, name: str) -> bool:
    return re.match(rf"\s*{name}\s*=", line) is not None


def _quoted(words: str) -> str:
    """Return words as a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(words, ensure_ascii=False).replace("\x7f", "\\u007f")
