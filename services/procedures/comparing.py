"""What changed between two texts of an event: entry by entry, and line by line. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from services.procedures.desk_words import FIELDS, NAMES, PARTS, content_of, entries, entry_title

_CONTEXT = 2


@dataclass(frozen=True)
class Change:
    """One entry that is new, gone, moved or different."""

    what: str
    kind: str
    """`added`, `removed`, `moved`, `changed`."""
    fields: tuple[tuple[str, str, str], ...] = ()
    """(name, before, after)"""


@dataclass(frozen=True)
class Line:
    """One line of a comparison: `same`, `gone`, `new`, or `skip` where lines are left out."""

    kind: str
    number: int
    words: str


def changes(before: str, after: str) -> tuple[Change, ...]:
    """Return what differs between two texts; nothing where one of them is no TOML."""
    old, new = content_of(before), content_of(after)
    if not old or not new:
        return ()
    whole = _fields(_without_parts(old), _without_parts(new))
    head = (Change("全体", "changed", whole),) if whole else ()
    return (*head, *(change for part in PARTS for change in _part(part, old, new)))


def _without_parts(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if name not in PARTS}


def _part(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    before, after = _entries(part, old), _entries(part, new)
    for name, entry in before.items():
        if name not in after:
            yield Change(entry_title(part, entry), "removed")
    for name, entry in after.items():
        if name not in before:
            yield Change(entry_title(part, entry), "added", _fields({}, entry))
        elif different := _fields(before[name], entry):
            yield Change(entry_title(part, entry), "changed", different)
    order = [name for name in before if name in after], [name for name in after if name in before]
    if order[0] != order[1]:
        yield Change(f"{PARTS[part]}の順番", "moved")


def _entries(part: str, content: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {str(one.get(NAMES[part])): one for one in entries(content, part)}


def _fields(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[tuple[str, str, str], ...]:
    names = [*before, *(name for name in after if name not in before)]
    return tuple(
        (FIELDS.get(name, name), value_words(before.get(name)), value_words(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def value_words(value: Any) -> str:
    """Return a value of a file as officers read it; empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if isinstance(value, date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list):
        return "、".join(map(value_words, value))
    if isinstance(value, dict):
        return "／".join(f"{name}＝{value_words(one)}" for name, one in value.items())
    return str(value)


def line_changes(before: str, after: str) -> tuple[Line, ...]:
    """Return the lines that differ with those around them."""
    old, new = before.splitlines(), after.splitlines()
    found: list[Line] = []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        found.append(Line("skip", 0, ""))
        for kind, first, last, start, end in group:
            if kind == "equal":
                found += [Line("same", start + n + 1, new[start + n]) for n in range(end - start)]
                continue
            found += [Line("gone", n + 1, old[n]) for n in range(first, last)]
            found += [Line("new", n + 1, new[n]) for n in range(start, end)]
    return tuple(found[1:])
