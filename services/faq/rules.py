"""One FAQ entry as the domain knows it, and what changes from one set of entries to the next."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

ENTRY_ID = r"^[a-z]+(-[a-z0-9]+)+$"
"""At least one hyphen: words such as `none` stay free for buttons."""


@dataclass(frozen=True)
class Entry:
    """One question with its answer. `variants` are other wordings of the question."""

    id: str
    category: str
    question: str
    variants: tuple[str, ...]
    keywords: tuple[str, ...]
    answer: str
    desk: str
    source: str
    source_url: str | None
    review_by: date
    demonstration: bool
    updated: date | None = None
    """The day of the answer's last change; None while nobody has said it."""


class Action(StrEnum):
    """What can happen to an entry."""

    added = "added"
    changed = "changed"
    retired = "retired"


@dataclass(frozen=True)
class Change:
    """One step in the life of an entry; `before` is None of a new one, `after` of one retired."""

    before: Entry | None
    after: Entry | None

    @property
    def action(self) -> Action:
        """What happened."""
        if self.before is None:
            return Action.added
        return Action.retired if self.after is None else Action.changed

    @property
    def entry_id(self) -> str:
        """The entry's id, which never changes."""
        entry = self.after or self.before
        return "" if entry is None else entry.id


def changes(
    before: Mapping[str, Entry], after: Iterable[Entry], kept: Iterable[str], today: date
) -> list[Change]:
    """Return what has to happen so that `after` stands in the stead of `before`.

    Ids in `kept` stay as they are, there or not. An entry that says no date of its own gets the
    day of this change.
    """
    held = set(kept)
    coming = {entry.id: entry for entry in after}
    steps = []
    for entry in coming.values():
        old = before.get(entry.id)
        new = _dated(entry, old, today)
        if entry.id not in held and new != old:
            steps.append(Change(old, new))
    gone = [old for name, old in before.items() if name not in coming and name not in held]
    return steps + [Change(old, None) for old in gone]


def _dated(entry: Entry, old: Entry | None, today: date) -> Entry:
    if entry.updated is not None:
        return entry
    if old is not None and replace(entry, updated=old.updated) == old:
        return old
    return replace(entry, updated=today)


def revision_of(entries: Iterable[Entry], synonyms: Mapping[str, str]) -> str:
    """Return a digest of everything the search index is made of."""
    content = repr((sorted(entries, key=lambda entry: entry.id), sorted(synonyms.items())))
    return hashlib.sha256(content.encode()).hexdigest()
